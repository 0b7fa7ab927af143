"""GraphQL over WebSocket: the graphql-transport-ws protocol, and nothing else.

Follows https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. What breaks the protocol closes the socket with
the code that the protocol names; what is wrong with one operation answers `error` for that operation. Tokens come in
`connection_init`; the socket closes with 4403 and the reason when the token expires or its session is revoked.

A code says whether clients come again. After 1012 (the server leaves, or the socket has lived long enough) they come
when the reason says so; after 1013 (too many sockets, or too slow) and 4403 by their own back-off; after 4400 and its
like not at all. Sockets of a user and of an address are counted per process.
"""

from __future__ import annotations

import asyncio
import random
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from domain.accounts import network_of
from domain.infra.telemetry import CONNECTIONS
from schema.server.connection import Connection, Sockets
from schema.server.endpoint import Endpoint, Timing
from schema.server.messages import retry_in
from schema.server.quotas import Quota
from schema.server.wire import EXTENSION, WebSocketProtocol

SUBPROTOCOL = "graphql-transport-ws"

_WATCH_S = 1.0
# How fast the sockets of a process that leaves are closed, and within which time all of them are.
_CLOSED_PER_S = 2_000
_CLOSED_WITHIN_S = 1.0
# How fast their clients are asked to come back, wherever they go.
_BACK_PER_S = 200
_BACK_WITHIN_S = (1.0, 30.0)


class GraphQLOverWebSocket:
    """The endpoint, as an ASGI application. Knows its open connections, to drain them."""

    def __init__(self, endpoint: Endpoint, timing: Timing | None = None) -> None:
        settings = endpoint.services.settings
        self._endpoint = endpoint
        self._sockets = Sockets(timing or Timing(), Quota(settings.sockets_per_user))
        self._addresses = Quota(settings.sockets_per_address)
        self._connections: set[Connection] = set()
        self._watch: asyncio.Task[None] | None = None
        self._drain: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._connections)

    @property
    def held(self) -> int:
        """How many sockets are counted, for their user and for their address."""
        return self._sockets.users.held + self._addresses.held

    @property
    def mutations(self) -> set[asyncio.Task[None]]:
        """Those that go on although their socket has closed."""
        return self._sockets.mutations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes."""
        headers = Headers(scope=scope)
        await receive()  # websocket.connect
        if not self._may_connect(headers):
            await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        network = network_of((scope.get("client") or ("",))[0])
        if self._drain is not None:
            await send({"type": "websocket.close", "code": 1012, "reason": self._restarting(1)})
        elif not self._addresses.take(network):
            reason = f"Your address has {self._addresses.limit} connections open; close one, or use one for everything"
            await send({"type": "websocket.close", "code": 1013, "reason": reason})
        else:
            try:
                await self._serve(Connection(self._endpoint, self._sockets, scope, headers, receive, send), scope)
            finally:
                self._addresses.give_back(network)

    def begin_drain(self) -> None:
        """Ask every client to connect elsewhere, each at a moment of its own."""
        if self._drain is None:
            self._drain = asyncio.create_task(self._retire_all())

    async def drain(self) -> None:
        """Do so, and let mutations that run finish."""
        self.begin_drain()
        assert self._drain is not None
        await self._drain
        if self.mutations:
            await asyncio.wait(self.mutations)

    async def _serve(self, connection: Connection, scope: Scope) -> None:
        wire: WebSocketProtocol | None = (scope.get("extensions") or {}).get(EXTENSION)
        if wire is not None:
            wire.on_shutdown = self.begin_drain
        self._connections.add(connection)
        CONNECTIONS.inc()
        if self._watch is None:
            self._watch = asyncio.create_task(self._shed_unread())
        try:
            await connection.run()
        finally:
            CONNECTIONS.dec()
            self._connections.discard(connection)
            await connection.end()

    async def _retire_all(self) -> None:
        loop = asyncio.get_running_loop()
        connections, goodbyes = list(self._connections), []
        began, spread_s = loop.time(), min(len(connections) / _CLOSED_PER_S, _CLOSED_WITHIN_S)
        for number, connection in enumerate(connections):
            ahead_s = began + spread_s * number / len(connections) - loop.time()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            goodbyes.append(connection.retire(self._restarting(len(connections))))
        if goodbyes:
            await asyncio.wait(goodbyes)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _restarting(self, connections: int) -> str:
        earliest_s, latest_s = _BACK_WITHIN_S
        within_s = min(max(connections / _BACK_PER_S, earliest_s), latest_s)
        return retry_in(random.uniform(0, within_s), "Service restart")  # noqa: S311  (spreads clients, no secret)

    async def _shed_unread(self) -> None:
        patience_s = self._sockets.timing.unwritable_s
        while True:
            await asyncio.sleep(min(_WATCH_S, patience_s / 6))
            self._look_for_unread(patience_s)

    def _look_for_unread(self, patience_s: float) -> None:
        for connection in tuple(self._connections):
            connection.shed_if_unread(patience_s)

    def _may_connect(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return True
        settings = self._endpoint.services.settings
        host = _host_of(origin)
        return (
            (host != "" and host == headers.get("host"))
            or origin in settings.allowed_origins
            or origin == settings.public_url.rstrip("/")
        )


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # it is no origin
        return ""
