"""Requests about notifications."""

from __future__ import annotations

from uuid import UUID

from domain import notifications as domain
from domain.kernel.paging import Page, PageRequest
from domain.notifications import Notification
from resolvers.context import Context


async def notifications(ctx: Context, request: PageRequest) -> Page[Notification]:
    """A page of what the viewer was told, newest first."""
    user_id = ctx.actor.require_user()
    async with ctx.read() as session:
        return await domain.notifications_page(session, user_id, request)


async def unread_count(ctx: Context) -> int:
    """How much of it the viewer has not read."""
    return await ctx.loaders.unread_count.load(ctx.actor.require_user()) or 0


async def visible_notification(ctx: Context, notification_id: UUID) -> Notification | None:
    """The notification with this key, if it is the viewer's."""
    found = await ctx.loaders.notification.load(notification_id)
    return found if found is not None and found.user_id == ctx.actor.user_id else None


async def mark_notifications_read(ctx: Context, command: domain.MarkNotificationsRead) -> int:
    """Note what the viewer has read; how much of it was unread."""
    return await ctx.execute(domain.mark_notifications_read, command)
