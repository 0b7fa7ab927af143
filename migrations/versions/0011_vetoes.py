"""Vetoes: what games are played on, how stages let sides choose of it, and what those of each match chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ENTRIES = (
    *("CREATED", "ACCEPTED", "SEATED", "STARTED", "SCORE", "REPORTED", "CONFIRMED", "DISPUTED", "DECIDED", "WALKOVER"),
    *("DISQUALIFIED", "FINISHED", "CORRECTED", "RESET", "RESTORED", "NOT_NEEDED", "CANCELLED"),
    *("COMMENT", "RACK_STARTED", "RACK_ENDED", "SHOT", "FOUL"),
)


_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *("RESULT_DISPUTED", "MATCH_FINISHED", "MATCH_RESET", "MATCH_RESTORED", "MATCH_CALLED", "CALL_EXPIRED"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
)


def _allow(constraint: str, table: str, values: tuple[str, ...]) -> None:
    """Let the column `kind` have these values."""
    op.drop_constraint(op.f(constraint), table)
    allowed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(constraint), table, f"kind IN ({allowed})")


def _before(values: tuple[str, ...], later: str, one: str) -> tuple[str, ...]:
    place = values.index(later)
    return (*values[:place], one, *values[place:])


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow("ck_match_log_entrykind", "match_log", _before(_ENTRIES, "COMMENT", "VETO"))
    _allow("ck_notifications_notificationkind", "notifications", _before(_NOTIFICATIONS, "MATCH_CALLED", "VETO_TURN"))
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    for name in ("options", "starting_sides"):
        op.add_column("games", sa.Column(name, jsonb, server_default="[]", nullable=False))
    op.create_check_constraint(op.f("ck_games_options"), "games", "jsonb_typeof(options) = 'array'")
    op.create_check_constraint(
        op.f("ck_games_starting_sides"),
        "games",
        "jsonb_typeof(starting_sides) = 'array' AND jsonb_array_length(starting_sides) IN (0, 2)",
    )
    op.add_column("stages", sa.Column("veto", jsonb, nullable=True))
    op.create_table(
        "vetoes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("course", jsonb, nullable=False),
        sa.Column("choices", jsonb, nullable=False),
        sa.Column("first_slot", sa.SmallInteger(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("step_s", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_slot IN (0, 1)", name=op.f("ck_vetoes_first_slot")),
        sa.CheckConstraint("step_s BETWEEN 10 AND 3600", name=op.f("ck_vetoes_step_s")),
        sa.CheckConstraint("deadline_at IS NULL OR step_s IS NOT NULL", name=op.f("ck_vetoes_deadline")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_vetoes_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetoes")),
        sa.UniqueConstraint("match_id", "first_id", "second_id", name=op.f("uq_vetoes_match_id_first_id_second_id")),
    )


def downgrade() -> None:
    """Take it back. What logs tell of vetoes stays in them, as comments; notifications of turns go."""
    op.execute("DELETE FROM notifications WHERE kind = 'VETO_TURN'")
    _allow("ck_notifications_notificationkind", "notifications", _NOTIFICATIONS)
    op.execute("UPDATE match_log SET kind = 'COMMENT' WHERE kind = 'VETO'")
    op.drop_table("vetoes")
    op.drop_column("stages", "veto")
    op.drop_constraint(op.f("ck_games_starting_sides"), "games")
    op.drop_constraint(op.f("ck_games_options"), "games")
    op.drop_column("games", "starting_sides")
    op.drop_column("games", "options")
    _allow("ck_match_log_entrykind", "match_log", _ENTRIES)
