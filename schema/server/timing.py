"""How long resolvers take, until what they answer is there."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

# Where a field of the schema keeps what observes its time, for whoever calls its resolver without detours.
TIMED = "matchpoint-timed"


def timed(resolve: Callable[..., Any], observe: Callable[[float], None]) -> Callable[..., Any]:
    """The resolver, with its seconds observed."""

    async def settled(result: Awaitable[Any], began: float) -> Any:
        try:
            return await result
        finally:
            observe(time.perf_counter() - began)

    def called(*sources: Any, **arguments: Any) -> Any:
        began = time.perf_counter()
        result = resolve(*sources, **arguments)
        if inspect.isawaitable(result):
            return settled(result, began)
        observe(time.perf_counter() - began)
        return result

    return called
