"""Tournaments at venues for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import queues
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.queues import AnswerCall, CallNext, CallView, Queue, QueueState, SetTournamentTables
from domain.tournaments import Structure, Tournament
from domain.venues import Table, Venue
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import started
from tests.factories.venues import add_tables, make_venue


@dataclass(frozen=True, slots=True)
class Hall:
    """A single elimination that has started, at a venue of its organizer, and everybody in it."""

    organizer: Actor
    venue: Venue
    tables: Sequence[Table]
    tournament: Tournament
    players: dict[UUID, Actor]


async def make_hall(db: Database, entrants: int, tables: int, **rules: Any) -> Hall:
    """A hall whose tournament may use all tables; `rules` are those of the queue."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    venue = await make_venue(db, organizer)
    made = await add_tables(db, organizer, venue, tables)
    event, players = await started(db, organizer, entrants, structure=Structure.SINGLE_ELIMINATION)
    await use_tables(db, organizer, event.id, venue, made, **rules)
    return Hall(organizer, venue, made, event, players)


async def use_tables(
    db: Database, organizer: Actor, tournament_id: UUID, venue: Venue, tables: Sequence[Table], **rules: Any
) -> Queue:
    """Let a tournament use tables."""
    command = SetTournamentTables(
        tournament_id=tournament_id, venue_id=venue.id, table_ids=[table.id for table in tables], **rules
    )
    return await run(db, queues.set_tournament_tables, organizer, command)


async def call_next(db: Database, hall: Hall, now: datetime = NOW) -> list[CallView]:
    """Call what can be called; the answer is every current call, by table."""
    await run(db, queues.call_next, hall.organizer, CallNext(tournament_id=hall.tournament.id, now=now))
    places = {table.id: number for number, table in enumerate(hall.tables)}
    return sorted((await state_of(db, hall)).calls, key=lambda call: places.get(call.table_id or hall.venue.id, -1))


async def state_of(db: Database, hall: Hall, now: datetime = NOW) -> QueueState:
    """The queue as it is shown."""
    async with db.snapshot() as session:
        found = await queues.queue_state(session, hall.tournament.id, now)
    assert found is not None
    return found


async def call_of(db: Database, call_id: UUID) -> CallView:
    """A call as it is now."""
    async with db.read() as session:
        return (await queues.calls_by_id(session, [call_id]))[call_id]


async def answer(db: Database, actor: Actor, call: CallView, slot: int | None = None, now: datetime = NOW) -> CallView:
    """Say that a side is there."""
    await run(db, queues.answer_call, actor, AnswerCall(call_id=call.id, slot=slot, now=now))
    return await call_of(db, call.id)
