"""What a tournament means to one of its players, as a stream: their entrant, what they play next, how they last did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from uuid import UUID

import msgspec

from domain import matches, queues, tournaments
from domain.infra.db import ReadSession
from domain.infra.hub import Envelope
from domain.matches import MatchState, MatchStatus
from domain.queues import CallView
from domain.tournaments import BracketPlace, EntrantView, HeatState, HeatStatus, TournamentView
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.streams import Change, ResyncReason, Stream

Places = Mapping[UUID, BracketPlace]


class MyEvent(msgspec.Struct, frozen=True):
    """What concerns a player of a tournament. `call` and `heat_call` are those of the next match and heat, if they were
    called.
    """

    tournament: TournamentView
    entrant: EntrantView
    next_match: MatchState | None
    call: CallView | None
    last_match: MatchState | None
    next_heat: HeatState | None
    heat_call: CallView | None
    last_heat: HeatState | None

    @property
    def shown(self) -> tuple[object, ...]:
        """What of it counts as a change. Of the tournament that is its status, and what its organizers edit."""
        status = self.tournament.status, self.tournament.version
        matches = self.next_match, self.call, self.last_match
        return (status, self.entrant, *matches, self.next_heat, self.heat_call, self.last_heat)


class MyEventSnapshot(msgspec.Struct, frozen=True):
    """A player's event at one instant."""

    sequence: int
    event: MyEvent


class MyEventChange(msgspec.Struct, frozen=True):
    """A player's event after something about it changed."""

    sequence: int
    event: MyEvent


MyEventValue = MyEventSnapshot | MyEventChange | ResyncReason


async def my_event_changes(ctx: Context, tournament_id: UUID) -> Stream[MyEventValue]:
    """What a tournament means to the viewer, each time with all of it; only the newest counts.

    Versions add up the changes of the tournament and of its queue.

    Raises:
        Unauthenticated, TournamentNotFound, NotPlaying.
    """
    user_id = ctx.actor.require_user()
    if await resolve.tournament(ctx, tournament_id) is None:
        raise tournaments.TournamentNotFound
    entrant = await resolve.viewer_entrant(ctx, tournament_id)
    if entrant is None:
        raise tournaments.NotPlaying
    # Everything that members of the group were shown since all of them were last shown the same.
    shown: list[MyEvent] = []

    async def read(ctx: Context) -> tuple[int, MyEvent]:
        async with ctx.snapshot() as session:
            return await _read(session, tournament_id, user_id)

    async def snapshot(ctx: Context) -> list[Change[MyEventValue]]:
        version, event = await read(ctx)
        if event.shown not in [each.shown for each in shown]:
            shown.append(event)
        return [Change(MyEventSnapshot(version, event), version)]

    async def replay(ctx: Context, after: int) -> list[Change[MyEventValue]] | None:
        return None

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[MyEventValue]]:
        version, event = await read(ctx)
        if all(event.shown == each.shown for each in shown):
            return []
        shown[:] = [event]
        return [Change(MyEventChange(version, event), version)]

    return Stream(
        topics=(
            tournaments.entries_topic(tournament_id),
            tournaments.entry_topic(tournament_id, entrant.participant_id),
        ),
        audience=f"user:{user_id}",
        after=None,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )


async def _read(session: ReadSession, tournament_id: UUID, user_id: UUID) -> tuple[int, MyEvent]:
    """The event of a player as it is now, and its version.

    Raises:
        NotPlaying: they play for nobody any more.
    """
    tournament = (await tournaments.tournaments_by_id(session, [tournament_id]))[tournament_id]
    entries = await tournaments.entries_of_user(session, [(tournament_id, user_id)])
    entrant = entries.get((tournament_id, user_id))
    if entrant is None:
        raise tournaments.NotPlaying
    queue = (await queues.queues_by_id(session, [tournament_id])).get(tournament_id)
    call = None if queue is None else await queues.current_call_of_user(session, user_id)
    states = await matches.states_of_side(session, tournament_id, entrant.participant_id)
    places = (await tournaments.event_index(session, tournament)).places if states else {}
    upcoming = _next(states, places, call)
    heats = await tournaments.heats_of_entrant(session, entrant.id)
    coming = _next_heat(heats, entrant)
    version = tournament.change_count + (0 if queue is None else queue.change_count)
    return version, MyEvent(
        tournament=tournament,
        entrant=entrant,
        next_match=upcoming,
        call=call if call is not None and upcoming is not None and call.match_id == upcoming.id else None,
        last_match=_last(states, places),
        next_heat=coming,
        heat_call=call if call is not None and coming is not None and call.heat_id == coming.id else None,
        last_heat=next((heat for heat in reversed(heats) if heat.status is HeatStatus.FINISHED), None),
    )


# What somebody does first of the matches that are open: go on with one, then begin one, then wait for an opponent.
_FIRST = (MatchStatus.LIVE, MatchStatus.REPORTED, MatchStatus.DISPUTED, MatchStatus.READY, MatchStatus.PENDING)


def _next(states: Sequence[MatchState], places: Places, call: CallView | None) -> MatchState | None:
    open_ = [state for state in states if state.status in _FIRST]
    called = None if call is None else call.match_id

    def turn(state: MatchState) -> tuple[bool, int, int, int]:
        return state.id != called, _FIRST.index(state.status), places[state.id].stage, places[state.id].round

    return min(open_, key=turn, default=None)


def _next_heat(heats: Sequence[HeatState], entrant: EntrantView) -> HeatState | None:
    """The heat that they are to play, unless they have left."""
    for heat in heats:
        if heat.status is not HeatStatus.FINISHED:
            has_left = any(seat.has_left for seat in heat.seats if seat.entrant_id == entrant.id)
            return None if has_left else heat
    return None


def _last(states: Sequence[MatchState], places: Places) -> MatchState | None:
    over = [(state.finished_at, places[state.id].stage, places[state.id].round, state) for state in states]
    ended = [each for each in over if each[0] is not None]
    return max(ended, key=itemgetter(0, 1, 2))[3] if ended else None
