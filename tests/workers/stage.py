"""What tests of relay and workers have in common: facts to hand on, a bus and a queue to look into, processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
from sqlalchemy import select, text

from domain.infra import inbox, outbox
from domain.infra.db import Database
from domain.infra.hub import Envelope, Sink
from domain.infra.inbox import InboxRow, Owed
from domain.infra.settings import Settings
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from tests.fixtures.processes import LIMIT_S, ROOT

TOPIC = "tests"


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    """A fact of these tests."""

    name: ClassVar[str] = "tests.noted"
    about: UUID
    number: int

    @property
    def subject(self) -> UUID:
        """What it is about."""
        return self.about

    @property
    def topics(self) -> tuple[str, ...]:
        """One for all."""
        return (TOPIC,)


async def record(db: Database, about: UUID, *numbers: int) -> None:
    """Record facts, each in a transaction of its own."""
    for number in numbers:
        await db.transaction(partial(outbox.record, event=Noted(about=about, number=number)))


async def facts(db: Database) -> list[outbox.OutboxRow]:
    """Every fact, in order."""
    async with db.read() as session:
        return list(await session.scalars(select(outbox.OutboxRow).order_by(outbox.OutboxRow.id)))


async def debts(db: Database) -> list[InboxRow]:
    """Every reaction, owed or not, in the order of the facts."""
    async with db.read() as session:
        return list(await session.scalars(select(InboxRow).order_by(InboxRow.position, InboxRow.consumer)))


async def owe(db: Database, now: Any, *consumers: tuple[str, str | None]) -> list[Owed]:
    """Let each (consumer, lane) react to each fact."""
    rows = await facts(db)
    debts = [inbox.Debt(row, consumer, lane) for row in rows for consumer, lane in consumers]
    return await db.transaction(lambda session: inbox.owe(session, debts, now))


class Bus:
    """A hub that keeps what is published, and can be down."""

    def __init__(self) -> None:
        self.published: list[Envelope] = []
        self.takes: int | None = None

    @property
    def numbers(self) -> list[tuple[int, int]]:
        """The number on the bus and in the fact of each."""
        return [(one.sequence, one.payload["number"]) for one in self.published]

    async def publish(self, envelope: Envelope) -> None:
        """Take the fact, unless it has taken all it `takes`."""
        if self.takes == 0:
            raise Unavailable("down")
        if self.takes is not None:
            self.takes -= 1
        self.published.append(envelope)

    def attach(self, topic: str, sink: Sink) -> None:
        """Nobody listens."""

    def detach(self, topic: str, sink: Sink) -> None:
        """Nobody listens."""


class Queue:
    """Jobs that are kept, and can be down."""

    def __init__(self) -> None:
        self.called: list[Owed] = []
        self.is_down = False

    async def enqueue(self, owed: Sequence[Owed]) -> None:
        """Take the calls."""
        if self.is_down:
            raise Unavailable("down")
        self.called.extend(owed)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the condition holds; the limit is met only by what hangs."""
    async with asyncio.timeout(LIMIT_S):
        while not await condition():
            await asyncio.sleep(0.02)


async def none_owed(db: Database) -> bool:
    """Whether every fact is published and every reaction done."""
    async with db.read() as session:
        return not await outbox.unpublished(session, 1) and not await inbox.owed(session)


async def value(db: Database, statement: str, **parameters: Any) -> Any:
    """The first value that the statement gives."""
    async with db.read() as session:
        return await session.scalar(text(statement), parameters)


@asynccontextmanager
async def held(database_url: str, *statements: str) -> AsyncIterator[None]:
    """A transaction that has executed the statements and does not end before the block."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
            yield
    finally:
        await connection.close()


@contextmanager
def process(name: str, settings: Settings, log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the platform, killed at the end of the block if it still runs. Its output is added to the log."""
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "cli.main", name, *arguments]
    with log.open("ab") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as started:
        try:
            yield started
        finally:
            started.kill()


def printed(log: Path, event: str, times: int = 1) -> Callable[[], Awaitable[bool]]:
    """The condition that the log tells of the event so often."""

    async def is_printed() -> bool:
        return log.read_text().count(f'"event": "{event}"') >= times

    return is_printed
