"""What is owed: due in time, for one worker at once, in the order of its lane, until it is done or given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from domain.infra import inbox
from domain.infra.db import Database, WriteSession
from domain.infra.inbox import GRACE, MAX_ATTEMPTS, Owed
from domain.kernel.ids import new_id
from tests.fixtures.clock import FakeClock
from tests.workers.stage import debts, facts, owe, record


async def due(db: Database, now: datetime) -> list[Owed]:
    """What is due now."""
    return await db.transaction(lambda session: inbox.due(session, now))


async def claims(db: Database, consumer: str, now: datetime) -> list[bool]:
    """For which facts, in order, the consumer may react now."""
    found = []
    for row in await facts(db):
        fact = await db.transaction(partial(inbox.claim, event_id=row.event_id, consumer=consumer, now=now))
        found.append(fact is not None)
    return found


async def finish(db: Database, owed: Owed, now: datetime) -> None:
    """Mark as done."""
    await db.transaction(lambda session: inbox.done(session, owed.event_id, owed.consumer, now))


async def fail(db: Database, owed: Owed, now: datetime) -> None:
    """Mark as failed."""
    await db.transaction(lambda session: inbox.failed(session, owed.event_id, owed.consumer, "no luck", now))


async def test_an_unanswered_call_is_repeated_after_waits_that_double(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    (owed,) = await owe(db, clock.now(), ("a", None))
    assert (owed.attempts, owed.calls) == (0, 1)
    waits = []
    began = clock.now()
    for call in range(2, 6):
        while not (again := await due(db, clock.now())):
            clock.advance(seconds=1)
        waits.append((clock.now() - began).total_seconds())
        began = clock.now()
        assert again == [Owed(owed.event_id, "a", attempts=0, calls=call)]
    assert waits == [2, 4, 8, 16]


async def test_the_longest_wait_is_ten_minutes(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    await owe(db, clock.now(), ("a", None))
    for _ in range(40):
        clock.advance(seconds=600)
        assert len(await due(db, clock.now())) == 1
    clock.advance(seconds=599)
    assert await due(db, clock.now()) == []


async def test_what_is_done_is_neither_due_nor_claimed(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    (owed,) = await owe(db, clock.now(), ("a", None))
    assert await claims(db, "a", clock.now()) == [True]
    await finish(db, owed, clock.now())
    clock.advance(days=1)
    assert await claims(db, "a", clock.now()) == [False]
    assert await due(db, clock.now()) == []


async def test_a_late_failure_does_not_undo_what_is_done(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    (owed,) = await owe(db, clock.now(), ("a", None))
    await finish(db, owed, clock.now())
    await fail(db, owed, clock.now())
    (row,) = await debts(db)
    assert (row.done_at, row.due_at, row.attempts) == (clock.now(), None, 0)


async def test_one_worker_at_a_time(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    owed, _ = await owe(db, clock.now(), ("a", None), ("b", None))
    clock.advance(hours=1)

    async def work(session: WriteSession) -> None:
        assert await inbox.claim(session, owed.event_id, "a", clock.now()) is not None
        assert await claims(db, "a", clock.now()) == [False]
        assert await claims(db, "b", clock.now()) == [True]
        # Nobody else is called for what somebody is at.
        assert [one.consumer for one in await due(db, clock.now())] == ["b"]

    await db.transaction(work)
    assert await claims(db, "a", clock.now()) == [True]


async def test_failures_wait_twice_as_long_each_time_and_are_given_up(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    (owed,) = await owe(db, clock.now(), ("a", None))
    waits = []
    for attempts in range(1, MAX_ATTEMPTS):
        await fail(db, owed, clock.now())
        (row,) = await debts(db)
        assert row.due_at is not None
        waits.append((row.due_at - clock.now()).total_seconds())
        clock.advance(seconds=waits[-1] - 1)
        assert await due(db, clock.now()) == []
        clock.advance(seconds=1)
        assert await due(db, clock.now()) == [Owed(owed.event_id, "a", attempts=attempts, calls=1)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    await fail(db, owed, clock.now())
    clock.advance(days=365)
    assert await due(db, clock.now()) == []
    assert await claims(db, "a", clock.now()) == [False]
    async with db.read() as session:
        assert (await inbox.owed(session), await inbox.given_up(session)) == (0, 1)
    (row,) = await debts(db)
    assert (row.attempts, row.last_error) == (MAX_ATTEMPTS, "no luck")


async def test_a_lane_keeps_the_order_of_the_facts_of_a_subject(db: Database, clock: FakeClock) -> None:
    one, other = new_id(), new_id()
    await record(db, one, 1, 2)
    await record(db, other, 3)
    first, second, _ = await owe(db, clock.now(), ("ordered", "lane"))
    assert await claims(db, "ordered", clock.now()) == [True, False, True]
    await fail(db, first, clock.now())
    assert await claims(db, "ordered", clock.now()) == [True, False, True]
    await finish(db, first, clock.now())
    assert await claims(db, "ordered", clock.now()) == [False, True, True]
    await finish(db, second, clock.now())
    assert await claims(db, "ordered", clock.now()) == [False, False, True]


async def test_without_a_lane_nobody_waits(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1, 2)
    await owe(db, clock.now(), ("a", None))
    assert await claims(db, "a", clock.now()) == [True, True]


async def test_what_is_given_up_does_not_hold_up_its_lane(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1, 2)
    first, _ = await owe(db, clock.now(), ("ordered", "lane"))
    for _ in range(MAX_ATTEMPTS):
        await fail(db, first, clock.now())
    assert await claims(db, "ordered", clock.now()) == [False, True]


async def test_a_lease_outlives_its_transaction(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    (owed,) = await owe(db, clock.now(), ("a", None))
    until = clock.now() + timedelta(seconds=30)
    fact = await db.transaction(lambda session: inbox.lease(session, owed.event_id, "a", clock.now(), until))
    assert fact is not None
    clock.advance(seconds=29)
    assert await claims(db, "a", clock.now()) == [False]
    assert await due(db, clock.now()) == []
    clock.advance(seconds=1)
    assert await claims(db, "a", clock.now()) == [True]
    assert len(await due(db, clock.now())) == 1


async def test_owing_starts_the_grace(db: Database, clock: FakeClock) -> None:
    await record(db, new_id(), 1)
    await owe(db, clock.now(), ("a", None))
    clock.advance(seconds=GRACE.total_seconds() - 0.001)
    assert await due(db, clock.now()) == []
    clock.advance(seconds=0.001)
    assert len(await due(db, clock.now())) == 1
