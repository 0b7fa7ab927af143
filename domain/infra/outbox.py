"""Facts leave the domain here: a row in the transaction that made them true.

The relay publishes unsent rows in order of their ids. Commands hold their subject while they record, so per subject
that is the order of the commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Identity, Index, Text, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.db import RECORDED, ReadSession, WriteSession
from domain.infra.orm import Row
from domain.infra.telemetry import current_request_id
from domain.kernel.events import Event
from domain.kernel.ids import new_id

CHANNEL = "outbox"


class Overtaken(Exception):
    """Somebody else has published meanwhile, so this process is not the relay any more."""


class OutboxRow(Row):
    """A recorded fact. `published_at` is set once the relay has handed it on."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str]
    subject: Mapped[UUID]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    payload: Mapped[dict[str, Any]]
    request_id: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    published_at: Mapped[datetime | None]


class RelayRow(Row):
    """How many facts have been published, in the only row; the number of the last one on the bus."""

    __tablename__ = "relay"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)


async def record(session: WriteSession, event: Event) -> None:
    """Record a fact in the current transaction and wake the relay when it commits."""
    recorded: list[Event] = session.info.setdefault(RECORDED, [])
    if not recorded:
        await session.execute(text(f"NOTIFY {CHANNEL}"))
    recorded.append(event)
    session.add(
        OutboxRow(
            event_id=new_id(),
            name=event.name,
            subject=event.subject,
            topics=list(event.topics),
            payload=to_json(event),
            request_id=current_request_id(),
        )
    )


async def last_sequence(session: WriteSession) -> int:
    """The number of the last fact on the bus; 0 before the first."""
    await session.execute(insert(RelayRow).values(id=1, sequence=0).on_conflict_do_nothing())
    return (await session.scalars(select(RelayRow.sequence))).one()


async def unpublished(session: ReadSession, limit: int) -> Sequence[OutboxRow]:
    """The next facts to publish, in order."""
    statement = select(OutboxRow).where(OutboxRow.published_at.is_(None)).order_by(OutboxRow.id).limit(limit)
    return (await session.scalars(statement)).all()


async def mark_published(session: WriteSession, rows: Sequence[OutboxRow], after: int) -> None:
    """Mark facts as published under the numbers that follow `after`.

    Raises:
        Overtaken: `after` is not the number of the last fact any more.
    """
    advance = update(RelayRow).where(RelayRow.sequence == after).values(sequence=after + len(rows))
    if await session.scalar(advance.returning(RelayRow.sequence)) is None:
        raise Overtaken
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_([row.id for row in rows]))
        .values(published_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )


async def outbox_lag(session: ReadSession) -> float:
    """The age in seconds of the oldest fact that is not published yet; 0 when there is none."""
    age = func.extract("epoch", func.clock_timestamp() - OutboxRow.recorded_at)
    oldest = select(age).where(OutboxRow.published_at.is_(None)).order_by(OutboxRow.id).limit(1)
    return float(await session.scalar(oldest) or 0)


def to_json(event: Event) -> dict[str, Any]:
    """The fields of an event as JSON values."""
    data: dict[str, Any] = msgspec.to_builtins(event)
    return data


def from_json(kind: type[Event], data: dict[str, Any]) -> Event:
    """The event whose fields `to_json` gave. Fields unknown to this version are ignored."""
    return msgspec.convert(data, kind)
