"""Reads of the partners context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, func, select

from domain import accounts
from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among
from domain.kernel.paging import Page, PageRequest
from domain.partners.errors import ApiKeyInvalid
from domain.partners.models import ApiKey, Document, DocumentUsage, Partner, Release, ReleaseDocument
from domain.partners.rules.keys import hash_of
from domain.partners.values import ApiClient, PartnerStatus, Scope, UsageTotals

R = TypeVar("R", ApiKey, Document, Release)

# What a list of one partner is asked with: whose, and which page.
PageOfPartner = tuple[UUID, PageRequest]

_BY_NAME = (Partner.name, Partner.id)
_PARTNERS = Pages[Partner](select(Partner), _BY_NAME)
_CHOSEN_PARTNERS = Pages[Partner](select(Partner).where(among(Partner.id, "ids")), _BY_NAME)
_API_KEYS = Pages[ApiKey](select(ApiKey), (ApiKey.created_at, ApiKey.id), owner=ApiKey.partner_id)
_DOCUMENTS = Pages[Document](select(Document), (Document.name, Document.id), owner=Document.partner_id)
_RELEASES = Pages[Release](select(Release), (Release.number,), owner=Release.partner_id)


async def authenticate_key(session: ReadSession, secret: str, now: datetime) -> ApiClient:
    """The application that a key stands for.

    Raises:
        ApiKeyInvalid: unknown, revoked, expired, or of a suspended partner; the same statement tells each.
    """
    statement = (
        select(ApiKey, Partner)
        .join(Partner, Partner.id == ApiKey.partner_id)
        .where(ApiKey.secret_hash == hash_of(secret))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise ApiKeyInvalid
    key, partner = found
    is_expired = key.expires_at is not None and key.expires_at <= now
    if key.revoked_at is not None or is_expired or partner.status is not PartnerStatus.ACTIVE:
        raise ApiKeyInvalid
    return ApiClient(
        partner_id=partner.id,
        key_id=key.id,
        scopes=frozenset(Scope(scope) for scope in key.scopes),
        points_capacity=partner.points_capacity,
        points_per_s=partner.points_per_s,
        expires_at=key.expires_at,
    )


async def served_documents(session: ReadSession, partner_id: UUID) -> Mapping[str, str]:
    """The source of each document that a partner's keys may ask for, by its hash."""
    statement = select(Document.hash, Document.source).where(Document.partner_id == partner_id, _is_served())
    return dict((await session.execute(statement)).all())


async def served_among(session: ReadSession, document_ids: Sequence[UUID]) -> Mapping[UUID, bool]:
    """Whether documents are served."""
    statement = select(Document.id).where(Document.id.in_(document_ids), _is_served())
    served = set(await session.scalars(statement))
    return {key: key in served for key in document_ids}


def _is_served() -> ColumnElement[bool]:
    in_force = (
        select(ReleaseDocument.document_id)
        .join(Release, Release.id == ReleaseDocument.release_id)
        .where(ReleaseDocument.document_id == Document.id, Release.withdrawn_at.is_(None))
    )
    return Document.revoked_at.is_(None) & in_force.exists()


async def partners_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Partner]:
    """Partners by key."""
    return {row.id: row for row in await session.scalars(select(Partner).where(Partner.id.in_(ids)))}


async def partner_by_slug(session: ReadSession, slug: str) -> Partner | None:
    """The partner with this slug."""
    return (await session.scalars(select(Partner).where(Partner.slug == slug))).one_or_none()


async def partners_page(session: ReadSession, request: PageRequest) -> Page[Partner]:
    """All partners, by name."""
    return await _PARTNERS.page(session, request)


async def partners_page_of(session: ReadSession, user_id: UUID, request: PageRequest) -> Page[Partner]:
    """The partners that a user manages, by name."""
    managed = await accounts.subjects_granted(session, user_id, accounts.GrantRole.MANAGER)
    return await _CHOSEN_PARTNERS.page(session, request, ids=managed)


