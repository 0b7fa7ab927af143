"""Partners: their keys, documents, releases and usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.drop_constraint(op.f("ck_grants_grantrole"), "grants")
    op.create_check_constraint(op.f("ck_grants_grantrole"), "grants", "role IN ('ORGANIZER', 'MANAGER')")
    op.create_table(
        "partners",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("ACTIVE", "SUSPENDED", name="partnerstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("points_capacity", sa.Integer(), nullable=False),
        sa.Column("points_per_s", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name=op.f("ck_partners_slug")),
        sa.CheckConstraint("char_length(name) BETWEEN 2 AND 50", name=op.f("ck_partners_name")),
        sa.CheckConstraint("points_capacity > 0 AND points_per_s > 0", name=op.f("ck_partners_points")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("slug", name=op.f("uq_partners_slug")),
    )
    op.create_index("ix_partners_name", "partners", ["name", "id"], unique=False)
    op.create_table(
        "partner_api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_partner_api_keys_scopes")),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 50", name=op.f("ck_partner_api_keys_name")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_partner_api_keys_created_by_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_api_keys_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_partner_api_keys_secret_hash")),
    )
    op.create_index("ix_partner_api_keys_partner", "partner_api_keys", ["partner_id", "created_at", "id"], unique=False)
    op.create_table(
        "partner_document_usage",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("points", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_document_usage_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "hash", "day", name=op.f("pk_partner_document_usage")),
    )
    op.create_index("ix_partner_document_usage_day", "partner_document_usage", ["day"], unique=False)
    op.create_table(
        "partner_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "QUERY",
                "MUTATION",
                "SUBSCRIPTION",
                name="operationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_partner_documents_hash")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_reason IS NULL)", name=op.f("ck_partner_documents_revoked")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_documents_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_documents")),
        sa.UniqueConstraint("partner_id", "hash", name=op.f("uq_partner_documents_partner_id_hash")),
    )
    op.create_index("ix_partner_documents_name", "partner_documents", ["partner_id", "name", "id"], unique=False)
    op.create_table(
        "partner_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(label) BETWEEN 1 AND 50", name=op.f("ck_partner_releases_label")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_releases_partner_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["users.id"], name=op.f("fk_partner_releases_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_releases")),
        sa.UniqueConstraint("partner_id", "label", name=op.f("uq_partner_releases_partner_id_label")),
        sa.UniqueConstraint("partner_id", "number", name=op.f("uq_partner_releases_partner_id_number")),
    )
    op.create_table(
        "partner_release_documents",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["partner_documents.id"], name=op.f("fk_partner_release_documents_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["partner_releases.id"], name=op.f("fk_partner_release_documents_release_id")
        ),
        sa.PrimaryKeyConstraint("release_id", "document_id", name=op.f("pk_partner_release_documents")),
    )
    op.create_index("ix_partner_release_documents_document", "partner_release_documents", ["document_id"], unique=False)


def downgrade() -> None:
    """Bring them back."""
    op.drop_index("ix_partner_release_documents_document", table_name="partner_release_documents")
    op.drop_table("partner_release_documents")
    op.drop_table("partner_releases")
    op.drop_index("ix_partner_documents_name", table_name="partner_documents")
    op.drop_table("partner_documents")
    op.drop_index("ix_partner_document_usage_day", table_name="partner_document_usage")
    op.drop_table("partner_document_usage")
    op.drop_index("ix_partner_api_keys_partner", table_name="partner_api_keys")
    op.drop_table("partner_api_keys")
    op.drop_index("ix_partners_name", table_name="partners")
    op.drop_table("partners")
    op.execute("DELETE FROM grants WHERE role = 'MANAGER'")
    op.drop_constraint(op.f("ck_grants_grantrole"), "grants")
    op.create_check_constraint(op.f("ck_grants_grantrole"), "grants", "role IN ('ORGANIZER')")
