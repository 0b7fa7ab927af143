"""Requests about dispute rooms, and the stream of one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from domain import disputes as domain
from domain.disputes import DisputeEntry, DisputeRoomNotFound, SeenRoom
from domain.infra.hub import Envelope
from domain.kernel.paging import Page, PageRequest
from domain.matches import DECIDING
from resolvers.context import Context
from resolvers.matches import viewer_has_role
from resolvers.streams import Change, ResyncReason, Stream

# How many entries a snapshot shows, and how far back a client can resume.
_NEWEST = 100
_REPLAYED = 1000


async def room_of_match(ctx: Context, match_id: UUID) -> SeenRoom | None:
    """The room of a match between its present sides, if the viewer may know of it."""
    if ctx.actor.user_id is None:
        return None
    return await ctx.loaders.dispute_room_of_match.load((ctx.actor, match_id))


async def room(ctx: Context, room_id: UUID) -> SeenRoom | None:
    """The room with this key, if the viewer may know of it."""
    if ctx.actor.user_id is None:
        return None
    return await ctx.loaders.dispute_room.load((ctx.actor, room_id))


async def open_rooms(ctx: Context, tournament_id: UUID, request: PageRequest) -> Page[SeenRoom] | None:
    """A page of the open rooms of a tournament, oldest first; None to whoever is no official."""
    if not await viewer_has_role(ctx, tournament_id, *DECIDING):
        return None
    async with ctx.read() as session:
        return await domain.open_rooms(session, ctx.actor, tournament_id, request)


async def entries(ctx: Context, room_id: UUID, request: PageRequest) -> Page[DisputeEntry]:
    """A page of what was said in a room that the viewer may see, oldest first."""
    async with ctx.read() as session:
        return await domain.entries_page(session, room_id, request)


class RoomSnapshot(msgspec.Struct, frozen=True):
    """A room, and the newest of what was said in it."""

    room: SeenRoom
    entries: Sequence[DisputeEntry]


class RoomChange(msgspec.Struct, frozen=True):
    """A new entry, and the room as it is now."""

    room: SeenRoom
    entry: DisputeEntry


RoomValue = RoomSnapshot | RoomChange | ResyncReason


async def room_changes(ctx: Context, match_id: UUID, after: int | None) -> Stream[RoomValue]:
    """What is said in the room of a match between its present sides; every entry once, in order.

    Raises:
        DisputeRoomNotFound: there is none, or the viewer may not, or no longer, know of it.
    """
    found = await room_of_match(ctx, match_id)
    if found is None:
        raise DisputeRoomNotFound
    room_id = found.view.id

    async def visible(ctx: Context) -> SeenRoom:
        seen = await room(ctx, room_id)
        if seen is None:
            raise DisputeRoomNotFound
        return seen

    async def snapshot(ctx: Context) -> list[Change[RoomValue]]:
        seen = await visible(ctx)
        async with ctx.read() as session:
            newest = await domain.newest_entries(session, room_id, _NEWEST)
        return [Change(RoomSnapshot(seen, newest), newest[-1].sequence)]

    async def replay(ctx: Context, after: int) -> list[Change[RoomValue]] | None:
        seen = await visible(ctx)
        if after > seen.view.entry_count:
            return None  # not a cursor of this room
        async with ctx.read() as session:
            missed = await domain.entries_after(session, room_id, after, _REPLAYED + 1)
        if len(missed) > _REPLAYED:
            return None
        return [Change(RoomChange(seen, entry), entry.sequence) for entry in missed]

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[RoomValue]]:
        seen = await visible(ctx)
        entry = msgspec.convert(envelope.payload["entry"], DisputeEntry)
        return [Change(RoomChange(seen, entry), entry.sequence)]

    return Stream(
        topics=(domain.dispute_topic(room_id),),
        audience=f"user:{ctx.actor.user_id}",
        after=after,
        is_state=False,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )
