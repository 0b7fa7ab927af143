"""Requests about venues."""

from __future__ import annotations

from uuid import UUID

from domain import venues as domain
from domain.accounts import GrantRole
from domain.kernel.paging import Page, PageRequest
from domain.venues import TableView, VenueView
from resolvers.context import Context
from resolvers.matches import viewer_has_role


async def venue(ctx: Context, venue_id: UUID) -> VenueView | None:
    """The venue with this key."""
    return await ctx.loaders.venue.load(venue_id)


async def venue_by_slug(ctx: Context, slug: str) -> VenueView | None:
    """The venue with this slug."""
    async with ctx.read(told_on=()) as session:
        found = await domain.venue_by_slug(session, slug)
    ctx.reads.add(None if found is None else [domain.venue_topic(found.id)])
    return found


async def venues(ctx: Context, request: PageRequest) -> Page[VenueView]:
    """A page of all venues, newest first."""
    async with ctx.read() as session:
        return await domain.venues_page(session, request)


async def table(ctx: Context, table_id: UUID) -> TableView | None:
    """The table with this key."""
    return await ctx.loaders.table.load(table_id)


async def tables(ctx: Context, venue_id: UUID) -> list[TableView]:
    """The tables of a venue, by number."""
    return await ctx.loaders.venue_tables.load(venue_id) or []


async def managers(ctx: Context, venue_id: UUID) -> list[UUID]:
    """Who runs a venue."""
    return [one.user_id for one in await ctx.loaders.grants.load(venue_id) or ()]


async def viewer_manages(ctx: Context, venue_id: UUID) -> bool:
    """Whether the viewer runs a venue."""
    return await viewer_has_role(ctx, venue_id, GrantRole.MANAGER)
