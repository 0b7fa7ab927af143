"""From the commit of a score to the viewers' sockets: how long it takes, and what it costs the server."""

from __future__ import annotations

import asyncio
from statistics import median, quantiles
from typing import Any

from bench.audience import audience
from bench.event import open_database, start_event
from bench.scores import Score, subscription
from bench.server import System
from domain.infra.db import Database

_CHANGES = 100
_PAUSE_S = 0.1


async def measure(system: System) -> dict[str, Any]:
    """One viewer, then a thousand, of an event of 64."""
    db = open_database(system.database_url)
    try:
        return {f"{viewers}_subscribers": await _with(system, db, viewers) for viewers in (1, 1000)}
    finally:
        await db.close()


async def _with(system: System, db: Database, viewers: int) -> dict[str, Any]:
    event = await start_event(db, 64, f"bench-{viewers}")
    score = await Score.of(db, event)
    memory = system.api.memory_mb()
    async with audience(system.url, [subscription(event)], viewers) as watching:
        per_connection_kb = (system.api.memory_mb() - memory) * 1000 / viewers
        await score.change_before([watching])
        executions, cpu = system.metric("matchpoint_hub_executions_total"), system.api.cpu_s()
        first, last = [], []
        for _ in range(_CHANGES):
            delays = await score.change_before([watching])
            first += delays
            last.append(max(delays))
            await asyncio.sleep(_PAUSE_S)
        cpu = system.api.cpu_s() - cpu
        executions = system.metric("matchpoint_hub_executions_total") - executions
    return {
        "changes": _CHANGES,
        "commit_to_subscriber_ms": {"p50": _ms(median(first)), "p95": _ms(quantiles(first, n=20)[-1])},
        "commit_to_last_subscriber_ms": {"p50": _ms(median(last)), "p95": _ms(quantiles(last, n=20)[-1])},
        "executions_per_change": executions / _CHANGES,
        "server_cpu_us_per_message": round(cpu / (_CHANGES * viewers) * 1e6, 1),
        "memory_kb_per_connection": round(per_connection_kb, 1),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
