"""Viewers who come, subscribe and drop their sockets: nothing of them may stay."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import orjson
import psutil

from bench.event import open_database, start_event
from bench.leftovers import left, tasks
from bench.scores import subscription
from bench.server import Server, System
from bench.viewers import connect, enter

_VISITS = 10_000
# Until the server has all connections to its services.
_WARM_UP = 500
_AT_ONCE = 50


async def measure(system: System) -> dict[str, Any]:
    """What is left of 10,000 visits. Half of the viewers leave with their snapshot, half without waiting for it."""
    db = open_database(system.database_url)
    try:
        event = await start_event(db, 64, "bench")
    finally:
        await db.close()
    what, api = orjson.loads(subscription(event)), system.api
    await _visits(system.url, what, _WARM_UP)
    await left(system)
    idle_tasks = tasks(system)
    cpu = api.cpu_s()
    memory = {"before": round(api.memory_mib(), 1)}
    for part in (1, 2):
        await _visits(system.url, what, _VISITS // 2)
        memory[f"after_{part * _VISITS // 2}"] = round(api.memory_mib(), 1)
    stayed = await left(system, idle_tasks)
    return {
        "visits": _VISITS,
        "cpu_us_per_visit": round((api.cpu_s() - cpu) / _VISITS * 1e6),
        "left": stayed | {"sockets": _sockets(api)},
        "memory_mib": memory,
    }


def _sockets(api: Server) -> int:
    """Those of clients; what it has open to its services is not counted."""
    port = urlsplit(api.url).port
    return sum(
        each.laddr.port == port and each.status != psutil.CONN_LISTEN for each in api.process.net_connections("tcp")
    )


async def _visits(url: str, subscription: Any, count: int) -> None:
    for first in range(0, count, _AT_ONCE):
        await asyncio.gather(*(_visit(url, subscription, number) for number in range(first, first + _AT_ONCE)))


async def _visit(url: str, subscription: Any, number: int) -> None:
    if number % 2 == 0:
        viewer = await connect(url, subscription)
    else:
        viewer = await enter(url, subscription)
        await viewer.has_subscribed
    viewer.leave()
