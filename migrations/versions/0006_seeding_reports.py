"""What seeding under constraints was told, and what it could not prevent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    report = sa.Column("seeding_report", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    op.add_column("tournaments", report)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("tournaments", "seeding_report")
