"""What comes before there is a request is bounded in size and time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from resolvers.services import Services
from schema.server import http
from schema.server.incoming import MAX_BODY
from schema.server.quotas import Callers, Quota
from schema.server.wire import MAX_UNFINISHED, HTTPProtocol
from tests.fixtures.asgi import ask, endpoint
from tests.schema.server.small import Server, build_schema, serving

MIB = 1024 * 1024
WS = [Subprotocol("graphql-transport-ws")]
HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
PIECE = b"x" * 64 * 1024
LINES = b"".join(b"x-%05d: %s\r\n" % (number, b"a" * 980) for number in range(64))
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"


@asynccontextmanager
async def opened(server: Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection."""
    port = int(server.url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(10):
            yield reader, writer
    finally:
        writer.transport.abort()


def hello(name: str = "world", padding: int = 0) -> bytes:
    body = json.dumps({"query": "{ hello(name: " + json.dumps(name) + ") }"}).encode() + b" " * padding
    return HEAD + b"content-length: %d\r\n\r\n" % len(body) + body


def memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next answer of a connection that stays."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length: "))
    return int(head.split()[1]), await reader.readexactly(int(length.split()[1]))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little patience."""
    monkeypatch.setattr(HTTPProtocol, "head_limit_s", 0.3)


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(HEAD, LINES), (HEAD + b"x: ", PIECE), (b"GET /graphql?", PIECE)],
    ids=["headers", "one header", "the address"],
)
async def test_a_head_that_does_not_end_is_refused(server: Server, begin: bytes, piece: bytes) -> None:
    async with opened(server) as (reader, writer):
        writer.write(begin + piece)
        said = await reader.read()  # to the end, because the server closes
        assert said.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(HEAD, LINES), (HEAD + b"x: ", PIECE), (CHUNKED + b"2\r\n{}\r\n0\r\n", LINES)],
    ids=["headers", "one header", "trailers"],
)
async def test_what_does_not_end_costs_little(server: Server, begin: bytes, piece: bytes) -> None:
    before, cpu = memory(), time.process_time()
    async with opened(server) as (_, writer):
        writer.write(begin)
        with pytest.raises(ConnectionError):
            for _ in range(100 * MIB // len(piece)):
                writer.write(piece)
                await writer.drain()
    assert memory() - before < 10 * MIB
    assert time.process_time() - cpu < 2


async def test_a_head_that_comes_in_small_pieces_is_counted(server: Server) -> None:
    async with opened(server) as (reader, writer):
        writer.write(HEAD + b"x: ")
        for _ in range(MAX_UNFINISHED // 1024 - 4):
            writer.write(b"x" * 1024)
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        assert not reader.at_eof()
        writer.write(b"x" * 8 * 1024)
        assert (await reader.read()).startswith(b"HTTP/1.1 431 ")


async def test_a_large_body_in_one_write_is_no_large_head(server: Server) -> None:
    async with opened(server) as (reader, writer):
        for padding in (200 * 1024, MAX_BODY - 1024):
            writer.write(hello(padding=padding))
            status, body = await answer(reader)
            assert (status, json.loads(body)["data"]) == (200, {"hello": "hello world"})


async def test_a_body_of_many_chunks_is_no_large_head(server: Server) -> None:
    body = json.dumps({"query": "{ hello }" + " " * 20_000}).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    assert len(chunks) > 2 * MAX_UNFINISHED
    async with opened(server) as (reader, writer):
        writer.write(CHUNKED + chunks)
        assert (await answer(reader))[0] == 200


@pytest.mark.usefixtures("short")
async def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    names = [f"{number}" for number in range(50)]
    async with opened(server) as (reader, writer):
        for _ in range(2):  # the second time on a connection that was idle for longer than a head may take
            writer.write(b"".join(hello(name, 2_000) for name in names))
            for name in names:
                status, body = await answer(reader)
                assert (status, json.loads(body)["data"]) == (200, {"hello": f"hello {name}"})
            await asyncio.sleep(0.5)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("begin", "said"),
    [(b"", b""), (b"\r\n", b""), (b"GET / HT", b"HTTP/1.1 408 "), (HEAD + b"x: y\r\n", b"HTTP/1.1 408 ")],
    ids=["nothing", "an empty line", "half a line", "half a head"],
)
@pytest.mark.parametrize("is_later", [False, True])
async def test_a_head_that_does_not_come_is_not_waited_for(
    server: Server, begin: bytes, said: bytes, is_later: bool
) -> None:
    async with opened(server) as (reader, writer):
        if is_later and begin:
            writer.write(hello())
            assert (await answer(reader))[0] == 200
        writer.write(begin)
        began = time.monotonic()
        async with asyncio.timeout(20):
            heard = await reader.read()
        assert heard.startswith(said) and bool(heard) == bool(said)
        assert time.monotonic() - began > 0.2


@pytest.mark.usefixtures("short")
async def test_a_slow_head_is_not_prolonged_by_each_byte(server: Server) -> None:
    async with opened(server) as (reader, writer):
        reading = asyncio.create_task(reader.read())
        for byte in HEAD:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
            if reading.done():
                break
        # A byte that is under way when the server closes makes the system forget the answer.
        with contextlib.suppress(ConnectionResetError):
            assert reading.result().startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("behind", [b"", b"GET / HT"], ids=["nothing", "half a request"])
async def test_an_answer_under_way_is_not_ended(server: Server, behind: bytes) -> None:
    body = json.dumps({"query": "{ slow(seconds: 1) }"}).encode()
    async with opened(server) as (reader, writer):
        writer.write(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body + behind)
        status, said = await answer(reader)
        assert (status, json.loads(said)["data"]) == (200, {"slow": "done"})
        if behind:
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("short")
async def test_a_websocket_is_not_ended(server: Server) -> None:
    async with connect(server.ws_url, subprotocols=WS) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await asyncio.sleep(0.8)
        await socket.send(json.dumps({"type": "ping"}))
        assert json.loads(await socket.recv())["type"] == "pong"


def connections(services: Services, limit: int, *proxies: str) -> Services:
    return replace(
        services, settings=replace(services.settings, connections_per_address=limit, trusted_proxies=proxies)
    )


async def heard(reader: asyncio.StreamReader) -> bytes:
    """All that the server says before it closes."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def emptied(quota: Quota) -> None:
    async with asyncio.timeout(20):
        while quota.held:
            await asyncio.sleep(0.01)


