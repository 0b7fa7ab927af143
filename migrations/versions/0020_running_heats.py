"""Who is in a heat is told, and heats are called to tables as matches are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
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
_OF_HEATS = ("HEAT_READY", "HEAT_CALLED", "HEAT_FINISHED", "HEAT_RESET", "HEAT_RESTORED")


def _notify(*kinds: str) -> None:
    """Let notifications have these kinds."""
    op.drop_constraint(op.f("ck_notifications_notificationkind"), "notifications")
    op.create_check_constraint(
        op.f("ck_notifications_notificationkind"), "notifications", f"kind IN ({_listed(kinds)})"
    )


def _slots(rule: str) -> None:
    """Let players be called on these sides."""
    op.drop_constraint(op.f("ck_call_players_slot"), "call_players")
    op.create_check_constraint(op.f("ck_call_players_slot"), "call_players", rule)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def upgrade() -> None:
    """Bring the tables to this version."""
    at = _NOTIFICATIONS.index("CHALLENGED")
    _notify(*_NOTIFICATIONS[:at], *_OF_HEATS, *_NOTIFICATIONS[at:])
    # Nobody knows since when heats that are there wait; from now on is never too early.
    drawn_at = sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
    op.add_column("heats", drawn_at)
    op.alter_column("calls", "match_id", nullable=True)
    op.add_column("calls", sa.Column("heat_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_calls_heat_id"), "calls", "heats", ["heat_id"], ["id"], ondelete="CASCADE")
    op.create_check_constraint(
        op.f("ck_calls_match_or_heat"), "calls", "(match_id IS NULL) <> (heat_id IS NULL)"
    )
    op.create_index("ix_calls_heat", "calls", ["heat_id"], unique=False)
    op.create_index(
        "uq_calls_current_heat", "calls", ["heat_id"], unique=True, postgresql_where=sa.text("is_current")
    )
    _slots("slot >= 0")


def downgrade() -> None:
    """Take it back. Calls of heats and notifications of the new kinds go with it."""
    op.execute("DELETE FROM calls WHERE heat_id IS NOT NULL")
    _slots("slot IN (0, 1)")
    op.drop_index("uq_calls_current_heat", table_name="calls", postgresql_where=sa.text("is_current"))
    op.drop_index("ix_calls_heat", table_name="calls")
    op.drop_constraint(op.f("ck_calls_match_or_heat"), "calls")
    op.drop_constraint(op.f("fk_calls_heat_id"), "calls")
    op.drop_column("calls", "heat_id")
    op.alter_column("calls", "match_id", nullable=False)
    op.drop_column("heats", "drawn_at")
    op.execute(f"DELETE FROM notifications WHERE kind IN ({_listed(_OF_HEATS)})")
    _notify(*_NOTIFICATIONS)
