"""Reads of the venues context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, select_view
from domain.kernel.paging import Page, PageRequest
from domain.venues.models import Table, Venue
from domain.venues.rules.names import is_slug
from domain.venues.values import TableView, VenueView

_venues, _tables = Venue.__table__.c, Table.__table__.c
_BY_ID = select_view(Venue, VenueView).where(among(_venues.id, "ids"))
_BY_SLUG = select_view(Venue, VenueView).where(_venues.slug == bindparam("slug"))
_ALL = Pages(select_view(Venue, VenueView), (_venues.id,), VenueView._make, descending=True)
_TABLES_BY_ID = select_view(Table, TableView).where(among(_tables.id, "ids"))
_TABLES_OF = (
    select_view(Table, TableView).where(among(_tables.venue_id, "venue_ids")).order_by(_tables.venue_id, _tables.number)
)


async def venues_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, VenueView]:
    """Venues by key."""
    return {view.id: view for view in map(VenueView._make, await session.execute(_BY_ID, {"ids": ids}))}


async def venue_by_slug(session: ReadSession, slug: str) -> VenueView | None:
    """The venue with this slug."""
    if not is_slug(slug):
        return None
    found = (await session.execute(_BY_SLUG, {"slug": slug})).one_or_none()
    return None if found is None else VenueView._make(found)


async def venues_page(session: ReadSession, request: PageRequest) -> Page[VenueView]:
    """All venues, newest first."""
    return await _ALL.page(session, request)


async def tables_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, TableView]:
    """Tables by key."""
    return {view.id: view for view in map(TableView._make, await session.execute(_TABLES_BY_ID, {"ids": ids}))}


async def tables_of(session: ReadSession, venue_ids: Sequence[UUID]) -> Mapping[UUID, list[TableView]]:
    """The tables of venues, by number."""
    found: dict[UUID, list[TableView]] = {key: [] for key in venue_ids}
    for view in map(TableView._make, await session.execute(_TABLES_OF, {"venue_ids": venue_ids})):
        found[view.venue_id].append(view)
    return found
