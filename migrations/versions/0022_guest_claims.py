"""Guests that users say they are, and that they turned out to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *("RESULT_DISPUTED", "MATCH_FINISHED", "MATCH_RESET", "MATCH_RESTORED", "VETO_TURN", "MATCH_CALLED"),
    *("CALL_EXPIRED", "CHECK_IN_REMINDER", "REFEREE_CALLED", "DISPUTE_MESSAGE"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
    *("HEAT_READY", "HEAT_CALLED", "HEAT_FINISHED", "HEAT_RESET", "HEAT_RESTORED"),
    *("CHALLENGED", "CHALLENGE_CALLED_OFF"),
)
_OF_CLAIMS = ("GUEST_CLAIMED", "GUEST_CLAIM_ANSWERED")
_STATUSES = ("OPEN", "ACCEPTED", "DECLINED", "WITHDRAWN")


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
    _notify(*_NOTIFICATIONS, *_OF_CLAIMS)
    op.add_column("entrants", sa.Column("claimed_by_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_entrants_claimed_by_id"), "entrants", "users", ["claimed_by_id"], ["id"])
    op.create_index(op.f("ix_entrants_claimed_by_id"), "entrants", ["claimed_by_id"])
    op.create_unique_constraint(
        op.f("uq_entrants_tournament_id_claimed_by_id"), "entrants", ["tournament_id", "claimed_by_id"]
    )
    op.create_check_constraint(op.f("ck_entrants_claimed_guest"), "entrants", "claimed_by_id IS NULL OR kind = 'GUEST'")
    op.create_table(
        "guest_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("entrant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*_STATUSES, name="claimstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'OPEN') = (closed_at IS NULL)", name=op.f("ck_guest_claims_closed_at")),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_guest_claims_tournament_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entrant_id"], ["entrants.id"], name=op.f("fk_guest_claims_entrant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_guest_claims_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_claims")),
    )
    op.create_index(op.f("ix_guest_claims_entrant_id"), "guest_claims", ["entrant_id"])
    op.create_index(op.f("ix_guest_claims_user_id"), "guest_claims", ["user_id"])
    op.create_index(
        "uq_guest_claims_open",
        "guest_claims",
        ["tournament_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    )


def downgrade() -> None:
    """Take it back. Claims, and notifications of them, go with it."""
    op.drop_table("guest_claims")
    op.drop_constraint(op.f("ck_entrants_claimed_guest"), "entrants")
    op.drop_constraint(op.f("uq_entrants_tournament_id_claimed_by_id"), "entrants")
    op.drop_index(op.f("ix_entrants_claimed_by_id"), table_name="entrants")
    op.drop_constraint(op.f("fk_entrants_claimed_by_id"), "entrants")
    op.drop_column("entrants", "claimed_by_id")
    op.execute(f"DELETE FROM notifications WHERE kind IN ({_listed(_OF_CLAIMS)})")
    _notify(*_NOTIFICATIONS)
