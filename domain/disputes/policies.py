"""Who may know of a dispute room, and as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain import accounts, teams, tournaments
from domain.disputes.values import DisputeRoomView, Standing
from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.matches import DECIDING

_NOBODY = Standing((), is_official=False)


async def standings(session: ReadSession, actor: Actor, rooms: Sequence[DisputeRoomView]) -> Mapping[UUID, Standing]:
    """What the actor is in each of the rooms. An official who plays in the match is none, but for administrators."""
    user_id = actor.user_id
    if user_id is None:
        return {room.id: _NOBODY for room in rooms}
    events = {room.tournament_id for room in rooms}
    played = {event: await _played(session, user_id, event, rooms) for event in events}
    granted = await accounts.grants_of(session, list(events))
    deciding = {event for event in events if any(_decides(one, user_id) for one in granted[event])}
    own = await _own(session, user_id, [room for room in rooms if room.tournament_id in deciding])
    return {
        room.id: Standing(
            tuple(slot for slot, side in enumerate(room.sides) if side in played[room.tournament_id]),
            is_official=actor.is_admin
            or (
                room.tournament_id in deciding
                and own.isdisjoint(room.sides)
                and played[room.tournament_id].isdisjoint(room.sides)
            ),
        )
        for room in rooms
    }


def _decides(granted: accounts.Granted, user_id: UUID) -> bool:
    return granted.user_id == user_id and granted.role in DECIDING


async def _played(
    session: ReadSession, user_id: UUID, tournament_id: UUID, rooms: Sequence[DisputeRoomView]
) -> set[UUID]:
    sides = [side for room in rooms if room.tournament_id == tournament_id for side in room.sides]
    return await tournaments.played_for(session, user_id, tournament_id, sides)


async def _own(session: ReadSession, user_id: UUID, rooms: Sequence[DisputeRoomView]) -> set[UUID]:
    """The user, and those of the teams that they are in."""
    sides = [side for room in rooms for side in room.sides]
    members = await teams.members_of(session, sides) if sides else {}
    return {user_id} | {key for key, team in members.items() if any(member.user_id == user_id for member in team)}
