"""Venues with their tables, the queues of tournaments that are played there, and timers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NOTIFICATIONS = (
    *("TEAM_INVITATION", "TEAM_INVITATION_ANSWERED", "MATCH_INVITATION", "MATCH_READY", "RESULT_REPORTED"),
    *("RESULT_DISPUTED", "MATCH_FINISHED", "MATCH_RESET", "MATCH_RESTORED"),
    *("TOURNAMENT_STARTED", "TOURNAMENT_CANCELLED", "ENTRANT_PROMOTED", "ENTRANT_DISQUALIFIED"),
)


def _allow(values: tuple[str, ...]) -> None:
    """Let notifications be of these kinds."""
    op.drop_constraint(op.f("ck_notifications_notificationkind"), "notifications")
    allowed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f("ck_notifications_notificationkind"), "notifications", f"kind IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    place = _NOTIFICATIONS.index("TOURNAMENT_STARTED")
    _allow((*_NOTIFICATIONS[:place], "MATCH_CALLED", "CALL_EXPIRED", *_NOTIFICATIONS[place:]))
    op.create_table(
        "due_actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_actions")),
    )
    op.create_index("ix_due_actions_due_at", "due_actions", ["due_at", "id"], unique=False)
    op.create_table(
        "venues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name=op.f("ck_venues_slug")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_venues_whole_position")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_venues_position")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_venues_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
        sa.UniqueConstraint("slug", name=op.f("uq_venues_slug")),
    )
    op.create_index(op.f("ix_venues_owner_id"), "venues", ["owner_id"], unique=False)
    op.create_table(
        "queues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("answer_s", sa.Integer(), nullable=False),
        sa.Column(
            "no_show",
            sa.Enum(
                "REPORT", "REQUEUE", "FORFEIT", name="noshow", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("change_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer_s BETWEEN 30 AND 3600", name=op.f("ck_queues_answer_s")),
        sa.ForeignKeyConstraint(["id"], ["tournaments.id"], name=op.f("fk_queues_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_queues_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
    )
    op.create_index(op.f("ix_queues_venue_id"), "queues", ["venue_id"], unique=False)
    op.create_table(
        "venue_tables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_stream", sa.Boolean(), nullable=False),
        sa.Column("is_accessible", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("OPEN", "CLOSED", name="tablestatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 9999", name=op.f("ck_venue_tables_number")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_venue_tables_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_tables")),
        sa.UniqueConstraint("venue_id", "number", name=op.f("uq_venue_tables_venue_id_number")),
    )
    op.create_table(
        "access_needs",
        sa.Column("entrant_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entrant_id"], ["entrants.id"], name=op.f("fk_access_needs_entrant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_access_needs_queue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entrant_id", name=op.f("pk_access_needs")),
    )
    op.create_index(op.f("ix_access_needs_queue_id"), "access_needs", ["queue_id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=True),
        sa.Column("best_of", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "DECIDED",
                "EXPIRED",
                "FREED",
                "CHANGED",
                name="callending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_calls_ending")),
        sa.CheckConstraint(
            "begun_at IS NOT NULL OR table_id IS NOT NULL OR ended_at IS NOT NULL", name=op.f("ck_calls_somewhere")
        ),
        sa.CheckConstraint("is_current = (ended_at IS NULL)", name=op.f("ck_calls_current_until_it_ends")),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_calls_match_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["table_id"], ["venue_tables.id"], name=op.f("fk_calls_table_id")),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_calls_tournament_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("id", "is_current", name=op.f("uq_calls_id_is_current")),
    )
    op.create_index("ix_calls_match", "calls", ["match_id"], unique=False)
    op.create_index("ix_calls_tournament", "calls", ["tournament_id", "called_at"], unique=False)
    op.create_index(
        "uq_calls_current_match", "calls", ["match_id"], unique=True, postgresql_where=sa.text("is_current")
    )
    op.create_index(
        "uq_calls_current_table", "calls", ["table_id"], unique=True, postgresql_where=sa.text("is_current")
    )
    op.create_table(
        "featured_matches",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_featured_matches_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["queues.id"], name=op.f("fk_featured_matches_queue_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_featured_matches")),
    )
    op.create_index(op.f("ix_featured_matches_queue_id"), "featured_matches", ["queue_id"], unique=False)
    op.create_table(
        "queue_tables",
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_queue_tables_queue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["table_id"], ["venue_tables.id"], name=op.f("fk_queue_tables_table_id")),
        sa.PrimaryKeyConstraint("queue_id", "table_id", name=op.f("pk_queue_tables")),
    )
    op.create_index(op.f("ix_queue_tables_table_id"), "queue_tables", ["table_id"], unique=False)
    op.create_table(
        "call_players",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.CheckConstraint("slot IN (0, 1)", name=op.f("ck_call_players_slot")),
        sa.ForeignKeyConstraint(
            ["call_id", "is_current"],
            ["calls.id", "calls.is_current"],
            name=op.f("fk_call_players_call_id_is_current"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_call_players_user_id")),
        sa.PrimaryKeyConstraint("call_id", "user_id", name=op.f("pk_call_players")),
    )
    op.create_index(
        "uq_call_players_current_user", "call_players", ["user_id"], unique=True, postgresql_where=sa.text("is_current")
    )


def downgrade() -> None:
    """Take it back. Notifications of the new kinds go with it."""
    op.execute("DELETE FROM notifications WHERE kind IN ('MATCH_CALLED', 'CALL_EXPIRED')")
    _allow(_NOTIFICATIONS)
    op.drop_index("uq_call_players_current_user", table_name="call_players", postgresql_where=sa.text("is_current"))
    op.drop_table("call_players")
    op.drop_index(op.f("ix_queue_tables_table_id"), table_name="queue_tables")
    op.drop_table("queue_tables")
    op.drop_index(op.f("ix_featured_matches_queue_id"), table_name="featured_matches")
    op.drop_table("featured_matches")
    op.drop_index("uq_calls_current_table", table_name="calls", postgresql_where=sa.text("is_current"))
    op.drop_index("uq_calls_current_match", table_name="calls", postgresql_where=sa.text("is_current"))
    op.drop_index("ix_calls_tournament", table_name="calls")
    op.drop_index("ix_calls_match", table_name="calls")
    op.drop_table("calls")
    op.drop_index(op.f("ix_access_needs_queue_id"), table_name="access_needs")
    op.drop_table("access_needs")
    op.drop_table("venue_tables")
    op.drop_index(op.f("ix_queues_venue_id"), table_name="queues")
    op.drop_table("queues")
    op.drop_index(op.f("ix_venues_owner_id"), table_name="venues")
    op.drop_table("venues")
    op.drop_index("ix_due_actions_due_at", table_name="due_actions")
    op.drop_table("due_actions")
