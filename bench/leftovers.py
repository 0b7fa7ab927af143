"""What clients leave behind in an API process."""

from __future__ import annotations

import asyncio

from bench.server import System

_GAUGES = ("matchpoint_websocket_connections", "matchpoint_hub_groups", "matchpoint_hub_members")
_LIMIT_S = 30
_LOOK_S = 0.1


async def left(system: System) -> dict[str, float]:
    """The gauges of what clients have open, once all are zero, or after half a minute."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _LIMIT_S
    while True:
        found = {name: system.metric(name) for name in _GAUGES}
        if not any(found.values()) or loop.time() > deadline:
            return found
        await asyncio.sleep(_LOOK_S)
