"""Free-for-alls as stages: their heats, what is remembered of them, and the corrections of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STRUCTURES = ("SINGLE_ELIMINATION", "DOUBLE_ELIMINATION", "GSL_GROUP", "CUSTOM", "ROUND_ROBIN", "SWISS", "LADDER")


def _allow(*structures: str) -> None:
    """Let stages be played like these."""
    op.drop_constraint(op.f("ck_stages_structure"), "stages")
    allowed = ", ".join(f"'{structure}'" for structure in structures)
    op.create_check_constraint(op.f("ck_stages_structure"), "stages", f"structure IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow(*_STRUCTURES, "FREE_FOR_ALL")
    op.add_column("stage_entrants", sa.Column("left_round", sa.Integer(), nullable=True))
    op.add_column("bracket_changes", sa.Column("heat", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_table(
        "heats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                *("READY", "LIVE", "FINISHED", "SET_ASIDE"),
                name="heatstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_heats_tournament_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_heats_stage_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heats")),
        sa.UniqueConstraint("stage_id", "round", "number", name=op.f("uq_heats_stage_id_round_number")),
    )
    op.create_index(op.f("ix_heats_tournament_id"), "heats", ["tournament_id"], unique=False)
    op.create_table(
        "heat_entrants",
        sa.Column("heat_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("games", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_through", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["heat_id"], ["heats.id"], name=op.f("fk_heat_entrants_heat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("heat_id", "seed", name=op.f("pk_heat_entrants")),
    )
    op.create_table(
        "heats_aside",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_heats_aside_stage_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stage_id", "digest", name=op.f("pk_heats_aside")),
    )
    op.create_table(
        "heat_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("heat_id", sa.Uuid(), nullable=False),
        sa.Column("game", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["heat_id"], ["heats.id"], name=op.f("fk_heat_corrections_heat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heat_corrections")),
    )
    op.create_index(op.f("ix_heat_corrections_heat_id"), "heat_corrections", ["heat_id"], unique=False)


def downgrade() -> None:
    """Take it back. Events with a free-for-all go with it."""
    gone = "SELECT tournament_id FROM stages WHERE structure = 'FREE_FOR_ALL'"
    op.execute(f"DELETE FROM matches WHERE owner_id IN ({gone})")
    op.execute(f"DELETE FROM tournaments WHERE id IN ({gone})")
    for table in ("heat_corrections", "heats_aside", "heat_entrants", "heats"):
        op.drop_table(table)
    op.drop_column("bracket_changes", "heat")
    op.drop_column("stage_entrants", "left_round")
    _allow(*_STRUCTURES)
