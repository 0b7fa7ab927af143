"""What the metrics tell of what is sent: every byte, every message that waits, every client that did not read."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from websockets.asyncio.client import ClientConnection

from domain.infra.telemetry import HUB_WAITING, count_tasks
from resolvers.services import Services
from schema.server.endpoint import Timing
from schema.server.outbox import Outbox
from tests.schema.server.small import Server, serving
from tests.schema.server.test_fanout import CARDS
from tests.schema.server.test_outbox import Wire
from tests.schema.server.test_sse import STREAM
from tests.schema.server.test_websocket import acknowledged, heard, nothing_left, opened, say, subscribe

IMPATIENT = Timing(unwritable_s=0.3, keep_alive_s=0.1)


def told(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"matchpoint_{name}", labels) or 0.0


def waiting() -> float:
    return told("hub_waiting")


@pytest.fixture(autouse=True)
def none_of_others() -> None:
    """Messages that other tests left to clients of theirs are not counted."""
    HUB_WAITING.value = 0


@pytest_asyncio.fixture
async def impatient(services: Services) -> AsyncIterator[Server]:
    """A server that waits a moment for clients that take nothing."""
    async with serving(services, timing=IMPATIENT) as server:
        yield server


async def _received(socket: ClientConnection, messages: int) -> int:
    """The bytes of the next messages."""
    async with asyncio.timeout(20):
        return sum([len(await socket.recv(decode=False)) for _ in range(messages)])


async def _fill(server: Server) -> None:
    """Send until the buffers of the system are full, and something waits."""
    async with asyncio.timeout(20):
        while not waiting():
            await server.add_card("z" * 100_000)
            await asyncio.sleep(0.001)


async def test_the_bytes_of_each_message_to_a_socket_are_counted(server: Server) -> None:
    before = told("sent_bytes_total", transport="websocket")
    async with opened(server) as socket:
        await say(socket, type="connection_init")
        await subscribe(socket, "1", CARDS)
        received = await _received(socket, 2)
        for text in ("é", "x" * 200, "y" * 70_000):  # heads of each length
            await server.add_card(text)
        received += await _received(socket, 3)
        assert told("sent_bytes_total", transport="websocket") - before == received
    await nothing_left(server)


async def test_bytes_that_went_out_slowly_are_counted_once(server: Server) -> None:
    before = told("sent_bytes_total", transport="websocket")
    async with opened(server, max_queue=1, max_size=None) as socket:
        await say(socket, type="connection_init")
        await subscribe(socket, "1", CARDS)
        received = await _received(socket, 2)
        socket.transport.pause_reading()
        await _fill(server)
        socket.transport.resume_reading()
        received += await _received(socket, len(server.board.cards))
        assert told("sent_bytes_total", transport="websocket") - before == received
        assert waiting() == 0
    await nothing_left(server)


async def test_the_bytes_of_each_event_are_counted(server: Server) -> None:
    before = told("sent_bytes_total", transport="event_stream")
    received = b""
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("POST", server.url, json={"query": CARDS}, headers={"accept": STREAM}) as response,
    ):
        chunks = response.aiter_bytes()
        for number in range(3):
            while received.count(b"\n\n") <= number:
                received += await anext(chunks)
            await server.add_card("ü")
        while received.count(b"\n\n") < 4:
            received += await anext(chunks)
        assert told("sent_bytes_total", transport="event_stream") - before == len(received)


@pytest.mark.parametrize("is_state", [True, False])
async def test_what_waits_is_counted_until_it_is_sent_or_forgotten(is_state: bool) -> None:
    wire = Wire()
    wire.is_quick = False
    outbox = Outbox(wire.send, wire.send_now)
    one, other = (outbox.slot("", "", is_state=is_state) for _ in range(2))
    outbox.put("answer")
    for key in ("a", "b", "c"):
        one.push(key, key)
        other.push(key, key)
    one.push("c", "c")  # in place of the other of this key, or behind it
    assert waiting() == 7 + (not is_state)
    assert other.clear() == 3
    assert waiting() == 4 + (not is_state)
    await outbox.flush()
    assert waiting() == 0
    outbox.put("answer")
    one.push("d", "d")
    outbox.close()
    outbox.put("nobody sends it")
    assert waiting() == 1  # the slot belongs to its subscription
    one.clear()
    assert waiting() == 0


async def test_nothing_waits_for_who_reads(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", CARDS)
        await heard(socket)
        await server.add_card("a")
        assert waiting() == 0
        await heard(socket)
    await nothing_left(server)


async def test_there_is_an_outbox_for_each_connection_and_none_is_left(server: Server) -> None:
    before = told("hub_outboxes")
    async with acknowledged(server) as first, acknowledged(server):
        await subscribe(first, "1", CARDS)
        async with (
            httpx.AsyncClient(timeout=20) as client,
            client.stream("POST", server.url, json={"query": CARDS}, headers={"accept": STREAM}),
        ):
            assert told("hub_outboxes") - before == 3
    await nothing_left(server)
    async with asyncio.timeout(20):
        while told("hub_outboxes") != before:
            await asyncio.sleep(0.01)


async def _visit_by_socket(server: Server, turns: int) -> None:
    """Come, subscribe, and be gone without a word some turns of the loop later."""
    async with opened(server) as socket:
        await say(socket, type="connection_init")
        await subscribe(socket, "1", CARDS)
        for _ in range(turns):
            await asyncio.sleep(0)
        socket.transport.abort()


async def _visit_by_events(server: Server, turns: int) -> None:
    """The same with a stream of events."""
    address, body = urlsplit(server.url), json.dumps({"query": CARDS})
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"accept: {STREAM}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    writer.write(f"POST /graphql HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n{body}".encode())
    for _ in range(turns):
        await asyncio.sleep(0)
    writer.transport.abort()


@pytest.mark.parametrize("visit", [_visit_by_socket, _visit_by_events])
async def test_who_leaves_at_any_moment_is_forgotten_at_once(
    server: Server, visit: Callable[[Server, int], Awaitable[None]]
) -> None:
    before = told("hub_outboxes")
    gc.collect()
    gc.disable()  # which may look long after
    try:
        for turns in range(100):
            await visit(server, turns)
        await nothing_left(server)
        async with asyncio.timeout(20):
            while server.streams.open or told("hub_outboxes") != before:
                await asyncio.sleep(0.01)
    finally:
        gc.enable()


async def test_who_takes_nothing_for_too_long_is_counted_as_unread(impatient: Server) -> None:
    before = told("slow_closes_total", reason="unread")
    async with acknowledged(impatient, max_queue=1, max_size=None) as socket:
        await subscribe(socket, "1", CARDS)
        await heard(socket)
        socket.transport.pause_reading()
        await _fill(impatient)
        async with asyncio.timeout(20):
            while impatient.socket.connections:
                await asyncio.sleep(0.01)
    await nothing_left(impatient)
    assert told("slow_closes_total", reason="unread") - before == 1
    assert waiting() == 0


async def test_tasks_are_counted_when_asked_for() -> None:
    count_tasks()
    before = told("asyncio_tasks")
    tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(3)]
    assert told("asyncio_tasks") - before == 3
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert told("asyncio_tasks") == before
