"""Events of up to 4,096, GSL groups, and matches that one side begins some games ahead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STRUCTURES = ("SINGLE_ELIMINATION", "DOUBLE_ELIMINATION", "CUSTOM", "ROUND_ROBIN", "SWISS")


def _check(table: str, name: str, condition: str) -> None:
    """Let a constraint say something else."""
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _structures(*values: str) -> str:
    return "structure IN ({})".format(", ".join(f"'{value}'" for value in values))


def upgrade() -> None:
    """Bring the tables to this version."""
    _check("tournaments", "capacity", "capacity BETWEEN 2 AND 4096")
    _check("stages", "structure", _structures(*_STRUCTURES[:2], "GSL_GROUP", *_STRUCTURES[2:]))
    op.add_column("matches", sa.Column("advantage", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("matches", "advantage", server_default=None)
    op.create_check_constraint(
        op.f("ck_matches_advantage_decides_nothing"), "matches", "advantage BETWEEN 0 AND best_of / 2"
    )


def downgrade() -> None:
    """Take it back. Larger events keep as many places as there are; a GSL group is a bracket like others without one."""
    op.drop_constraint(op.f("ck_matches_advantage_decides_nothing"), "matches")
    op.drop_column("matches", "advantage")
    op.execute(
        "UPDATE stages SET structure = 'DOUBLE_ELIMINATION', settings = settings || '{\"grand_final\": \"NONE\"}'"
        " WHERE structure = 'GSL_GROUP'"
    )
    _check("stages", "structure", _structures(*_STRUCTURES))
    op.execute("UPDATE tournaments SET capacity = 1024 WHERE capacity > 1024")
    _check("tournaments", "capacity", "capacity BETWEEN 2 AND 1024")
