"""Calling matches and heats to tables. Whoever calls holds the tournament, and then the venue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from domain.infra import locks, outbox, timers
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.queues.commands.change import managed_queue, show
from domain.queues.events import AnswerTimeEnded, MatchCalled
from domain.queues.models import Call, CallPlayer, Queue
from domain.queues.queries import (
    busy_among,
    current_calls,
    open_games,
    players_of_sides,
    queue_tables,
    tables_of_entrants,
    waiting_games,
)
from domain.queues.rules.queue import FreeTable, decide
from domain.queues.values import Playable, Side
from domain.tournaments import TournamentStatus
from domain.venues import TableStatus

Players = Mapping[UUID, Sequence[UUID]]
"""Who plays for a user or team, by its key."""


@dataclass(frozen=True, kw_only=True)
class CallNext:
    """Call the matches and heats of a tournament that wait longest to the tables that are free."""

    tournament_id: UUID
    now: datetime


async def call_next(session: WriteSession, actor: Actor, command: CallNext) -> Queue:
    """Call as many matches and heats as there are free tables and players, as an organizer.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables: see `managed_queue`.
    """
    _, queue = await managed_queue(session, actor, command.tournament_id, TournamentStatus.RUNNING)
    await call_waiting(session, queue, command.now)
    return queue


async def call_waiting(session: WriteSession, queue: Queue, now: datetime) -> None:
    """Call as many matches and heats as there are free tables and players. The tournament is held."""
    await locks.hold(session, queue.venue_id)
    free = await _free_tables(session, queue)
    if not free:
        return
    everything = await open_games(session, queue.id)
    ready = {game.id: game for game in everything if game.is_ready}
    players = await players_of_sides(session, queue.id, list(ready.values()))
    busy = await busy_among(session, [user_id for user_ids in players.values() for user_id in user_ids])
    at_a_table = await _guests_at_a_table(session, queue, everything)
    can_play = [
        game
        for game in ready.values()
        if busy.isdisjoint(everyone(game, players)) and at_a_table.isdisjoint(game.sides)
    ]
    waiting = await waiting_games(session, queue.id, can_play, now)
    played = await tables_of_entrants(session, queue.id, players)
    for game_id, table_id in decide(waiting, free, played):
        await open_call(session, queue, ready[game_id], table_id, players, now)


async def open_call(
    session: WriteSession,
    queue: Queue,
    game: Playable,
    table_id: UUID | None,
    players: Players,
    now: datetime,
) -> Call | None:
    """Call a match or a heat to a table, or without one note that it is played somewhere else.

    None, and nothing has happened, when the table, the match or one of the players is not free: the indexes decide,
    also about what another transaction does at this moment. Nobody has to answer the call of a heat: it begins with its
    first result.
    """
    values = {
        "id": new_id(),
        "tournament_id": queue.id,
        "heat_id" if game.is_heat else "match_id": game.id,
        "table_id": table_id,
        "best_of": game.best_of,
        "called_at": now,
        "answer_by": now + timedelta(seconds=queue.answer_s),
        "begun_at": None if game.is_ready else now,
        "is_current": True,
    }
    call = (await session.scalars(insert(Call).values(values).on_conflict_do_nothing().returning(Call))).one_or_none()
    if call is None:
        return None
    if not await _take_players(session, call, game, players):
        await session.execute(delete(Call).where(Call.id == call.id).execution_options(synchronize_session=False))
        session.expunge(call)
        return None
    if call.begun_at is None:
        if not game.is_heat:
            ended = AnswerTimeEnded(tournament_id=queue.id, call_id=call.id, at=call.answer_by)
            timers.record_at(session, call.answer_by, ended)
        await outbox.record(session, MatchCalled(tournament_id=queue.id, call=call.view))
    await show(session, queue, call)
    return call


def everyone(game: Playable, players: Players) -> list[UUID]:
    """Who plays in a match or a heat."""
    return [user_id for participant_id in game.participants for user_id in players.get(participant_id, ())]


async def _guests_at_a_table(session: WriteSession, queue: Queue, games: Iterable[Playable]) -> set[Side]:
    """The guests who play or were called somewhere. No index keeps them from two places, as it does with users."""
    called = {call.played_id for call in await current_calls(session, queue.id, [])}
    return {side for game in games if game.id in called for side in game.sides if side.is_guest}


async def _take_players(session: WriteSession, call: Call, game: Playable, players: Players) -> bool:
    rows = [
        {"call_id": call.id, "user_id": user_id, "slot": index, "is_current": True}
        for index, participant_id in enumerate(game.participants)
        for user_id in players.get(participant_id, ())
    ]
    # In one order by everyone, so that two events that want the same people seldom wait for each other.
    rows.sort(key=lambda row: str(row["user_id"]))
    if not rows:
        return True
    statement = insert(CallPlayer).values(rows).on_conflict_do_nothing().returning(CallPlayer.user_id)
    return len((await session.scalars(statement)).all()) == len(rows)


async def _free_tables(session: WriteSession, queue: Queue) -> list[FreeTable]:
    tables = (await queue_tables(session, [queue.id]))[queue.id]
    taken = {call.table_id for call in await current_calls(session, queue.id, [table.id for table in tables])}
    return [
        FreeTable(table.id, table.number, table.is_stream, table.is_accessible)
        for table in tables
        if table.status is TableStatus.OPEN and table.id not in taken
    ]
