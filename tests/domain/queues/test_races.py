"""Sixteen clients at the same instant: the database lets nobody, and no table, be in two places."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from domain import matches, queues
from domain.infra.db import Database
from domain.kernel.errors import DomainError
from domain.matches import DecideResult, MatchStatus, StartMatch
from domain.queues import AnswerCall, CallNext, FreeTable, MoveMatch
from domain.queues.models import Call, CallPlayer
from domain.tournaments import Structure
from tests.factories.queues import Hall, call_next, make_hall, use_tables
from tests.factories.teams import NOW, run
from tests.factories.tournaments import enter, published, start, states
from tests.factories.venues import add_tables, make_venue

CLIENTS = 16
STEPS = 12


async def _watch(db: Database, stop: asyncio.Event) -> int:
    """Look again and again at what is committed; the answer is how often. Nothing may be in two places."""
    looked = 0
    while not stop.is_set() or looked == 0:
        async with db.snapshot() as session:
            tables = Counter((await session.scalars(select(Call.table_id).where(Call.ended_at.is_(None)))).all())
            of_matches = Counter((await session.scalars(select(Call.match_id).where(Call.ended_at.is_(None)))).all())
            people = select(CallPlayer.user_id).join(Call, Call.id == CallPlayer.call_id)
            players = Counter((await session.scalars(people.where(Call.ended_at.is_(None)))).all())
        del tables[None]
        for counted in (tables, of_matches, players):
            assert not counted or max(counted.values()) == 1
        looked += 1
        await asyncio.sleep(0.005)
    return looked


async def _client(db: Database, events: list[UUID], hall: Hall, rng: random.Random) -> Counter[str]:
    """Somebody with all rights who does whatever comes to mind, at whatever is there."""
    said: Counter[str] = Counter()
    for step in range(STEPS):
        now = NOW + timedelta(minutes=step)
        event = rng.choice(events)
        state = rng.choice([state for state in await states(db, event) if state.status is not MatchStatus.PENDING])
        async with db.read() as session:
            calls = list(await session.scalars(select(Call.id).order_by(Call.called_at.desc(), Call.id).limit(8)))
        table = rng.choice(hall.tables).id
        choices: list[tuple[Any, Any]] = [
            (queues.call_next, CallNext(tournament_id=event, now=now)),
            (queues.call_next, CallNext(tournament_id=event, now=now)),
            (queues.move_match, MoveMatch(match_id=state.id, table_id=table, now=now)),
            (matches.start_match, StartMatch(state.id, state.version, now)),
            (matches.decide_result, DecideResult(state.id, state.version, (2, 0), now)),
        ]
        if calls:
            call = rng.choice(calls)
            choices.append((queues.answer_call, AnswerCall(call_id=call, now=now)))
            choices.append((queues.free_table, FreeTable(call_id=call, now=now)))
        use_case, command = rng.choice(choices)
        try:
            await run(db, use_case, hall.organizer, command)
        except DomainError as refusal:
            said[refusal.code] += 1
        else:
            said[use_case.__name__] += 1
    return said


async def test_no_table_and_no_player_is_in_two_places(db: Database) -> None:
    """Two events of the same people at the same tables, and one of them at another venue."""
    hall = await make_hall(db, 16, 5)
    events = [hall.tournament.id]
    for slug in ("second-cup", "third-cup"):
        event = await published(db, hall.organizer, slug, structure=Structure.SINGLE_ELIMINATION)
        await enter(db, event.id, *reversed(hall.players.values()))
        await start(db, hall.organizer, event.id)
        events.append(event.id)
    await use_tables(db, hall.organizer, events[1], hall.venue, hall.tables)
    elsewhere = await make_venue(db, hall.organizer, "new-hall")
    await use_tables(db, hall.organizer, events[2], elsewhere, await add_tables(db, hall.organizer, elsewhere, 5))
    stop = asyncio.Event()
    watching = asyncio.create_task(_watch(db, stop))
    clients = [_client(db, events, hall, random.Random(number)) for number in range(CLIENTS)]
    said = sum(await asyncio.gather(*clients), Counter[str]())
    stop.set()
    assert await watching > 0
    assert sum(said.values()) == CLIENTS * STEPS
    assert min(said[name] for name in ("call_next", "move_match", "answer_call", "decide_result")) > 0
    assert said["PLAYER_IS_BUSY"] + said["TABLE_TAKEN"] > 0


async def test_sixteen_calls_at_once_are_one(db: Database) -> None:
    hall = await make_hall(db, 16, 3)
    command = CallNext(tournament_id=hall.tournament.id, now=NOW)
    await asyncio.gather(*(run(db, queues.call_next, hall.organizer, command) for _ in range(CLIENTS)))
    calls = await call_next(db, hall)
    assert [call.table_id for call in calls] == [table.id for table in hall.tables]


async def test_the_database_itself_refuses_a_second_place(db: Database) -> None:
    """Whatever the code does: of a table, a match and a player only one call is current, and it frees them together."""
    hall = await make_hall(db, 4, 2)
    first, second = await call_next(db, hall)
    others = f"SELECT '{first.id}'::uuid, user_id, slot, true FROM call_players WHERE call_id = '{second.id}'"
    twice = f"INSERT INTO call_players (call_id, user_id, slot, is_current) {others}"
    wrong = [
        (f"UPDATE calls SET table_id = '{first.table_id}' WHERE id = '{second.id}'", "uq_calls_current_table"),
        (f"UPDATE calls SET match_id = '{first.match_id}' WHERE id = '{second.id}'", "uq_calls_current_match"),
        (
            twice,
            "uq_call_players_current_user",
        ),
        (f"UPDATE call_players SET is_current = false WHERE call_id = '{first.id}'", "fk_call_players"),
        (f"UPDATE calls SET ended_at = now() WHERE id = '{first.id}'", "ck_calls_"),
    ]
    for statement, constraint in wrong:
        with pytest.raises(IntegrityError, match=constraint):
            await db.transaction(lambda session, sql=statement: session.execute(text(sql)))  # type: ignore[misc]
    busy = select(CallPlayer.user_id).where(CallPlayer.is_current)
    async with db.read() as session:
        assert len((await session.scalars(busy)).all()) == 4
    free = FreeTable(call_id=first.id, now=NOW)
    await run(db, queues.free_table, hall.organizer, free)
    async with db.read() as session:
        assert len((await session.scalars(busy)).all()) == 2
