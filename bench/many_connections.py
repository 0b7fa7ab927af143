"""Thousands of viewers of one event: what an API process needs to hold them, and to tell all of them of a change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import Any

from bench.audience import Audience, audience
from bench.event import open_database, start_event
from bench.scores import Score, subscription
from bench.server import Server, System, serving_api

_VIEWERS = 5_000
_PROCESSES = (1, 2)
_CHANGES = 20
_PAUSE_S = 0.1


async def measure(system: System) -> dict[str, Any]:
    """Five thousand viewers of a fresh process; then ten thousand, with those of a second one.

    Memory and the cost of connecting are those of the process that came last.
    """
    found: dict[str, Any] = {}
    apis: list[Server] = []
    audiences: list[Audience] = []
    async with AsyncExitStack() as stack:
        db = open_database(system.database_url)
        stack.push_async_callback(db.close)
        event = await start_event(db, 64, "bench")
        score = await Score.of(db, event)
        for processes in _PROCESSES:
            api = stack.enter_context(serving_api(system.environment))
            idle, cpu, began = api.memory_mib(), api.cpu_s(), time.monotonic()
            audiences.append(await stack.enter_async_context(audience(api.url, [subscription(event)], _VIEWERS)))
            connected_s, cpu = time.monotonic() - began, api.cpu_s() - cpu
            apis.append(api)
            changes = await _changes(score, apis, audiences)
            held = api.memory_mib()
            found[f"{processes * _VIEWERS}_on_{processes}"] = {
                "memory_mib": {"without_viewers": round(idle, 1), "with_viewers": round(held, 1)},
                "memory_kib_per_viewer": round((held - idle) * 1024 / _VIEWERS, 1),
                "connected_s": round(connected_s, 1),
                "cpu_us_per_connect": round(cpu / _VIEWERS * 1e6),
                **changes,
            }
    return found


async def _changes(score: Score, apis: Sequence[Server], audiences: Sequence[Audience]) -> dict[str, Any]:
    await score.change_before(audiences)
    cpu, last = _cpu(apis), []
    for _ in range(_CHANGES):
        last.append(max(await score.change_before(audiences)))
        await asyncio.sleep(_PAUSE_S)
    cpu = _cpu(apis) - cpu
    return {
        "changes": _CHANGES,
        "commit_to_last_viewer_ms": {"p50": _ms(median(last)), "p95": _ms(quantiles(last, n=20)[-1])},
        "cpu_us_per_message": round(cpu / (_CHANGES * _VIEWERS * len(apis)) * 1e6, 1),
    }


def _cpu(apis: Sequence[Server]) -> float:
    return sum(api.cpu_s() for api in apis)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
