"""What a request costs that asks for nothing: CPU of the API per request."""

from __future__ import annotations

from typing import Any

import httpx

from bench.server import System

_REQUESTS = 2_000
_ROUNDS = 5


async def measure(system: System) -> dict[str, Any]:
    """`{ __typename }` by one client, request after request, in rounds."""
    rounds = []
    async with httpx.AsyncClient(base_url=system.url, timeout=30) as client:
        for _ in range(200):
            (await client.post("/graphql", json={"query": "{ __typename }"})).raise_for_status()
        for _ in range(_ROUNDS):
            cpu = system.api.cpu_s()
            for _ in range(_REQUESTS):
                (await client.post("/graphql", json={"query": "{ __typename }"})).raise_for_status()
            rounds.append(round((system.api.cpu_s() - cpu) / _REQUESTS * 1000, 3))
    return {"server_cpu_ms_per_request": min(rounds), "rounds": rounds}
