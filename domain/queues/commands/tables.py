"""What organizers do by hand: put a match or a heat on a table, and take one off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import tournaments, venues
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.queues.commands.calling import open_call
from domain.queues.commands.change import current_call, end, held_call, managed_queue, show
from domain.queues.commands.setup import tournament_of
from domain.queues.errors import CallIsOver, NotToBePlayed, PlayerIsBusy, TableIsClosed, TableTaken
from domain.queues.events import CallEnded, MatchCalled
from domain.queues.models import Call, Queue, QueueTable
from domain.queues.queries import current_calls, game_to_play, players_of_sides
from domain.queues.values import CallEnding, CallStatus
from domain.tournaments import HeatNotFound, TournamentStatus
from domain.venues import TableStatus, TableView


@dataclass(frozen=True, kw_only=True)
class MoveMatch:
    """Put a match on a table."""

    match_id: UUID
    table_id: UUID
    now: datetime


async def move_match(session: WriteSession, actor: Actor, command: MoveMatch) -> Call:
    """Call a match to this table before its turn, or let one that was called, or is played, go on there.

    Raises:
        MatchNotFound: there is no such match, or it belongs to no tournament.
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables: see `managed_queue`.
        InvalidInput: the table is not one of the tournament.
        TableIsClosed, TableTaken, NotToBePlayed, PlayerIsBusy: it cannot be played there now.
    """
    tournament_id = await tournament_of(session, command.match_id)
    return await _move(session, actor, tournament_id, command.match_id, command.table_id, command.now)


@dataclass(frozen=True, kw_only=True)
class MoveHeat:
    """Put a heat on a table."""

    heat_id: UUID
    table_id: UUID
    now: datetime


async def move_heat(session: WriteSession, actor: Actor, command: MoveHeat) -> Call:
    """The same with a heat.

    Raises:
        HeatNotFound: there is no such heat.
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables, InvalidInput,
        TableIsClosed, TableTaken, NotToBePlayed, PlayerIsBusy: as with `move_match`.
    """
    heat = (await tournaments.heats_by_id(session, [command.heat_id])).get(command.heat_id)
    if heat is None:
        raise HeatNotFound
    return await _move(session, actor, heat.tournament_id, heat.id, command.table_id, command.now)


@dataclass(frozen=True, kw_only=True)
class FreeTable:
    """Take a match, or a heat, off its table."""

    call_id: UUID
    now: datetime
    of_heat: bool = False


async def free_table(session: WriteSession, actor: Actor, command: FreeTable) -> Call:
    """Free the table of a call. What has begun goes on somewhere else; anything else waits again.

    Raises:
        CallNotFound: there is no such call.
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NoTables: see `managed_queue`.
        CallIsOver: it was over already.
    """
    tournament, _, call = await held_call(session, command.call_id, of_heat=command.of_heat)
    _, queue = await managed_queue(session, actor, tournament.id, *TournamentStatus)
    if call.view.status is CallStatus.OVER:
        raise CallIsOver(CallStatus.OVER, "CALLED or PLAYING")
    if call.begun_at is None:
        await end(session, queue, call, CallEnding.FREED, command.now)
    elif call.table_id is not None:
        call.table_id = None
        await show(session, queue, call)
        await outbox.record(session, CallEnded(tournament_id=queue.id, venue_id=queue.venue_id, call_id=call.id))
    return call


async def _move(
    session: WriteSession, actor: Actor, tournament_id: UUID, played_id: UUID, table_id: UUID, now: datetime
) -> Call:
    _, queue = await managed_queue(session, actor, tournament_id, TournamentStatus.RUNNING)
    await locks.hold(session, queue.venue_id)
    call = await current_call(session, played_id)
    if call is not None and call.table_id == table_id:
        return call
    await _require_free(session, queue, await _table(session, queue, table_id))
    if call is None:
        return await _call(session, queue, played_id, table_id, now)
    call.table_id = table_id
    await session.flush()
    await show(session, queue, call)
    await outbox.record(session, MatchCalled(tournament_id=queue.id, call=call.view))
    # The table it leaves is free.
    await outbox.record(session, CallEnded(tournament_id=queue.id, venue_id=queue.venue_id, call_id=call.id))
    return call


async def _call(session: WriteSession, queue: Queue, played_id: UUID, table_id: UUID, now: datetime) -> Call:
    game = await game_to_play(session, played_id)
    if game is None:
        raise NotToBePlayed
    players = await players_of_sides(session, queue.id, [game])
    call = await open_call(session, queue, game, table_id, players, now)
    if call is None:
        raise PlayerIsBusy
    return call


async def _table(session: WriteSession, queue: Queue, table_id: UUID) -> TableView:
    if await session.get(QueueTable, (queue.id, table_id)) is None:
        raise InvalidInput("This tournament may not use this table.", "tableId")
    return (await venues.tables_by_id(session, [table_id]))[table_id]


async def _require_free(session: WriteSession, queue: Queue, table: TableView) -> None:
    if table.status is TableStatus.CLOSED:
        raise TableIsClosed(table.number)
    if any(call.table_id == table.id for call in await current_calls(session, queue.id, [table.id])):
        raise TableTaken(table.number)
