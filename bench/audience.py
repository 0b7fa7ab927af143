"""An audience of viewers in another process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import orjson

_CONNECT_LIMIT_S = 120
_LINE_LIMIT = 2**24
_ARRIVAL_LIMIT_S = 10
_LOOK_S = 0.02


class Audience:
    """What the process of viewers can be asked."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def seen(self) -> tuple[list[float], list[int]]:
        """When the newest message of each viewer came, as Unix time, and how many each has had."""
        answer = orjson.loads(await self.told(b"seen"))
        return answer["arrived"], answer["messages"]

    async def arrivals(self, messages: int) -> list[float]:
        """When the newest message of each viewer came, once each has had so many.

        Raises:
            TimeoutError: that has not happened within ten seconds.
        """
        async with asyncio.timeout(_ARRIVAL_LIMIT_S):
            while True:
                await asyncio.sleep(_LOOK_S)
                arrived, counts = await self.seen()
                if min(counts) >= messages:
                    return arrived

    async def leave(self) -> None:
        """Drop all sockets without a word."""
        await self.told(b"leave")

    async def come_back(self) -> list[str]:
        """Connect all viewers at once, each from its cursor, until each has a message that it had missed.

        The answer is why viewers were turned away, once for each time; they have tried again.
        """
        reasons: list[str] = orjson.loads(await self.told(b"return"))
        return reasons

    async def told(self, line: bytes) -> bytes:
        """Its answer to a line.

        Raises:
            RuntimeError: it has ended instead.
            TimeoutError: no answer within two minutes.
        """
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: PT018  (both are pipes)
        self._process.stdin.write(line + b"\n")
        async with asyncio.timeout(_CONNECT_LIMIT_S):
            answer = await self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the viewers have ended")
        return answer


@asynccontextmanager
async def audience(url: str, subscriptions: Sequence[bytes], count: int) -> AsyncIterator[Audience]:
    """That many viewers, each with its snapshot.

    They take the subscriptions, JSON with `query` and `variables`, in turn.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.viewers", url, str(count),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LINE_LIMIT,
    )  # fmt: skip
    try:
        watching = Audience(process)
        await watching.told(b"[" + b",".join(subscriptions) + b"]")
        yield watching
    finally:
        process.kill()
        await process.wait()
