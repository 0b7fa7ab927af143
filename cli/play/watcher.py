"""A subscriber of an event, who counts what is missing, and whose connection keeps breaking."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress

from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportError
from gql.transport.websockets import WebsocketsTransport

from cli.play import documents
from cli.play.client import Server, Unreachable
from cli.play.ledger import Ledger

_PROTOCOL = "graphql-transport-ws"
_CONNECT_LIMIT_S = 10
_CLOSE_LIMIT_S = 1
# The first break comes early, so that even a small event has one; the others keep their distance.
_FIRST_BREAK_AFTER = (2, 6)
_BREAK_AFTER = (10, 60)
_LONGEST_ABSENCE_S = 0.3
_MAX_MESSAGE = 16 * 1024 * 1024


class Watcher:
    """Follows the changes of an event from before its start.

    Attributes:
        ledger: what it has seen.
        resumes: how often it carried on after its connection had broken.
    """

    def __init__(self, server: Server, tournament_id: str, seed: int) -> None:
        self.ledger = Ledger()
        self.resumes = 0
        self._server = server
        self._tournament_id = tournament_id
        self._random = random.Random(seed)  # noqa: S311  (chooses when to break, not a secret)
        self._break_in = self._random.randint(*_FIRST_BREAK_AFTER)
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow; returns when the snapshot is there.

        Raises:
            Refused: the server said no.
            Unreachable: it stayed away.
        """
        self._task = asyncio.create_task(self._follow())
        self._task.add_done_callback(lambda _: self._news.set())
        await self._until(lambda: self.ledger.cursor is not None)

    async def finish(self, cursor: int, versions: Mapping[str, int], limit_s: float) -> None:
        """Wait for the last change, count what never came, and stop.

        Raises:
            Refused: the server ended the stream.
            Unreachable: it stayed away.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._until(lambda: (self.ledger.cursor or 0) >= cursor)
        self.ledger.close(cursor, versions)
        await self.stop()

    async def stop(self) -> None:
        """Stop following."""
        while self._task is not None and not self._task.done():
            # More than once, because asyncio.wait_for, which gql uses, can lose a cancellation on Python 3.11.
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1)

    async def _until(self, condition: Callable[[], bool]) -> None:
        assert self._task is not None
        while not condition():
            if self._task.done():
                self._task.result()
            self._news.clear()
            await self._news.wait()

    async def _follow(self) -> None:
        while True:
            await self._server.patiently(self._listen)
            await asyncio.sleep(self._random.uniform(0, _LONGEST_ABSENCE_S))

    async def _listen(self) -> None:
        """Follow until the connection breaks, or is broken.

        Raises:
            Refused: the server said no.
            Unreachable: there was no connection.
        """
        transport = WebsocketsTransport(
            self._server.websocket_url,
            subprotocols=[_PROTOCOL],
            connect_timeout=_CONNECT_LIMIT_S,
            close_timeout=_CLOSE_LIMIT_S,
            connect_args={"max_size": _MAX_MESSAGE} | ({"proxy": None} if self._server.is_here else {}),
        )
        after = None if self.ledger.cursor is None else str(self.ledger.cursor)
        variables = {"tournamentId": self._tournament_id, "after": after}
        is_connected = False
        try:
            async with Client(transport=transport, fetch_schema_from_transport=False) as session:
                is_connected = True
                self.resumes += after is not None
                request = GraphQLRequest(documents.BRACKET_CHANGES, variable_values=variables)
                async for data in session.subscribe(request):
                    self.ledger.take(data["answer"])
                    self._news.set()
                    self._break_in -= 1
                    if self._break_in <= 0:
                        self._break(transport)
        except (TransportConnectionFailed, TimeoutError) as error:
            # A connection that broke, as ordered or by itself, is carried on by the next one.
            if not is_connected:
                raise Unreachable(f"{self._server.websocket_url} cannot be reached.") from error
        except TransportError as error:
            raise self._server.classified(error) from error

    def _break(self, transport: WebsocketsTransport) -> None:
        """Lose the connection without a goodbye, as a phone in a tunnel does."""
        self._break_in = self._random.randint(*_BREAK_AFTER)
        websocket = transport.adapter.websocket
        if websocket is not None:
            websocket.transport.abort()
