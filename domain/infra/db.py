"""Sessions: a read is a session per batch, a write is one transaction, and nothing else touches the database."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NewType, TypeVar, cast

import orjson
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from domain.kernel.errors import InvalidInput, Unavailable
from domain.kernel.events import Event

ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", ReadSession)

Reaction = Callable[[WriteSession, Any], Awaitable[None]]
R = TypeVar("R")

# PostgreSQL asks to repeat a transaction with these: serialization failure, deadlock.
_RETRYABLE = frozenset({"40001", "40P01"})
_ATTEMPTS = 4
# The one character that a text in PostgreSQL cannot have is U+0000.
_NOT_A_TEXT = "22021"
RECORDED = "recorded_events"
_KEPT = "kept_objects"


class _KeepingSession(Session):
    """A session that keeps each object it has loaded, which otherwise would be read again once nobody refers to it.

    What happens within the transaction of a fact (see `Database`) asks for the same rows one after the other.
    """


@event.listens_for(_KeepingSession, "loaded_as_persistent")
def _keep(session: Session, loaded: object) -> None:
    session.info.setdefault(_KEPT, []).append(loaded)


class Database:
    """The one way to PostgreSQL.

    `within` lists, by type of event, what must happen in the same transaction as the fact (see `domain.registry`).
    """

    def __init__(
        self, url: str, *, pool_size: int = 10, within: Mapping[type[Event], Sequence[Reaction]] | None = None
    ) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={"timeout": 10, "command_timeout": 30},
            # An error that names its parameters would carry e-mail addresses and secrets into the log.
            hide_parameters=True,
        )
        event.listen(self._engine.sync_engine, "checkout", _replace_if_closed)
        self._write = async_sessionmaker(self._engine, sync_session_class=_KeepingSession, expire_on_commit=False)
        self._read = async_sessionmaker(
            self._engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False, autoflush=False
        )
        self._snapshot = async_sessionmaker(
            self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
            expire_on_commit=False,
            autoflush=False,
        )
        self._within = within or {}

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A session for one batch of reads. Each statement sees what is committed when it starts."""
        async with self._read() as session:
            with _text_refused():
                yield ReadSession(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[ReadSession]:
        """A session whose statements all see the same instant."""
        async with self._snapshot() as session:
            with _text_refused():
                yield ReadSession(session)

    async def transaction(self, work: Callable[[WriteSession], Awaitable[R]]) -> R:
        """Run `work` in one transaction and commit it; repeat when PostgreSQL asks for it.

        `work` may run more than once, so it does nothing outside the database.

        Raises:
            Unavailable: PostgreSQL did not answer in time.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with _text_refused():
                    async with self._write() as session, session.begin():
                        writer = WriteSession(ReadSession(session))
                        result = await work(writer)
                        await self._settle(writer)
            except DBAPIError as error:
                if attempt == _ATTEMPTS or _state(error) not in _RETRYABLE:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  (spreads retries, no secret)
            except TimeoutError as error:
                raise Unavailable("The database took too long; read the state again before repeating this.") from error
            else:
                return result
        raise AssertionError("unreachable")

    async def _settle(self, session: WriteSession) -> None:
        """Let the other contexts act on what was recorded, and on what they record in turn."""
        recorded = cast("list[Event]", session.info.setdefault(RECORDED, []))
        done = 0
        while done < len(recorded):
            for react in self._within.get(type(recorded[done]), ()):
                await react(session, recorded[done])
            done += 1

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


async def hear_from(session: ReadSession) -> None:
    """Have PostgreSQL say something. That a connection is open does not mean that it answers."""
    await session.execute(text("SELECT 1"))


def _replace_if_closed(connection: Any, record: object, proxy: object) -> None:
    """Let the pool connect again when PostgreSQL has closed a connection. The driver hears of that by itself.

    A question to PostgreSQL before each use (`pool_pre_ping`) would find out as much, for three round trips.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("PostgreSQL has closed this connection.")


@contextmanager
def _text_refused() -> Iterator[None]:
    """Give the person who sent a text that cannot be stored a refusal, wherever it was sent."""
    try:
        yield
    except DBAPIError as error:
        if _state(error) == _NOT_A_TEXT:
            raise InvalidInput("A text cannot contain the character U+0000; leave it out.") from error
        raise


def _state(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state
