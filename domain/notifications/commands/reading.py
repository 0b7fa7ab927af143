"""Noting what was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.notifications.errors import NotificationNotFound
from domain.notifications.models import Notification

MAX_IDS = 100


@dataclass(frozen=True, kw_only=True)
class MarkNotificationsRead:
    """Note that the actor has read these notifications; None: all that there are."""

    ids: tuple[UUID, ...] | None
    now: datetime


async def mark_notifications_read(session: WriteSession, actor: Actor, command: MarkNotificationsRead) -> int:
    """Note what the actor has read; the answer is how many of them were unread until now.

    Raises:
        Unauthenticated: nobody is logged in.
        InvalidInput: more than 100 ids.
        NotificationNotFound: one of them is not a notification of the actor.
    """
    user_id = actor.require_user()
    statement = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    if command.ids is not None:
        ids = set(command.ids)
        await _require_own(session, user_id, ids)
        statement = statement.where(Notification.id.in_(ids))
    marked = statement.values(read_at=command.now).returning(Notification.id)
    return len((await session.scalars(marked, execution_options={"synchronize_session": False})).all())


async def _require_own(session: WriteSession, user_id: UUID, ids: set[UUID]) -> None:
    if len(ids) > MAX_IDS:
        raise InvalidInput(f"Mark at most {MAX_IDS} at once, or all.", "ids")
    own = await session.scalar(select(func.count()).where(Notification.user_id == user_id, Notification.id.in_(ids)))
    if own != len(ids):
        raise NotificationNotFound
