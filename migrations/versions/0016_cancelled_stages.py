"""Stages that were not over when their event was called off."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OPEN = ("PENDING", "RUNNING", "FINISHED")


def _statuses(*values: str) -> None:
    """Let stages have these statuses."""
    op.drop_constraint(op.f("ck_stages_stagestatus"), "stages")
    allowed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f("ck_stages_stagestatus"), "stages", f"status IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    _statuses(*_OPEN, "CANCELLED")
    op.execute(
        "UPDATE stages SET status = 'CANCELLED' FROM tournaments"
        " WHERE tournaments.id = stages.tournament_id AND tournaments.status = 'CANCELLED' AND stages.status <> 'FINISHED'"
    )


def downgrade() -> None:
    """Take it back: a stage with matches has begun."""
    op.execute(
        "UPDATE stages SET status = CASE WHEN EXISTS (SELECT FROM bracket_matches WHERE stage_id = stages.id)"
        " THEN 'RUNNING' ELSE 'PENDING' END WHERE status = 'CANCELLED'"
    )
    _statuses(*_OPEN)
