"""The connection on which a relay waits for its turn and hears of new facts."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from domain.infra.outbox import CHANNEL

# Any number; whoever holds it on a connection is the active relay.
_TURN = 7_310_579_624_120
_RETRY_S = 0.25
_LIMIT_S = 5.0
# The server ends the connection, and with it the turn, of a machine that fell silent. Unix sockets ignore these.
_KEEPALIVES = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}


class TurnLost(Exception):
    """The connection is gone, and the turn with it."""


class Watch:
    """A session of PostgreSQL of its own. Not to be opened through a pooler that shares sessions."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        _, self._arguments = url.get_dialect()().create_connect_args(url)
        self._connection: asyncpg.Connection[Any] | None = None
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._connection = await asyncpg.connect(
            **self._arguments, timeout=_LIMIT_S, command_timeout=_LIMIT_S, server_settings=_KEEPALIVES
        )
        self._connection.add_termination_listener(self._hear)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._connection is not None
        self._connection.remove_termination_listener(self._hear)
        self._connection.terminate()

    async def turn(self) -> None:
        """Return once this is the only connection that has the turn, which it then keeps as long as it lives.

        Asks again and again; a session that waited inside one statement would keep the server from cleaning up.

        Raises:
            TurnLost, OSError, asyncpg.PostgresError: the connection broke.
        """
        while not await self._ask("SELECT pg_try_advisory_lock($1)", _TURN):  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(_RETRY_S)
        assert self._connection is not None
        await self._connection.add_listener(CHANNEL, self._hear)

    async def news(self, limit_s: float) -> None:
        """Return when a fact may have been recorded since the last call, and after `limit_s` in any case.

        Raises:
            TurnLost: the connection broke.
        """
        try:
            async with asyncio.timeout(limit_s):
                await self._news.wait()
        except TimeoutError:
            await self._ask("SELECT true")
        self._news.clear()
        if self._connection is None or self._connection.is_closed():
            raise TurnLost

    async def _ask(self, statement: str, *arguments: object) -> bool:
        assert self._connection is not None
        try:
            return bool(await self._connection.fetchval(statement, *arguments))
        except (asyncpg.InterfaceError, TimeoutError) as error:
            raise TurnLost from error

    def _hear(self, *_: object) -> None:
        self._news.set()
