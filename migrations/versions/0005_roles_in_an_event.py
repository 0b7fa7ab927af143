"""Referees and scorers: roles in an event beside its organizers."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _allow(*roles: str) -> None:
    op.drop_constraint(op.f("ck_grants_grantrole"), "grants")
    allowed = ", ".join(f"'{role}'" for role in roles)
    op.create_check_constraint(op.f("ck_grants_grantrole"), "grants", f"role IN ({allowed})")


def upgrade() -> None:
    """Bring the tables to this version."""
    _allow("ORGANIZER", "REFEREE", "SCORER", "MANAGER")


def downgrade() -> None:
    """Take it back. Who was referee or scorer has no role then."""
    op.execute("DELETE FROM grants WHERE role IN ('REFEREE', 'SCORER')")
    _allow("ORGANIZER", "MANAGER")
