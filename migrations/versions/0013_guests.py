"""Guests: entrants of whom only a name is known."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0009"
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


def _allow(*kinds: str) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    for table, column, name in _KINDS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow("USER", "TEAM", "GUEST")


def downgrade() -> None:
    """Take it back. Events in which guests took part go, with their matches."""
    op.execute(
        "CREATE TEMPORARY TABLE with_guests ON COMMIT DROP AS"
        " SELECT id FROM tournaments WHERE entrant_kind = 'GUEST'"
        " UNION SELECT tournament_id FROM entrants WHERE kind = 'GUEST'"
    )
    op.execute("DELETE FROM matches WHERE owner_id IN (SELECT id FROM with_guests)")
    op.execute("DELETE FROM tournaments WHERE id IN (SELECT id FROM with_guests)")
    _allow("USER", "TEAM")