async def api_keys_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, ApiKey]:
    """Keys by key."""
    return {row.id: row for row in await session.scalars(select(ApiKey).where(ApiKey.id.in_(ids)))}


async def documents_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Document]:
    """Documents by key."""
    return {row.id: row for row in await session.scalars(select(Document).where(Document.id.in_(ids)))}


async def releases_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Release]:
    """Releases by key."""
    return {row.id: row for row in await session.scalars(select(Release).where(Release.id.in_(ids)))}


async def api_key_pages(session: ReadSession, keys: Sequence[PageOfPartner]) -> Mapping[PageOfPartner, Page[ApiKey]]:
    """For each partner and request a page of its keys, live ones and others, in the order in which they were made."""
    return await _pages(session, _API_KEYS, keys)


async def document_pages(session: ReadSession, keys: Sequence[PageOfPartner]) -> Mapping[PageOfPartner, Page[Document]]:
    """For each partner and request a page of its documents, by name."""
    return await _pages(session, _DOCUMENTS, keys)


async def release_pages(session: ReadSession, keys: Sequence[PageOfPartner]) -> Mapping[PageOfPartner, Page[Release]]:
    """For each partner and request a page of its releases, oldest first."""
    return await _pages(session, _RELEASES, keys)


async def _pages(session: ReadSession, lists: Pages[R], keys: Sequence[PageOfPartner]) -> dict[PageOfPartner, Page[R]]:
    owners: dict[PageRequest, list[UUID]] = defaultdict(list)
    for partner_id, request in keys:
        owners[request].append(partner_id)
    found: dict[PageOfPartner, Page[R]] = {}
    for request, partner_ids in owners.items():
        pages = await lists.pages(session, partner_ids, request)
        found.update({(partner_id, request): page for partner_id, page in pages.items()})
    return found


async def documents_of_releases(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, list[Document]]:
    """The documents of each release, by name."""
    statement = (
        select(ReleaseDocument.release_id, Document)
        .join(Document, Document.id == ReleaseDocument.document_id)
        .where(ReleaseDocument.release_id.in_(ids))
        .order_by(Document.name, Document.id)
    )
    found: dict[UUID, list[Document]] = {key: [] for key in ids}
    for release_id, document in await session.execute(statement):
        found[release_id].append(document)
    return found


async def usage_of_documents(
    session: ReadSession, keys: Sequence[tuple[UUID, str, date]]
) -> Mapping[tuple[UUID, str, date], UsageTotals]:
    """How often each document was asked for since a day, by (partner, hash, day)."""
    found: dict[tuple[UUID, str, date], UsageTotals] = dict.fromkeys(keys, UsageTotals())
    for since in {day for _, _, day in keys}:
        statement = (
            select(DocumentUsage.partner_id, DocumentUsage.hash, *_totals())
            .where(
                DocumentUsage.partner_id.in_({partner_id for partner_id, _, day in keys if day == since}),
                DocumentUsage.hash.in_({hash_ for _, hash_, day in keys if day == since}),
                DocumentUsage.day >= since,
            )
            .group_by(DocumentUsage.partner_id, DocumentUsage.hash)
        )
        for partner_id, hash_, *totals in await session.execute(statement):
            found[partner_id, hash_, since] = UsageTotals(*totals)
    return found


async def usage_by_day(session: ReadSession, partner_id: UUID, since: date) -> Mapping[date, UsageTotals]:
    """How often a partner's documents were asked for, on each day since then on which they were."""
    statement = (
        select(DocumentUsage.day, *_totals())
        .where(DocumentUsage.partner_id == partner_id, DocumentUsage.day >= since)
        .group_by(DocumentUsage.day)
        .order_by(DocumentUsage.day)
    )
    return {day: UsageTotals(*totals) for day, *totals in await session.execute(statement)}


def _totals() -> tuple[ColumnElement[Any], ...]:
    # PostgreSQL gives sums of bigint as numeric.
    sums = (func.sum(column) for column in (DocumentUsage.count, DocumentUsage.errors, DocumentUsage.points))
    return (*(cast(total, BigInteger) for total in sums), func.max(DocumentUsage.last_at))
