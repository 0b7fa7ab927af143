"""An audience of viewers in another process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

_CONNECT_LIMIT_S = 120
_LINE_LIMIT = 2**24


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


@asynccontextmanager
async def audience(url: str, tournament_id: str, count: int) -> AsyncIterator[Audience]:
    """That many viewers of an event, each with its snapshot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.viewers", url, tournament_id, str(count),
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
