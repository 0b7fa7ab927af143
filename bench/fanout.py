"""From the commit of a score to the viewers' sockets: how long it takes, and what it costs the server."""

from __future__ import annotations

import asyncio
import time
from statistics import median, quantiles
from typing import Any

import orjson

from bench.audience import Audience, audience
from bench.event import change_score, open_database, ready_matches, start_event
from bench.server import System
from bench.viewers import DOCUMENT
from domain.infra.db import Database
from domain.matches import MatchState

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
    state = (await ready_matches(db, event))[0]
    memory = system.api.memory_mb()
    subscription = orjson.dumps({"query": DOCUMENT, "variables": {"id": event.id}})
    async with audience(system.url, subscription, viewers) as watching:
        per_connection_kb = (system.api.memory_mb() - memory) * 1000 / viewers
        version = await change_score(db, state, (0, 0))
        await watching.arrivals(3)
        executions, cpu = system.metric("matchpoint_hub_executions_total"), system.api.cpu_s()
        first, last = [], []
        for number in range(_CHANGES):
            version, delays = await _one_change(db, watching, state, version, number)
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


async def _one_change(
    db: Database, watching: Audience, state: MatchState, version: int, number: int
) -> tuple[int, list[float]]:
    """The version after one more change, and how long after its commit it reached each viewer, in seconds."""
    _, before = await watching.seen()
    changed = await change_score(db, _at(state, version), (number % 2, 0))
    committed = time.time()
    arrived = await watching.arrivals(before[0] + 1)
    return changed, [max(0.0, at - committed) for at in arrived]


def _at(state: MatchState, version: int) -> MatchState:
    return type(state)(**{name: getattr(state, name) for name in state.__slots__} | {"version": version})


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
