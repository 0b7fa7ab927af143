"""What facts mean for queues: calls follow what was called, and what gets free is used where organizers want that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from domain.infra import locks
from domain.infra.db import WriteSession
from domain.matches import (
    OPEN,
    EntryKind,
    MatchChanged,
    MatchKind,
    MatchReady,
    MatchStatus,
)
from domain.queues.commands.calling import call_waiting, open_call
from domain.queues.commands.change import current_call, end, show
from domain.queues.errors import PlayerIsBusy
from domain.queues.events import CallEnded, QueueOpened
from domain.queues.models import Call, CallPlayer, Queue
from domain.queues.queries import game_to_play, match_to_play, players_of_sides, queues_at, queues_by_id
from domain.queues.values import CallEnding, Playable
from domain.tournaments import (
    HeatDrawn,
    HeatPlayed,
    HeatState,
    HeatStatus,
    Tournament,
    TournamentCancelled,
    TournamentStatus,
    players_of,
    tournaments_by_id,
)
from domain.venues import TableChanged

# What people do that begins a match.
_BEGUN_BY = frozenset({EntryKind.STARTED, EntryKind.SCORE})


async def follow_match(session: WriteSession, event: MatchChanged) -> None:
    """Let the call of a match go where the match goes, in the transaction in which it does.

    Raises:
        PlayerIsBusy: somebody begins a match, one of whose players plays or was called somewhere else.
    """
    state, kinds = event.state, {entry.kind for entry in event.entries}
    if state.kind is not MatchKind.TOURNAMENT or state.owner_id is None or not event.is_new_version:
        return
    queue = await session.get(Queue, state.owner_id)
    if queue is None:
        return
    call = await current_call(session, state.id)
    if call is not None:
        await _follow(session, queue, call, event)
    elif state.status is MatchStatus.LIVE and kinds & _BEGUN_BY:
        await _note_elsewhere(session, queue, match_to_play(state), event.entries[-1].at)
    elif kinds != {EntryKind.SCORE}:
        await show(session, queue)


async def follow_heat(session: WriteSession, event: HeatPlayed) -> None:
    """Let the call of a heat go where the heat goes, in the transaction in which it does.

    Raises:
        PlayerIsBusy: a first result is reported while one of those who play was called somewhere else.
    """
    queue = await session.get(Queue, event.tournament_id)
    if queue is None:
        return
    call, status = await current_call(session, event.heat.id), event.heat.status
    if call is None:
        game = await game_to_play(session, event.heat.id)
        if game is not None and status is HeatStatus.LIVE and event.is_report:
            await _note_elsewhere(session, queue, game, event.at)
        else:
            await show(session, queue)
        return
    await _release(session, call, event.heat)
    if status is HeatStatus.FINISHED:
        await end(session, queue, call, CallEnding.DECIDED, event.at)
    else:
        call.begun_at = call.begun_at or (event.at if status is HeatStatus.LIVE else None)
        await show(session, queue, call)


async def end_on_draw(session: WriteSession, event: HeatDrawn) -> None:
    """End the call of a heat in which others are now, in the transaction in which they come."""
    call = None if event.is_first else await current_call(session, event.heat_id)
    if call is not None:
        queue = await session.get_one(Queue, event.tournament_id)
        await end(session, queue, call, CallEnding.CHANGED, event.at)


async def end_on_cancel(session: WriteSession, event: TournamentCancelled) -> None:
    """End the calls of heats of a tournament that is called off; those of matches end with their matches."""
    queue = await session.get(Queue, event.tournament_id)
    if queue is None:
        return
    at = (await session.get_one(Tournament, event.tournament_id)).finished_at
    assert at is not None
    of_heats = Call.tournament_id == queue.id, Call.heat_id.is_not(None), Call.is_current
    for call in (await session.scalars(select(Call).where(*of_heats))).all():
        await end(session, queue, call, CallEnding.CHANGED, at)


async def call_on_draw(session: WriteSession, event: HeatDrawn, now: datetime) -> None:
    """Call what can be played, if its organizers want that."""
    await _call_automatically(session, [event.tournament_id], now)


async def call_on_ready(session: WriteSession, event: MatchReady, now: datetime) -> None:
    """Call what can be played, if its organizers want that."""
    if event.state.kind is MatchKind.TOURNAMENT and event.state.owner_id is not None:
        await _call_automatically(session, [event.state.owner_id], now)


async def call_on_opening(session: WriteSession, event: QueueOpened, now: datetime) -> None:
    """Call matches to the tables that a tournament was given, if its organizers want that."""
    await _call_automatically(session, [event.tournament_id], now)


async def call_on_free(session: WriteSession, event: CallEnded, now: datetime) -> None:
    """Call matches of whichever tournament at the venue wants the table and the players that are free."""
    await _call_at_venue(session, event.venue_id, now)


async def call_on_table_change(session: WriteSession, event: TableChanged, now: datetime) -> None:
    """Call matches of whichever tournament at the venue wants a table that may have been opened."""
    await _call_at_venue(session, event.venue_id, now)


async def _follow(session: WriteSession, queue: Queue, call: Call, event: MatchChanged) -> None:
    state, at = event.state, event.entries[-1].at
    has_other_sides = any(entry.kind is EntryKind.SEATED for entry in event.entries)
    if state.status is MatchStatus.FINISHED:
        await end(session, queue, call, CallEnding.DECIDED, at)
    elif state.status not in OPEN or has_other_sides:
        await end(session, queue, call, CallEnding.CHANGED, at)
    elif state.status is not MatchStatus.READY and call.begun_at is None:
        call.begun_at = at
        await show(session, queue, call)


async def _note_elsewhere(session: WriteSession, queue: Queue, game: Playable, at: datetime) -> None:
    """Note that something has begun without a call, somewhere else.

    Raises:
        PlayerIsBusy: one of its players plays or was called somewhere else.
    """
    players = await players_of_sides(session, queue.id, [game])
    if await open_call(session, queue, game, None, players, at) is None:
        raise PlayerIsBusy


async def _release(session: WriteSession, call: Call, heat: HeatState) -> None:
    """Let those be called elsewhere who have left a heat."""
    left = [seat.entrant_id for seat in heat.seats if seat.has_left]
    if left:
        players = [user_id for user_ids in (await players_of(session, left)).values() for user_id in user_ids]
        gone = CallPlayer.call_id == call.id, CallPlayer.user_id.in_(players)
        await session.execute(delete(CallPlayer).where(*gone).execution_options(synchronize_session=False))


async def _call_at_venue(session: WriteSession, venue_id: UUID, now: datetime) -> None:
    await _call_automatically(session, [queue.id for queue in await queues_at(session, venue_id)], now)


async def _call_automatically(session: WriteSession, tournament_ids: Iterable[UUID], now: datetime) -> None:
    queues = await queues_by_id(session, list(tournament_ids))
    wanted = [key for key, queue in queues.items() if queue.is_automatic]
    running = {
        key: found
        for key, found in (await tournaments_by_id(session, wanted)).items()
        if found.status is TournamentStatus.RUNNING
    }
    await locks.hold(session, *running)
    # Each event in turn is the first to choose a table, the one that started first before the others.
    for key in sorted(running, key=lambda key: (running[key].started_at, key)):
        queue = await session.get(Queue, key, populate_existing=True)
        if queue is not None and queue.is_automatic:
            await call_waiting(session, queue, now)
