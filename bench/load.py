"""Requests over connections that stay open, from a client that does little more than count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httptools

_CONNECTIONS = 16
_ANSWER_LIMIT_S = 30


class _Connection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle(exc or ConnectionResetError("the server has closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._body.clear()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        self._settle(bytes(self._body) if status == 200 else RuntimeError(f"{status}: {bytes(self._body)!r:.300}"))

    def _settle(self, answer: bytes | Exception) -> None:
        if self._answer is None or self._answer.done():
            return
        if isinstance(answer, bytes):
            self._answer.set_result(answer)
        else:
            self._answer.set_exception(answer)


async def ask(url: str, body: bytes) -> bytes:
    """Post JSON once; the body of the answer.

    Raises:
        RuntimeError: the answer is not a 200.
        ConnectionResetError: the server closed the connection.
        TimeoutError: no answer within 30 s.
    """
    async with _connected(url) as connection, asyncio.timeout(_ANSWER_LIMIT_S):
        return await connection.ask(_request(url, body))


async def send(url: str, body: bytes, times: Iterator[object]) -> int:
    """Post the same JSON for each of `times`, on a few connections at once; how often that was.

    Raises:
        ExceptionGroup: of what `ask` raises.
    """
    return await _sent(url, _request(url, body), times)


async def fetch(url: str, times: Iterator[object]) -> int:
    """Get the same address for each of `times`, as `send` posts.

    Raises:
        ExceptionGroup: of what `ask` raises.
    """
    address = urlsplit(url)
    target = f"{address.path}?{address.query}"
    request = f"GET {target} HTTP/1.1\r\nhost: {address.netloc}\r\naccept: application/json\r\n\r\n"
    return await _sent(url, request.encode(), times)


async def _sent(url: str, request: bytes, times: Iterator[object]) -> int:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_send(url, request, times)) for _ in range(_CONNECTIONS)]
    return sum(task.result() for task in tasks)


async def _send(url: str, request: bytes, times: Iterator[object]) -> int:
    count = 0
    async with _connected(url) as connection:
        for _ in times:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                await connection.ask(request)
            count += 1
    return count


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[_Connection]:
    address = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(_Connection, str(address.hostname), address.port or 80)
    try:
        yield connection
    finally:
        connection.close()


def _request(url: str, body: bytes) -> bytes:
    address = urlsplit(url)
    head = (
        f"POST {address.path} HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
