"""Viewers counted over processes: exactly, with few commands, and forgotten with whoever watched."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from domain.infra import presence as module
from domain.infra.embedded import Valkey
from domain.infra.hub import Envelope
from domain.infra.presence import MAX_NAMED, Attendance, Presence, Subject, Watching, attendance_of
from domain.kernel.errors import Unavailable
from domain.kernel.ids import new_id
from tests.fixtures.hub import LocalHub

_LIMIT_S = 30.0


class Bus(LocalHub):
    """A bus that remembers what was published, and may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[tuple[Subject, Attendance]] = []

    async def publish(self, envelope: Envelope) -> None:
        if not self.is_connected:
            raise Unavailable("The bus is away.")
        _, kind, _ = envelope.topics[0].split(":")
        self.published.append((Subject(kind, envelope.subject), attendance_of(envelope)))
        await super().publish(envelope)

    def counts(self, subject: Subject) -> list[int]:
        """What was published of a subject, oldest first."""
        return [attendance.count for about, attendance in self.published if about == subject]


class Process:
    """The presence of a process, which says something only when told to."""

    def __init__(self, url: str, bus: LocalHub) -> None:
        self.presence = Presence(url, bus)

    async def say(self, *subjects: Subject) -> None:
        """What the loop of a process does, until nothing waits for the second to pass."""
        await self.presence.say(subjects)
        async with asyncio.timeout(_LIMIT_S):
            while self.presence._changed:
                await asyncio.sleep(0.01)
                await self.presence.say(tuple(self.presence._changed))


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def subject() -> Subject:
    return Subject("match", new_id())


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts may be published as often as they change."""
    monkeypatch.setattr(module, "_PUBLISHED_EVERY_MS", 1)


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client: Redis = Redis.from_url(redis_url, decode_responses=True)
    yield client
    await client.aclose()


@asynccontextmanager
async def processes(url: str, bus: LocalHub, count: int) -> AsyncIterator[list[Process]]:
    made = [Process(url, bus) for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            await each.presence.stop()


async def seen(process: Process, subject: Subject) -> Attendance:
    return (await process.presence.attendances([subject]))[subject]


async def until_seen(process: Process, subject: Subject, count: int) -> None:
    async with asyncio.timeout(_LIMIT_S):
        while (await seen(process, subject)).count != count:
            await asyncio.sleep(0.02)


async def keys(redis: Redis, subject: Subject) -> list[str]:
    return [key async for key in redis.scan_iter(match=f"presence:*{subject.key.hex}*")]


async def commands(redis: Redis) -> dict[str, int]:
    """How often each command was called, also by scripts."""
    stats = await redis.info("commandstats")
    return {name.removeprefix("cmdstat_"): stats[name]["calls"] for name in stats}


@pytest.mark.usefixtures("at_once")
async def test_a_user_counts_once_and_everybody_else_by_connection(redis_url: str, bus: Bus, subject: Subject) -> None:
    ada, bob = new_id(), new_id()
    watching = Watching(subject)
    async with processes(redis_url, bus, 2) as (one, two):
        steps = [
            (one, one.presence.enter, ada, 1),
            (one, one.presence.enter, ada, 1),  # another device
            (two, two.presence.enter, ada, 1),  # another process
            (two, two.presence.enter, bob, 2),
            (one, one.presence.enter, "connection", 3),
            (one, one.presence.enter, "connection", 3),  # a second subscription of it
            (two, two.presence.enter, "connection", 4),  # of another process, so another one
            (one, one.presence.leave, ada, 4),
            (one, one.presence.leave, ada, 4),  # still in the other process
            (two, two.presence.leave, ada, 3),
            (one, one.presence.leave, "connection", 3),
            (one, one.presence.leave, "connection", 2),
            (two, two.presence.leave, "connection", 1),
            (two, two.presence.leave, bob, 0),
        ]
        for number, (process, change, viewer, expected) in enumerate(steps):
            change(watching, viewer)
            await process.say(subject)
            assert [(await seen(each, subject)).count for each in (one, two)] == [expected] * 2, number
        assert bus.counts(subject) == [1, 2, 3, 4, 3, 2, 1, 0]
        versions = [attendance.version for _, attendance in bus.published]
        assert versions == sorted(set(versions))
        assert (one.presence.subjects, two.presence.subjects) == (0, 0)


@pytest.mark.usefixtures("at_once")
async def test_nothing_is_left_when_everybody_left(redis: Redis, redis_url: str, bus: Bus, subject: Subject) -> None:
    async with processes(redis_url, bus, 2) as (one, two):
        came = [
            (process, watching, viewer)
            for process in (one, two)
            for watching, viewer in (
                (Watching(subject, is_named=True), new_id()),
                (Watching(subject), "connection"),
                (Watching(subject, is_counted=False), "connection"),
            )
        ]
        for process, watching, viewer in came:
            process.presence.enter(watching, viewer)
            await process.say(subject)
        assert await keys(redis, subject) != []
        for process, watching, viewer in came:
            process.presence.leave(watching, viewer)
            await process.say(subject)
        assert bus.counts(subject) == [1, 2, 3, 4, 3, 2, 1, 0]
        assert (one.presence.subjects, two.presence.subjects) == (0, 0)
        async with asyncio.timeout(_LIMIT_S):
            while await keys(redis, subject):
                await asyncio.sleep(0.01)


@pytest.mark.usefixtures("at_once")
async def test_a_process_that_stops_takes_its_viewers_with_it(redis_url: str, bus: Bus, subject: Subject) -> None:
    async with processes(redis_url, bus, 2) as (stays, stops):
        for process in (stays, stops):
            process.presence.enter(Watching(subject), new_id())
            await process.say(subject)
        await stops.presence.stop()
        await stays.say(subject)
        assert ((await seen(stays, subject)).count, bus.counts(subject)) == (1, [1, 2, 1])


@pytest.mark.usefixtures("at_once")
async def test_who_may_be_named_is_named_newest_first(redis_url: str, bus: Bus, subject: Subject) -> None:
    open_, private = Watching(subject, is_named=True), Watching(subject)
    people = [new_id() for _ in range(MAX_NAMED + 2)]
    async with processes(redis_url, bus, 2) as (one, two):
        one.presence.enter(private, new_id())
        for number, user in enumerate(people):
            process = (one, two)[number % 2]
            process.presence.enter(open_, user)
            await asyncio.sleep(0.002)
        for process in (one, two):
            await process.say(subject)
        found = await seen(one, subject)
        assert (found.count, list(found.named)) == (MAX_NAMED + 3, people[::-1][:MAX_NAMED])
        two.presence.leave(open_, people[-1])
        await two.say(subject)
        assert list((await seen(one, subject)).named) == people[-2::-1][:MAX_NAMED]
        one.presence.enter(private, people[-2])  # changed their mind before they began to watch again
        await one.say(subject)
        assert list((await seen(one, subject)).named) == people[-3::-1][:MAX_NAMED]


@pytest.mark.usefixtures("at_once")
async def test_to_want_to_know_is_not_to_watch(redis_url: str, bus: Bus, subject: Subject) -> None:
    async with processes(redis_url, bus, 1) as (one,):
        one.presence.enter(Watching(subject, is_counted=False), new_id())
        one.presence.enter(Watching(subject, is_counted=False), "connection")
        await one.say(subject)
        assert (await seen(one, subject), bus.published) == (Attendance(), [])
        assert one.presence.subjects == 1


@pytest.mark.usefixtures("at_once")
async def test_a_process_that_dies_is_forgotten(
    redis_url: str, bus: Bus, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HOLDS_MS", 2_500)
    async with processes(redis_url, bus, 3) as (dead, alive, onlooker):
        shared = new_id()
        for viewer in (shared, new_id(), "connection"):
            dead.presence.enter(Watching(subject), viewer)
        alive.presence.enter(Watching(subject), shared)
        onlooker.presence.enter(Watching(subject, is_counted=False), "onlooker")
        await dead.say(subject)
        await alive.say(subject)
        assert (await seen(onlooker, subject)).count == 3
        async with asyncio.timeout(_LIMIT_S):
            while (await seen(onlooker, subject)).count != 1:
                await alive.say(subject)
                await asyncio.sleep(0.02)
        assert bus.counts(subject)[-1] == 1
        # Now the last one is silent, too: whoever wants to know counts, and hears that nobody is left.
        async with asyncio.timeout(_LIMIT_S):
            while bus.counts(subject)[-1] != 0:
                await onlooker.say(subject)
                await asyncio.sleep(0.02)
        assert await seen(onlooker, subject) == Attendance()


async def test_a_storm_of_viewers_costs_few_commands(redis: Redis, redis_url: str, bus: Bus, subject: Subject) -> None:
    users = [new_id() for _ in range(5_000)]
    connections = [str(number) for number in range(5_000)]
    async with processes(redis_url, bus, 1) as (one,):
        one.presence.enter(Watching(subject), "the first")
        await one.say(subject)
        for viewer in (*users, *connections):
            one.presence.enter(Watching(subject, is_named=True), viewer)
        assert one.presence._changed == {subject: None}
        before = await commands(redis)
        await one.presence.say([subject])
        after = await commands(redis)
        called = {name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name, 0)}
        called.pop("info")
        # Five thousand users in writes of a thousand, and one script, whose own commands are the rest.
        assert called.pop("zadd") == 5 + 1
        assert called.pop("evalsha") == 1
        assert set(called.values()) <= {1, 2, 3}, called
        await one.say(subject)
        assert (await seen(one, subject)).count == 10_001
        for viewer in (*users, *connections):
            one.presence.leave(Watching(subject, is_named=True), viewer)
        before = await commands(redis)
        await one.presence.say([subject])
        after = await commands(redis)
        assert (after["zrem"] - before.get("zrem", 0), after["evalsha"] - before["evalsha"]) == (5, 1)
        await one.say(subject)
        assert (await seen(one, subject)).count == 1
        assert bus.counts(subject) == [1, 10_001, 1]


async def test_a_subject_is_published_once_a_second_at_most(redis_url: str, bus: Bus, subject: Subject) -> None:
    async with processes(redis_url, bus, 3) as made:
        for _ in range(60):
            for process in made:
                process.presence.enter(Watching(subject), new_id())
                await process.presence.say([subject])
            await asyncio.sleep(0.02)
        for process in made:
            await process.say()
        assert bus.counts(subject)[-1] == 180
        versions = [attendance.version for _, attendance in bus.published]
        assert all(later - earlier >= 1_000 for earlier, later in pairwise(versions))
        assert len(versions) > 1


async def test_what_the_bus_does_not_take_is_published_later(redis_url: str, bus: Bus, subject: Subject) -> None:
    async with processes(redis_url, bus, 1) as (one,):
        bus.is_connected = False
        one.presence.enter(Watching(subject), "connection")
        await one.say(subject)
        assert (await seen(one, subject)).count == 1
        bus.is_connected = True
        await one.say()
        await one.say()
        assert bus.counts(subject) == [1]


async def test_what_redis_forgot_is_said_again(redis: Redis, redis_url: str, bus: Bus, subject: Subject) -> None:
    async with processes(redis_url, bus, 1) as (one,):
        for _ in range(3):
            one.presence.enter(Watching(subject), new_id())
        one.presence.enter(Watching(subject), "connection")
        await one.say(subject)
        everything = await keys(redis, subject)
        (state,) = (key for key in everything if key.endswith(":state"))
        for lost in ([state], everything):
            await redis.delete(*lost)
            assert (await seen(one, subject)).count == 0
            await one.say(subject)
            assert (await seen(one, subject)).count == 4
        assert bus.counts(subject) == [4, 4, 4]  # who read in between read too little


async def test_redis_may_vanish_and_come_back(bus: Bus, subject: Subject) -> None:
    with tempfile.TemporaryDirectory(prefix="mp-vk-") as directory:
        valkey = Valkey(Path(directory))
        valkey.start()
        try:
            async with AsyncExitStack() as stack:
                made = await stack.enter_async_context(processes(valkey.url, bus, 2))
                one, two = made
                named, ada, bob = Watching(subject, is_named=True), new_id(), new_id()
                one.presence.enter(named, ada)
                two.presence.enter(Watching(subject), new_id())
                for process in made:
                    process.presence.start()
                    process.presence.enter(Watching(subject), "connection")
                for process in made:
                    await until_seen(process, subject, 4)
                valkey.stop()
                # Each knows its own viewers, and nothing piles up for those who have come and gone meanwhile.
                await until_seen(one, subject, 2)
                others = [Subject("match", new_id()) for _ in range(100)]
                for other in others:
                    one.presence.enter(Watching(other), new_id())
                    one.presence.leave(Watching(other), next(iter(one.presence._rooms[other].users)))
                one.presence.leave(named, ada)
                one.presence.enter(named, bob)
                one.presence.leave(Watching(subject), "connection")
                two.presence.enter(Watching(subject), new_id())
                async with asyncio.timeout(_LIMIT_S):
                    while one.presence.subjects > 1:
                        await asyncio.sleep(0.02)
                valkey.start()
                for process in made:
                    await until_seen(process, subject, 4)
                assert (await seen(two, subject)).named == (bob,)
                assert one.presence._unpublished == {}
        finally:
            valkey.stop()


def test_a_topic_is_of_one_subject() -> None:
    key = UUID("0198c0de-0000-7000-8000-000000000000")
    assert Subject("match", key).topic == f"presence:match:{key}"
