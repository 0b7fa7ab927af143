"""Viewers of one thing in a process of their own, so that their cost is not the server's.

`python -m bench.viewers URL COUNT` reads a line of JSON with a list of subscriptions, each with `query` and
`variables`, which the viewers take in turn, and prints `ready` when every viewer has its snapshot. Then it answers each
line of its input with one of its output:

- `seen`: the arrival times of the newest message of every viewer, and how many each has had, as JSON.
- `leave`: every viewer drops its socket without a word; `left`.
- `return`: all come back at once, from the cursor of their newest message, and try again when they are turned away.
  When each has a message more: why some were turned away, as JSON.

It uses picows because a slower client would measure itself.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from typing import Any

import orjson
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

DOCUMENT = """subscription($id: ID!, $after: String) { bracketChanges(tournamentId: $id, after: $after) {
  __typename
  ... on BracketSnapshot { cursor }
  ... on MatchChanged { cursor match { id version status bestOf winnerSlot slots { name seed score } } }
} }"""
_AT_ONCE = 50
_ANSWER_LIMIT_S = 60
_PATIENCE_S = 0.5


class Viewer(WSListener):
    """One viewer; remembers its newest message and when that came."""

    def __init__(self, subscription: Any) -> None:
        loop = asyncio.get_running_loop()
        self.subscription = subscription
        self.messages = 0
        self.newest = b""
        self.arrived_at = 0.0
        self.has_subscribed = loop.create_future()
        self.has_first_message = loop.create_future()
        self._transport: WSTransport | None = None
        self._goodbye = "no close frame"

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say hello and subscribe; the protocol allows both at once only after the acknowledgement."""
        self._transport = transport
        transport.send(WSMsgType.TEXT, b'{"type":"connection_init"}')

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Note the time, and subscribe after the acknowledgement. Pings are none of it."""
        if frame.msg_type == WSMsgType.CLOSE:
            self._goodbye = f"{frame.get_close_code()} {(frame.get_close_message() or b'').decode()}"
        if frame.msg_type != WSMsgType.TEXT:
            return
        self.arrived_at = time.time()
        self.newest = frame.get_payload_as_bytes()
        self.messages += 1
        if self.messages == 1:
            message = {"id": "1", "type": "subscribe", "payload": self.subscription}
            transport.send(WSMsgType.TEXT, orjson.dumps(message))
            self.has_subscribed.set_result(None)
        elif self.messages == 2:
            self.has_first_message.set_result(None)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Tell who waits for the first message."""
        if not self.has_first_message.done():
            self.has_first_message.set_exception(ConnectionResetError(self._goodbye))

    def leave(self) -> None:
        """Drop the socket without a word."""
        self.has_first_message.cancel()
        assert self._transport is not None
        self._transport.disconnect(graceful=False)

    def resumption(self) -> Any:
        """What to subscribe with to miss nothing after the newest message."""
        (change,) = orjson.loads(self.newest)["payload"]["data"].values()
        return self.subscription | {"variables": self.subscription["variables"] | {"after": change["cursor"]}}


async def enter(url: str, subscription: Any) -> Viewer:
    """A viewer that is connected and is about to subscribe."""
    viewer = Viewer(subscription)
    address = url.replace("http", "ws", 1) + "/graphql"
    headers: Any = {"Sec-WebSocket-Protocol": "graphql-transport-ws"}
    await ws_connect(lambda: viewer, address, extra_headers=headers, websocket_handshake_timeout=_ANSWER_LIMIT_S)
    return viewer


async def connect(url: str, subscription: Any) -> Viewer:
    """A viewer that has its first message, which is the snapshot unless it resumes.

    Raises:
        OSError: the server has dropped it.
    """
    viewer = await enter(url, subscription)
    await asyncio.wait_for(viewer.has_first_message, _ANSWER_LIMIT_S)
    return viewer


class _Crowd:
    """The viewers of this process, and what they can be told."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._viewers: list[Viewer] = []

    async def come(self, subscriptions: list[Any]) -> str:
        """Connect a viewer for each subscription, a few at a time."""
        waiting = iter(subscriptions)
        while batch := list(islice(waiting, _AT_ONCE)):
            self._viewers += await asyncio.gather(*(connect(self._url, subscription) for subscription in batch))
        return "ready"

    async def seen(self) -> str:
        arrived = [viewer.arrived_at for viewer in self._viewers]
        return orjson.dumps({"arrived": arrived, "messages": [v.messages for v in self._viewers]}).decode()

    async def leave(self) -> str:
        for viewer in self._viewers:
            viewer.leave()
        return "left"

    async def come_back(self) -> str:
        turned_away: list[str] = []
        resumptions = [viewer.resumption() for viewer in self._viewers]
        self._viewers = await asyncio.gather(*(self._back(resumption, turned_away) for resumption in resumptions))
        return orjson.dumps(turned_away).decode()

    async def _back(self, resumption: Any, turned_away: list[str]) -> Viewer:
        while True:
            try:
                return await connect(self._url, resumption)
            except (OSError, WSError) as error:
                turned_away.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(_PATIENCE_S)


async def _main(url: str, count: int) -> None:
    loop, crowd = asyncio.get_running_loop(), _Crowd(url)
    subscriptions = orjson.loads(sys.stdin.readline())
    print(await crowd.come(list(islice(cycle(subscriptions), count))), flush=True)
    commands: dict[str, Callable[[], Awaitable[str]]] = {
        "seen": crowd.seen,
        "leave": crowd.leave,
        "return": crowd.come_back,
    }
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(await commands[line.strip()](), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
