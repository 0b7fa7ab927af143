"""Thousands of viewers of one event: what an API process needs to hold them, and to tell all of them of a change."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import Any

from bench.audience import Audience, audience
from bench.event import Event, open_database, start_event
from bench.scores import Score, subscription
from bench.server import Server, System, serving_api

_VIEWERS = 5_000
_PROCESSES = (1, 2)
_BACKLOG = 4096
_CHANGES = 20
_PAUSE_S = 0.1


async def measure(system: System) -> dict[str, Any]:
    """Five thousand viewers of a fresh process; then ten thousand of two, which share one listening socket."""
    db = open_database(system.database_url)
    try:
        event = await start_event(db, 64, "bench")
        score = await Score.of(db, event)
        return {
            f"{processes * _VIEWERS}_on_{processes}": await _held(system, event, score, processes)
            for processes in _PROCESSES
        }
    finally:
        await db.close()


async def _held(system: System, event: Event, score: Score, processes: int) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        shared = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG))
        port = shared.getsockname()[1]
        apis = [stack.enter_context(serving_api(system.environment, shared)) for _ in range(processes)]
        idle, cpu, began = [api.memory_mib() for api in apis], _cpu(apis), time.monotonic()
        coming = [audience(f"http://127.0.0.1:{port}", [subscription(event)], _VIEWERS) for _ in apis]
        audiences = await asyncio.gather(*map(stack.enter_async_context, coming))
        connected_s, cpu = time.monotonic() - began, _cpu(apis) - cpu
        changes = await _changes(score, apis, audiences)
        return {
            **{
                f"process_{number}": _process(api, port, before)
                for number, (api, before) in enumerate(zip(apis, idle, strict=True), 1)
            },
            "connected_s": round(connected_s, 1),
            "cpu_us_per_connect": round(cpu / (_VIEWERS * processes) * 1e6),
            **changes,
        }


def _process(api: Server, port: int, idle: float) -> dict[str, Any]:
    viewers, held = api.sockets(port), api.memory_mib()
    return {
        "viewers": viewers,
        "memory_mib": {"without_viewers": round(idle, 1), "with_viewers": round(held, 1)},
        "memory_kib_per_viewer": round((held - idle) * 1024 / viewers, 1),
    }


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
