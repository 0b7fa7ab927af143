"""Thousands of viewers lose their sockets in the same moment and come back, all at once."""

from __future__ import annotations

import time
from typing import Any

from bench.audience import audience
from bench.event import open_database, start_event
from bench.scores import Score, subscription
from bench.server import System

_VIEWERS = 5_000
_STORMS = 2


async def measure(system: System) -> dict[str, Any]:
    """CPU and seconds from the cut until all are live again, each with the change that it had missed."""
    db = open_database(system.database_url)
    try:
        event = await start_event(db, 64, "bench")
        score = await Score.of(db, event)
        async with audience(system.url, [subscription(event)], _VIEWERS) as watching:
            await score.change_before([watching])
            storms = []
            for _ in range(_STORMS):
                cpu, executions = system.api.cpu_s(), system.metric("matchpoint_hub_executions_total")
                await watching.leave()
                cut = time.monotonic()
                await score.change()
                turned_away = await watching.come_back()
                storm: dict[str, Any] = {"seconds_until_live": round(time.monotonic() - cut, 2)}
                storm["cpu_s"] = round(system.api.cpu_s() - cpu, 2)
                storm["executions"] = system.metric("matchpoint_hub_executions_total") - executions
                storm["ms_to_last_viewer_afterwards"] = round(max(await score.change_before([watching])) * 1000)
                storm["memory_mib"] = round(system.api.memory_mib(), 1)
                storm["turned_away"] = {"times": len(turned_away), "reasons": sorted(set(turned_away))}
                storms.append(storm)
    finally:
        await db.close()
    return {f"storm_{number}": storm | {"viewers": _VIEWERS} for number, storm in enumerate(storms, 1)}
