"""Reads of the disputes context. Whoever asks for a room gets only what they may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, select

from domain import accounts, teams, tournaments
from domain.disputes.models import ENTRY_COLUMNS, DisputeEntryRow, DisputeRoom, entry_of
from domain.disputes.policies import standings
from domain.disputes.values import DisputeEntry, DisputeRoomView, SeenRoom
from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, select_view
from domain.kernel.actor import Actor
from domain.kernel.paging import Page, PageRequest
from domain.matches import DECIDING, Match

# A room, by a key and for whom.
RoomKey = tuple[Actor, UUID]

_rooms, _entries, _matches = DisputeRoom.__table__.c, DisputeEntryRow.__table__.c, Match.__table__.c
_BY_ID = select_view(DisputeRoom, DisputeRoomView).where(among(_rooms.id, "ids"))
# Of a match the room of the sides that it has now.
_BY_MATCH = (
    select_view(DisputeRoom, DisputeRoomView)
    .join(
        Match.__table__,
        (_matches.id == _rooms.match_id)
        & (_matches.first_id == _rooms.first_id)
        & (_matches.second_id == _rooms.second_id),
    )
    .where(among(_rooms.match_id, "ids"))
)
_OPEN = Pages(
    select_view(DisputeRoom, DisputeRoomView).where(
        _rooms.tournament_id == bindparam("tournament_id"), _rooms.closed_at.is_(None)
    ),
    (_rooms.opened_at, _rooms.id),
    DisputeRoomView._make,
)
_ENTRIES = select(*(_entries[name] for name in ENTRY_COLUMNS))
_OF_ROOM = _ENTRIES.where(_entries.room_id == bindparam("room_id"))
_LIMIT = bindparam("row_limit", type_=Integer())
_AFTER = _OF_ROOM.where(_entries.sequence > bindparam("after")).order_by(_entries.sequence).limit(_LIMIT)
_NEWEST = _OF_ROOM.order_by(_entries.sequence.desc()).limit(_LIMIT)
_PAGES = Pages(_OF_ROOM, (_entries.sequence,), entry_of)


async def rooms_of_matches(session: ReadSession, keys: Sequence[RoomKey]) -> Mapping[RoomKey, SeenRoom]:
    """The rooms of matches between the sides that they have now, for those who may see them."""
    found = await _found(session, _BY_MATCH, [match_id for _, match_id in keys])
    return await _seen(session, keys, {room.match_id: room for room in found})


async def rooms_by_id(session: ReadSession, keys: Sequence[RoomKey]) -> Mapping[RoomKey, SeenRoom]:
    """Rooms by key, for those who may see them."""
    found = await _found(session, _BY_ID, [room_id for _, room_id in keys])
    return await _seen(session, keys, {room.id: room for room in found})


async def open_rooms(session: ReadSession, actor: Actor, tournament_id: UUID, request: PageRequest) -> Page[SeenRoom]:
    """The open rooms of a tournament that the actor may see, those that wait longest first."""
    page = await _OPEN.page(session, request, tournament_id=tournament_id)
    found = await standings(session, actor, [room for room, _ in page.rows])
    rows = [(SeenRoom(room, found[room.id]), key) for room, key in page.rows if found[room.id].may_see]
    return Page(rows=rows, has_previous=page.has_previous, has_next=page.has_next)


async def entries_after(session: ReadSession, room_id: UUID, after: int, limit: int) -> list[DisputeEntry]:
    """The entries of a room after a sequence number, oldest first."""
    return list(map(entry_of, await session.execute(_AFTER, {"room_id": room_id, "after": after, "row_limit": limit})))


async def newest_entries(session: ReadSession, room_id: UUID, limit: int) -> list[DisputeEntry]:
    """The last entries of a room, oldest first."""
    found = await session.execute(_NEWEST, {"room_id": room_id, "row_limit": limit})
    return list(map(entry_of, reversed(found.all())))


async def entries_page(session: ReadSession, room_id: UUID, request: PageRequest) -> Page[DisputeEntry]:
    """A page of the entries of a room, oldest first."""
    return await _PAGES.page(session, request, room_id=room_id)


async def officials_of(session: ReadSession, tournament_id: UUID, sides: Sequence[UUID]) -> list[UUID]:
    """Those who decide matches of a tournament, but for who plays for one of these sides."""
    granted = (await accounts.grants_of(session, [tournament_id]))[tournament_id]
    members = await teams.members_of(session, sides)
    playing = {*sides, *await players_of(session, tournament_id, sides)}
    playing |= {member.user_id for team in members.values() for member in team}
    return [one.user_id for one in granted if one.role in DECIDING and one.user_id not in playing]


async def players_of(session: ReadSession, tournament_id: UUID, sides: Sequence[UUID]) -> list[UUID]:
    """Those who play for sides, and the captains of the teams among them."""
    players = await tournaments.players_of_participants(session, tournament_id, sides)
    captains = await teams.captains_of(session, sides)
    return list({*(one for side in players.values() for one in side), *captains.values()})


async def _found(
    session: ReadSession, statement: Select[DisputeRoomView], ids: Iterable[UUID]
) -> list[DisputeRoomView]:
    return list(map(DisputeRoomView._make, await session.execute(statement, {"ids": list(ids)})))


async def _seen(
    session: ReadSession, keys: Sequence[RoomKey], rooms: Mapping[UUID, DisputeRoomView]
) -> Mapping[RoomKey, SeenRoom]:
    seen: dict[RoomKey, SeenRoom] = {}
    for actor in {actor for actor, _ in keys} if rooms else ():
        own = {key: rooms[key] for who, key in keys if who == actor and key in rooms}
        found = await standings(session, actor, list(own.values()))
        seen.update(
            {(actor, key): SeenRoom(room, found[room.id]) for key, room in own.items() if found[room.id].may_see}
        )
    return seen
