"""An audience of viewers in another process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
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
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: PT018  (both are pipes)
        self._process.stdin.write(b"\n")
        answer = orjson.loads(await self._process.stdout.readline())
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


@asynccontextmanager
async def audience(url: str, subscription: bytes, count: int) -> AsyncIterator[Audience]:
    """That many viewers, each with its snapshot. The subscription is JSON with `query` and `variables`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.viewers", url, subscription, str(count),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LINE_LIMIT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(_CONNECT_LIMIT_S):
            ready = await process.stdout.readline()
        if ready.strip() != b"ready":
            raise RuntimeError("the viewers did not connect")
        yield Audience(process)
    finally:
        process.kill()
        await process.wait()
