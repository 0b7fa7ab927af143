"""Requests about partners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from domain import partners as domain
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, PageRequest
from domain.partners import ApiKey, Document, Partner, Release, UsageTotals
from resolvers.context import Context

MAX_DAYS = 90

T = TypeVar("T")


async def visible_partner(ctx: Context, partner_id: UUID) -> Partner | None:
    """The partner with this key, if the viewer manages it."""
    return await ctx.loaders.partner.load(partner_id) if await _manages(ctx, partner_id) else None


async def partner(ctx: Context, partner_id: UUID) -> Partner:
    """The partner of something the viewer may see."""
    found = await ctx.loaders.partner.load(partner_id)
    if found is None:
        raise domain.PartnerNotFound
    return found


async def managed_partner(ctx: Context, partner_id: UUID) -> Partner:
    """The partner with this key.

    Raises:
        Unauthenticated, PartnerNotFound: the viewer does not manage it.
    """
    ctx.actor.require_user()
    found = await visible_partner(ctx, partner_id)
    if found is None:
        raise domain.PartnerNotFound
    return found


async def partner_by_slug(ctx: Context, slug: str) -> Partner | None:
    """The partner with this slug, if the viewer manages it."""
    async with ctx.read() as session:
        found = await domain.partner_by_slug(session, slug)
    return found if found is not None and await _manages(ctx, found.id) else None


async def partners(ctx: Context, request: PageRequest) -> Page[Partner]:
    """A page of the partners that the viewer manages; for an administrator, of all."""
    user_id = ctx.actor.require_user()
    async with ctx.read() as session:
        if ctx.actor.is_admin:
            return await domain.partners_page(session, request)
        return await domain.partners_page_of(session, user_id, request)


async def managers(ctx: Context, partner_id: UUID) -> Sequence[UUID]:
    """Who manages a partner."""
    return [granted.user_id for granted in await ctx.loaders.grants.load(partner_id) or ()]


async def api_keys(ctx: Context, partner_id: UUID, request: PageRequest) -> Page[ApiKey]:
    """A page of the keys of a partner."""
    return await ctx.loaders.api_key_page.load((partner_id, request)) or _empty(request)


async def documents(ctx: Context, partner_id: UUID, request: PageRequest) -> Page[Document]:
    """A page of the documents of a partner."""
    return await ctx.loaders.partner_document_page.load((partner_id, request)) or _empty(request)


async def releases(ctx: Context, partner_id: UUID, request: PageRequest) -> Page[Release]:
    """A page of the releases of a partner."""
    return await ctx.loaders.partner_release_page.load((partner_id, request)) or _empty(request)


async def documents_of_release(ctx: Context, release_id: UUID) -> Sequence[Document]:
    """The documents of a release."""
    return await ctx.loaders.release_documents.load(release_id) or []


async def is_served(ctx: Context, document_id: UUID) -> bool:
    """Whether a document is served."""
    return bool(await ctx.loaders.is_served.load(document_id))


async def usage_of_document(ctx: Context, document: Document, days: int) -> UsageTotals:
    """How often a document was asked for in the last days, today included."""
    since = _since(ctx, days)
    found = await ctx.loaders.document_usage.load((document.partner_id, document.hash, since))
    return found or UsageTotals()


async def usage_by_day(ctx: Context, partner_id: UUID, days: int) -> Mapping[date, UsageTotals]:
    """How often a partner's documents were asked for on each of the last days on which they were, today included."""
    since = _since(ctx, days)
    async with ctx.read() as session:
        return await domain.usage_by_day(session, partner_id, since)


async def visible_api_key(ctx: Context, key_id: UUID) -> ApiKey | None:
    """The key with this key, if the viewer manages its partner."""
    found = await ctx.loaders.api_key.load(key_id)
    return found if found is not None and await _manages(ctx, found.partner_id) else None


async def visible_document(ctx: Context, document_id: UUID) -> Document | None:
    """The document with this key, if the viewer manages its partner."""
    found = await ctx.loaders.partner_document.load(document_id)
    return found if found is not None and await _manages(ctx, found.partner_id) else None


