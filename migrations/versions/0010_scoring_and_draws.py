"""Matches that are scored otherwise than as a best of, and that can be drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEST_OF = (
    "best_of BETWEEN 1 AND CASE scoring WHEN 'POINTS' THEN 1 ELSE 99 END"
    " AND (best_of % 2 = 1 OR scoring = 'PLAY_ALL')"
)
_SCORING = sa.Enum(
    *("BEST_OF", "PLAY_ALL", "POINTS"), name="matchscoring", native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    """Bring the tables to this version. A final that is like the other matches does not say so any more."""
    op.add_column("matches", sa.Column("scoring", _SCORING, nullable=False, server_default="BEST_OF"))
    op.alter_column("matches", "scoring", server_default=None)
    op.add_column("matches", sa.Column("can_be_drawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("matches", "can_be_drawn", server_default=None)
    op.add_column("matches", sa.Column("report_tiebreak_winner", sa.Integer(), nullable=True))
    op.drop_constraint(op.f("ck_matches_odd_best_of"), "matches")
    op.create_check_constraint(op.f("ck_matches_best_of"), "matches", _BEST_OF)
    op.create_check_constraint(
        op.f("ck_matches_somebody_wins_a_best_of"), "matches", "NOT can_be_drawn OR scoring <> 'BEST_OF'"
    )
    op.create_check_constraint(
        op.f("ck_matches_won_unless_drawn"), "matches", "outcome <> 'PLAYED' OR winner IS NOT NULL OR can_be_drawn"
    )
    op.execute(
        "UPDATE stages SET settings = settings || '{\"final_best_of\": null}'"
        " WHERE settings -> 'final_best_of' = settings -> 'best_of'"
    )


def downgrade() -> None:
    """Take it back. Nobody wins a match that was drawn; games that nobody could play so become the odd number above."""
    for name in ("won_unless_drawn", "somebody_wins_a_best_of", "best_of"):
        op.drop_constraint(op.f(f"ck_matches_{name}"), "matches")
    op.execute("UPDATE matches SET best_of = best_of + 1 WHERE best_of % 2 = 0")
    op.create_check_constraint(op.f("ck_matches_odd_best_of"), "matches", "best_of % 2 = 1 AND best_of BETWEEN 1 AND 99")
    op.drop_column("matches", "report_tiebreak_winner")
    op.drop_column("matches", "can_be_drawn")
    op.drop_column("matches", "scoring")
    op.execute(
        "UPDATE stages SET settings = settings || jsonb_build_object('final_best_of', settings -> 'best_of')"
        " WHERE settings -> 'final_best_of' = 'null'"
    )
