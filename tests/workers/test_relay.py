"""The relay: every fact, in order, numbered without a gap, at least once; and what it means is never forgotten."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from domain.infra import outbox
from domain.infra.db import Database
from domain.infra.hub import Envelope
from domain.infra.inbox import Owed
from domain.infra.outbox import Overtaken
from domain.infra.watch import TurnLost, Watch
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.ids import new_id
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people
from tests.factories.tournaments import play_on, started
from tests.fixtures.clock import FakeClock
from tests.workers.stage import Bus, Noted, Queue, debts, facts, record, until, value
from workers.reactions import BY_EVENT, Outside, Reaction
from workers.relay import BATCH, Relay


async def _nothing(_session: object, _event_id: UUID, _event: Event, _outside: Outside) -> None:
    pass


NOTED = {Noted.name: [Reaction("tests.first", _nothing), Reaction("tests.second", _nothing, lane="lane")]}


def relay(db: Database, bus: Bus, queue: Queue, clock: FakeClock) -> Relay:
    """A relay that knows the reactions of these tests."""
    return Relay(db, bus, queue, clock, NOTED)


async def published(db: Database) -> list[bool]:
    """Which facts are marked as published, in order."""
    return [row.published_at is not None for row in await facts(db)]


async def last(db: Database) -> int:
    """The number of the last fact on the bus."""
    return await db.transaction(outbox.last_sequence)


async def test_facts_of_a_tournament_are_published_in_order_without_a_gap(db: Database, clock: FakeClock) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 12)
    await play_on(db, tournament.id, players)
    bus, queue = Bus(), Queue()
    sequence = await last(db)
    while count := await Relay(db, bus, queue, clock).publish(sequence):
        sequence += count
    rows = await facts(db)
    assert len(rows) > BATCH
    assert [one.event_id for one in bus.published] == [row.event_id for row in rows]
    assert [one.sequence for one in bus.published] == list(range(1, len(rows) + 1))
    assert await last(db) == len(rows)
    expected = [(row.event_id, one.name) for row in rows for one in BY_EVENT.get(row.name, ())]
    assert [(owed.event_id, owed.consumer) for owed in queue.called] == expected
    brackets = [one.payload["sequence"] for one in bus.published if one.name == "tournaments.bracket_changed"]
    assert brackets == list(range(1, len(brackets) + 1))


async def test_numbers_go_on_after_a_restart(db: Database, clock: FakeClock) -> None:
    bus = Bus()
    await record(db, new_id(), 1, 2)
    assert await relay(db, bus, Queue(), clock).publish(await last(db)) == 2
    await record(db, new_id(), 3)
    assert await relay(db, bus, Queue(), clock).publish(await last(db)) == 1
    assert bus.numbers == [(1, 1), (2, 2), (3, 3)]


async def test_a_fact_carries_all_that_was_recorded(db: Database, clock: FakeClock) -> None:
    bus, about = Bus(), new_id()
    await record(db, about, 1)
    await relay(db, bus, Queue(), clock).publish(await last(db))
    (row,) = await facts(db)
    assert bus.published == [
        Envelope(
            sequence=1,
            event_id=row.event_id,
            name="tests.noted",
            subject=about,
            topics=("tests",),
            payload={"about": str(about), "number": 1},
            recorded_at=row.recorded_at.timestamp(),
        )
    ]


async def test_when_the_bus_fails_midway_the_rest_follows_later(db: Database, clock: FakeClock) -> None:
    bus, queue = Bus(), Queue()
    await record(db, new_id(), 1, 2, 3)
    bus.takes = 2
    assert await relay(db, bus, queue, clock).publish(await last(db)) == 2
    assert await published(db) == [True, True, False]
    with pytest.raises(Unavailable):
        await relay(db, bus, queue, clock).publish(await last(db))
    assert (await published(db), await last(db)) == ([True, True, False], 2)
    bus.takes = None
    assert await relay(db, bus, queue, clock).publish(await last(db)) == 1
    assert bus.numbers == [(1, 1), (2, 2), (3, 3)]
    assert len(queue.called) == 6


class _DyingBus(Bus):
    """The relay dies just after the second fact is on the bus."""

    async def publish(self, envelope: Envelope) -> None:
        """Take it, and die."""
        await super().publish(envelope)
        if len(self.published) == 2:
            raise SystemExit


async def test_what_was_published_but_not_marked_is_published_again(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1, 2, 3)
    dying = _DyingBus()
    with pytest.raises(SystemExit):
        await relay(db, dying, Queue(), clock).publish(await last(db))
    assert (await published(db), await debts(db), await last(db)) == ([False] * 3, [], 0)
    bus, queue = Bus(), Queue()
    assert await relay(db, bus, queue, clock).publish(await last(db)) == 3
    assert dying.numbers == [(1, 1), (2, 2)]
    assert bus.numbers == [(1, 1), (2, 2), (3, 3)]
    assert len(queue.called) == 6


async def test_of_two_relays_with_one_number_only_one_settles(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    await last(db)
    results = await asyncio.gather(
        *(relay(db, Bus(), Queue(), clock).publish(0) for _ in range(2)), return_exceptions=True
    )
    await record(db, new_id(), 2)
    # However the two met, what comes after belongs to the one that has the number.
    assert sorted(map(repr, results)) in (["0", "1"], ["1", "Overtaken()"])
    with pytest.raises(Overtaken):
        await relay(db, Bus(), Queue(), clock).publish(0)
    assert (await published(db), len(await debts(db)), await last(db)) == ([True, False], 2, 1)


async def test_a_fact_nobody_here_knows_is_published_all_the_same(db: Database, clock: FakeClock) -> None:
    bus, queue = Bus(), Queue()
    await record(db, new_id(), 1)
    assert await Relay(db, bus, queue, clock, {}).publish(await last(db)) == 1
    assert (bus.numbers, queue.called, await published(db)) == ([(1, 1)], [], [True])


async def test_reactions_are_owed_with_their_lanes_before_workers_are_called(db: Database, clock: FakeClock) -> None:
    queue, about = Queue(), new_id()
    await record(db, about, 1)
    await relay(db, Bus(), queue, clock).publish(await last(db))
    (row,) = await facts(db)
    assert [(one.consumer, one.lane, one.position) for one in await debts(db)] == [
        ("tests.first", None, row.id),
        ("tests.second", f"lane:{about}", row.id),
    ]
    assert queue.called == [Owed(row.event_id, "tests.first"), Owed(row.event_id, "tests.second")]


async def test_a_call_the_queue_did_not_take_is_made_by_the_sweep(db: Database, clock: FakeClock) -> None:
    queue = Queue()
    queue.is_down = True
    await record(db, new_id(), 1)
    one = relay(db, Bus(), queue, clock)
    assert await one.publish(await last(db)) == 1
    await one.sweep()
    assert queue.called == []
    queue.is_down = False
    clock.advance(seconds=2)
    await one.sweep()
    assert {(owed.consumer, owed.calls) for owed in queue.called} == {("tests.first", 2), ("tests.second", 2)}


async def test_a_running_relay_publishes_what_is_committed_and_outlives_a_bus_that_is_down(
    db: Database, database_url: str, clock: FakeClock
) -> None:
    bus = Bus()
    bus.takes = 0
    await record(db, new_id(), 1)
    running = asyncio.create_task(relay(db, bus, Queue(), clock).run(database_url))
    try:
        await until(lambda: _turn_is_taken(db))
        bus.takes = None
        await until(lambda: _all_published(db))
        await record(db, new_id(), 2, 3)
        await until(lambda: _all_published(db))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert bus.numbers == [(1, 1), (2, 2), (3, 3)]


async def test_a_relay_whose_connection_breaks_takes_its_turn_again(
    db: Database, database_url: str, clock: FakeClock
) -> None:
    bus = Bus()
    running = asyncio.create_task(relay(db, bus, Queue(), clock).run(database_url))
    try:
        await until(lambda: _turn_is_taken(db))
        assert await value(db, _END_TURN) is True
        await record(db, new_id(), 1)
        await until(lambda: _all_published(db))
        await until(lambda: _turn_is_taken(db))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert bus.numbers == [(1, 1)]


async def test_a_commit_wakes_the_watch(db: Database, database_url: str) -> None:
    async with Watch(database_url) as watch:
        await watch.turn()
        await record(db, new_id(), 1)
        async with asyncio.timeout(30):
            await watch.news(3600)


async def test_only_one_watch_has_the_turn_and_the_next_gets_it_when_it_ends(db: Database, database_url: str) -> None:
    async with Watch(database_url) as first, Watch(database_url) as second:
        await first.turn()
        waiting = asyncio.create_task(second.turn())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6):
                await asyncio.shield(waiting)
        assert await value(db, _END_TURN) is True
        async with asyncio.timeout(30):
            await waiting
        with pytest.raises(TurnLost):
            await first.news(3600)


_TURN = (
    "FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_END_TURN = f"SELECT pg_terminate_backend(pid) {_TURN}"


async def _turn_is_taken(db: Database) -> bool:
    return bool(await value(db, f"SELECT count(*) {_TURN}"))


async def _all_published(db: Database) -> bool:
    return all(await published(db))
