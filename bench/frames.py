"""What a hostile frame costs: the API in this process gets frames that were valid before they were changed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from statistics import median, quantiles
from typing import Any

import uvicorn
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from app import create_app
from bench.server import System, free_port
from bench.viewers import DOCUMENT
from cli.api import configuration, spare_collection
from domain.infra.settings import Settings
from tests.fixtures.frames import HELLO, changed_frame, shaken

_FRAMES = 10_000
# A socket has a burst of a hundred messages before it is paced, and each frame brings a ping with it.
_FRAMES_PER_SOCKET = 40
_SEED = 4409
_LEFT_LIMIT_S = 30
_OPERATIONS: list[dict[str, Any]] = [
    {"query": "query Q($n: String!) { user(username: $n) { id } }", "variables": {"n": "x"}, "operationName": "Q"},
    {"query": DOCUMENT, "variables": {"id": "VG91cm5hbWVudDox"}, "extensions": {"a": {}}},
    {"query": "{ __typename }"},
    {"documentId": "sha256:" + "0" * 64},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
]


async def measure(system: System) -> dict[str, Any]:
    """How 10,000 frames end and what the worst of them cost, with the share of the client, which is in this process."""
    random = Random(_SEED)  # noqa: S311  (a seed makes it repeatable)
    outcomes: Counter[str] = Counter()
    costs: list[tuple[float, bytes]] = []
    with capture_logs() as logged:
        async with _api(system) as port:
            while len(costs) < _FRAMES:
                await _converse(port, random, outcomes, costs)
            left = await _left()
    spent = [cost for cost, _ in costs]
    worst, frame = max(costs)
    return {
        "frames": len(costs),
        "seed": _SEED,
        "outcomes": dict(outcomes.most_common()),
        "cpu_ms_per_frame": {"p50": _ms(median(spent)), "p99": _ms(quantiles(spent, n=100)[-1]), "worst": _ms(worst)},
        "worst_frame": {"bytes": len(frame), "begins": repr(frame[:120])},
        "errors_logged": sum(line["log_level"] == "error" for line in logged),
        "left": left,
    }


async def _converse(port: int, random: Random, outcomes: Counter[str], costs: list[tuple[float, bytes]]) -> None:
    """One socket, until a frame ends it or it has had enough of them."""
    async with shaken(port) as socket:
        socket.send(HELLO)
        await socket.settled()
        for _ in range(min(_FRAMES_PER_SOCKET, _FRAMES - len(costs))):
            frame = changed_frame(random, _OPERATIONS)
            began = time.process_time()
            socket.send(frame)
            code = await socket.settled()
            costs.append((time.process_time() - began, frame))
            outcomes["lives" if code is None else str(code)] += 1
            if code is not None:
                return


@asynccontextmanager
async def _api(system: System) -> AsyncIterator[int]:
    port = free_port()
    settings = Settings(
        database_url=system.database_url,
        redis_url=system.redis_url,
        secret_key="only for a benchmark, 32 characters or more",  # noqa: S106  (of a system that is gone afterwards)
        connections_per_address=100_000,
        sockets_per_address=100_000,
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    server = uvicorn.Server(configuration(create_app(settings), settings, "127.0.0.1", port))
    spare_collection()
    served = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await served


async def _left() -> dict[str, float]:
    """What is still there once every client has left."""
    names = ("matchpoint_websocket_connections", "matchpoint_hub_groups", "matchpoint_hub_members")
    async with asyncio.timeout(_LEFT_LIMIT_S):
        while True:
            left = {name: REGISTRY.get_sample_value(name) or 0.0 for name in names}
            if not any(left.values()):
                return left
            await asyncio.sleep(0.05)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
