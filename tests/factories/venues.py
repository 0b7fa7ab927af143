"""Venues and tables for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import venues
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.venues import AddTable, CreateVenue, Table, Venue
from tests.factories.teams import NOW, run


async def make_venue(db: Database, owner: Actor, slug: str = "old-hall", **more: Any) -> Venue:
    """A venue without tables."""
    return await run(db, venues.create_venue, owner, CreateVenue(slug=slug, name="Old Hall", now=NOW, **more))


async def add_tables(db: Database, manager: Actor, venue: Venue, count: int, **more: Any) -> list[Table]:
    """Tables that are all alike."""
    return [await run(db, venues.add_table, manager, AddTable(venue_id=venue.id, **more)) for _ in range(count)]


async def hall(db: Database, owner: Actor, tables: int, slug: str = "old-hall") -> tuple[Venue, Sequence[Table]]:
    """A venue with so many tables, none of them special."""
    venue = await make_venue(db, owner, slug)
    return venue, await add_tables(db, owner, venue, tables)
