"""Timers: facts that become true at an instant. They are rows, so they outlive every process.

A timer is not taken back. Whoever reacts to its fact looks whether it still matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.infra.orm import Row
from domain.kernel.events import Event


class DueAction(Row):
    """A fact that is to be recorded at an instant."""

    __tablename__ = "due_actions"
    __table_args__ = (Index("ix_due_actions_due_at", "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    due_at: Mapped[datetime]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]


def record_at(session: WriteSession, due_at: datetime, event: Event) -> None:
    """Let a fact be recorded at an instant, if this transaction commits."""
    session.add(DueAction(due_at=due_at, name=event.name, payload=outbox.to_json(event)))


async def record_due(session: WriteSession, events: Mapping[str, type[Event]], now: datetime, limit: int = 100) -> int:
    """Record up to `limit` facts whose instant has come, oldest first; how many it were.

    Those that another worker is at are passed over, and so are those that a newer version made: its workers know them.
    """
    statement = (
        select(DueAction)
        .where(DueAction.due_at <= now, DueAction.name.in_(events))
        .order_by(DueAction.due_at, DueAction.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = (await session.scalars(statement)).all()
    for action in due:
        await outbox.record(session, outbox.from_json(events[action.name], action.payload))
    await session.execute(delete(DueAction).where(DueAction.id.in_([action.id for action in due])))
    return len(due)
