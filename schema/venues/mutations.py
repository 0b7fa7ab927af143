"""Making venues and tables, and changing them."""

from __future__ import annotations

from typing import Annotated

import strawberry
from msgspec import UNSET, UnsetType

from domain import venues as domain
from domain.kernel.ids import key_of
from domain.venues import TableStatus
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.venues.types import Table, Venue


@input_type
class MapPositionInput:
    """A place on the map (WGS 84)."""

    latitude: float = attribute("In degrees, -90 to 90.")
    longitude: float = attribute("In degrees, -180 to 180.")

    def to_value(self) -> domain.Position:
        """The place this names."""
        return domain.Position(self.latitude, self.longitude)


@input_type
class CreateVenueInput:
    """A new venue."""

    slug: str = attribute("Its name in addresses: 3 to 40 of a to z, 0 to 9, hyphen; never used yet.")
    name: str = attribute("What people call it, 2 to 100 characters.")
    address: str = attribute("Where it is, in words; at most 200 characters.", default="")
    position: MapPositionInput | None = attribute("Where it is on the map.", default=None)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class UpdateVenueInput:
    """What to change about a venue. What is left out stays as it is."""

    venue_id: strawberry.ID = attribute("The venue.")
    version: int = attribute("The version the client saw.")
    name: str | None = attribute("2 to 100 characters.", default=None)
    address: str | None = attribute("At most 200 characters; an empty one removes it.", default=None)
    position: MapPositionInput | None = attribute("Null removes it.", default=strawberry.UNSET)


@input_type
class SetVenueManagerInput:
    """Whether somebody manages a venue."""

    venue_id: strawberry.ID = attribute("The venue.")
    username: str = attribute("The name of the user, whatever its case.")
    is_manager: bool = attribute("True to let them manage it, false for no longer.")


@input_type
class AddTableInput:
    """A new table."""

    venue_id: strawberry.ID = attribute("The venue.")
    number: int | None = attribute("1 to 9999, unique in the venue. Null: the one after the highest.", default=None)
    name: str = attribute("What people call it, at most 30 characters. Empty: by its number.", default="")
    is_stream: bool = attribute("Whether what is played at it is streamed.", default=False)
    is_accessible: bool = attribute("Whether it can be reached without steps.", default=False)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class UpdateTableInput:
    """What to change about a table. What is null stays as it is."""

    table_id: strawberry.ID = attribute("The table.")
    version: int = attribute("The version the client saw.")
    number: int | None = attribute("1 to 9999, unique in the venue.", default=None)
    name: str | None = attribute("At most 30 characters; an empty one removes it.", default=None)
    is_stream: bool | None = attribute("Whether what is played at it is streamed.", default=None)
    is_accessible: bool | None = attribute("Whether it can be reached without steps.", default=None)
    status: TableStatus | None = attribute("Whether matches are called to it.", default=None)


@object_type
class CreateVenuePayload:
    """The new venue."""

    venue: Venue = attribute("The venue, run by whoever made it.")


@object_type
class UpdateVenuePayload:
    """The changed venue."""

    venue: Venue = attribute("The venue as it is now.")


@object_type
class SetVenueManagerPayload:
    """The venue with its managers."""

    venue: Venue = attribute("The venue as it is now.")


@object_type
class AddTablePayload:
    """The new table, open for matches."""

    table: Table = attribute("The table.")


@object_type
class UpdateTablePayload:
    """The changed table."""

    table: Table = attribute("The table as it is now.")


CreateVenueResult = Annotated[
    CreateVenuePayload | Refusal,
    strawberry.union("CreateVenueResult", description="The new venue, or why there is none."),
]
UpdateVenueResult = Annotated[
    UpdateVenuePayload | Refusal,
    strawberry.union("UpdateVenueResult", description="The changed venue, or why it did not change."),
]
SetVenueManagerResult = Annotated[
    SetVenueManagerPayload | Refusal,
    strawberry.union("SetVenueManagerResult", description="The venue, or why its managers did not change."),
]
AddTableResult = Annotated[
    AddTablePayload | Refusal,
    strawberry.union("AddTableResult", description="The new table, or why there is none."),
]
UpdateTableResult = Annotated[
    UpdateTablePayload | Refusal,
    strawberry.union("UpdateTableResult", description="The changed table, or why it did not change."),
]


@object_type
class VenuesMutation:
    """Making venues and tables, and changing them."""

    @mutation(Access.SIGNED_IN)
    async def create_venue(self, info: Info, input: CreateVenueInput) -> CreateVenueResult:
        """Make a venue that the viewer owns."""
        ctx = info.context
        position = None if input.position is None else input.position.to_value()
        command = domain.CreateVenue(
            slug=input.slug, name=input.name, address=input.address, position=position, now=ctx.clock.now()
        )
        row = await ctx.execute_once(domain.create_venue, command, input.idempotency_key, domain.Venue)
        return CreateVenuePayload(venue=Venue.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def update_venue(self, info: Info, input: UpdateVenueInput) -> UpdateVenueResult:
        """Change what a venue is called and where it is. For its managers."""
        ctx = info.context
        if input.position is strawberry.UNSET:
            position: domain.Position | UnsetType | None = UNSET
        else:
            position = None if input.position is None else input.position.to_value()
        command = domain.UpdateVenue(
            venue_id=key_of(input.venue_id, "Venue", "venueId"),
            version=input.version,
            name=input.name,
            address=input.address,
            position=position,
        )
        row = await ctx.execute(domain.update_venue, command)
        return UpdateVenuePayload(venue=Venue.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def set_venue_manager(self, info: Info, input: SetVenueManagerInput) -> SetVenueManagerResult:
        """Let somebody manage a venue, or no longer. For its managers; the owner stays one."""
        ctx = info.context
        command = domain.SetVenueManager(
            venue_id=key_of(input.venue_id, "Venue", "venueId"), username=input.username, is_manager=input.is_manager
        )
        row = await ctx.execute(domain.set_venue_manager, command)
        return SetVenueManagerPayload(venue=Venue.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def add_table(self, info: Info, input: AddTableInput) -> AddTableResult:
        """Add a table to a venue, at most 200. For its managers."""
        ctx = info.context
        command = domain.AddTable(
            venue_id=key_of(input.venue_id, "Venue", "venueId"),
            number=input.number,
            name=input.name,
            is_stream=input.is_stream,
            is_accessible=input.is_accessible,
        )
        row = await ctx.execute_once(domain.add_table, command, input.idempotency_key, domain.Table)
        return AddTablePayload(table=Table.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def update_table(self, info: Info, input: UpdateTableInput) -> UpdateTableResult:
        """Change a table, open or close it. Who plays there plays on. For managers of the venue."""
        ctx = info.context
        command = domain.UpdateTable(
            table_id=key_of(input.table_id, "Table", "tableId"),
            version=input.version,
            number=input.number,
            name=input.name,
            is_stream=input.is_stream,
            is_accessible=input.is_accessible,
            status=input.status,
        )
        row = await ctx.execute(domain.update_table, command)
        return UpdateTablePayload(table=Table.from_model(row.view))
