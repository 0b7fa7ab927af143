"""What is owed for a fact: one row per event and consumer, so that each reaction happens exactly once.

The relay writes the rows in the transaction that marks the event as published; a worker runs the reaction and marks
the row in one transaction. Losing Redis or a worker therefore loses nothing: `due` finds what is still owed.

A reaction that calls an outside service cannot run inside a transaction. A worker leases it instead; if the worker
dies after the call, it happens again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Index,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from domain.infra.db import ReadSession, WriteSession
from domain.infra.orm import Row
from domain.infra.outbox import OutboxRow

MAX_ATTEMPTS = 12
# How long a worker that was called may take before another one is; doubles with each call that nobody answered.
GRACE = timedelta(seconds=2)
_LONGEST_WAIT_S = 600
_LONGEST_ERROR = 2000


class InboxRow(Row):
    """A reaction to one event.

    Owed: `due_at` says when to call a worker (again). Done: `done_at` is set. Given up: neither is set; to have it
    tried again, a person sets `due_at` and puts `attempts` back to 0.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_owed", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_inbox_lane", "lane", "position", postgresql_where=text("due_at IS NOT NULL AND lane IS NOT NULL")),
        Index("ix_inbox_given_up", "event_id", postgresql_where=text("due_at IS NULL AND done_at IS NULL")),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(primary_key=True)
    # Reactions of one lane happen in the order of the positions, which are the ids of the facts in the outbox.
    lane: Mapped[str | None]
    position: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    # Calls since the last attempt failed.
    calls: Mapped[int]
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Owed:
    """A reaction to run now: `consumer` on the event. `attempts` have failed; `calls` were made since the last one."""

    event_id: UUID
    consumer: str
    attempts: int = 0
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Debt:
    """What a fact means for one consumer.

    Reactions with the same `lane` and subject happen in the order of the facts; without a lane, in any order.
    """

    fact: OutboxRow
    consumer: str
    lane: str | None


async def owe(session: WriteSession, debts: Sequence[Debt], now: datetime) -> list[Owed]:
    """Note reactions; a worker is to be called for each once this is committed."""
    if debts:
        rows = [
            {
                "event_id": debt.fact.event_id,
                "consumer": debt.consumer,
                "lane": debt.lane and f"{debt.lane}:{debt.fact.subject}",
                "position": debt.fact.id,
                "due_at": now + GRACE,
                "calls": 1,
                "attempts": 0,
            }
            for debt in debts
        ]
        await session.execute(insert(InboxRow).values(rows))
    return [Owed(debt.fact.event_id, debt.consumer) for debt in debts]


async def due(session: WriteSession, now: datetime, limit: int = 500) -> list[Owed]:
    """Owed reactions whose time has come, oldest first. A worker is to be called for each once this is committed.

    Leaves out those that a worker is at. The wait until the next call doubles, so that a long queue does not grow by
    being asked for.
    """
    chosen = (
        select(InboxRow.event_id, InboxRow.consumer)
        .where(InboxRow.due_at <= now)
        .order_by(InboxRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    statement = (
        update(InboxRow)
        .where(InboxRow.event_id == chosen.c.event_id, InboxRow.consumer == chosen.c.consumer)
        .values(due_at=_after(now, GRACE.total_seconds(), InboxRow.calls), calls=InboxRow.calls + 1)
        .returning(InboxRow.event_id, InboxRow.consumer, InboxRow.attempts, InboxRow.calls)
        .execution_options(synchronize_session=False)
    )
    return [Owed(*row) for row in await session.execute(statement)]


async def claim(session: WriteSession, event_id: UUID, consumer: str, now: datetime) -> OutboxRow | None:
    """The event, with the owed reaction locked until this transaction ends.

    None when it is done, given up or leased, when another worker is at it, or when an earlier one of its lane is owed.
    """
    earlier = aliased(InboxRow)
    has_earlier = exists().where(
        earlier.lane == InboxRow.lane, earlier.position < InboxRow.position, earlier.due_at.is_not(None)
    )
    statement = (
        select(InboxRow.event_id)
        .where(
            *_key(event_id, consumer),
            InboxRow.due_at.is_not(None),
            or_(InboxRow.leased_until.is_(None), InboxRow.leased_until <= now),
            ~and_(InboxRow.lane.is_not(None), has_earlier),
        )
        .with_for_update(skip_locked=True, of=InboxRow)
    )
    if await session.scalar(statement) is None:
        return None
    return (await session.scalars(select(OutboxRow).where(OutboxRow.event_id == event_id))).one()


async def lease(
    session: WriteSession, event_id: UUID, consumer: str, now: datetime, until: datetime
) -> OutboxRow | None:
    """The event, with the owed reaction kept for the caller until then, beyond this transaction.

    None when `claim` answers None.
    """
    fact = await claim(session, event_id, consumer, now)
    if fact is not None:
        leased = update(InboxRow).where(*_key(event_id, consumer)).values(due_at=until, leased_until=until)
        await session.execute(leased.execution_options(synchronize_session=False))
    return fact


async def done(session: WriteSession, event_id: UUID, consumer: str, now: datetime) -> None:
    """Mark the reaction as done, in the transaction of its effects."""
    statement = (
        update(InboxRow)
        .where(*_key(event_id, consumer))
        .values(done_at=now, due_at=None, leased_until=None, last_error=None)
    )
    await session.execute(statement.execution_options(synchronize_session=False))


async def failed(session: WriteSession, event_id: UUID, consumer: str, error: str, now: datetime) -> None:
    """Note a failure. The reaction is due again after a wait that doubles each time, until it is given up."""
    statement = (
        update(InboxRow)
        .where(*_key(event_id, consumer), InboxRow.due_at.is_not(None))
        .values(
            attempts=InboxRow.attempts + 1,
            calls=0,
            due_at=case((InboxRow.attempts + 1 < MAX_ATTEMPTS, _after(now, 1, InboxRow.attempts)), else_=None),
            leased_until=None,
            last_error=error[:_LONGEST_ERROR],
        )
    )
    await session.execute(statement.execution_options(synchronize_session=False))


async def owed(session: ReadSession) -> int:
    """How many reactions are owed, failed ones included."""
    return (await session.scalar(select(func.count()).where(InboxRow.due_at.is_not(None)))) or 0


async def given_up(session: ReadSession) -> int:
    """How many reactions have failed too often and wait for a person."""
    statement = select(func.count()).where(InboxRow.due_at.is_(None), InboxRow.done_at.is_(None))
    return (await session.scalar(statement)) or 0


def _key(event_id: UUID, consumer: str) -> tuple[ColumnElement[bool], ...]:
    return InboxRow.event_id == event_id, InboxRow.consumer == consumer


def _after(now: datetime, first_s: float, times: ColumnElement[int] | Any) -> ColumnElement[datetime]:
    """`now` and a wait that has doubled so many times."""
    # The exponent is bounded, too, because the power is computed before the smaller is taken.
    wait_s = func.least(_LONGEST_WAIT_S, first_s * func.power(2, func.least(times, 20)))
    return literal(now, DateTime(timezone=True)) + wait_s * timedelta(seconds=1)
