"""A limit on how long something may take, which costs nothing where there is nothing to wait for."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def within(limit_s: float, coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine answers. A timer is set only when it has to wait, which most that are asked here do not.

    Raises:
        TimeoutError: it takes longer.
    """
    try:
        awaited = coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    async with asyncio.timeout(limit_s):
        return await _resumed(coroutine, awaited)


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """The rest of a coroutine that awaits something already."""
    try:
        while True:
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001  (it belongs to the coroutine, as a cancellation does)
                awaited = coroutine.throw(error)
            else:
                awaited = coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
