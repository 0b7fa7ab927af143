"""One change to a thousand subscribers: what it costs us, who execute once for all, and graphql-ws, once for each.

Both servers have the same subscription over the same data, answer ten objects of six fields, and speak
graphql-transport-ws to the same viewers.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench import peers
from bench.audience import audience
from bench.peers import GRAPHQL_WS, OURS
from bench.server import Server, System

_SUBSCRIBERS = 1_000
_CHANGES = 50
_WARM_UP = 10
_PAUSE_S = 0.1
_ANSWER_LIMIT_S = 30

SUBSCRIPTION = peers.request("changes", {})


async def measure(system: System) -> dict[str, Any]:
    """Messages per second of the server's CPU, and how long a change takes to the last subscriber."""
    with peers.started((OURS, GRAPHQL_WS), system.environment) as servers:
        seen = {name: await first_messages(server, 2) for name, server in servers.items()}
        peers.require_equal("a subscription", seen)
        found = {name: await _with(server) for name, server in servers.items()}
    rates = {name: each["messages_per_cpu_s"] for name, each in found.items()}
    return found | {"ratios": {"ours_to_graphql_ws": round(rates[OURS] / rates[GRAPHQL_WS], 1)}}


async def first_messages(server: Server, count: int) -> list[Any]:
    """What one subscriber gets: the state, then a message for each change, of which this makes the others."""
    address = server.url.replace("http", "ws", 1) + "/graphql"
    async with (
        httpx.AsyncClient() as client,
        asyncio.timeout(_ANSWER_LIMIT_S),
        connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket,
    ):
        await socket.send(orjson.dumps({"type": "connection_init"}).decode())
        await socket.recv()
        subscribe = {"id": "1", "type": "subscribe", "payload": orjson.loads(SUBSCRIPTION)}
        await socket.send(orjson.dumps(subscribe).decode())
        messages = [orjson.loads(await socket.recv())["payload"]["data"]]
        while len(messages) < count:
            await _publish(client, server)
            messages.append(orjson.loads(await socket.recv())["payload"]["data"])
        return messages


async def _with(server: Server) -> dict[str, float]:
    memory = server.memory_mb()
    async with audience(server.url, [SUBSCRIPTION], _SUBSCRIBERS) as watching, httpx.AsyncClient() as client:
        per_subscriber_kb = (server.memory_mb() - memory) * 1000 / _SUBSCRIBERS
        _, counts = await watching.seen()
        messages, cpu = counts[0], 0.0
        last: list[float] = []
        for number in range(_WARM_UP + _CHANGES):
            if number == _WARM_UP:
                last, cpu = [], server.cpu_s()
            began, messages = time.time(), messages + 1
            await _publish(client, server)
            last.append(max(await watching.arrivals(messages)) - began)
            await asyncio.sleep(_PAUSE_S)
        cpu = server.cpu_s() - cpu
    delivered = _CHANGES * _SUBSCRIBERS
    return {
        "messages_per_cpu_s": round(delivered / cpu),
        "cpu_us_per_message": round(cpu / delivered * 1e6, 1),
        "to_last_subscriber_ms_p50": round(median(last) * 1000, 1),
        "memory_kb_per_subscriber": round(per_subscriber_kb, 1),
        "messages": delivered,
    }


async def _publish(client: httpx.AsyncClient, server: Server) -> None:
    (await client.post(f"{server.url}/publish")).raise_for_status()
