"""How fast things happen, and how many at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Pace:
    """At most so many steps in a second; 0: as many as possible."""

    def __init__(self, per_second: float) -> None:
        self._gap_s = 1 / per_second if per_second > 0 else 0.0
        self._next = time.monotonic()

    async def wait(self) -> None:
        """Wait until the next step may happen."""
        now = time.monotonic()
        if self._next > now:
            await asyncio.sleep(self._next - now)
        self._next = max(now, self._next) + self._gap_s


async def each(do: Callable[[T], Awaitable[U]], things: Iterable[T], at_once: int) -> list[U]:
    """What `do` answers to each of the things, a few of which are done at the same time. The first failure ends all."""
    room = asyncio.Semaphore(at_once)

    async def one(thing: T) -> U:
        async with room:
            return await do(thing)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(thing)) for thing in things]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
