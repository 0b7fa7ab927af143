"""How every change of a queue is made: held with its tournament, and shown to its viewers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from domain import tournaments
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.matches import Match
from domain.queues.errors import CallNotFound, NoTables
from domain.queues.events import CallEnded, QueueChanged
from domain.queues.models import Call, Queue
from domain.queues.queries import participants_of_heat
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


async def held_call(session: WriteSession, call_id: UUID, *, of_heat: bool = False) -> tuple[Tournament, Queue, Call]:
    """A call of a match, or of a heat, with the queue and the tournament it belongs to, all held.

    Raises:
        CallNotFound: there is no such call.
    """
    is_kind = Call.heat_id.is_not(None) if of_heat else Call.match_id.is_not(None)
    tournament_id = await session.scalar(select(Call.tournament_id).where(Call.id == call_id, is_kind))
    if tournament_id is None:
        raise CallNotFound
    tournament = await tournaments.held(session, tournament_id)
    queue = await session.get_one(Queue, tournament_id, populate_existing=True)
    return tournament, queue, await session.get_one(Call, call_id, populate_existing=True)


async def current_call(session: WriteSession, played_id: UUID) -> Call | None:
    """The call of a match or a heat that is not over, for whoever changes it."""
    statement = select(Call).where(or_(Call.match_id == played_id, Call.heat_id == played_id), Call.is_current)
    return (await session.scalars(statement)).one_or_none()


async def show(session: WriteSession, queue: Queue, call: Call | None = None) -> None:
    """Tell the viewers that a call changed, or without one what waits, and how."""
    queue.change_count += 1
    participants = () if call is None else await _participants(session, call)
    fact = QueueChanged(
        tournament_id=queue.id,
        sequence=queue.change_count,
        call=None if call is None else call.view,
        participants=tuple(participants),
    )
    await outbox.record(session, fact)


async def end(session: WriteSession, queue: Queue, call: Call, ending: CallEnding, now: datetime) -> None:
    """End a call: its table, its match or heat and its players are free."""
    call.is_current, call.ended_at, call.ending = False, now, ending
    await session.flush()
    await show(session, queue, call)
    await outbox.record(session, CallEnded(tournament_id=queue.id, venue_id=queue.venue_id, call_id=call.id))


async def _participants(session: WriteSession, call: Call) -> Sequence[UUID]:
    if call.heat_id is not None:
        return await participants_of_heat(session, call.heat_id)
    slots = (await session.get_one(Match, call.match_id)).slots
    return [slot.participant_id for slot in slots if slot.participant_id is not None]
