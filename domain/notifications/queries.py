"""Reads of the notifications context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.kernel.paging import Page, PageRequest
from domain.notifications.models import Notification

_OF_USER = Pages[Notification](
    select(Notification).where(Notification.user_id == bindparam("user_id")),
    (Notification.created_at, Notification.id),
    descending=True,
)


async def notifications_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Notification]:
    """Notifications by key."""
    return {row.id: row for row in await session.scalars(select(Notification).where(Notification.id.in_(ids)))}


async def notifications_page(session: ReadSession, user_id: UUID, request: PageRequest) -> Page[Notification]:
    """What a user was told, newest first."""
    return await _OF_USER.page(session, request, user_id=user_id)


async def unread_counts(session: ReadSession, user_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How much of what they were told users have not read; a user with nothing unread is absent."""
    statement = (
        select(Notification.user_id, func.count())
        .where(Notification.user_id.in_(user_ids), Notification.read_at.is_(None))
        .group_by(Notification.user_id)
    )
    return dict((await session.execute(statement)).all())
