"""What the same queries over the same data cost us, strawberry alone, and GraphQL servers of Node.js: CPU per request.

Only the process that serves is measured. All servers take turns, so that whatever else the machine does falls on all of
them alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any, NamedTuple

import orjson

from bench import load, peers
from bench.peers import MERCURIUS, OURS, STOCK, YOGA
from bench.server import Server, System

_ROUNDS = 5
_ROUND_CPU_S = 1.0
# Node.js compiles what runs often, so the first requests say little.
_WARM_UP_CPU_S = 3.0
_STEP = 50

QUERIES: Mapping[str, bytes] = {
    "hello": peers.request("hello", {}),
    "list": peers.request("list", {}),
    "bracket_64": peers.request("bracket", {"entrants": 64}),
    "bracket_256": peers.request("bracket", {"entrants": 256}),
}


class _Round(NamedTuple):
    """How many requests there were, and what each took of the server's CPU."""

    requests: int
    cpu_ms: float


async def measure(system: System) -> dict[str, Any]:
    """Milliseconds of CPU per request by query and server, and how many times as much one takes as another."""
    with peers.started((OURS, STOCK, MERCURIUS, YOGA), system.environment) as servers:
        return {name: await _compared(name, body, servers) for name, body in QUERIES.items()}


async def answers(body: bytes, servers: Mapping[str, Server]) -> dict[str, bytes]:
    """What each server answers."""
    return {name: await load.ask(f"{server.url}/graphql", body) for name, server in servers.items()}


async def _compared(query: str, body: bytes, servers: Mapping[str, Server]) -> dict[str, Any]:
    answered = await answers(body, servers)
    peers.require_equal(query, {name: orjson.loads(answer)["data"] for name, answer in answered.items()})
    for server in servers.values():
        await _round(server, body, _WARM_UP_CPU_S)
    rounds: dict[str, list[_Round]] = {name: [] for name in servers}
    for _ in range(_ROUNDS):
        for name, server in servers.items():
            rounds[name].append(await _round(server, body, _ROUND_CPU_S))
    cpu_ms = {name: median(one.cpu_ms for one in each) for name, each in rounds.items()}
    return {
        "cpu_ms": {name: round(each, 4) for name, each in cpu_ms.items()},
        "ratios": {
            "ours_to_mercurius_jit": round(cpu_ms[OURS] / cpu_ms[MERCURIUS], 2),
            "ours_to_yoga": round(cpu_ms[OURS] / cpu_ms[YOGA], 2),
            "stock_to_ours": round(cpu_ms[STOCK] / cpu_ms[OURS], 2),
        },
        "rounds_ms": {name: [round(one.cpu_ms, 4) for one in each] for name, each in rounds.items()},
        "requests": {name: sum(one.requests for one in each) for name, each in rounds.items()},
        "bytes": {name: len(answer) for name, answer in answered.items()},
    }


async def _round(server: Server, body: bytes, cpu_s: float) -> _Round:
    """Requests until the server has used so much of the CPU."""
    began = server.cpu_s()
    count = await load.send(f"{server.url}/graphql", body, _until(server, began + cpu_s))
    return _Round(count, (server.cpu_s() - began) / count * 1000)


def _until(server: Server, cpu_s: float) -> Iterator[int]:
    while server.cpu_s() < cpu_s:
        yield from range(_STEP)
