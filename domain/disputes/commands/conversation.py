"""What the sides of a match and the officials say to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain import accounts, matches, tournaments
from domain.disputes.commands.change import add, open_room, room_of
from domain.disputes.errors import (
    DisputeRoomClosed,
    DisputeRoomNotFound,
    DisputeRoomOpen,
    DisputeTaken,
    NoOfficials,
)
from domain.disputes.events import RefereeCalled
from domain.disputes.models import DisputeEntryRow, DisputeRoom
from domain.disputes.policies import standings
from domain.disputes.rules.messages import checked_links, checked_text
from domain.disputes.values import MAX_ENTRIES_OF_ONE, DisputeEntryKind, Standing
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import LimitReached
from domain.matches import OPEN, OVER, BothSides, Match, MatchNotReady, MatchOver, NotYourMatch, OwnMatch


@dataclass(frozen=True, kw_only=True)
class CallReferee:
    """Ask the officials to look at a match, and say why."""

    match_id: UUID
    reason: str
    now: datetime


async def call_referee(session: WriteSession, actor: Actor, command: CallReferee) -> DisputeRoom:
    """Open the room of a match, as one of its sides.

    Raises:
        MatchNotFound, Unauthenticated, NotYourMatch, BothSides, InvalidInput.
        NoOfficials: it belongs to no tournament.
        MatchNotReady, MatchOver: its sides are not both known, or it is over.
        DisputeRoomOpen: the room is open already.
    """
    user_id = actor.require_user()
    match = await matches.held(session, command.match_id)
    slot = await _side(session, user_id, match)
    reason = checked_text(command.reason, "reason")
    if match.status in OVER:
        raise MatchOver
    if match.status not in OPEN:
        raise MatchNotReady
    room = await room_of(session, match.state)
    if room is not None and room.closed_at is None:
        raise DisputeRoomOpen
    room, row = await open_room(session, match.state, user_id, slot, reason, command.now)
    called = RefereeCalled(
        tournament_id=room.tournament_id,
        match_id=match.id,
        room_id=room.id,
        sides=room.view.sides,
        entry=row.entry,
    )
    await outbox.record(session, called)
    return room


@dataclass(frozen=True, kw_only=True)
class PostDisputeMessage:
    """Something to say in the room of a match, with links to evidence."""

    match_id: UUID
    text: str
    now: datetime
    links: Sequence[str] = field(default=())


async def post_dispute_message(session: WriteSession, actor: Actor, command: PostDisputeMessage) -> DisputeEntryRow:
    """Write into the room of a match, as one of its sides or as an official.

    Raises:
        MatchNotFound, Unauthenticated, InvalidInput, BothSides.
        DisputeRoomNotFound: there is none, or the actor may not know of it.
        DisputeRoomClosed: it is closed, and the actor is no official.
        LimitReached: this side, or the officials, have written too much.
    """
    user_id = actor.require_user()
    room, standing = await _entered(session, actor, command.match_id)
    slot = None if standing.is_official else _only(standing)
    if room.closed_at is not None and slot is not None:
        raise DisputeRoomClosed
    text, links = checked_text(command.text, "text"), checked_links(command.links)
    await _require_few(session, room, slot)
    return await add(
        session, room, DisputeEntryKind.MESSAGE, command.now, author_id=user_id, slot=slot, text=text, links=links
    )


@dataclass(frozen=True, kw_only=True)
class TakeDispute:
    """Work on a dispute, so that no other official does. `force` takes it over from the one who does."""

    match_id: UUID
    now: datetime
    force: bool = False


async def take_dispute(session: WriteSession, actor: Actor, command: TakeDispute) -> DisputeRoom:
    """Say that the actor, an official, works on an open room. A repeat changes nothing.

    Raises:
        MatchNotFound, Unauthenticated.
        DisputeRoomNotFound: there is none, or the actor may not know of it.
        OwnMatch: the actor plays in the match.
        DisputeRoomClosed: it is closed.
        DisputeTaken: another official works on it, and `force` was not said.
        LimitReached: the officials have written too much.
    """
    user_id = actor.require_user()
    room, standing = await _entered(session, actor, command.match_id)
    if not standing.is_official:
        raise OwnMatch
    if room.closed_at is not None:
        raise DisputeRoomClosed
    if room.taken_by_id == user_id:
        return room
    if room.taken_by_id is not None and not command.force:
        raise DisputeTaken((await accounts.users_by_id(session, [room.taken_by_id]))[room.taken_by_id].display_name)
    await _require_few(session, room, None)
    room.taken_by_id, room.taken_at = user_id, command.now
    await add(session, room, DisputeEntryKind.TAKEN, command.now, author_id=user_id)
    return room


async def _side(session: WriteSession, user_id: UUID, match: Match) -> int:
    """The slot for which the user plays, or which they lead."""
    sides = [slot.participant_id for slot in match.slots]
    if match.owner_id is None:
        if user_id in sides:
            raise NoOfficials
        raise NotYourMatch
    known = [side for side in sides if side is not None]
    played = await tournaments.played_for(session, user_id, match.owner_id, known)
    return _only(Standing(tuple(slot for slot, side in enumerate(sides) if side in played), is_official=False))


def _only(standing: Standing) -> int:
    if not standing.slots:
        raise NotYourMatch
    if len(standing.slots) > 1:
        raise BothSides
    return standing.slots[0]


async def _entered(session: WriteSession, actor: Actor, match_id: UUID) -> tuple[DisputeRoom, Standing]:
    """The room of a match, held, and what the actor is in it.

    Raises:
        MatchNotFound: there is no such match.
        DisputeRoomNotFound: there is no room, or the actor may not know of it.
    """
    match = await matches.held(session, match_id)
    room = await room_of(session, match.state)
    if room is None:
        raise DisputeRoomNotFound
    standing = (await standings(session, actor, [room.view]))[room.id]
    if not standing.may_see:
        raise DisputeRoomNotFound
    return room, standing


async def _require_few(session: WriteSession, room: DisputeRoom, slot: int | None) -> None:
    of_one = DisputeEntryRow.slot.is_(None) if slot is None else DisputeEntryRow.slot == slot
    written = await session.scalar(
        select(func.count()).where(DisputeEntryRow.room_id == room.id, of_one, DisputeEntryRow.author_id.is_not(None))
    )
    if (written or 0) >= MAX_ENTRIES_OF_ONE:
        raise LimitReached(f"Each side, and the officials, can write {MAX_ENTRIES_OF_ONE} times in a room.")
