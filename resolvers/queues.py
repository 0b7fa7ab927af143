"""Requests about queues: what is called where, what waits, and the stream of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from domain import queues as domain
from domain.infra.hub import Envelope
from domain.queues import CallView, QueueState
from domain.tournaments import TournamentView, entries_of_user
from resolvers import tournaments
from resolvers.context import Context
from resolvers.streams import Change, ResyncReason, Stream


async def queue(ctx: Context, tournament_id: UUID) -> QueueState | None:
    """The queue of a tournament, if the viewer may see that; None when it is not held at a venue."""
    if await tournaments.tournament(ctx, tournament_id) is None:
        return None
    now = ctx.clock.now()
    async with ctx.snapshot() as session:
        return await domain.queue_state(session, tournament_id, now)


async def present(ctx: Context, tournament_id: UUID) -> QueueState:
    """The queue of a tournament that the viewer may see.

    Raises:
        NoTables: it is not held at a venue.
    """
    now = ctx.clock.now()
    async with ctx.snapshot() as session:
        state = await domain.queue_state(session, tournament_id, now)
    if state is None:
        raise domain.NoTables
    return state


async def call(ctx: Context, call_id: UUID) -> CallView | None:
    """The call with this key."""
    found = await ctx.loaders.call.load(call_id)
    return found if found is not None and await tournaments.tournament(ctx, found.tournament_id) is not None else None


async def events_at(ctx: Context, venue_id: UUID) -> list[TournamentView]:
    """The tournaments that are being played at a venue, the oldest first."""
    async with ctx.read() as session:
        held = await domain.queues_at(session, venue_id)
    found = await ctx.loaders.tournament.load_many([queue.id for queue in held])
    return [row for row in found if row is not None]


@dataclass(frozen=True, slots=True)
class NextGame:
    """What somebody plays next: a match or a heat. `call` None: it was not called yet."""

    id: UUID
    call: CallView | None
    estimated_start_at: datetime | None


async def next_match(ctx: Context) -> NextGame | None:
    """The match that the viewer was called to, or else the one of those that wait for a table that comes soonest."""
    user_id = ctx.actor.user_id
    if user_id is None:
        return None
    now = ctx.clock.now()
    async with ctx.snapshot() as session:
        current = await domain.current_call_of_user(session, user_id)
        if current is not None and current.match_id is not None:
            return NextGame(current.match_id, current, None)
        found = [one for state in await domain.queues_of_user(session, user_id, now) for one in state.waiting]
        sides = await domain.sides_of_user(session, user_id)
    mine = [one for one in found if any(slot.participant_id in sides for slot in one.state.slots)]
    return _soonest([NextGame(one.state.id, None, one.estimated_start_at) for one in mine])


async def next_heat(ctx: Context) -> NextGame | None:
    """The heat that the viewer was called to, or else the one of those that wait for a table that comes soonest."""
    user_id = ctx.actor.user_id
    if user_id is None:
        return None
    now = ctx.clock.now()
    async with ctx.snapshot() as session:
        current = await domain.current_call_of_user(session, user_id)
        if current is not None and current.heat_id is not None:
            return NextGame(current.heat_id, current, None)
        found = [one for state in await domain.queues_of_user(session, user_id, now) for one in state.waiting_heats]
        events = {one.state.tournament_id for one in found}
        entries = await entries_of_user(session, [(event_id, user_id) for event_id in events])
    own = {entry.id for entry in entries.values()}
    mine = [one for one in found if any(seat.entrant_id in own and not seat.has_left for seat in one.state.seats)]
    return _soonest([NextGame(one.state.id, None, one.estimated_start_at) for one in mine])


def _soonest(games: list[NextGame]) -> NextGame | None:
    return min(games, key=lambda game: (game.estimated_start_at or _NEVER, game.id), default=None)


class QueueSnapshot(msgspec.Struct, frozen=True):
    """A queue at one instant."""

    state: QueueState


class QueueChange(msgspec.Struct, frozen=True):
    """A queue changed; `call` is the call that did, if it was one. The queue is read when the message is written, once
    for all changes that wait, of which it tells the newest alone.
    """

    sequence: int
    call: CallView | None
    tournament_id: UUID


QueueValue = QueueSnapshot | QueueChange | ResyncReason


async def queue_changes(ctx: Context, tournament_id: UUID) -> Stream[QueueValue]:
    """What happens in a queue, each time with all of it; only the newest counts.

    Raises:
        TournamentNotFound: there is no such tournament, or it is a draft of somebody else.
        NoTables: it is not held at a venue.
    """
    audience = await tournaments.audience_of(ctx, tournament_id)

    async def snapshot(ctx: Context) -> list[Change[QueueValue]]:
        await tournaments.check_audience(ctx, audience, tournament_id)
        state = await present(ctx, tournament_id)
        return [Change(QueueSnapshot(state), state.queue.change_count)]

    async def replay(ctx: Context, after: int) -> list[Change[QueueValue]] | None:
        return None

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[QueueValue]]:
        await tournaments.check_audience(ctx, audience, tournament_id)
        fact = msgspec.convert(envelope.payload, domain.QueueChanged)
        return [Change(QueueChange(fact.sequence, fact.call, tournament_id), fact.sequence)]

    await present(ctx, tournament_id)
    return Stream(
        topics=(domain.queue_topic(tournament_id),),
        audience=audience,
        after=None,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )


_NEVER = datetime.max.replace(tzinfo=UTC)
