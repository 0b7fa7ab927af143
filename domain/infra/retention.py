"""Rows of the machinery that time has made useless."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from domain.infra.db import WriteSession
from domain.infra.idempotency import IdempotencyRow
from domain.infra.inbox import InboxRow
from domain.infra.outbox import OutboxRow

_KEPT = timedelta(days=7)


async def sweep_facts(session: WriteSession, now: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` facts published a week ago, oldest first, and how their reactions went; how many it were.

    A fact stays while one of its reactions is owed or given up.
    """
    is_open = exists().where(InboxRow.event_id == OutboxRow.event_id, InboxRow.done_at.is_(None))
    statement = (
        select(OutboxRow.event_id)
        .where(OutboxRow.published_at <= now - _KEPT, ~is_open)
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    old = list(await session.scalars(statement))
    await session.execute(delete(InboxRow).where(InboxRow.event_id.in_(old)))
    await session.execute(delete(OutboxRow).where(OutboxRow.event_id.in_(old)))
    return len(old)


async def sweep_keys(session: WriteSession, now: datetime) -> None:
    """Delete idempotency keys of more than a week ago."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at <= now - _KEPT))
