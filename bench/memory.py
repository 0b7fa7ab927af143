"""What an idle API process keeps in memory."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.server import System

_SETTLE_S = 3.0


async def measure(system: System) -> dict[str, Any]:
    """Resident memory of the API process after its start, in MB of 10^6 bytes."""
    await asyncio.sleep(_SETTLE_S)
    return {"idle_api_mb": round(system.api.memory_mb(), 1)}
