"""The hub over a real Valkey: order, gaps, and what happens when the server dies."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from domain.infra.embedded import Valkey
from domain.infra.hub import Envelope
from domain.integrations.broadcast import CHANNEL, BroadcastHub
from domain.kernel.errors import Unavailable
from domain.kernel.ids import new_id


class Ear:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.heard: list[Envelope] = []
        self.gaps = 0

    def deliver(self, envelope: Envelope) -> None:
        self.heard.append(envelope)

    def gap(self) -> None:
        self.gaps += 1


def fact(sequence: int, *topics: str, **payload: Any) -> Envelope:
    return Envelope(
        sequence=sequence,
        event_id=new_id(),
        name="tests.happened",
        subject=new_id(),
        topics=topics or ("a",),
        payload=payload,
        recorded_at=time.time(),
    )


@asynccontextmanager
async def running(url: str, **options: float) -> AsyncIterator[BroadcastHub]:
    hub = BroadcastHub(url, **options)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def until(condition: Callable[[], bool], limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """A Valkey that a test may kill."""
    with tempfile.TemporaryDirectory(prefix="mp-vk-") as directory:
        server = Valkey(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


async def test_a_fact_reaches_every_process_as_it_was(redis_url: str) -> None:
    async with running(redis_url) as sender, running(redis_url) as receiver:
        assert sender.is_connected
        assert receiver.is_connected
        ears = [Ear(), Ear(), Ear()]
        receiver.attach("a", ears[0])
        receiver.attach("b", ears[0])
        receiver.attach("b", ears[1])
        receiver.attach("c", ears[2])
        sent = fact(1, "a", "b", text="ünïcode", number=1, none=None, nested={"list": [1, "x"]})
        await sender.publish(sent)
        await until(lambda: bool(ears[1].heard))
        assert ears[0].heard == [sent]  # once, though it listens to both topics
        assert ears[1].heard == [sent]
        assert ears[2].heard == []
        assert [ear.gaps for ear in ears] == [0, 0, 0]


async def test_facts_arrive_in_order(redis_url: str) -> None:
    async with running(redis_url) as sender, running(redis_url) as receiver:
        ear = Ear()
        receiver.attach("a", ear)
        for number in range(1, 501):
            await sender.publish(fact(number))
        await until(lambda: len(ear.heard) == 500)
        assert [envelope.sequence for envelope in ear.heard] == list(range(1, 501))
        assert ear.gaps == 0


async def test_who_is_detached_hears_nothing(redis_url: str) -> None:
    async with running(redis_url) as hub:
        ear, witness = Ear(), Ear()
        for _ in range(2):
            hub.attach("a", ear)
        hub.attach("a", witness)
        hub.detach("a", ear)
        await hub.publish(fact(1))
        await until(lambda: len(witness.heard) == 1)
        assert len(ear.heard) == 1
        hub.detach("a", ear)
        await hub.publish(fact(2))
        await until(lambda: len(witness.heard) == 2)
        assert len(ear.heard) == 1
        hub.detach("a", witness)
        assert hub.topics == 0


@pytest.mark.parametrize(("numbers", "gaps"), [((1, 2, 3), 0), ((1, 3), 1), ((5, 6, 1, 2), 1), ((1, 0, 0, 2), 0)])
async def test_a_hole_in_the_numbers_is_a_gap(redis_url: str, numbers: tuple[int, ...], gaps: int) -> None:
    async with running(redis_url) as hub:
        ear = Ear()
        hub.attach("a", ear)
        for number in numbers:
            await hub.publish(fact(number))
        await until(lambda: len(ear.heard) == len(numbers))
        assert ear.gaps == gaps


async def test_what_is_not_a_fact_is_a_gap_and_nothing_worse(redis_url: str) -> None:
    async with running(redis_url) as hub:
        ear = Ear()
        hub.attach("a", ear)
        assert hub._broadcast is not None
        for junk in ("", "{}", "null", "x" * 1000):
            await hub._broadcast.publish(CHANNEL, junk)
        await hub.publish(fact(1))
        await until(lambda: len(ear.heard) == 1)
        assert ear.gaps == 4


async def test_a_server_that_is_killed_and_comes_back(own_valkey: Valkey) -> None:
    async with running(own_valkey.url, heartbeat_s=0.2, silence_s=0.6) as hub:
        ear = Ear()
        hub.attach("a", ear)
        await hub.publish(fact(1))
        await until(lambda: len(ear.heard) == 1)

        own_valkey.stop()
        with pytest.raises(Unavailable):
            await hub.publish(fact(2))
        await until(lambda: not hub.is_connected)
        assert ear.gaps == 0  # told when facts can be heard again, so that reading again misses nothing

        own_valkey.start()
        await until(lambda: hub.is_connected)
        assert ear.gaps == 1
        await hub.publish(fact(3))
        await until(lambda: len(ear.heard) == 2)
        assert [envelope.sequence for envelope in ear.heard] == [1, 3]


async def test_a_connection_that_ends_is_noticed_before_it_is_silent_for_long(own_valkey: Valkey) -> None:
    async with running(own_valkey.url, silence_s=3600) as hub:
        own_valkey.stop()
        await until(lambda: not hub.is_connected)
        own_valkey.start()
        await until(lambda: hub.is_connected)


async def test_a_server_that_stops_answering(own_valkey: Valkey) -> None:
    pid = int((own_valkey.data_dir / "valkey.pid").read_text())
    async with running(own_valkey.url, heartbeat_s=0.2, silence_s=0.6) as hub:
        ear = Ear()
        hub.attach("a", ear)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(Unavailable):
                async with asyncio.timeout(20):
                    await hub.publish(fact(1))
            await until(lambda: not hub.is_connected, limit_s=20)
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(lambda: hub.is_connected, limit_s=20)
        assert ear.gaps == 1
        await hub.publish(fact(2))
        await until(lambda: any(envelope.sequence == 2 for envelope in ear.heard))


async def test_a_connection_that_dies_silently_is_noticed(own_valkey: Valkey) -> None:
    async with running(own_valkey.url, heartbeat_s=0.2, silence_s=0.6) as hub:
        ear = Ear()
        hub.attach("a", ear)
        admin = Redis.from_url(own_valkey.url)
        await admin.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await admin.aclose()
        await until(lambda: ear.gaps == 1)
        await hub.publish(fact(1))
        await until(lambda: len(ear.heard) == 1)


async def test_a_process_may_start_before_the_bus(own_valkey: Valkey) -> None:
    url = own_valkey.url
    own_valkey.stop()
    hub = BroadcastHub(url, heartbeat_s=0.2, silence_s=0.6)
    ear = Ear()
    hub.attach("a", ear)
    starting = asyncio.create_task(hub.start())
    await asyncio.sleep(0.3)
    with pytest.raises(Unavailable):
        await hub.publish(fact(1))
    own_valkey.start()
    await until(lambda: hub.is_connected)
    await starting
    assert ear.gaps == 1
    await hub.stop()


async def test_stopping_leaves_nothing_behind(own_valkey: Valkey) -> None:
    before = asyncio.all_tasks()
    url = own_valkey.url
    for _ in range(3):
        async with running(url):
            pass
    own_valkey.stop()
    hub = BroadcastHub(url)
    starting = asyncio.create_task(hub.start())
    await asyncio.sleep(0.2)
    await hub.stop()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await until(lambda: asyncio.all_tasks() == before)
    own_valkey.start()
