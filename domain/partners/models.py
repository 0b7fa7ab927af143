"""Tables of the partners context."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row, enum_column
from domain.partners.values import OperationKind, PartnerStatus

_PARTNER = "partners.id"
_USER = "users.id"


class Partner(Row):
    """Somebody whose applications use the API with keys. Its managers have grants of `accounts` on it."""

    __tablename__ = "partners"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name="slug"),
        CheckConstraint("char_length(name) BETWEEN 2 AND 50", name="name"),
        CheckConstraint("points_capacity > 0 AND points_per_s > 0", name="points"),
        Index("ix_partners_name", "name", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    status: Mapped[PartnerStatus] = mapped_column(enum_column(PartnerStatus))
    points_capacity: Mapped[int]
    points_per_s: Mapped[int]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ApiKey(Row):
    """A key of a partner. Only the SHA-256 of its secret is kept; `prefix` is the part that lists may show."""

    __tablename__ = "partner_api_keys"
    __table_args__ = (
        Index("ix_partner_api_keys_partner", "partner_id", "created_at", "id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 50", name="name"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey(_PARTNER))
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey(_USER))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Document(Row):
    """A document of a partner, known by the SHA-256 of its source. A revoked one is not served, whatever has it."""

    __tablename__ = "partner_documents"
    __table_args__ = (
        UniqueConstraint("partner_id", "hash"),
        Index("ix_partner_documents_name", "partner_id", "name", "id"),
        CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey(_PARTNER))
    hash: Mapped[str]
    source: Mapped[str]
    name: Mapped[str]
    kind: Mapped[OperationKind] = mapped_column(enum_column(OperationKind))
    published_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]


class Release(Row):
    """What a version of a partner's application asks. The documents of a withdrawn release are not served for it."""

    __tablename__ = "partner_releases"
    __table_args__ = (
        UniqueConstraint("partner_id", "number"),
        UniqueConstraint("partner_id", "label"),
        CheckConstraint("char_length(label) BETWEEN 1 AND 50", name="label"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey(_PARTNER))
    number: Mapped[int]
    label: Mapped[str]
    published_at: Mapped[datetime]
    published_by_id: Mapped[UUID] = mapped_column(ForeignKey(_USER))
    withdrawn_at: Mapped[datetime | None]


class ReleaseDocument(Row):
    """A document of a release."""

    __tablename__ = "partner_release_documents"
    __table_args__ = (Index("ix_partner_release_documents_document", "document_id"),)

    release_id: Mapped[UUID] = mapped_column(ForeignKey("partner_releases.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("partner_documents.id"), primary_key=True)


class DocumentUsage(Row):
    """How often a document was asked for on one day (UTC)."""

    __tablename__ = "partner_document_usage"
    __table_args__ = (Index("ix_partner_document_usage_day", "day"),)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey(_PARTNER), primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    points: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_at: Mapped[datetime]