async def visible_release(ctx: Context, release_id: UUID) -> Release | None:
    """The release with this key, if the viewer manages its partner."""
    found = await ctx.loaders.partner_release.load(release_id)
    return found if found is not None and await _manages(ctx, found.partner_id) else None


async def create_partner(ctx: Context, command: domain.CreatePartner, key: str | None) -> Partner:
    """Make a partner."""
    return await ctx.execute_once(domain.create_partner, command, key, Partner)


async def update_partner(ctx: Context, command: domain.UpdatePartner) -> Partner:
    """Change a partner."""
    return await ctx.execute(domain.update_partner, command)


async def set_partner_status(ctx: Context, command: domain.SetPartnerStatus) -> Partner:
    """Suspend a partner, or let it go on."""
    return await ctx.execute(domain.set_partner_status, command)


async def set_partner_manager(ctx: Context, command: domain.SetPartnerManager) -> Partner:
    """Let somebody manage a partner, or no longer."""
    return await ctx.execute(domain.set_partner_manager, command)


async def create_api_key(ctx: Context, command: domain.CreateApiKey, key: str | None) -> tuple[ApiKey, str | None]:
    """Make a key; with its secret, unless an earlier request made it."""
    await managed_partner(ctx, command.partner_id)  # also who asks for what they made earlier
    secret = domain.new_secret()

    async def create(session: WriteSession, actor: Actor, command: domain.CreateApiKey) -> ApiKey:
        return await domain.create_api_key(session, actor, command, secret)

    return _with_secret(await ctx.execute_once(create, command, key, ApiKey), secret)


async def rotate_api_key(ctx: Context, command: domain.RotateApiKey, key: str | None) -> tuple[ApiKey, str | None]:
    """Give a key a successor; with its secret, unless an earlier request made it."""
    ctx.actor.require_user()
    if await visible_api_key(ctx, command.key_id) is None:  # also who asks for what they made earlier
        raise domain.ApiKeyNotFound
    secret = domain.new_secret()

    async def rotate(session: WriteSession, actor: Actor, command: domain.RotateApiKey) -> ApiKey:
        return await domain.rotate_api_key(session, actor, command, secret)

    return _with_secret(await ctx.execute_once(rotate, command, key, ApiKey), secret)


async def revoke_api_key(ctx: Context, command: domain.RevokeApiKey) -> ApiKey:
    """Let a key open nothing any more."""
    return await ctx.execute(domain.revoke_api_key, command)


async def publish_documents(ctx: Context, command: domain.PublishDocuments, key: str | None) -> Release:
    """Publish a release."""
    return await ctx.execute_once(domain.publish_documents, command, key, Release)


async def withdraw_release(ctx: Context, command: domain.WithdrawRelease) -> Release:
    """Stop serving what only this release needs."""
    return await ctx.execute(domain.withdraw_release, command)


async def restore_release(ctx: Context, command: domain.RestoreRelease) -> Release:
    """Serve the documents of a withdrawn release again."""
    return await ctx.execute(domain.restore_release, command)


async def revoke_document(ctx: Context, command: domain.RevokeDocument) -> Document:
    """Stop serving a document."""
    return await ctx.execute(domain.revoke_document, command)


async def restore_document(ctx: Context, command: domain.RestoreDocument) -> Document:
    """Serve a revoked document again."""
    return await ctx.execute(domain.restore_document, command)


def _with_secret(row: ApiKey, secret: str) -> tuple[ApiKey, str | None]:
    return row, secret if row.secret_hash == domain.hash_of(secret) else None


async def _manages(ctx: Context, partner_id: UUID) -> bool:
    if ctx.actor.is_admin:
        return True
    if ctx.actor.user_id is None:
        return False
    return ctx.actor.user_id in await managers(ctx, partner_id)


def _since(ctx: Context, days: int) -> date:
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(f"Usage is told for 1 to {MAX_DAYS} days.", "days")
    return (ctx.clock.now() - timedelta(days=days - 1)).date()


def _empty(request: PageRequest) -> Page[T]:
    return Page(rows=[], has_previous=request.after is not None, has_next=False)
