"""What clients leave behind in an API process."""

from __future__ import annotations

import asyncio

from bench.server import System
from tests.faults.ordeal import GAUGES

_TASKS = "matchpoint_asyncio_tasks"
_LIMIT_S = 30
_LOOK_S = 0.1


def tasks(system: System) -> float:
    """How many tasks of asyncio it has; that of the request that asks is one of them."""
    return system.metric(_TASKS)


async def left(system: System, idle_tasks: float | None = None) -> dict[str, float]:
    """What is left of clients, by gauge, once that is nothing, or after half a minute.

    With the number of tasks that it has while nobody is there, the tasks beyond these, too.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _LIMIT_S
    while True:
        found = {name: system.metric(name) for name in GAUGES}
        if idle_tasks is not None:
            found[_TASKS] = max(0.0, tasks(system) - idle_tasks)
        if not any(found.values()) or loop.time() > deadline:
            return found
        await asyncio.sleep(_LOOK_S)
