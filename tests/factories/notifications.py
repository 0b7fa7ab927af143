"""Reactions of notifications to what was recorded, for tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain import notifications, registry
from domain.infra import outbox
from domain.infra.db import Database, WriteSession
from domain.infra.outbox import OutboxRow
from domain.kernel.events import Event
from domain.notifications import Notification

Told = tuple[str, str]


async def react(
    db: Database, kind: type[Event], reaction: Callable[[WriteSession, UUID, Any], Awaitable[None]]
) -> list[UUID]:
    """Run the reaction to every recorded fact of this kind, each in one transaction; the answer is their ids."""
    async with db.read() as session:
        rows = list(await session.scalars(select(OutboxRow).where(OutboxRow.name == kind.name).order_by(OutboxRow.id)))
    for row in rows:
        fact = outbox.from_json(registry.EVENTS[row.name], row.payload)
        await db.transaction(lambda session, row=row, fact=fact: reaction(session, row.event_id, fact))  # type: ignore[misc]
    return [row.event_id for row in rows]


async def told(db: Database, user_id: UUID) -> list[str]:
    """What the user was told, oldest first."""
    statement = (
        select(Notification).where(Notification.user_id == user_id).order_by(Notification.created_at, Notification.id)
    )
    async with db.read() as session:
        return [notifications.message(row.kind, row.data) for row in await session.scalars(statement)]
