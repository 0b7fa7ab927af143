"""The tables of a venue."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import StaleVersion
from domain.kernel.ids import new_id
from domain.venues.errors import TableNotFound, TableNumberTaken, TooManyTables
from domain.venues.events import TableChanged
from domain.venues.models import Table
from domain.venues.policies import require_manager
from domain.venues.rules.names import checked_number, checked_table_name
from domain.venues.values import MAX_TABLES, TableStatus


@dataclass(frozen=True, kw_only=True)
class AddTable:
    """A new table. `number` None: the one after the highest."""

    venue_id: UUID
    number: int | None = None
    name: str = ""
    is_stream: bool = False
    is_accessible: bool = False


async def add_table(session: WriteSession, actor: Actor, command: AddTable) -> Table:
    """Add a table, open for matches.

    Raises:
        Unauthenticated, VenueNotFound, NotVenueManager: see `require_manager`.
        InvalidInput: the number or the name is malformed.
        TooManyTables, TableNumberTaken: the venue has no room for it, or has this number.
    """
    await locks.hold(session, command.venue_id)
    await require_manager(session, actor, command.venue_id)
    counts = select(func.count(), func.coalesce(func.max(Table.number), 0)).where(Table.venue_id == command.venue_id)
    count, highest = (await session.execute(counts)).one()
    if count >= MAX_TABLES:
        raise TooManyTables
    number = checked_number(highest + 1 if command.number is None else command.number)
    await _require_free_number(session, command.venue_id, number)
    table = Table(
        id=new_id(),
        venue_id=command.venue_id,
        number=number,
        name=checked_table_name(command.name),
        is_stream=command.is_stream,
        is_accessible=command.is_accessible,
        status=TableStatus.OPEN,
        version=1,
    )
    session.add(table)
    await session.flush()
    await outbox.record(session, TableChanged(venue_id=table.venue_id, table_id=table.id))
    return table


@dataclass(frozen=True, kw_only=True)
class UpdateTable:
    """Change a table. A field that is None stays as it is; an empty name removes it."""

    table_id: UUID
    version: int
    number: int | None = None
    name: str | None = None
    is_stream: bool | None = None
    is_accessible: bool | None = None
    status: TableStatus | None = None


async def update_table(session: WriteSession, actor: Actor, command: UpdateTable) -> Table:
    """Change a table. Who plays at one that is closed plays on; nobody else is called to it.

    Raises:
        TableNotFound: there is no such table.
        Unauthenticated, NotVenueManager: see `require_manager`.
        StaleVersion: it was changed since the actor read it.
        InvalidInput, TableNumberTaken: the number or the name is malformed, or another table has the number.
    """
    table = await _held(session, actor, command.table_id)
    if table.version != command.version:
        raise StaleVersion("table", table.version)
    if command.number is not None and command.number != table.number:
        number = checked_number(command.number)
        await _require_free_number(session, table.venue_id, number)
        table.number = number
    if command.name is not None:
        table.name = checked_table_name(command.name)
    if command.is_stream is not None:
        table.is_stream = command.is_stream
    if command.is_accessible is not None:
        table.is_accessible = command.is_accessible
    if command.status is not None:
        table.status = command.status
    table.version += 1
    await outbox.record(session, TableChanged(venue_id=table.venue_id, table_id=table.id))
    return table


async def _held(session: WriteSession, actor: Actor, table_id: UUID) -> Table:
    """A table of a venue that the actor runs, held with its venue."""
    if not actor.is_system:
        actor.require_user()
    venue_id = await session.scalar(select(Table.venue_id).where(Table.id == table_id))
    if venue_id is None:
        raise TableNotFound
    await locks.hold(session, venue_id)
    await require_manager(session, actor, venue_id)
    return await session.get_one(Table, table_id, populate_existing=True)


async def _require_free_number(session: WriteSession, venue_id: UUID, number: int) -> None:
    taken = select(Table.id).where(Table.venue_id == venue_id, Table.number == number)
    if await session.scalar(taken) is not None:
        raise TableNumberTaken(number)
