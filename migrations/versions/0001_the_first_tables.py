"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_window_ends_at", "attempts", ["window_ends_at"], unique=False)
    op.create_table(
        "games",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_size", sa.Integer(), nullable=False),
        sa.Column("formats", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stats", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(formats) = 'array' AND jsonb_array_length(formats) > 0", name=op.f("ck_games_formats")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(stats) = 'array' AND jsonb_array_length(stats) > 0", name=op.f("ck_games_stats")
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name=op.f("ck_games_slug")),
        sa.CheckConstraint("team_size BETWEEN 1 AND 20", name=op.f("ck_games_team_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_games")),
        sa.UniqueConstraint("slug", name=op.f("uq_games_slug")),
    )
    op.create_index("ix_games_name_id", "games", ["name", "id"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("result", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "consumer", name=op.f("pk_inbox")),
    )
    op.create_index(
        "ix_inbox_given_up",
        "inbox",
        ["event_id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NULL AND done_at IS NULL"),
    )
    op.create_index(
        "ix_inbox_lane",
        "inbox",
        ["lane", "position"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL AND lane IS NOT NULL"),
    )
    op.create_index("ix_inbox_owed", "inbox", ["due_at"], unique=False, postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("topics", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_index(
        "ix_outbox_unpublished", "outbox", ["id"], unique=False, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_table(
        "relay",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_relay_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
    )
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_key", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "signs_from < signs_until AND signs_until < published_until", name=op.f("ck_signing_keys_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_index("uq_signing_keys_signs_from", "signing_keys", ["signs_from"], unique=True)
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disbanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name=op.f("ck_teams_slug")),
        sa.CheckConstraint("char_length(description) <= 1000", name=op.f("ck_teams_description")),
        sa.CheckConstraint("char_length(name) BETWEEN 2 AND 50", name=op.f("ck_teams_name")),
        sa.CheckConstraint("char_length(tag) BETWEEN 2 AND 6", name=op.f("ck_teams_tag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("slug", name=op.f("uq_teams_slug")),
    )
    op.create_index(
        "ix_teams_live", "teams", ["name", "id"], unique=False, postgresql_where=sa.text("disbanded_at IS NULL")
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_index("uq_users_username", "users", [sa.literal_column("lower(username)")], unique=True)
    op.create_table(
        "grants",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("ORGANIZER", name="grantrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "granted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grants_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "subject_id", "role", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_subject_id", "grants", ["subject_id"], unique=False)
    op.create_table(
        "mail_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "VERIFY_EMAIL",
                "RESET_PASSWORD",
                name="mailtokenpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_tokens")),
    )
    op.create_index("ix_mail_tokens_expires_at", "mail_tokens", ["expires_at"], unique=False)
    op.create_index("ix_mail_tokens_user_id", "mail_tokens", ["user_id"], unique=False)
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "TOURNAMENT",
                "CHALLENGE",
                "CASUAL",
                name="matchkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("best_of", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "INVITED",
                "PENDING",
                "READY",
                "LIVE",
                "REPORTED",
                "DISPUTED",
                "FINISHED",
                "NOT_NEEDED",
                "CANCELLED",
                name="matchstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("log_length", sa.Integer(), nullable=False),
        sa.Column(
            "first_kind",
            sa.Enum("USER", "TEAM", name="first_kind", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("first_seed", sa.Integer(), nullable=True),
        sa.Column("first_score", sa.Integer(), nullable=True),
        sa.Column("first_is_empty", sa.Boolean(), nullable=False),
        sa.Column(
            "second_kind",
            sa.Enum("USER", "TEAM", name="second_kind", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("second_id", sa.Uuid(), nullable=True),
        sa.Column("second_name", sa.Text(), nullable=True),
        sa.Column("second_seed", sa.Integer(), nullable=True),
        sa.Column("second_score", sa.Integer(), nullable=True),
        sa.Column("second_is_empty", sa.Boolean(), nullable=False),
        sa.Column("games", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report_slot", sa.Integer(), nullable=True),
        sa.Column("report_scores", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("report_games", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispute_reason", sa.Text(), nullable=True),
        sa.Column("winner", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "PLAYED",
                "WALKOVER",
                "DISQUALIFICATION",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'FINISHED') = (outcome IS NOT NULL)", name=op.f("ck_matches_outcome_when_finished")
        ),
        sa.CheckConstraint("best_of % 2 = 1 AND best_of BETWEEN 1 AND 99", name=op.f("ck_matches_odd_best_of")),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_matches_two_different_sides")),
        sa.CheckConstraint("winner IN (0, 1)", name=op.f("ck_matches_winner_is_a_slot")),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_matches_game_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
    )
    op.create_index("ix_matches_first_id", "matches", ["first_id", "id"], unique=False)
    op.create_index(op.f("ix_matches_owner_id"), "matches", ["owner_id"], unique=False)
    op.create_index("ix_matches_second_id", "matches", ["second_id", "id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "TEAM_INVITATION",
                "TEAM_INVITATION_ANSWERED",
                "MATCH_INVITATION",
                "MATCH_READY",
                "RESULT_REPORTED",
                "RESULT_DISPUTED",
                "MATCH_FINISHED",
                "TOURNAMENT_STARTED",
                "TOURNAMENT_CANCELLED",
                "ENTRANT_PROMOTED",
                "ENTRANT_DISQUALIFIED",
                name="notificationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "event_id", "kind", name=op.f("uq_notifications_user_id_event_id_kind")),
    )
    op.create_index("ix_notifications_newest", "notifications", ["user_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "theme",
            sa.Enum("SYSTEM", "LIGHT", "DARK", name="theme", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("email_notifications", sa.Boolean(), nullable=False),
        sa.Column("is_profile_public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_preferences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "rating_changes",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("USER", "TEAM", name="participantkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("has_won", sa.Boolean(), nullable=False),
        sa.Column("mu_before", sa.Double(), nullable=False),
        sa.Column("sigma_before", sa.Double(), nullable=False),
        sa.Column("mu_after", sa.Double(), nullable=False),
        sa.Column("sigma_after", sa.Double(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_rating_changes_position")),
        sa.CheckConstraint("slot IN (0, 1)", name=op.f("ck_rating_changes_slot")),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_rating_changes_game_id")),
        sa.PrimaryKeyConstraint("match_id", "kind", "participant_id", name=op.f("pk_rating_changes")),
        sa.UniqueConstraint("game_id", "position", "slot", name=op.f("uq_rating_changes_game_id_position_slot")),
        sa.UniqueConstraint("match_id", "slot", name=op.f("uq_rating_changes_match_id_slot")),
    )
    op.create_index(
        "ix_rating_changes_participant", "rating_changes", ["participant_id", "game_id", "position"], unique=False
    )
    op.create_table(
        "ratings",
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("USER", "TEAM", name="participantkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("mu", sa.Double(), nullable=False),
        sa.Column("sigma", sa.Double(), nullable=False),
        sa.Column("ordinal", sa.Double(), sa.Computed("mu - 3 * sigma", persisted=True), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.CheckConstraint("matches > 0 AND wins BETWEEN 0 AND matches", name=op.f("ck_ratings_counts")),
        sa.CheckConstraint("sigma > 0", name=op.f("ck_ratings_sigma")),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_ratings_game_id")),
        sa.PrimaryKeyConstraint("game_id", "kind", "participant_id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_leaderboard", "ratings", ["game_id", "kind", "ordinal", "participant_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "revoked_reason",
            sa.Enum(
                "LOGGED_OUT",
                "REVOKED",
                "PASSWORD_CHANGED",
                "PASSWORD_RESET",
                "TOKEN_REUSED",
                name="revocationreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name=op.f("ck_sessions_revoked")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_user_id_id", "sessions", ["user_id", "id"], unique=False)
    op.create_table(
        "team_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "CAPTAIN",
                "PLAYER",
                "SUBSTITUTE",
                "COACH",
                name="teamrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "PENDING",
                "ACCEPTED",
                "DECLINED",
                "REVOKED",
                "EXPIRED",
                name="invitationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'PENDING') = (closed_at IS NULL)", name=op.f("ck_team_invitations_closed")),
        sa.CheckConstraint("role <> 'CAPTAIN'", name=op.f("ck_team_invitations_not_captain")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["users.id"], name=op.f("fk_team_invitations_invited_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_invitations_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_team_invitations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitations")),
    )
    op.create_index(
        "ix_team_invitations_expiry",
        "team_invitations",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "ix_team_invitations_user",
        "team_invitations",
        ["user_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "uq_team_invitations_pending",
        "team_invitations",
        ["team_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_table(
        "team_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "CAPTAIN",
                "PLAYER",
                "SUBSTITUTE",
                "COACH",
                name="teamrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("left_at >= joined_at", name=op.f("ck_team_members_times")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_team_members_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    op.create_index(
        "ix_team_members_user",
        "team_members",
        ["user_id", "team_id"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "uq_team_members_captain",
        "team_members",
        ["team_id"],
        unique=True,
        postgresql_where=sa.text("role = 'CAPTAIN'"),
    )
    op.create_index(
        "uq_team_members_present",
        "team_members",
        ["team_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "tournaments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("organizer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "entrant_kind",
            sa.Enum("USER", "TEAM", name="participantkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "structure",
            sa.Enum(
                "SINGLE_ELIMINATION",
                "DOUBLE_ELIMINATION",
                "CUSTOM",
                name="structure",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "grand_final",
            sa.Enum("NONE", "SINGLE", "RESET", name="grandfinal", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("has_third_place_match", sa.Boolean(), nullable=False),
        sa.Column("best_of", sa.Integer(), nullable=False),
        sa.Column("final_best_of", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "DRAFT",
                "PUBLISHED",
                "RUNNING",
                "FINISHED",
                "CANCELLED",
                name="tournamentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_registration_stopped", sa.Boolean(), nullable=False),
        sa.Column("check_in_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_in_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "seeding",
            sa.Enum(
                "MANUAL", "RANDOM", "RATING", name="seedingmethod", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("seeding_number", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_count", sa.Integer(), nullable=False),
        sa.Column("entrant_count", sa.Integer(), nullable=False),
        sa.Column("waitlist_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("capacity BETWEEN 2 AND 1024", name=op.f("ck_tournaments_capacity")),
        sa.CheckConstraint("check_in_opens_at < check_in_closes_at", name=op.f("ck_tournaments_check_in_window")),
        sa.CheckConstraint(
            "registration_opens_at < registration_closes_at", name=op.f("ck_tournaments_registration_window")
        ),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_tournaments_game_id")),
        sa.ForeignKeyConstraint(["organizer_id"], ["users.id"], name=op.f("fk_tournaments_organizer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tournaments")),
        sa.UniqueConstraint("slug", name=op.f("uq_tournaments_slug")),
    )
    op.create_index(op.f("ix_tournaments_organizer_id"), "tournaments", ["organizer_id"], unique=False)
    op.create_index("ix_tournaments_status", "tournaments", ["status", "id"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "PLAYER",
                "PREMIUM",
                "COACH",
                "ORGANIZER",
                "VENUE_ADMIN",
                "MODERATOR",
                "ADMIN",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_roles")),
    )
    op.create_table(
        "bracket_changes",
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("match", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_bracket_changes_tournament_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tournament_id", "sequence", name=op.f("pk_bracket_changes")),
    )
    op.create_index(
        "ix_bracket_changes_recent",
        "bracket_changes",
        ["tournament_id", sa.literal_column("sequence DESC")],
        unique=False,
    )
    op.create_table(
        "bracket_matches",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "UPPER",
                "LOWER",
                "FINAL",
                "THIRD_PLACE",
                name="bracketside",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("is_reset", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_bracket_matches_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_bracket_matches_tournament_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_bracket_matches")),
        sa.UniqueConstraint("tournament_id", "key", name=op.f("uq_bracket_matches_tournament_id_key")),
        sa.UniqueConstraint("tournament_id", "ordinal", name=op.f("uq_bracket_matches_tournament_id_ordinal")),
    )
    op.create_table(
        "entrants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("USER", "TEAM", name="participantkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "REGISTERED",
                "WAITLISTED",
                "CHECKED_IN",
                "PLAYING",
                "WITHDRAWN",
                "ABSENT",
                "DISQUALIFIED",
                name="entrantstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placement_low", sa.Integer(), nullable=True),
        sa.Column("placement_high", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_entrants_tournament_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrants")),
        sa.UniqueConstraint("tournament_id", "number", name=op.f("uq_entrants_tournament_id_number")),
        sa.UniqueConstraint("tournament_id", "participant_id", name=op.f("uq_entrants_tournament_id_participant_id")),
        sa.UniqueConstraint(
            "tournament_id", "seed", deferrable=True, initially="DEFERRED", name=op.f("uq_entrants_tournament_id_seed")
        ),
    )
    op.create_index(op.f("ix_entrants_participant_id"), "entrants", ["participant_id"], unique=False)
    op.create_table(
        "match_log",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CREATED",
                "ACCEPTED",
                "SEATED",
                "STARTED",
                "SCORE",
                "REPORTED",
                "CONFIRMED",
                "DISPUTED",
                "DECIDED",
                "WALKOVER",
                "DISQUALIFIED",
                "FINISHED",
                "CORRECTED",
                "NOT_NEEDED",
                "CANCELLED",
                "COMMENT",
                "RACK_STARTED",
                "RACK_ENDED",
                "SHOT",
                "FOUL",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_match_log_match_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("match_id", "sequence", "at", name=op.f("pk_match_log")),
        postgresql_partition_by="RANGE (at)",
    )
    # Entries of a month that nobody made a partition for still find a place.
    op.execute("CREATE TABLE match_log_default PARTITION OF match_log DEFAULT")
    op.create_table(
        "entrant_players",
        sa.Column("entrant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tournament_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entrant_id"], ["entrants.id"], name=op.f("fk_entrant_players_entrant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tournament_id"], ["tournaments.id"], name=op.f("fk_entrant_players_tournament_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_entrant_players_user_id")),
        sa.PrimaryKeyConstraint("entrant_id", "user_id", name=op.f("pk_entrant_players")),
        sa.UniqueConstraint("tournament_id", "user_id", name=op.f("uq_entrant_players_tournament_id_user_id")),
    )


def downgrade() -> None:
    """Bring them back."""
    op.drop_table("entrant_players")
    op.drop_table("match_log")
    op.drop_index(op.f("ix_entrants_participant_id"), table_name="entrants")
    op.drop_table("entrants")
    op.drop_table("bracket_matches")
    op.drop_index("ix_bracket_changes_recent", table_name="bracket_changes")
    op.drop_table("bracket_changes")
    op.drop_table("user_roles")
    op.drop_index("ix_tournaments_status", table_name="tournaments")
    op.drop_index(op.f("ix_tournaments_organizer_id"), table_name="tournaments")
    op.drop_table("tournaments")
    op.drop_index("uq_team_members_present", table_name="team_members", postgresql_where=sa.text("left_at IS NULL"))
    op.drop_index("uq_team_members_captain", table_name="team_members", postgresql_where=sa.text("role = 'CAPTAIN'"))
    op.drop_index("ix_team_members_user", table_name="team_members", postgresql_where=sa.text("left_at IS NULL"))
    op.drop_table("team_members")
    op.drop_index(
        "uq_team_invitations_pending", table_name="team_invitations", postgresql_where=sa.text("status = 'PENDING'")
    )
    op.drop_index(
        "ix_team_invitations_user", table_name="team_invitations", postgresql_where=sa.text("status = 'PENDING'")
    )
    op.drop_index(
        "ix_team_invitations_expiry", table_name="team_invitations", postgresql_where=sa.text("status = 'PENDING'")
    )
    op.drop_table("team_invitations")
    op.drop_index("ix_sessions_user_id_id", table_name="sessions")
    op.drop_index("ix_sessions_expires_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_ratings_leaderboard", table_name="ratings")
    op.drop_table("ratings")
    op.drop_index("ix_rating_changes_participant", table_name="rating_changes")
    op.drop_table("rating_changes")
    op.drop_table("preferences")
    op.drop_index("ix_notifications_unread", table_name="notifications", postgresql_where=sa.text("read_at IS NULL"))
    op.drop_index("ix_notifications_newest", table_name="notifications")
    op.drop_table("notifications")
    op.drop_index("ix_matches_second_id", table_name="matches")
    op.drop_index(op.f("ix_matches_owner_id"), table_name="matches")
    op.drop_index("ix_matches_first_id", table_name="matches")
    op.drop_table("matches")
    op.drop_index("ix_mail_tokens_user_id", table_name="mail_tokens")
    op.drop_index("ix_mail_tokens_expires_at", table_name="mail_tokens")
    op.drop_table("mail_tokens")
    op.drop_index("ix_grants_subject_id", table_name="grants")
    op.drop_table("grants")
    op.drop_index("uq_users_username", table_name="users")
    op.drop_index("uq_users_email", table_name="users")
    op.drop_table("users")
    op.drop_index("ix_teams_live", table_name="teams", postgresql_where=sa.text("disbanded_at IS NULL"))
    op.drop_table("teams")
    op.drop_index("uq_signing_keys_signs_from", table_name="signing_keys")
    op.drop_table("signing_keys")
    op.drop_table("relay")
    op.drop_index("ix_outbox_unpublished", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_inbox_owed", table_name="inbox", postgresql_where=sa.text("due_at IS NOT NULL"))
    op.drop_index(
        "ix_inbox_lane", table_name="inbox", postgresql_where=sa.text("due_at IS NOT NULL AND lane IS NOT NULL")
    )
    op.drop_index(
        "ix_inbox_given_up", table_name="inbox", postgresql_where=sa.text("due_at IS NULL AND done_at IS NULL")
    )
    op.drop_table("inbox")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_games_name_id", table_name="games")
    op.drop_table("games")
    op.drop_index("ix_attempts_window_ends_at", table_name="attempts")
    op.drop_table("attempts")
