"""Byes of every kind, and those that are requested."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KINDS = ("PLAYED", "OPEN", "FORFEIT", "PAIRING_BYE", "FULL_BYE", "HALF_BYE", "ZERO_BYE", "ABSENT")


def _kind() -> sa.Enum:
    return sa.Enum(*_KINDS, name="kind", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the tables to this version. All byes so far were worth a win."""
    op.add_column("stage_byes", sa.Column("kind", _kind(), nullable=False, server_default="PAIRING_BYE"))
    op.add_column("stage_byes", sa.Column("worth", sa.Integer(), nullable=False, server_default="2"))
    op.execute(
        "UPDATE stage_byes SET worth = coalesce((settings->'ranking'->'points'->>'win')::int, 2)"
        " FROM stages WHERE stages.id = stage_byes.stage_id"
    )
    op.alter_column("stage_byes", "kind", server_default=None)
    op.alter_column("stage_byes", "worth", server_default=None)
    op.create_table(
        "requested_byes",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("entrant_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stages.id"], name=op.f("fk_requested_byes_stage_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entrant_id"], ["entrants.id"], name=op.f("fk_requested_byes_entrant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stage_id", "entrant_id", "round", name=op.f("pk_requested_byes")),
    )


def downgrade() -> None:
    """Take it back. Byes that were worth anything but a win are lost."""
    op.drop_table("requested_byes")
    op.execute("DELETE FROM stage_byes WHERE kind <> 'PAIRING_BYE'")
    op.drop_column("stage_byes", "worth")
    op.drop_column("stage_byes", "kind")
