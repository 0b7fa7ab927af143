"""Corrections: what was set aside, what was corrected, and where matches stand that do not count for ratings now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ENTRIES = (
    *("CREATED", "ACCEPTED", "SEATED", "STARTED", "SCORE", "REPORTED", "CONFIRMED", "DISPUTED", "DECIDED", "WALKOVER"),
    *("DISQUALIFIED", "FINISHED", "CORRECTED"),
    *("NOT_NEEDED", "CANCELLED", "COMMENT", "RACK_STARTED", "RACK_ENDED", "SHOT", "FOUL"),
)
_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *("RESULT_DISPUTED", "MATCH_FINISHED"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
)


def _allow(constraint: str, table: str, values: tuple[str, ...]) -> None:
    """Let the column `kind` have these values."""
    op.drop_constraint(op.f(constraint), table)
    allowed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(constraint), table, f"kind IN ({allowed})")


def _with(values: tuple[str, ...], after: str, *more: str) -> tuple[str, ...]:
    place = values.index(after) + 1
    return (*values[:place], *more, *values[place:])


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow("ck_match_log_entrykind", "match_log", _with(_ENTRIES, "CORRECTED", "RESET", "RESTORED"))
    _allow(
        "ck_notifications_notificationkind",
        "notifications",
        _with(_NOTIFICATIONS, "MATCH_FINISHED", "MATCH_RESET", "MATCH_RESTORED"),
    )
    op.create_table(
        "rating_places",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_rating_places_game_id")),
        sa.PrimaryKeyConstraint("match_id", "first_id", "second_id", name=op.f("pk_rating_places")),
        sa.UniqueConstraint("game_id", "position", name=op.f("uq_rating_places_game_id_position")),
    )
    op.create_table(
        "set_aside",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("first_seed", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_seed", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_set_aside_match_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("match_id", "first_seed", "second_seed", name=op.f("pk_set_aside")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_corrections_match_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_match_id"), "corrections", ["match_id"], unique=False)


def downgrade() -> None:
    """Take it back. Entries and notifications of the new kinds go with it."""
    op.drop_index(op.f("ix_corrections_match_id"), table_name="corrections")
    op.drop_table("corrections")
    op.drop_table("set_aside")
    op.drop_table("rating_places")
    op.execute("DELETE FROM notifications WHERE kind IN ('MATCH_RESET', 'MATCH_RESTORED')")
    op.execute("DELETE FROM match_log WHERE kind IN ('RESET', 'RESTORED')")
    _allow("ck_notifications_notificationkind", "notifications", _NOTIFICATIONS)
    _allow("ck_match_log_entrykind", "match_log", _ENTRIES)
