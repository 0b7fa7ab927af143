"""Venues and tables."""

from __future__ import annotations

from asyncio import gather
from typing import Annotated
from uuid import UUID

import strawberry

from domain import venues as domain
from domain.kernel.ids import global_id
from domain.venues import TableStatus
from resolvers import accounts as resolve_accounts
from resolvers import queues as resolve_queues
from resolvers import venues as resolve
from resolvers.context import Context
from resolvers.paging import page_request
from schema import accounts, tournaments
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection
from schema.refs import TournamentRef, UserRef

enum_type(
    TableStatus,
    {
        "OPEN": "Matches are called to it.",
        "CLOSED": "No further match is called to it; one that is there goes on.",
    },
)


@object_type(broadcastable=True)
class MapPosition:
    """A place on the map (WGS 84)."""

    latitude: float = attribute("In degrees, -90 to 90; north is positive.")
    longitude: float = attribute("In degrees, -180 to 180; east is positive.")


@object_type(broadcastable=True)
class Table(Node):
    """A table of a venue, or whatever else a match is played at."""

    row: strawberry.Private[domain.TableView]
    number: int = attribute("Unique in the venue.")
    name: str | None = attribute("What people call it. Null: by its number.")
    is_stream: bool = attribute("Whether what is played at it is streamed.")
    is_accessible: bool = attribute("Whether it can be reached without steps.")
    status: TableStatus = attribute("Whether matches are called to it.")
    version: int = attribute("Rises with each edit; edits have to name the version they saw.")

    @classmethod
    def from_model(cls, row: domain.TableView) -> Table:
        """The table of a row."""
        return cls(
            id=strawberry.ID(global_id("Table", row.id)),
            row=row,
            number=row.number,
            name=row.name,
            is_stream=row.is_stream,
            is_accessible=row.is_accessible,
            status=row.status,
            version=row.version,
        )


@object_type(broadcastable=True)
class Venue(Node):
    """A place where people play. Its screen is at `/venues/{slug}/screen`."""

    row: strawberry.Private[domain.VenueView]
    slug: str = attribute("Its name in addresses.")
    name: str = attribute("What people call it.")
    address: str | None = attribute("Where it is, in words. Null when nobody has said.")
    version: int = attribute("Rises with each edit; edits have to name the version they saw.")

    @field(broadcastable=True)
    def position(self) -> MapPosition | None:
        """Where it is on the map. Null when nobody has said."""
        found = self.row.position
        return None if found is None else MapPosition(latitude=found.latitude, longitude=found.longitude)

    @field(size=50, broadcastable=True)
    async def tables(self, info: Info) -> list[Table]:
        """Its tables, by number, at most 200."""
        return [Table.from_model(row) for row in await resolve.tables(info.context, self.row.id)]

    @field(size=5, broadcastable=True)
    async def tournaments(self, info: Info) -> list[TournamentRef]:
        """Those that are being played here now, at most 50."""
        found = await resolve_queues.events_at(info.context, self.row.id)
        return [tournaments.Tournament.from_model(row) for row in found]

    @field(broadcastable=True)
    async def owner(self, info: Info) -> UserRef:
        """Whose it is."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.row.owner_id))

    @field(size=10, broadcastable=True)
    async def managers(self, info: Info) -> list[UserRef]:
        """Everybody who runs it, at most 20."""
        keys = await resolve.managers(info.context, self.row.id)
        rows = await gather(*(resolve_accounts.user(info.context, key) for key in keys))
        return [accounts.User.from_model(row) for row in rows]

    @field
    async def viewer_can_manage(self, info: Info) -> bool:
        """Whether the viewer runs it."""
        return await resolve.viewer_manages(info.context, self.row.id)

    @classmethod
    def from_model(cls, row: domain.VenueView) -> Venue:
        """The venue of a row."""
        return cls(
            id=strawberry.ID(global_id("Venue", row.id)),
            row=row,
            slug=row.slug,
            name=row.name,
            address=row.address,
            version=row.version,
        )


@object_type
class VenuesQuery:
    """Reads about venues."""

    @field
    async def venue(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> Venue | None:
        """The venue with this slug. Null when there is none."""
        row = await resolve.venue_by_slug(info.context, slug)
        return None if row is None else Venue.from_model(row)

    @field
    async def venues(self, info: Info, first: First = 20, after: After = None) -> Connection[Venue]:
        """All venues, newest first."""
        return connection(await resolve.venues(info.context, page_request(first, after)), Venue.from_model)


async def _read_venue(ctx: Context, key: UUID) -> Venue | None:
    row = await resolve.venue(ctx, key)
    return None if row is None else Venue.from_model(row)


async def _read_table(ctx: Context, key: UUID) -> Table | None:
    row = await resolve.table(ctx, key)
    return None if row is None else Table.from_model(row)


readable("Venue", _read_venue)
readable("Table", _read_table)
