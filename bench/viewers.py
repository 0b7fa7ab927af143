"""Viewers of one thing in a process of their own, so that their cost is not the server's.

`python -m bench.viewers URL SUBSCRIPTION COUNT`, where SUBSCRIPTION is JSON with `query` and `variables`, prints
`ready` when every viewer has its snapshot. Then, for each line on its input, it prints the arrival times of the newest
message of every viewer as JSON. It uses picows because a slower client would measure itself.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

DOCUMENT = """subscription($id: ID!) { bracketChanges(tournamentId: $id) {
  __typename
  ... on BracketSnapshot { cursor }
  ... on MatchChanged { cursor match { id version status bestOf winnerSlot slots { name seed score } } }
} }"""
_AT_ONCE = 50


class Viewer(WSListener):
    """One viewer; remembers when its newest message came."""

    def __init__(self, subscription: Any) -> None:
        self._subscription = subscription
        self.messages = 0
        self.arrived_at = 0.0
        self.has_snapshot = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say hello and subscribe; the protocol allows both at once only after the acknowledgement."""
        transport.send(WSMsgType.TEXT, b'{"type":"connection_init"}')

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Note the time, and subscribe after the acknowledgement. Pings are none of it."""
        if frame.msg_type != WSMsgType.TEXT:
            return
        self.arrived_at = time.time()
        self.messages += 1
        if self.messages == 1:
            message = {"id": "1", "type": "subscribe", "payload": self._subscription}
            transport.send(WSMsgType.TEXT, orjson.dumps(message))
        elif self.messages == 2:
            self.has_snapshot.set_result(None)


async def connect(url: str, subscription: Any) -> Viewer:
    """A viewer that has its snapshot."""

    def listener() -> Viewer:
        return Viewer(subscription)

    address = url.replace("http", "ws", 1) + "/graphql"
    headers: Any = {"Sec-WebSocket-Protocol": "graphql-transport-ws"}
    _, viewer = await ws_connect(listener, address, extra_headers=headers)
    assert isinstance(viewer, Viewer)
    await asyncio.wait_for(viewer.has_snapshot, 30)
    return viewer


async def _main(url: str, subscription: Any, count: int) -> None:
    viewers: list[Viewer] = []
    while len(viewers) < count:
        batch = min(_AT_ONCE, count - len(viewers))
        viewers += await asyncio.gather(*(connect(url, subscription) for _ in range(batch)))
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        answer = {"arrived": [viewer.arrived_at for viewer in viewers], "messages": [v.messages for v in viewers]}
        print(orjson.dumps(answer).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], orjson.loads(sys.argv[2]), int(sys.argv[3])))
