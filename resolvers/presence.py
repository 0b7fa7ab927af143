"""Requests about who watches: a match or a tournament, whatever says that it is a `Subject`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from domain import accounts
from domain.accounts import UserView
from domain.infra.hub import Envelope
from domain.infra.presence import Attendance, Subject, Watching, attendance_of
from resolvers.context import Context
from resolvers.streams import Change, ResyncReason, Stream

AttendanceValue = Attendance | ResyncReason


async def watching(ctx: Context, subject: Subject) -> Watching:
    """What it says about the viewer to follow something of this subject."""
    return Watching(subject, is_named=await _can_be_named(ctx, ctx.actor.user_id))


async def viewer_count(ctx: Context, subject: Subject) -> int:
    """How many watch it."""
    return (await _attendance(ctx, subject)).count


async def named(ctx: Context, user_ids: Sequence[UUID]) -> list[UserView]:
    """Those of the users who still let others see that they watch, in order."""
    found = await ctx.loaders.user.load_many(user_ids)
    return [user for user in found if user is not None and await _can_be_named(ctx, user.id)]


def changes(subject: Subject, audience: str, check: Callable[[Context], Awaitable[None]]) -> Stream[AttendanceValue]:
    """How many watch a subject, and who; only the newest counts. Following it is not watching.

    `check` raises what refuses a viewer who may not see the subject any more.
    """

    async def snapshot(ctx: Context) -> list[Change[AttendanceValue]]:
        await check(ctx)
        found = await _attendance(ctx, subject)
        return [Change(found, found.version)]

    async def replay(ctx: Context, after: int) -> list[Change[AttendanceValue]] | None:
        return None

    async def heard(ctx: Context, envelope: Envelope) -> list[Change[AttendanceValue]]:
        await check(ctx)
        found = attendance_of(envelope)
        return [Change(found, found.version)]

    return Stream(
        topics=(subject.topic,),
        audience=audience,
        after=None,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=heard,
        resync=lambda reason: reason,
        watching=Watching(subject, is_counted=False),
    )


async def _attendance(ctx: Context, subject: Subject) -> Attendance:
    return await ctx.loaders.attendance.load(subject) or Attendance()


async def _can_be_named(ctx: Context, user_id: UUID | None) -> bool:
    return user_id is not None and accounts.can_be_seen_watching(await ctx.loaders.preferences.load(user_id))
