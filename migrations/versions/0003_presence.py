"""Presence: whether others may see what a user watches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version. Nobody has said yet that others may."""
    op.add_column(
        "preferences", sa.Column("is_presence_public", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("preferences", "is_presence_public", server_default=None)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("preferences", "is_presence_public")
