"""Ladders as stages of events, and the notifications of challenges on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STRUCTURES = ("SINGLE_ELIMINATION", "DOUBLE_ELIMINATION", "GSL_GROUP", "CUSTOM", "ROUND_ROBIN", "SWISS")
_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *("RESULT_DISPUTED", "MATCH_FINISHED", "MATCH_RESET", "MATCH_RESTORED", "VETO_TURN", "MATCH_CALLED", "CALL_EXPIRED"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
)
_CHALLENGES = ("CHALLENGED", "CHALLENGE_CALLED_OFF")


def _allow(table: str, name: str, column: str, *values: str) -> None:
    """Let a column have these values."""
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    allowed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow("stages", "structure", "structure", *_STRUCTURES, "LADDER")
    _allow("notifications", "notificationkind", "kind", *_NOTIFICATIONS, *_CHALLENGES)
    op.add_column("stages", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stage_entrants", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stage_entrants", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "corrections",
        sa.Column("rung_changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
    )
    op.alter_column("corrections", "rung_changes", server_default=None)


def downgrade() -> None:
    """Take it back. An event with a ladder goes with it."""
    op.execute("DELETE FROM matches WHERE owner_id IN (SELECT tournament_id FROM stages WHERE structure = 'LADDER')")
    op.execute("DELETE FROM tournaments WHERE id IN (SELECT tournament_id FROM stages WHERE structure = 'LADDER')")
    op.execute("DELETE FROM notifications WHERE kind IN ('CHALLENGED', 'CHALLENGE_CALLED_OFF')")
    op.drop_column("corrections", "rung_changes")
    op.drop_column("stage_entrants", "left_at")
    op.drop_column("stage_entrants", "joined_at")
    op.drop_column("stages", "closed_at")
    _allow("notifications", "notificationkind", "kind", *_NOTIFICATIONS)
    _allow("stages", "structure", "structure", *_STRUCTURES)
