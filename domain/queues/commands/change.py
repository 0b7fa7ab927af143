"""How every change of a queue is made: held with its tournament, and shown to its viewers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import tournaments
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.matches import Match
from domain.queues.errors import CallNotFound, NoTables
from domain.queues.events import CallEnded, QueueChanged
from domain.queues.models import Call, Queue
from domain.queues.values import CallEnding
from domain.tournaments import Tournament, TournamentStatus


async def managed_queue(
    session: WriteSession, actor: Actor, tournament_id: UUID, *statuses: TournamentStatus
) -> tuple[Tournament, Queue]:
    """The queue of a tournament, held, for one of the organizers.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables.
    """
    tournament = await tournaments.managed(session, actor, tournament_id, *statuses)
    queue = await session.get(Queue, tournament_id, populate_existing=True)
    if queue is None:
        raise NoTables
    return tournament, queue


async def held_call(session: WriteSession, call_id: UUID) -> tuple[Tournament, Queue, Call]:
    """A call, with the queue and the tournament it belongs to, all held.

    Raises:
        CallNotFound: there is no such call.
    """
    tournament_id = await session.scalar(select(Call.tournament_id).where(Call.id == call_id))
    if tournament_id is None:
        raise CallNotFound
    tournament = await tournaments.held(session, tournament_id)
    queue = await session.get_one(Queue, tournament_id, populate_existing=True)
    return tournament, queue, await session.get_one(Call, call_id, populate_existing=True)


async def current_call(session: WriteSession, match_id: UUID) -> Call | None:
    """The call of a match that is not over, for whoever changes it."""
    statement = select(Call).where(Call.match_id == match_id, Call.is_current)
    return (await session.scalars(statement)).one_or_none()


async def show(session: WriteSession, queue: Queue, call: Call | None = None) -> None:
    """Tell the viewers that a call changed, or without one what waits, and how."""
    queue.change_count += 1
    slots = () if call is None else (await session.get_one(Match, call.match_id)).slots
    fact = QueueChanged(
        tournament_id=queue.id,
        sequence=queue.change_count,
        call=None if call is None else call.view,
        participants=tuple(slot.participant_id for slot in slots if slot.participant_id is not None),
    )
    await outbox.record(session, fact)


async def end(session: WriteSession, queue: Queue, call: Call, ending: CallEnding, now: datetime) -> None:
    """End a call: its table, its match and its players are free."""
    call.is_current, call.ended_at, call.ending = False, now, ending
    await session.flush()
    await show(session, queue, call)
    await outbox.record(session, CallEnded(tournament_id=queue.id, venue_id=queue.venue_id, call_id=call.id))
