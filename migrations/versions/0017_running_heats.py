"""Who is in a heat is told."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *(
        "RESULT_DISPUTED",
        "MATCH_FINISHED",
        "MATCH_RESET",
        "MATCH_RESTORED",
        "VETO_TURN",
        "MATCH_CALLED",
        "CALL_EXPIRED",
    ),
    *("CHECK_IN_REMINDER", "REFEREE_CALLED", "DISPUTE_MESSAGE"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
    *("CHALLENGED", "CHALLENGE_CALLED_OFF"),
)
_OF_HEATS = ("HEAT_READY", "HEAT_FINISHED", "HEAT_RESET", "HEAT_RESTORED")


def _notify(*kinds: str) -> None:
    """Let notifications have these kinds."""
    op.drop_constraint(op.f("ck_notifications_notificationkind"), "notifications")
    op.create_check_constraint(
        op.f("ck_notifications_notificationkind"), "notifications", f"kind IN ({_listed(kinds)})"
    )


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def upgrade() -> None:
    """Bring the tables to this version."""
    at = _NOTIFICATIONS.index("CHALLENGED")
    _notify(*_NOTIFICATIONS[:at], *_OF_HEATS, *_NOTIFICATIONS[at:])


def downgrade() -> None:
    """Take it back. Notifications of the new kinds go with it."""
    op.execute(f"DELETE FROM notifications WHERE kind IN ({_listed(_OF_HEATS)})")
    _notify(*_NOTIFICATIONS)
