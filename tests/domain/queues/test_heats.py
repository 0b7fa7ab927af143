"""Heats at tables: called, played and corrected, and nobody is in two places, also not in a match and a heat."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from domain import notifications, queues, registry, tournaments
from domain.infra import outbox
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError, InvalidInput
from domain.matches import MatchStatus
from domain.queues import AnswerCall, CallEnding, CallNext, CallStatus, CallView, FreeTable, MoveHeat, MoveMatch
from domain.queues.errors import CallNotFound, NotToBePlayed, PlayerIsBusy, TableTaken
from domain.queues.models import Call, CallPlayer
from domain.tournaments import CancelTournament, HeatDrawn, HeatNotFound, ReportHeat, WithdrawEntrant
from domain.tournaments.errors import NotAnOrganizer
from tests.factories.heats import correct, free_for_all, heat_at, heats_of, report, report_of, run_heats
from tests.factories.notifications import react, told
from tests.factories.queues import Hall, call_next, call_of, make_hall, state_of, use_tables
from tests.factories.teams import NOW, run
from tests.factories.tournaments import enter, entrants, published, start, states
from tests.fixtures.rows import every_row, refused

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Heats:
    """An event in heats at the tables of a hall, of the same people as its elimination."""

    db: Database
    hall: Hall
    event_id: UUID
    players: dict[int, Actor]

    async def calls(self) -> dict[UUID, CallView]:
        """What is called at the tables of the hall, by match or heat."""
        async with self.db.snapshot() as session:
            found = await queues.queue_state(session, self.event_id, NOW)
        assert found is not None
        return {call.played_id: call for call in found.calls}

    async def call(self, now: datetime = NOW) -> dict[UUID, CallView]:
        """Call what can be called of the heats."""
        await run(self.db, queues.call_next, self.hall.organizer, CallNext(tournament_id=self.event_id, now=now))
        return await self.calls()

    async def waiting(self, now: datetime = NOW) -> list[tuple[int, datetime | None]]:
        """The numbers of the heats that wait, with when they are likely called."""
        async with self.db.snapshot() as session:
            found = await queues.queue_state(session, self.event_id, now)
        assert found is not None
        return [(one.state.number, one.estimated_start_at) for one in found.waiting_heats]


async def make_heats(db: Database, size: int, tables: int, **settings: Any) -> Heats:
    """Heats of two from which one goes on, of everybody who plays in the hall."""
    hall = await make_hall(db, size, tables)
    plan = free_for_all(**{"heat_size": 2, "advancing": 1, **settings})
    event = await published(db, hall.organizer, "royale", structure=None, stages=[plan], capacity=size)
    await enter(db, event.id, *hall.players.values())
    await start(db, hall.organizer, event.id)
    await use_tables(db, hall.organizer, event.id, hall.venue, hall.tables)
    rows = await entrants(db, event.id)
    players = {row.seed: hall.players[row.participant_id] for row in rows if row.seed is not None}
    return Heats(db, hall, event.id, players)


async def test_heats_are_called_to_tables_and_leave_them_with_their_end(db: Database) -> None:
    it = await make_heats(db, 8, 2)
    first, second, third, fourth = await heats_of(db, it.event_id)
    calls = await it.call()
    assert [calls[heat.id].table_id for heat in (first, second)] == [table.id for table in it.hall.tables]
    assert calls.keys() == {first.id, second.id}
    assert await it.waiting() == [(3, NOW + 10 * MINUTE), (4, NOW + 10 * MINUTE)]
    await react(db, queues.MatchCalled, notifications.on_match_called)
    assert await told(db, it.players[8].require_user()) == [
        "Spring Cup: You play in heat 1 of round 1, which is called to table 1. Be there until 18:05 UTC."
    ]
    await report(db, it.hall.organizer, first)
    ended = await call_of(db, calls[first.id].id)
    assert (ended.status, ended.ending, ended.ended_at) == (CallStatus.OVER, CallEnding.DECIDED, NOW)
    assert (await it.call()).keys() == {second.id, third.id}
    await refused(db, CallNotFound, queues.answer_call, it.players[7], AnswerCall(call_id=calls[second.id].id, now=NOW))
    await run_heats(db, it.hall.organizer, it.event_id)
    assert (await it.calls(), fourth.number) == ({}, 4)


async def test_when_heats_come_is_learned_from_how_long_they_took(db: Database) -> None:
    it = await make_heats(db, 16, 1, games=2)
    heats = await heats_of(db, it.event_id)
    assert (await it.waiting())[:2] == [(1, NOW), (2, NOW + 20 * MINUTE)]
    for number, heat in enumerate(heats[:5]):
        now = NOW + 4 * number * MINUTE
        await it.call(now)
        for later in (2 * MINUTE, 4 * MINUTE):
            command = report_of(await heat_at(db, it.event_id, 1, heat.number), [s.seed for s in heat.seats])
            at = ReportHeat(command.heat_id, command.version, command.results, now + later)
            await run(db, tournaments.report_heat, it.hall.organizer, at)
    now = NOW + 20 * MINUTE
    assert await it.waiting(now) == [(6, now), (7, now + 4 * MINUTE), (8, now + 8 * MINUTE)]


async def test_nobody_is_in_a_match_and_a_heat(db: Database) -> None:
    it = await make_heats(db, 4, 3)
    organizer, (one, two, three) = it.hall.organizer, [table.id for table in it.hall.tables]
    first, second = await heats_of(db, it.event_id)
    await run(db, queues.move_heat, organizer, MoveHeat(heat_id=first.id, table_id=one, now=NOW))
    waiting = [state for state in await states(db, it.hall.tournament.id) if state.status is MatchStatus.READY]
    same = [state for state in waiting if {slot.name for slot in state.slots} == {seat.name for seat in first.seats}]
    (match,) = same
    rows = await every_row(db)
    wrong: list[tuple[Any, Any, type[DomainError]]] = [
        (queues.move_match, MoveMatch(match_id=match.id, table_id=one, now=NOW), TableTaken),
        (queues.move_match, MoveMatch(match_id=match.id, table_id=two, now=NOW), PlayerIsBusy),
        (queues.move_heat, MoveHeat(heat_id=second.id, table_id=one, now=NOW), TableTaken),
        (queues.move_heat, MoveHeat(heat_id=it.event_id, table_id=two, now=NOW), HeatNotFound),
        (queues.move_heat, MoveHeat(heat_id=second.id, table_id=it.event_id, now=NOW), InvalidInput),
    ]
    for use_case, command, error in wrong:
        await refused(db, error, use_case, organizer, command)
    theirs = MoveHeat(heat_id=second.id, table_id=two, now=NOW)
    await refused(db, NotAnOrganizer, queues.move_heat, it.players[1], theirs)
    assert await every_row(db) == rows
    # The other match is of the other two, so that it goes beside the heat; then the second heat has to wait.
    assert len([call for call in await call_next(db, it.hall) if call.match_id is not None]) == 1
    theirs = MoveHeat(heat_id=second.id, table_id=three, now=NOW)
    await refused(db, PlayerIsBusy, queues.move_heat, organizer, theirs)
    assert (await it.call()).keys() >= {first.id}
    await run(db, queues.move_heat, organizer, MoveHeat(heat_id=first.id, table_id=three, now=NOW))
    assert (await it.calls())[first.id].table_id == three


async def test_the_database_itself_refuses_a_second_place_for_heats_too(db: Database) -> None:
    it = await make_heats(db, 4, 2)
    calls = await it.call()
    first, second = calls.values()
    others = f"SELECT '{first.id}'::uuid, user_id, 2, true FROM call_players WHERE call_id = '{second.id}'"
    twice = f"INSERT INTO call_players (call_id, user_id, slot, is_current) {others}"
    wrong = [
        (f"UPDATE calls SET table_id = '{first.table_id}' WHERE id = '{second.id}'", "uq_calls_current_table"),
        (f"UPDATE calls SET heat_id = '{first.heat_id}' WHERE id = '{second.id}'", "uq_calls_current_heat"),
        (f"UPDATE calls SET heat_id = NULL WHERE id = '{second.id}'", "match_or_heat"),
        (
            twice,
            "uq_call_players_current_user",
        ),
    ]
    for statement, constraint in wrong:
        with pytest.raises(IntegrityError, match=constraint):
            await db.transaction(lambda session, sql=statement: session.execute(text(sql)))  # type: ignore[misc]


async def test_a_heat_without_a_table_is_played_somewhere_else(db: Database) -> None:
    it = await make_heats(db, 4, 2, games=2)
    organizer = it.hall.organizer
    first, second = await heats_of(db, it.event_id)
    await report(db, organizer, first)
    call = (await it.calls())[first.id]
    assert (call.table_id, call.status, call.begun_at) == (None, CallStatus.PLAYING, NOW)
    # Somebody of the second heat is called to a match meanwhile.
    await call_next(db, it.hall)
    rows = await every_row(db)
    await refused(db, PlayerIsBusy, tournaments.report_heat, organizer, report_of(second, [2, 3]))
    assert await every_row(db) == rows
    await report(db, organizer, await heat_at(db, it.event_id, 1, 1))
    assert first.id not in await it.calls()
    await refused(
        db,
        NotToBePlayed,
        queues.move_heat,
        organizer,
        MoveHeat(heat_id=first.id, table_id=it.hall.tables[1].id, now=NOW),
    )


async def test_who_leaves_a_heat_is_free_and_a_correction_ends_the_call(db: Database) -> None:
    it = await make_heats(db, 6, 1, heat_size=3, games=2)
    organizer = it.hall.organizer
    first, _ = await heats_of(db, it.event_id)
    call = (await it.call())[first.id]
    await report(db, organizer, first)
    assert (await call_of(db, call.id)).status is CallStatus.PLAYING
    leaver = next(row for row in await entrants(db, it.event_id) if row.seed == first.seats[2].seed)
    actor = it.players[first.seats[2].seed]
    await run(db, tournaments.withdraw_entrant, actor, WithdrawEntrant(leaver.id, NOW))
    async with db.read() as session:
        at_it = set(await session.scalars(select(CallPlayer.user_id).where(CallPlayer.call_id == call.id)))
    assert at_it == {it.players[seat.seed].require_user() for seat in first.seats[:2]}
    freed = await run(db, queues.free_table, organizer, FreeTable(call_id=call.id, now=NOW, of_heat=True))
    assert (freed.table_id, freed.view.status) == (None, CallStatus.PLAYING)
    await refused(db, CallNotFound, queues.free_table, organizer, FreeTable(call_id=call.id, now=NOW))
    await run_heats(db, organizer, it.event_id, rounds=1)
    final = await heat_at(db, it.event_id, 2, 1)
    called = (await it.call())[final.id]
    await correct(db, organizer, await heat_at(db, it.event_id, 1, 1), [4, 1, 5], game=1)
    assert (await call_of(db, called.id)).ending is None  # the better seed of two who are level goes on
    await correct(db, organizer, await heat_at(db, it.event_id, 1, 1), [4, 1], game=2)
    assert [seat.seed for seat in (await heat_at(db, it.event_id, 2, 1)).seats] == [2, 4]
    assert (await call_of(db, called.id)).ending is CallEnding.CHANGED


async def test_a_heat_of_an_event_that_is_called_off_leaves_its_table(db: Database) -> None:
    it = await make_heats(db, 4, 1)
    (call,) = (await it.call()).values()
    await run(
        db, tournaments.cancel_tournament, it.hall.organizer, CancelTournament(it.event_id, "It rains.", NOW + MINUTE)
    )
    ended = await call_of(db, call.id)
    assert (ended.ending, ended.ended_at) == (CallEnding.CHANGED, NOW + MINUTE)
    assert len(await call_next(db, it.hall)) == 1


async def test_heats_are_called_by_themselves(db: Database) -> None:
    it = await make_heats(db, 4, 2)
    await use_tables(db, it.hall.organizer, it.event_id, it.hall.venue, it.hall.tables, is_automatic=True)
    (fact, *_) = await drawn(db)
    await db.transaction(lambda session: queues.call_on_draw(session, fact, NOW))
    assert len(await it.calls()) == 2
    assert (await state_of(db, it.hall)).waiting_heats == []


async def drawn(db: Database) -> list[HeatDrawn]:
    """The facts that heats were drawn."""
    async with db.read() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.name == HeatDrawn.name))
        return [outbox.from_json(registry.EVENTS[row.name], row.payload) for row in rows]  # type: ignore[misc]


async def _client(it: Heats, number: int) -> Counter[str]:
    """Somebody with all rights who does whatever comes to mind, with matches and heats."""
    said: Counter[str] = Counter()
    db, rng = it.db, random.Random(number)
    for step in range(30):
        now = NOW + timedelta(minutes=step)
        match = rng.choice(
            [state for state in await states(db, it.hall.tournament.id) if state.status is not MatchStatus.PENDING]
        )
        heat = rng.choice(await heats_of(db, it.event_id))
        async with db.read() as session:
            taken = set(await session.scalars(select(Call.table_id).where(Call.ended_at.is_(None))))
        # Mostly a free one, so that moves get through.
        free = [table for table in it.hall.tables if table.id not in taken]
        table = rng.choice(free if free and step % 3 else it.hall.tables).id
        choices: list[tuple[Any, Any]] = [
            (queues.call_next, CallNext(tournament_id=rng.choice([it.event_id, it.hall.tournament.id]), now=now)),
            (queues.move_match, MoveMatch(match_id=match.id, table_id=table, now=now)),
            (queues.move_heat, MoveHeat(heat_id=heat.id, table_id=table, now=now)),
            (tournaments.report_heat, report_of(heat, rng.sample([seat.seed for seat in heat.seats], len(heat.seats)))),
        ]
        async with db.read() as session:
            calls = list(await session.scalars(select(Call).order_by(Call.called_at.desc(), Call.id).limit(8)))
        if calls:
            call = rng.choice(calls)
            choices.append((queues.free_table, FreeTable(call_id=call.id, now=now, of_heat=call.heat_id is not None)))
        # Each kind is among what they begin with, when tables are free.
        use_case, command = rng.choice(choices) if step else choices[number % 4]
        try:
            await run(db, use_case, it.hall.organizer, command)
        except DomainError as refusal:
            said[refusal.code] += 1
        else:
            said[use_case.__name__] += 1
    return said


async def _watch(db: Database, stop: asyncio.Event) -> None:
    """Look again and again at what is committed: nothing may be in two places."""
    while not stop.is_set():
        async with db.snapshot() as session:
            calls = (await session.scalars(select(Call).where(Call.ended_at.is_(None)))).all()
            people = select(CallPlayer.user_id).join(Call, Call.id == CallPlayer.call_id)
            players = (await session.scalars(people.where(Call.ended_at.is_(None)))).all()
        tables = [call.table_id for call in calls if call.table_id is not None]
        for found in (tables, [call.view.played_id for call in calls], players):
            assert len(found) == len(set(found))
        await asyncio.sleep(0.005)


async def test_sixteen_clients_at_once_put_nobody_in_a_match_and_a_heat(db: Database) -> None:
    it = await make_heats(db, 16, 5, games=10)
    stop = asyncio.Event()
    watching = asyncio.create_task(_watch(db, stop))
    said = sum(await asyncio.gather(*(_client(it, number) for number in range(16))), Counter[str]())
    stop.set()
    await watching
    assert said.total() == 16 * 30
    assert min(said[name] for name in ("call_next", "move_heat", "move_match", "report_heat")) > 0
    assert said["PLAYER_IS_BUSY"] > 0
