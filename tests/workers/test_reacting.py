"""One reaction: with its mark or not at all, once however often it is called for, tried again when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import structlog
from sqlalchemy import text

from domain.accounts import Accounts
from domain.infra import inbox, outbox
from domain.infra.cache import Cache
from domain.infra.db import Database, WriteSession
from domain.infra.inbox import Owed
from domain.infra.settings import Settings
from domain.infra.telemetry import bind_request_id, current_request_id
from domain.integrations.mail import LogMail
from domain.kernel.ids import new_id
from tests.fixtures.clock import FakeClock
from tests.workers.stage import Noted, debts, facts, owe, record, value
from workers.reacting import Reactor
from workers.reactions import Outside, Reaction

NAME = "tests.react"
EVENTS = {Noted.name: Noted}


@dataclass
class Doing:
    """A reaction that writes what it is told and can fail afterwards."""

    failures: int = 0
    told: list[Noted] = field(default_factory=list)
    request_ids: list[str | None] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[Any]] | None = None

    async def __call__(self, session: WriteSession, event_id: UUID, event: Noted, outside: Outside) -> None:
        """Count it in the database, then do what else is asked for."""
        del event_id, outside
        await session.execute(text("INSERT INTO effects VALUES (:number)"), {"number": event.number})
        self.told.append(event)
        self.request_ids.append(current_request_id())
        if self.meanwhile is not None:
            await self.meanwhile()
        if len(self.told) <= self.failures:
            raise ValueError("no luck")


@pytest_asyncio.fixture
async def outside(db: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[Outside]:
    """The services of a worker."""
    cache = Cache(settings.redis_url)
    await db.transaction(lambda session: session.execute(text("CREATE TABLE effects (number int)")))
    yield Outside(Accounts(db, cache, settings, clock), LogMail(), clock, db)
    await cache.close()


def reactor(db: Database, clock: FakeClock, outside: Outside, doing: Doing, *, is_outside: bool = False) -> Reactor:
    """One that knows this reaction."""
    return Reactor(db, clock, outside, {NAME: Reaction(NAME, doing, is_outside=is_outside)}, EVENTS)


async def owed(db: Database, clock: FakeClock) -> Owed:
    """A fact to react to."""
    await record(db, new_id(), 7)
    (one,) = await owe(db, clock.now(), (NAME, None))
    return one


async def effects(db: Database) -> int:
    """How often it took effect."""
    return int(await value(db, "SELECT count(*) FROM effects"))


async def state(db: Database) -> tuple[int, bool, str | None]:
    """Failed attempts, whether it is done, and the last error."""
    (row,) = await debts(db)
    return row.attempts, row.done_at is not None, row.last_error


async def test_it_happens_once_however_often_it_is_called_for(db: Database, clock: FakeClock, outside: Outside) -> None:
    one, doing = await owed(db, clock), Doing()
    worker = reactor(db, clock, outside, doing)
    await asyncio.gather(*(worker.react(one.event_id, NAME) for _ in range(8)))
    await worker.react(one.event_id, NAME)
    assert (await effects(db), len(doing.told), await state(db)) == (1, 1, (0, True, None))


async def test_it_gets_the_fact_as_it_was(db: Database, clock: FakeClock, outside: Outside) -> None:
    one, doing = await owed(db, clock), Doing()
    await reactor(db, clock, outside, doing).react(one.event_id, NAME)
    (row,) = await facts(db)
    assert doing.told == [Noted(about=row.subject, number=7)]


async def test_a_failure_leaves_no_trace_but_the_note_and_is_tried_again(
    db: Database, clock: FakeClock, outside: Outside
) -> None:
    one, doing = await owed(db, clock), Doing(failures=2)
    worker = reactor(db, clock, outside, doing)
    for attempt in (1, 2):
        with structlog.testing.capture_logs() as logs:
            await worker.react(one.event_id, NAME)
        assert [(line["event"], line["consumer"]) for line in logs] == [("reaction.failed", NAME)]
        assert (await effects(db), await state(db)) == (0, (attempt, False, "ValueError: no luck"))
    clock.advance(seconds=2)
    assert await db.transaction(lambda session: inbox.due(session, clock.now())) == [Owed(one.event_id, NAME, 2, 1)]
    await worker.react(one.event_id, NAME)
    assert (await effects(db), len(doing.told), await state(db)) == (1, 3, (2, True, None))


async def test_it_carries_the_request_that_recorded_the_fact(db: Database, clock: FakeClock, outside: Outside) -> None:
    async def asked() -> None:
        bind_request_id("the request")
        await record(db, new_id(), 1)

    await asyncio.create_task(asked())
    (one,), doing = await owe(db, clock.now(), (NAME, None)), Doing()
    await asyncio.create_task(reactor(db, clock, outside, doing).react(one.event_id, NAME))
    assert (doing.request_ids, current_request_id()) == (["the request"], None)


async def test_what_it_records_is_part_of_it(db: Database, clock: FakeClock, outside: Outside) -> None:
    one = await owed(db, clock)

    async def pass_on(session: WriteSession, event_id: UUID, event: Noted, outside: Outside) -> None:
        del event_id, outside
        await outbox.record(session, Noted(about=event.about, number=event.number + 1))

    worker = Reactor(db, clock, outside, {NAME: Reaction(NAME, pass_on)}, EVENTS)
    await worker.react(one.event_id, NAME)
    await worker.react(one.event_id, NAME)
    assert [row.payload["number"] for row in await facts(db)] == [7, 8]


async def test_a_reaction_of_a_newer_version_stays_owed(db: Database, clock: FakeClock, outside: Outside) -> None:
    one = await owed(db, clock)
    with structlog.testing.capture_logs() as logs:
        await Reactor(db, clock, outside, {}).react(one.event_id, NAME)
    assert [line["event"] for line in logs] == ["reaction.unknown"]
    assert await state(db) == (0, False, None)


async def test_a_fact_of_a_newer_version_fails_and_waits(db: Database, clock: FakeClock, outside: Outside) -> None:
    one, doing = await owed(db, clock), Doing()
    await db.transaction(lambda session: session.execute(text("UPDATE outbox SET name = 'tests.later'")))
    await reactor(db, clock, outside, doing).react(one.event_id, NAME)
    assert (await effects(db), await state(db)) == (0, (1, False, "KeyError: 'tests.later'"))


async def test_one_that_calls_others_runs_outside_of_a_transaction_and_alone(
    db: Database, clock: FakeClock, outside: Outside
) -> None:
    one, doing = await owed(db, clock), Doing()
    worker = reactor(db, clock, outside, doing, is_outside=True)
    seen: list[int] = []

    async def meanwhile() -> None:
        # The row is not locked by a transaction, yet nobody else gets at it.
        await db.transaction(lambda session: session.execute(text("SELECT FROM inbox FOR UPDATE NOWAIT")))
        await asyncio.create_task(worker.react(one.event_id, NAME))
        seen.append(await effects(db))

    doing.meanwhile = meanwhile
    await worker.react(one.event_id, NAME)
    assert (seen, len(doing.told), await state(db)) == ([1], 1, (0, True, None))


async def test_one_that_calls_others_is_called_again_when_its_worker_died(
    db: Database, clock: FakeClock, outside: Outside
) -> None:
    one, doing = await owed(db, clock), Doing()

    async def die() -> None:
        raise SystemExit

    doing.meanwhile = die
    worker = reactor(db, clock, outside, doing, is_outside=True)
    with pytest.raises(SystemExit):
        await worker.react(one.event_id, NAME)
    doing.meanwhile = None
    await worker.react(one.event_id, NAME)
    assert len(doing.told) == 1
    clock.advance(seconds=30)
    assert [again.calls for again in await db.transaction(lambda session: inbox.due(session, clock.now()))] == [2]
    await worker.react(one.event_id, NAME)
    assert (len(doing.told), await state(db)) == (2, (0, True, None))


async def test_a_failed_call_is_noted_and_its_lease_ends(db: Database, clock: FakeClock, outside: Outside) -> None:
    one, doing = await owed(db, clock), Doing(failures=1)
    worker = reactor(db, clock, outside, doing, is_outside=True)
    await worker.react(one.event_id, NAME)
    (row,) = await debts(db)
    assert (row.attempts, row.due_at, row.leased_until) == (1, clock.now() + timedelta(seconds=1), None)
    await worker.react(one.event_id, NAME)
    assert await state(db) == (1, True, None)
