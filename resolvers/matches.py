"""Requests about matches."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from domain import matches as domain
from domain import teams
from domain.accounts import GrantRole
from domain.infra.hub import Envelope
from domain.infra.presence import Subject
from domain.kernel.paging import Page, PageRequest
from domain.matches import LogEntry, MatchState, MatchStatus
from resolvers import presence
from resolvers.context import Context
from resolvers.presence import AttendanceValue
from resolvers.streams import PUBLIC, Change, ResyncReason, Stream

# How much of a log a snapshot shows, and how far back a client can resume.
_NEWEST = 100
_REPLAYED = 1000


async def match(ctx: Context, match_id: UUID) -> MatchState | None:
    """The match with this key."""
    return await ctx.loaders.match.load(match_id)


async def my_matches(ctx: Context, statuses: Sequence[MatchStatus], request: PageRequest) -> Page[MatchState]:
    """The matches of the viewer and of the teams they lead, newest first."""
    user_id = ctx.actor.require_user()
    async with ctx.read() as session:
        led = await teams.teams_led_by(session, user_id)
        return await domain.matches_of(session, [user_id, *led], statuses, request)


async def log(ctx: Context, match_id: UUID, request: PageRequest) -> Page[LogEntry]:
    """A page of a match's log, oldest entry first."""
    page = await ctx.loaders.log_page.load((match_id, request))
    assert page is not None
    return page


async def viewer_slot(ctx: Context, state: MatchState) -> int | None:
    """The slot the viewer stands for; None also when they stand for both and may act for neither."""
    user_id = ctx.actor.user_id
    if user_id is None:
        return None
    led = domain.teams_in(state)
    captains = dict(zip(led, await ctx.loaders.captain.load_many(led), strict=True))
    sides = domain.sides_of(user_id, state, captains)
    return sides[0] if len(sides) == 1 else None


async def viewer_can_decide(ctx: Context, state: MatchState) -> bool:
    """Whether the viewer is an official of the match and does not play in it."""
    if ctx.actor.is_admin or state.owner_id is None:
        return ctx.actor.is_admin
    return await viewer_has_role(ctx, state.owner_id, *domain.DECIDING) and not await _viewer_plays(ctx, state)


async def viewer_can_score(ctx: Context, state: MatchState) -> bool:
    """Whether the viewer is a side of the match, or has a role in its event."""
    if state.owner_id is not None and await viewer_has_role(ctx, state.owner_id, *domain.SCORING):
        return True
    return ctx.actor.is_admin or await viewer_slot(ctx, state) is not None


async def viewer_has_role(ctx: Context, event_id: UUID, *roles: GrantRole) -> bool:
    """Whether the viewer has one of these roles in an event."""
    if ctx.actor.is_admin or ctx.actor.user_id is None:
        return ctx.actor.is_admin
    granted = await ctx.loaders.grants.load(event_id) or ()
    return any(one.user_id == ctx.actor.user_id and one.role in roles for one in granted)


async def viewer_runs(ctx: Context, event_id: UUID) -> bool:
    """Whether the viewer is an organizer of an event."""
    return await viewer_has_role(ctx, event_id, GrantRole.ORGANIZER)


async def _viewer_plays(ctx: Context, state: MatchState) -> bool:
    user_id = ctx.actor.require_user()
    sides = {slot.participant_id for slot in state.slots}
    playing = await ctx.loaders.team_members.load_many(domain.teams_in(state))
    people = {member.user_id for members in playing for member in members or ()}
    if user_id in people | sides:
        return True
    entry = None if state.owner_id is None else await ctx.loaders.entry.load((state.owner_id, user_id))
    return entry is not None and entry.participant_id in sides


class LogSnapshot(msgspec.Struct, frozen=True):
    """The newest entries of a log, and the match they belong to."""

    state: MatchState
    entries: Sequence[LogEntry]


LogValue = LogSnapshot | LogEntry | ResyncReason


async def log_changes(ctx: Context, match_id: UUID, after: int | None) -> Stream[LogValue]:
    """The log of a match as a stream; every entry once, in order.

    Raises:
        MatchNotFound: there is no such match.
    """
    if await match(ctx, match_id) is None:
        raise domain.MatchNotFound

    async def snapshot(ctx: Context) -> list[Change[LogValue]]:
        async with ctx.snapshot() as session:
            state = (await domain.states_by_id(session, [match_id]))[match_id]
            entries = await domain.newest_log(session, match_id, _NEWEST)
        return [Change(LogSnapshot(state, entries), entries[-1].sequence)]

    async def replay(ctx: Context, after: int) -> list[Change[LogValue]] | None:
        async with ctx.read() as session:
            newest = await domain.newest_log(session, match_id, 1)
            if after > newest[-1].sequence:
                return None  # not a cursor of this log; it may be a number the database has no room for
            entries = await domain.log_after(session, match_id, after, _REPLAYED + 1)
        if len(entries) > _REPLAYED:
            return None
        return [Change(entry, entry.sequence) for entry in entries]

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[LogValue]]:
        entries = msgspec.convert(envelope.payload["entries"], list[LogEntry])
        return [Change(entry, entry.sequence) for entry in entries]

    return Stream(
        topics=(domain.match_topic(match_id),),
        audience=PUBLIC,
        after=after,
        is_state=False,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
        watching=await presence.watching(ctx, _watched(match_id)),
    )


async def viewer_count(ctx: Context, match_id: UUID) -> int:
    """How many follow the log of a match."""
    return await presence.viewer_count(ctx, _watched(match_id))


async def presence_changes(ctx: Context, match_id: UUID) -> Stream[AttendanceValue]:
    """Who follows the log of a match, as a stream.

    Raises:
        MatchNotFound: there is no such match.
    """
    if await match(ctx, match_id) is None:
        raise domain.MatchNotFound
    return presence.changes(_watched(match_id), PUBLIC, _anybody)


def _watched(match_id: UUID) -> Subject:
    return Subject("match", match_id)


async def _anybody(ctx: Context) -> None:
    """Every match is public."""