async def test_an_address_has_three_connections_of_any_kind_and_not_one_more(services: Services) -> None:
    async with serving(connections(services, 3)) as server:
        for _ in range(2):
            async with opened(server), opened(server) as (reader, writer), connect(server.ws_url, subprotocols=WS):
                writer.write(hello())
                assert (await answer(reader))[0] == 200
                async with opened(server) as (refused, _):
                    said = await refused.read()  # to the end, because the server closes
                    assert said.startswith(b"HTTP/1.1 429 ") and b"Retry-After: " in said
                async with httpx.AsyncClient() as client:
                    told = await client.post(server.url, json={"query": "{ hello }"})
                    assert (told.status_code, told.headers["retry-after"]) == (429, "5")
                with pytest.raises(InvalidStatus, match="429"):
                    await connect(server.ws_url, subprotocols=WS)
                await emptied(server.callers.refused)
                assert server.callers.held == 3
                async with AsyncExitStack() as stack:
                    silent = [await stack.enter_async_context(opened(server)) for _ in range(5)]
                    answers = [await heard(reader) for reader, _ in silent]
                    assert answers.count(b"") == 2  # more than are told of it at a time
                writer.write(hello())  # who is in is not disturbed
                assert (await answer(reader))[0] == 200
            await emptied(server.callers)
            await emptied(server.callers.refused)


async def test_a_trusted_proxy_speaks_for_many(services: Services) -> None:
    async with serving(connections(services, 1, "127.0.0.0/8", "::1")) as server, AsyncExitStack() as stack:
        for _ in range(3):
            reader, writer = await stack.enter_async_context(opened(server))
            writer.write(hello())
            assert (await answer(reader))[0] == 200
        assert server.callers.held == 0


def test_addresses_are_counted_as_everywhere() -> None:
    callers = Callers(1, ["10.0.0.0/8", "2001:db8::5"])
    found = {peer: callers.holder((peer, 4000)) for peer in ("192.0.2.1", "10.9.9.9", "2001:db8::5", "2001:db8::6")}
    assert found == {"192.0.2.1": "192.0.2.1", "10.9.9.9": None, "2001:db8::5": None, "2001:db8::6": "2001:db8::/64"}
    assert callers.holder(("fe80::1%eth0", 4000)) == "fe80::/64"
    assert callers.holder(None) is None  # of a Unix socket


async def test_nothing_looks_into_headers_that_are_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def negotiated(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(http, "negotiated", negotiated)
    headers = [(b"content-type", b"application/json"), (b"accept", b"a," * 20_000)]
    said = await ask(endpoint(build_schema()), b"{}", headers=headers)
    assert (said.status, said.codes) == (431, ["HEADERS_TOO_LARGE"])


async def test_shutdown_does_not_wait_for_a_silent_connection(services: Services) -> None:
    async with serving(services) as server, opened(server) as (reader, _):
        await asyncio.sleep(0.1)
        server.uvicorn.should_exit = True
        assert await reader.read() == b""
