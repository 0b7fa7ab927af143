"""Venues and their tables: what they may be, who runs them, and that a refusal changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from domain import venues
from domain.accounts import UserNotFound
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, InvalidInput, StaleVersion, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.venues import (
    AddTable,
    CreateVenue,
    Position,
    SetVenueManager,
    TableNotFound,
    TableStatus,
    UpdateTable,
    UpdateVenue,
    VenueNotFound,
)
from domain.venues.errors import (
    NotVenueManager,
    OwnerStays,
    TableNumberTaken,
    TooManyTables,
    TooManyVenueManagers,
    TooManyVenues,
    VenueSlugTaken,
)
from domain.venues.values import MAX_MANAGERS, MAX_TABLES, MAX_VENUES_PER_OWNER
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.venues import add_tables, hall, make_venue
from tests.fixtures.rows import every_row, refused


async def test_a_venue_belongs_to_whoever_made_it(db: Database) -> None:
    owner, other = await make_people(db, "owner", "other")
    here = Position(52.52, 13.405)
    first = await make_venue(db, owner, address="  Unter den Linden 1 ", position=here)
    second = await make_venue(db, other, "new-hall")
    async with db.read() as session:
        page = await venues.venues_page(session, PageRequest())
        found = await venues.venue_by_slug(session, "old-hall")
        assert await venues.venue_by_slug(session, "Not a slug") is None
    assert [view for view, _ in page.rows] == [second.view, first.view]
    assert found == first.view
    assert (found.owner_id, found.address, found.position) == (owner.user_id, "Unter den Linden 1", here)
    assert (second.address, second.view.position) == (None, None)


async def test_what_no_venue_may_be(db: Database) -> None:
    (owner,) = await make_people(db, "owner")
    wrong: list[dict[str, Any]] = [
        {"slug": "no"},
        {"slug": "Old Hall"},
        {"name": " x "},
        {"name": "x" * 101},
        {"name": "bell\x07"},
        {"address": "x" * 201},
        {"position": Position(90.1, 0)},
        {"position": Position(0, -181)},
        {"position": Position(float("nan"), 0)},
    ]
    for changes in wrong:
        command = replace(CreateVenue(slug="old-hall", name="Old Hall", now=NOW), **changes)
        error = await refused(db, InvalidInput, venues.create_venue, owner, command)
        assert error.path == tuple(changes)


async def test_a_venue_is_edited_by_its_managers_at_the_version_they_saw(db: Database) -> None:
    owner, helper, stranger = await make_people(db, "owner", "helper", "stranger")
    venue = await make_venue(db, owner, position=Position(1, 2))
    edit = UpdateVenue(venue_id=venue.id, version=1, name="New name", address="")
    for actor, error in ((ANONYMOUS, Unauthenticated), (stranger, NotVenueManager), (helper, NotVenueManager)):
        await refused(db, error, venues.update_venue, actor, edit)
    await run(
        db, venues.set_venue_manager, owner, SetVenueManager(venue_id=venue.id, username="helper", is_manager=True)
    )
    edited = await run(db, venues.update_venue, helper, edit)
    assert (edited.name, edited.address, edited.view.position, edited.version) == ("New name", None, (1, 2), 2)
    await refused(db, StaleVersion, venues.update_venue, owner, edit)
    moved = await run(db, venues.update_venue, owner, UpdateVenue(venue_id=venue.id, version=2, position=None))
    assert moved.view.position is None
    await refused(db, VenueNotFound, venues.update_venue, owner, UpdateVenue(venue_id=new_id(), version=1))
    nowhere = UpdateVenue(venue_id=venue.id, version=3, position=Position(91, 0))
    await refused(db, InvalidInput, venues.update_venue, owner, nowhere)


async def test_managers_come_and_go_but_the_owner_stays(db: Database) -> None:
    owner, helper = await make_people(db, "owner", "helper")
    venue = await make_venue(db, owner)
    come, go = (SetVenueManager(venue_id=venue.id, username="helper", is_manager=is_in) for is_in in (True, False))
    await refused(db, NotVenueManager, venues.set_venue_manager, helper, come)
    await run(db, venues.set_venue_manager, owner, come)
    leave = SetVenueManager(venue_id=venue.id, username="owner", is_manager=False)
    await refused(db, OwnerStays, venues.set_venue_manager, helper, leave)
    await run(db, venues.set_venue_manager, helper, go)
    await refused(db, NotVenueManager, venues.set_venue_manager, helper, come)
    nobody = SetVenueManager(venue_id=venue.id, username="nobody", is_manager=True)
    await refused(db, UserNotFound, venues.set_venue_manager, owner, nobody)
    names = [f"helper-{number}" for number in range(MAX_MANAGERS)]
    await make_people(db, *names)
    for name in names[:-1]:
        more = SetVenueManager(venue_id=venue.id, username=name, is_manager=True)
        await run(db, venues.set_venue_manager, owner, more)
    last = SetVenueManager(venue_id=venue.id, username=names[-1], is_manager=True)
    await refused(db, TooManyVenueManagers, venues.set_venue_manager, owner, last)


async def test_tables_are_numbered_and_changed_by_managers(db: Database) -> None:
    owner, stranger = await make_people(db, "owner", "stranger")
    admin = await make_admin(db)
    venue, (first, second) = await hall(db, owner, 2)
    assert (first.number, second.number, first.status, first.name) == (1, 2, TableStatus.OPEN, None)
    seventh = await run(
        db, venues.add_table, admin, AddTable(venue_id=venue.id, number=7, name=" Show ", is_stream=True)
    )
    (eighth,) = await add_tables(db, owner, venue, 1, is_accessible=True)
    assert (seventh.name, seventh.is_stream, eighth.number, eighth.is_accessible) == ("Show", True, 8, True)
    close = UpdateTable(table_id=first.id, version=1, status=TableStatus.CLOSED, number=3)
    for actor, error in ((ANONYMOUS, Unauthenticated), (stranger, NotVenueManager)):
        await refused(db, error, venues.update_table, actor, close)
        await refused(db, error, venues.add_table, actor, AddTable(venue_id=venue.id))
    closed = await run(db, venues.update_table, owner, close)
    assert (closed.number, closed.status, closed.version) == (3, TableStatus.CLOSED, 2)
    refusals: list[tuple[UpdateTable, type[DomainError]]] = [
        (close, StaleVersion),
        (UpdateTable(table_id=first.id, version=2, number=7), TableNumberTaken),
        (UpdateTable(table_id=first.id, version=2, number=0), InvalidInput),
        (UpdateTable(table_id=first.id, version=2, name="x" * 31), InvalidInput),
        (UpdateTable(table_id=new_id(), version=1), TableNotFound),
    ]
    for command, refusal in refusals:
        await refused(db, refusal, venues.update_table, owner, command)
    await refused(db, TableNumberTaken, venues.add_table, owner, AddTable(venue_id=venue.id, number=7))
    await refused(db, VenueNotFound, venues.add_table, owner, AddTable(venue_id=new_id()))
    async with db.read() as session:
        found = (await venues.tables_of(session, [venue.id]))[venue.id]
    assert [table.number for table in found] == [2, 3, 7, 8]


async def test_there_is_an_end_to_venues_and_tables(db: Database) -> None:
    (owner,) = await make_people(db, "owner")
    for number in range(MAX_VENUES_PER_OWNER - 1):
        await make_venue(db, owner, f"hall-{number}")
    venue, _ = await hall(db, owner, MAX_TABLES)
    await refused(db, TooManyVenues, venues.create_venue, owner, CreateVenue(slug="one-more", name="More", now=NOW))
    await refused(db, TooManyTables, venues.add_table, owner, AddTable(venue_id=venue.id))


async def test_of_equal_requests_at_once_one_counts(db: Database) -> None:
    people = await make_people(db, *(f"owner-{number}" for number in range(4)))

    async def code(actor: Actor, use_case: Any, command: Any) -> str:
        try:
            await run(db, use_case, actor, command)
        except DomainError as refusal:
            return refusal.code
        return ""

    create = CreateVenue(slug="old-hall", name="Old Hall", now=NOW)
    said = await asyncio.gather(*(code(person, venues.create_venue, create) for person in people))
    assert sorted(said) == ["", *[VenueSlugTaken.code] * 3]
    async with db.read() as session:
        venue = await venues.venue_by_slug(session, "old-hall")
    assert venue is not None
    owner = next(person for person in people if person.user_id == venue.owner_id)
    add = AddTable(venue_id=venue.id, number=5)
    said = await asyncio.gather(*(code(owner, venues.add_table, add) for _ in range(4)))
    assert sorted(said) == ["", *[TableNumberTaken.code] * 3]
    assert sum(name == "venue_tables" for name, _ in await every_row(db)) == 1
