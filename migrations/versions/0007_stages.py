"""Stages: what an event is played in, who plays in each, and which match belongs to which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STRUCTURES = ("SINGLE_ELIMINATION", "DOUBLE_ELIMINATION", "CUSTOM")
_SIDES = ("UPPER", "LOWER", "FINAL", "THIRD_PLACE")
_STATUSES = ("PENDING", "RUNNING", "FINISHED")
_GRAND_FINALS = ("NONE", "SINGLE", "RESET")
_MOVED = ("structure", "grand_final", "has_third_place_match", "best_of", "final_best_of", "links")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _allow(*sides: str) -> None:
    """Let matches stand on these sides of a bracket."""
    op.drop_constraint(op.f("ck_bracket_matches_bracketside"), "bracket_matches")
    allowed = ", ".join(f"'{side}'" for side in sides)
    op.create_check_constraint(op.f("ck_bracket_matches_bracketside"), "bracket_matches", f"side IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version. What an event was played in becomes its only stage."""
    op.create_table(
        "stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("structure", _enum("structure", *_STRUCTURES, "ROUND_ROBIN", "SWISS"), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("status", _enum("stagestatus", *_STATUSES), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 16", name=op.f("ck_stages_number")),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_stages_tournament_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stages")),
        sa.UniqueConstraint("tournament_id", "number", name=op.f("uq_stages_tournament_id_number")),
    )
    op.create_table(
        "stage_entrants",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("entrant_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("group_number", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_entrants_stage_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["entrant_id"], ["entrants.id"], name=op.f("fk_stage_entrants_entrant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stage_id", "entrant_id", name=op.f("pk_stage_entrants")),
        sa.UniqueConstraint("stage_id", "seed", name=op.f("uq_stage_entrants_stage_id_seed")),
    )
    op.create_table(
        "stage_byes",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_byes_stage_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stage_id", "round", "seed", name=op.f("pk_stage_byes")),
    )
    op.add_column("tournaments", sa.Column("draw_id", sa.Uuid(), nullable=True))
    op.add_column("bracket_matches", sa.Column("stage_id", sa.Uuid(), nullable=True))
    op.add_column("bracket_matches", sa.Column("group_number", sa.Integer(), nullable=True))
    op.add_column("bracket_matches", sa.Column("pairing", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    _fill()
    op.alter_column("bracket_matches", "stage_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_bracket_matches_stage_id"), "bracket_matches", "stages", ["stage_id"], ["id"], ondelete="CASCADE"
    )
    op.drop_constraint(op.f("uq_bracket_matches_tournament_id_key"), "bracket_matches")
    op.create_unique_constraint(op.f("uq_bracket_matches_stage_id_key"), "bracket_matches", ["stage_id", "key"])
    _allow(*_SIDES, "GROUP")
    for column in _MOVED:
        op.drop_column("tournaments", column)


def _fill() -> None:
    """Move what there is. A stage that has been played ranks by places, and those who share one by seeds."""
    op.execute(
        """
        INSERT INTO stages (id, tournament_id, number, structure, settings, sources, links, status)
        SELECT gen_random_uuid(), id, 1, structure,
               jsonb_build_object('best_of', best_of, 'final_best_of', final_best_of, 'grand_final', grand_final,
                                  'has_third_place_match', has_third_place_match),
               '[]', links,
               CASE WHEN started_at IS NULL THEN 'PENDING' WHEN status = 'FINISHED' THEN 'FINISHED' ELSE 'RUNNING' END
        FROM tournaments
        """
    )
    op.execute("UPDATE tournaments SET draw_id = gen_random_uuid() WHERE started_at IS NOT NULL")
    op.execute(
        """
        INSERT INTO stage_entrants (stage_id, entrant_id, seed, rank)
        SELECT s.id, e.id, e.seed,
               CASE WHEN s.status = 'FINISHED'
                    THEN row_number() OVER (PARTITION BY s.id ORDER BY e.placement_low, e.seed) END
        FROM stages s JOIN entrants e ON e.tournament_id = s.tournament_id
        WHERE s.status <> 'PENDING' AND e.seed IS NOT NULL
        """
    )
    op.execute(
        "UPDATE bracket_matches SET stage_id = s.id FROM stages s WHERE s.tournament_id = bracket_matches.tournament_id"
    )


def downgrade() -> None:
    """Take it back. Events whose first stage is no elimination, and later stages, go with it."""
    op.execute(
        "DELETE FROM tournaments t USING stages s"
        " WHERE s.tournament_id = t.id AND s.number = 1 AND s.structure IN ('ROUND_ROBIN', 'SWISS')"
    )
    op.execute("DELETE FROM bracket_matches m USING stages s WHERE m.stage_id = s.id AND s.number > 1")
    op.add_column("tournaments", sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("tournaments", sa.Column("final_best_of", sa.Integer(), nullable=True))
    op.add_column("tournaments", sa.Column("best_of", sa.Integer(), nullable=True))
    op.add_column("tournaments", sa.Column("has_third_place_match", sa.Boolean(), nullable=True))
    op.add_column("tournaments", sa.Column("grand_final", _enum("grandfinal", *_GRAND_FINALS), nullable=True))
    op.add_column("tournaments", sa.Column("structure", _enum("structure", *_STRUCTURES), nullable=True))
    op.execute(
        """
        UPDATE tournaments SET structure = s.structure, links = s.links,
            grand_final = s.settings ->> 'grand_final', best_of = (s.settings ->> 'best_of')::int,
            final_best_of = (s.settings ->> 'final_best_of')::int,
            has_third_place_match = (s.settings ->> 'has_third_place_match')::boolean
        FROM stages s WHERE s.tournament_id = tournaments.id AND s.number = 1
        """
    )
    for column in _MOVED[:-1]:
        op.alter_column("tournaments", column, nullable=False)
    op.drop_constraint(op.f("uq_bracket_matches_stage_id_key"), "bracket_matches")
    op.create_unique_constraint(
        op.f("uq_bracket_matches_tournament_id_key"), "bracket_matches", ["tournament_id", "key"]
    )
    _allow(*_SIDES)
    op.drop_column("bracket_matches", "pairing")
    op.drop_column("bracket_matches", "group_number")
    op.drop_column("bracket_matches", "stage_id")
    op.drop_column("tournaments", "draw_id")
    op.drop_table("stage_byes")
    op.drop_table("stage_entrants")
    op.drop_table("stages")
