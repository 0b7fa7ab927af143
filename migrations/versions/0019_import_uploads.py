"""Files of events that are sent in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "import_uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_import_uploads_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_uploads")),
        sa.UniqueConstraint("user_id", name=op.f("uq_import_uploads_user_id")),
    )
    op.create_index(op.f("ix_import_uploads_created_at"), "import_uploads", ["created_at"])
    op.create_table(
        "import_parts",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("file", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["import_uploads.id"], name=op.f("fk_import_parts_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "file", "part", name=op.f("pk_import_parts")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("import_parts")
    op.drop_table("import_uploads")
