"""Guests, entrants of whom only a name is known, and events imported from files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Every column that says what competes: the table, the column, and the name of its constraint.
_KINDS = (
    ("tournaments", "entrant_kind", "participantkind"),
    ("entrants", "kind", "participantkind"),
    ("ratings", "kind", "participantkind"),
    ("rating_changes", "kind", "participantkind"),
    ("matches", "first_kind", "first_kind"),
    ("matches", "second_kind", "second_kind"),
)
_FORMATS = (
    *("MATCHPOINT_EVENT", "MATCHPOINT_ROUNDS", "TRF16", "TRF26", "CHALLONGE", "CHALLONGE_2", "STARTGG", "STARTGG_ENTITIES"),
    *("BRACKETS_MANAGER", "OPENFOOTBALL", "BLUE_ALLIANCE", "SCALACHESS", "RECORDED"),
)
_STATUSES = ("WAITING", "FINISHED", "FAILED")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _allow(*kinds: str) -> None:
    """Let these compete."""
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    for table, column, name in _KINDS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow("USER", "TEAM", "GUEST")
    op.add_column("tournaments", sa.Column("imported_format", _one_of("eventformat", *_FORMATS), nullable=True))
    op.add_column("tournaments", sa.Column("imported_url", sa.Text(), nullable=True))
    op.create_table(
        "event_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("game", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("format", _one_of("eventformat", *_FORMATS), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("entrant_count", sa.Integer(), nullable=False),
        sa.Column("match_count", sa.Integer(), nullable=False),
        sa.Column("status", _one_of("importstatus", *_STATUSES), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("tournament_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'FINISHED') = (tournament_id IS NOT NULL)",
            name=op.f("ck_event_imports_tournament_when_finished"),
        ),
        sa.CheckConstraint(
            "(status = 'FAILED') = (error_code IS NOT NULL)", name=op.f("ck_event_imports_error_when_failed")
        ),
        sa.CheckConstraint(
            "(status = 'WAITING') = (document IS NOT NULL)", name=op.f("ck_event_imports_document_while_waiting")
        ),
        sa.ForeignKeyConstraint(["tournament_id"], ["tournaments.id"], name=op.f("fk_event_imports_tournament_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_event_imports_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_imports")),
        sa.UniqueConstraint("tournament_id", name=op.f("uq_event_imports_tournament_id")),
    )
    op.create_index(op.f("ix_event_imports_user_id"), "event_imports", ["user_id"], unique=False)


def downgrade() -> None:
    """Take it back. Events in which guests took part go, with their matches."""
    op.drop_table("event_imports")
    op.drop_column("tournaments", "imported_url")
    op.drop_column("tournaments", "imported_format")
    op.execute(
        "CREATE TEMPORARY TABLE with_guests ON COMMIT DROP AS"
        " SELECT id FROM tournaments WHERE entrant_kind = 'GUEST'"
        " UNION SELECT tournament_id FROM entrants WHERE kind = 'GUEST'"
    )
    op.execute("DELETE FROM matches WHERE owner_id IN (SELECT id FROM with_guests)")
    op.execute("DELETE FROM tournaments WHERE id IN (SELECT id FROM with_guests)")
    _allow("USER", "TEAM")
