"""Deadlines of matches, and the rooms in which disputes are settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ENTRIES = (
    *("CREATED", "ACCEPTED", "SEATED", "STARTED", "SCORE", "REPORTED", "CONFIRMED", "DISPUTED", "DECIDED", "WALKOVER"),
    *("DISQUALIFIED", "FINISHED", "CORRECTED", "RESET", "RESTORED"),
    *("NOT_NEEDED", "CANCELLED", "VETO", "COMMENT", "RACK_STARTED", "RACK_ENDED", "SHOT", "FOUL"),
)
_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *("RESULT_DISPUTED", "MATCH_FINISHED", "MATCH_RESET", "MATCH_RESTORED", "VETO_TURN", "MATCH_CALLED", "CALL_EXPIRED"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
    *("CHALLENGED", "CHALLENGE_CALLED_OFF"),
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
    _allow("ck_match_log_entrykind", "match_log", _with(_ENTRIES, "SEATED", "CHECK_IN_OPENED", "CHECKED_IN"))
    _allow(
        "ck_notifications_notificationkind",
        "notifications",
        _with(_NOTIFICATIONS, "CALL_EXPIRED", "CHECK_IN_REMINDER", "REFEREE_CALLED", "DISPUTE_MESSAGE"),
    )
    op.create_table(
        "match_deadlines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_in_minutes", sa.Integer(), nullable=True),
        sa.Column("check_in_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmation_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("check_in_minutes BETWEEN 1 AND 1440", name=op.f("ck_match_deadlines_check_in_minutes")),
        sa.CheckConstraint(
            "(check_in_minutes IS NULL) = (check_in_since IS NULL)", name=op.f("ck_match_deadlines_check_in_since")
        ),
        sa.CheckConstraint(
            "confirmation_minutes BETWEEN 1 AND 10080", name=op.f("ck_match_deadlines_confirmation_minutes")
        ),
        sa.ForeignKeyConstraint(["id"], ["tournaments.id"], name=op.f("fk_match_deadlines_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_deadlines")),
    )
    op.create_table(
        "match_check_ins",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_match_check_ins_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_match_check_ins_tournament_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_match_check_ins")),
    )
    op.create_index(op.f("ix_match_check_ins_tournament_id"), "match_check_ins", ["tournament_id"], unique=False)
    op.create_table(
        "match_confirmations",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confirms_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_match_confirmations_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_match_confirmations")),
    )
    op.create_table(
        "dispute_rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("(taken_by_id IS NULL) = (taken_at IS NULL)", name=op.f("ck_dispute_rooms_taken")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_dispute_rooms_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_dispute_rooms_tournament_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_dispute_rooms_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_rooms")),
        sa.UniqueConstraint(
            "match_id", "first_id", "second_id", name=op.f("uq_dispute_rooms_match_id_first_id_second_id")
        ),
    )
    op.create_index(
        "ix_dispute_rooms_open",
        "dispute_rooms",
        ["tournament_id", "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "dispute_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *("OPENED", "MESSAGE", "TAKEN", "CLOSED"),
                name="disputeentrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("slot", sa.SmallInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("slot IN (0, 1)", name=op.f("ck_dispute_entries_slot")),
        sa.CheckConstraint(
            "(text IS NOT NULL) = (kind IN ('OPENED', 'MESSAGE'))", name=op.f("ck_dispute_entries_text")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_dispute_entries_author_id")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["dispute_rooms.id"], name=op.f("fk_dispute_entries_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_entries")),
        sa.UniqueConstraint("room_id", "sequence", name=op.f("uq_dispute_entries_room_id_sequence")),
    )


def downgrade() -> None:
    """Take it back. Entries and notifications of the new kinds go with it."""
    op.drop_table("dispute_entries")
    op.drop_index(
        "ix_dispute_rooms_open", table_name="dispute_rooms", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("dispute_rooms")
    op.drop_table("match_confirmations")
    op.drop_index(op.f("ix_match_check_ins_tournament_id"), table_name="match_check_ins")
    op.drop_table("match_check_ins")
    op.drop_table("match_deadlines")
    op.execute(
        "DELETE FROM notifications WHERE kind IN ('CHECK_IN_REMINDER', 'REFEREE_CALLED', 'DISPUTE_MESSAGE')"
    )
    op.execute("DELETE FROM match_log WHERE kind IN ('CHECK_IN_OPENED', 'CHECKED_IN')")
    _allow("ck_notifications_notificationkind", "notifications", _NOTIFICATIONS)
    _allow("ck_match_log_entrykind", "match_log", _ENTRIES)
