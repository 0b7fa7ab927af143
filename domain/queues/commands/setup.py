"""Where a tournament is played, and which of its matches and entrants need a table of some kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from domain import matches, tournaments, venues
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.matches import MatchNotFound
from domain.queues.commands.change import managed_queue, show
from domain.queues.events import QueueOpened
from domain.queues.models import AccessNeed, FeaturedMatch, Queue, QueueTable
from domain.queues.values import DEFAULT_ANSWER_S, MAX_ANSWER_S, MIN_ANSWER_S, NoShow
from domain.tournaments import TournamentStatus

_BEFORE_THE_END = (TournamentStatus.DRAFT, TournamentStatus.PUBLISHED, TournamentStatus.RUNNING)


@dataclass(frozen=True, kw_only=True)
class SetTournamentTables:
    """The venue of a tournament, those of its tables that it may use, and how matches are called to them."""

    tournament_id: UUID
    venue_id: UUID
    table_ids: Sequence[UUID]
    is_automatic: bool = False
    answer_s: int = DEFAULT_ANSWER_S
    no_show: NoShow = NoShow.REQUEUE


async def set_tournament_tables(session: WriteSession, actor: Actor, command: SetTournamentTables) -> Queue:
    """Let a tournament be played at tables of a venue, in place of those before. What is being played there goes on.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus: not their tournament, or it is over.
        VenueNotFound, NotVenueManager: not their venue.
        InvalidInput: a table is not of the venue or given twice, or the time to answer is out of range.
    """
    tournament = await tournaments.managed(session, actor, command.tournament_id, *_BEFORE_THE_END)
    await venues.require_manager(session, actor, command.venue_id)
    if not MIN_ANSWER_S <= command.answer_s <= MAX_ANSWER_S:
        raise InvalidInput(f"A call is answered within {MIN_ANSWER_S} to {MAX_ANSWER_S} seconds.", "answerSeconds")
    await _require_tables(session, command.venue_id, command.table_ids)
    queue = await session.get(Queue, tournament.id, populate_existing=True)
    if queue is None:
        queue = Queue(id=tournament.id, change_count=0)
        session.add(queue)
    queue.venue_id, queue.is_automatic = command.venue_id, command.is_automatic
    queue.answer_s, queue.no_show = command.answer_s, command.no_show
    await session.flush()
    await session.execute(delete(QueueTable).where(QueueTable.queue_id == queue.id))
    session.add_all(QueueTable(queue_id=queue.id, table_id=table_id) for table_id in command.table_ids)
    await show(session, queue)
    await outbox.record(session, QueueOpened(tournament_id=queue.id))
    return queue


@dataclass(frozen=True, kw_only=True)
class FeatureMatch:
    """Whether a match belongs on a table that is streamed."""

    match_id: UUID
    is_featured: bool


async def feature_match(session: WriteSession, actor: Actor, command: FeatureMatch) -> Queue:
    """Choose a match for a stream table, or not any more. A repeat changes nothing.

    Raises:
        MatchNotFound: there is no such match, or it belongs to no tournament.
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables: see `managed_queue`.
    """
    tournament_id = await tournament_of(session, command.match_id)
    _, queue = await managed_queue(session, actor, tournament_id, *_BEFORE_THE_END)
    if command.is_featured:
        values = {"match_id": command.match_id, "queue_id": queue.id}
        await session.execute(insert(FeaturedMatch).values(values).on_conflict_do_nothing())
    else:
        await session.execute(delete(FeaturedMatch).where(FeaturedMatch.match_id == command.match_id))
    await show(session, queue)
    return queue


@dataclass(frozen=True, kw_only=True)
class SetAccessNeed:
    """Whether an entrant needs an accessible table."""

    entrant_id: UUID
    is_needed: bool


async def set_access_need(session: WriteSession, actor: Actor, command: SetAccessNeed) -> Queue:
    """Call an entrant only to accessible tables, or to any again. A repeat changes nothing.

    Raises:
        EntrantNotFound: there is no such entrant.
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables: see `managed_queue`.
    """
    tournament, entrant = await tournaments.held_entrant(session, command.entrant_id)
    _, queue = await managed_queue(session, actor, tournament.id, *_BEFORE_THE_END)
    if command.is_needed:
        values = {"entrant_id": entrant.id, "queue_id": queue.id}
        await session.execute(insert(AccessNeed).values(values).on_conflict_do_nothing())
    else:
        await session.execute(delete(AccessNeed).where(AccessNeed.entrant_id == entrant.id))
    await show(session, queue)
    return queue


async def tournament_of(session: WriteSession, match_id: UUID) -> UUID:
    """The tournament that a match belongs to.

    Raises:
        MatchNotFound: there is no such match, or it belongs to none.
    """
    state = (await matches.states_by_id(session, [match_id])).get(match_id)
    if state is None or state.owner_id is None:
        raise MatchNotFound
    return state.owner_id


async def _require_tables(session: WriteSession, venue_id: UUID, table_ids: Sequence[UUID]) -> None:
    found = await venues.tables_by_id(session, table_ids)
    if any(key not in found or found[key].venue_id != venue_id for key in table_ids):
        raise InvalidInput("Each of the tables has to be one of the venue.", "tableIds")
    if len(found) < len(table_ids):
        raise InvalidInput("Give each table once.", "tableIds")
