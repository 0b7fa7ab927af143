from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from bench import load

SIZED = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\ny\r\n2\r\nes\r\n0\r\n\r\n"


@asynccontextmanager
async def _answering(*answers: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that gives these answers in turn, over and over, and the bodies it was sent."""
    seen: list[bytes] = []
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError):  # the client has left
            while await reader.readuntil(b"\r\n\r\n"):
                seen.append(await reader.readexactly(2))
                writer.write(answers[len(seen) % len(answers)])
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/graphql", seen
        await asyncio.gather(*filter(None, serving))


@pytest.mark.parametrize("count", [0, 5, 100])
async def test_every_request_is_sent_once(count: int) -> None:
    async with _answering(SIZED, CHUNKED) as (url, seen):
        assert await load.send(url, b"{}", iter(range(count))) == count
    assert seen == [b"{}"] * count


@pytest.mark.parametrize("answer", [SIZED, CHUNKED])
async def test_an_answer_is_its_body(answer: bytes) -> None:
    async with _answering(answer) as (url, seen):
        assert await load.ask(url, b"{}") == b"yes"
    assert seen == [b"{}"]


async def test_a_refusal_is_no_answer() -> None:
    async with _answering(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno") as (url, _):
        with pytest.raises(RuntimeError, match=r"^400: b'no'$"):
            await load.ask(url, b"{}")
        with pytest.raises(ExceptionGroup) as refused:
            await load.send(url, b"{}", iter(range(1)))
    assert [str(error) for error in refused.value.exceptions] == ["400: b'no'"]
