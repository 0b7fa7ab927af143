"""Relay and worker as processes, with what befalls processes: each reaction happens, and happens once."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from domain import games
from domain.infra import locks, outbox
from domain.infra.db import Database, WriteSession
from domain.infra.embedded import Valkey
from domain.infra.hub import Envelope
from domain.infra.settings import Settings
from domain.integrations.broadcast import BroadcastHub
from domain.kernel.ids import new_id
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people
from tests.factories.tournaments import play_on, started
from tests.fixtures.processes import LIMIT_S, eventually
from tests.workers.stage import TOPIC, debts, facts, held, none_owed, printed, process, record, until, value
from workers.queue import QUEUE

GAME = games.game_key("rocket-league-1v1")


class Listener:
    """Keeps the facts it hears, by number on the bus and in the fact."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []

    def deliver(self, envelope: Envelope) -> None:
        """Keep it."""
        self.heard.append((envelope.sequence, envelope.payload["number"]))

    def gap(self) -> None:
        """Nothing to read again."""


@pytest_asyncio.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = Redis.from_url(settings.redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest_asyncio.fixture
async def listener(redis: Redis, settings: Settings) -> AsyncIterator[Listener]:
    """Somebody who hears the facts of these tests."""
    listener, hub = Listener(), BroadcastHub(settings.redis_url)
    await hub.start()
    hub.attach(TOPIC, listener)
    yield listener
    await hub.stop()


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey that only this test uses."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(own_valkey: Valkey) -> str:
    """A Valkey of this test's own, so that no worker takes the jobs of another test."""
    return own_valkey.url


async def play_tournament(db: Database, entrants: int = 4) -> int:
    """Play a tournament without anybody noticing yet; the answer is how many matches that were."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, entrants)
    return await play_on(db, tournament.id, players)


async def assert_each_counted_once(db: Database, played: int) -> None:
    """Every match counts for both of its sides, and everybody was told of everything once."""
    assert await value(db, "SELECT count(*) FROM rating_changes") == 2 * played
    assert await value(db, "SELECT sum(matches) FROM ratings") == 2 * played
    assert await value(db, "SELECT sum(wins) FROM ratings") == played
    told = "SELECT count(*) FROM notifications WHERE kind = 'MATCH_FINISHED'"
    assert await value(db, told) == 2 * played
    assert [(row.consumer, row.last_error) for row in await debts(db) if row.attempts] == []


async def all_published(db: Database) -> bool:
    """Whether the relay has handed on every fact."""
    return all(row.published_at is not None for row in await facts(db))


async def has_waiting_reaction(db: Database) -> bool:
    """Whether a worker is in the middle of a reaction, waiting for a lock that the test holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
    return bool(await value(db, waiting))


async def test_every_match_of_a_tournament_counts_once(
    db: Database, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    logs = [tmp_path / name for name in ("relay", "worker-1", "worker-2")]
    with (
        process("relay", settings, logs[0]),
        process("worker", settings, logs[1]),
        process("worker", settings, logs[2]),
    ):
        await until(printed(logs[0], "relay.active"))
        played = await play_tournament(db, 8)
        await until(lambda: none_owed(db))
    await assert_each_counted_once(db, played)


async def test_of_two_relays_one_is_active_and_the_other_takes_over_when_it_is_killed(
    db: Database, settings: Settings, listener: Listener, tmp_path: Path
) -> None:
    logs = [tmp_path / "1", tmp_path / "2"]
    with process("relay", settings, logs[0]) as first:
        await until(printed(logs[0], "relay.active"))
        with process("relay", settings, logs[1]):
            await record(db, new_id(), 1, 2)
            await until(lambda: all_published(db))
            first.send_signal(signal.SIGKILL)
            await record(db, new_id(), 3, 4)
            await until(lambda: all_published(db))
            await until(printed(logs[1], "relay.active"))
    assert listener.heard == [(1, 1), (2, 2), (3, 3), (4, 4)]


async def test_a_relay_killed_between_publishing_and_marking_publishes_again(
    db: Database, database_url: str, settings: Settings, listener: Listener, tmp_path: Path
) -> None:
    await db.transaction(outbox.last_sequence)
    await record(db, new_id(), 1, 2)
    played = await play_tournament(db, 2)

    async def heard(times: int) -> bool:
        return len(listener.heard) == 2 * times

    log = tmp_path / "log"
    async with held(database_url, "SELECT FROM relay FOR UPDATE"):
        with process("relay", settings, log) as first:
            await until(lambda: heard(1))
            first.send_signal(signal.SIGKILL)
            first.wait(LIMIT_S)
        assert not any(row.published_at for row in await facts(db))
    with process("relay", settings, log), process("worker", settings, log):
        await until(lambda: none_owed(db))
    assert listener.heard == [(1, 1), (2, 2), (1, 1), (2, 2)]
    assert await value(db, "SELECT sequence FROM relay") == len(await facts(db))
    await assert_each_counted_once(db, played)


async def test_what_a_killed_worker_was_at_is_done_once_by_another(
    db: Database, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    played = await play_tournament(db)
    log = tmp_path / "log"

    async def kill_in_the_middle(session: WriteSession) -> None:
        await locks.hold(session, GAME)
        with process("worker", settings, log) as worker:
            await until(lambda: has_waiting_reaction(db))
            worker.send_signal(signal.SIGKILL)
            worker.wait(LIMIT_S)

    with process("relay", settings, log):
        await db.transaction(kill_in_the_middle)
        running = [key async for key in redis.scan_iter("arq:in-progress:*")]
        assert running
        # To arq those jobs now run for ever; it is the new call that gets the reaction done.
        for key in running:
            await redis.persist(key)
        with process("worker", settings, log):
            await until(lambda: none_owed(db))
    await assert_each_counted_once(db, played)


async def test_a_worker_that_is_told_to_stop_leaves_what_it_cannot_finish(
    db: Database, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    played = await play_tournament(db, 2)
    log = tmp_path / "log"

    async def stop_in_the_middle(session: WriteSession) -> None:
        await locks.hold(session, GAME)
        with process("worker", settings, log) as worker:
            await until(lambda: has_waiting_reaction(db))
            worker.terminate()
            assert worker.wait(LIMIT_S) == 0

    with process("relay", settings, log) as relay:
        await db.transaction(stop_in_the_middle)
        assert await value(db, "SELECT count(*) FROM rating_changes") == 0
        with process("worker", settings, log):
            await until(lambda: none_owed(db))
        relay.terminate()
        assert relay.wait(LIMIT_S) == 0
    await assert_each_counted_once(db, played)


async def test_jobs_that_redis_forgot_are_called_for_again(
    db: Database, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with process("relay", settings, log):
        played = await play_tournament(db)
        await until(lambda: all_published(db))
        await until(lambda: _has_jobs(redis))
        await redis.flushall()
        with process("worker", settings, log):
            await until(lambda: none_owed(db))
    await assert_each_counted_once(db, played)


async def test_both_outlive_a_redis_that_goes_and_comes_back_empty(
    db: Database, settings: Settings, own_valkey: Valkey, tmp_path: Path
) -> None:
    relay_log, worker_log = tmp_path / "relay", tmp_path / "worker"
    played = await play_tournament(db)
    with ExitStack() as stack:
        relay = stack.enter_context(process("relay", settings, relay_log))
        worker = stack.enter_context(process("worker", settings, worker_log))

        async def restart_in_the_middle(session: WriteSession) -> None:
            await locks.hold(session, GAME)
            await until(lambda: has_waiting_reaction(db))
            own_valkey.stop()
            rmtree(own_valkey.data_dir / "appendonlydir")
            await record(db, new_id(), 1)
            await until(printed(worker_log, "worker.queue_unavailable"))
            own_valkey.start()

        await db.transaction(restart_in_the_middle)
        await until(lambda: none_owed(db))
        await until(printed(worker_log, "worker.ready", times=2))
        assert (relay.poll(), worker.poll()) == (None, None)
    await assert_each_counted_once(db, played)


async def test_metrics_are_served_where_asked_for(
    db: Database, settings: Settings, redis: Redis, tmp_path: Path, unused_tcp_port: int
) -> None:
    await record(db, new_id(), 1)
    with process("relay", settings, tmp_path / "log", "--metrics", f"127.0.0.1:{unused_tcp_port}"):
        await until(lambda: all_published(db))

        def shows() -> bool:
            text = httpx.get(f"http://127.0.0.1:{unused_tcp_port}/metrics", trust_env=False).text
            return "matchpoint_relay_published_total 1.0" in text and "matchpoint_relay_active 1.0" in text

        assert eventually(shows)


async def _has_jobs(redis: Redis) -> bool:
    return bool(await redis.zcard(QUEUE))
