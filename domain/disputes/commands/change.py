"""How every change of a room is made: an entry that those who follow it get."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.disputes.events import DisputeEntryAdded
from domain.disputes.models import DisputeEntryRow, DisputeRoom
from domain.disputes.values import DisputeEntryKind
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.matches import MatchState


async def room_of(session: WriteSession, state: MatchState) -> DisputeRoom | None:
    """The room of a match between the sides that it has now; the match is held."""
    first, second = state.slots
    statement = select(DisputeRoom).where(
        DisputeRoom.match_id == state.id,
        DisputeRoom.first_id == first.participant_id,
        DisputeRoom.second_id == second.participant_id,
    )
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def add(
    session: WriteSession,
    room: DisputeRoom,
    kind: DisputeEntryKind,
    now: datetime,
    *,
    author_id: UUID | None = None,
    slot: int | None = None,
    text: str | None = None,
    links: tuple[str, ...] = (),
) -> DisputeEntryRow:
    """Add an entry to a room."""
    room.entry_count += 1
    row = DisputeEntryRow(
        id=new_id(),
        room_id=room.id,
        sequence=room.entry_count,
        kind=kind,
        at=now,
        author_id=author_id,
        slot=slot,
        text=text,
        links=list(links),
    )
    session.add(row)
    added = DisputeEntryAdded(
        tournament_id=room.tournament_id,
        match_id=room.match_id,
        room_id=room.id,
        sides=room.view.sides,
        entry=row.entry,
    )
    await outbox.record(session, added)
    return row


async def open_room(
    session: WriteSession, state: MatchState, author_id: UUID | None, slot: int | None, text: str, now: datetime
) -> tuple[DisputeRoom, DisputeEntryRow]:
    """Open the room of a match between its sides, or open it again; one that is open goes on."""
    room = await room_of(session, state)
    if room is None:
        first, second = state.slots
        room = DisputeRoom(
            id=new_id(),
            match_id=state.id,
            tournament_id=state.owner_id,
            first_id=first.participant_id,
            second_id=second.participant_id,
            opened_at=now,
            entry_count=0,
        )
        session.add(room)
        await session.flush()
    elif room.closed_at is not None:
        room.opened_at, room.closed_at, room.taken_by_id, room.taken_at = now, None, None, None
    return room, await add(session, room, DisputeEntryKind.OPENED, now, author_id=author_id, slot=slot, text=text)


async def close_rooms(session: WriteSession, match_id: UUID, now: datetime) -> None:
    """Close what is open about a match."""
    statement = select(DisputeRoom).where(DisputeRoom.match_id == match_id, DisputeRoom.closed_at.is_(None))
    for room in (await session.scalars(statement)).all():
        room.closed_at = now
        await add(session, room, DisputeEntryKind.CLOSED, now)
