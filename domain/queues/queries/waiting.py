"""What waits to be called: in which order, and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from domain import matches, teams, tournaments
from domain.infra.db import ReadSession
from domain.kernel.paging import MAX_PAGE, PageRequest
from domain.matches import OVER, MatchState, MatchStatus
from domain.queues.queries.rows import (
    current_calls,
    earlier_calls,
    entrants_with_need,
    featured_matches,
    lengths_so_far,
    queue_tables,
    queues_by_id,
)
from domain.queues.rules.forecast import Lengths, Planned, expected_length, forecast, remaining
from domain.queues.rules.queue import Waiting, path_lengths
from domain.queues.values import MAX_VAIN_CALLS, CallEnding, CallView, QueueView
from domain.tournaments import BracketPlace
from domain.venues import TableStatus, TableView


@dataclass(frozen=True, slots=True)
class WaitingMatch:
    """A match that was not called yet. `estimated_start_at` None: nothing leads to it, or there are no tables."""

    state: MatchState
    place: BracketPlace
    is_featured: bool
    estimated_start_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue at one instant. `calls` has those of other events at its tables, too; `waiting` is soonest first."""

    queue: QueueView
    tables: Sequence[TableView]
    calls: Sequence[CallView]
    waiting: Sequence[WaitingMatch]


async def waiting_matches(
    session: ReadSession, tournament_id: UUID, ready: Sequence[MatchState], now: datetime
) -> list[Waiting]:
    """What the rules have to know of matches that can be played. Those that were called in vain too often are left out.

    One that was called in vain has waited since then.
    """
    if not ready:
        return []
    tournament = (await tournaments.tournaments_by_id(session, [tournament_id]))[tournament_id]
    places = (await tournaments.event_index(session, tournament)).places
    paths = path_lengths(_following(places))
    order = {match_id: number for number, match_id in enumerate(places)}
    since = await _waiting_since(session, tournament_id, [state.id for state in ready])
    featured = await featured_matches(session, tournament_id)
    needy = await _participants_with_need(session, tournament_id)
    return [
        Waiting(
            match_id=state.id,
            sides=(sides[0], sides[1]),
            waited_min=max(0, int((now - since[state.id]).total_seconds()) // 60),
            path=paths[state.id],
            order=order[state.id],
            is_featured=state.id in featured,
            needs_access=not needy.isdisjoint(sides),
        )
        for state in ready
        if state.id in since and len(sides := _sides(state)) == 2
    ]


async def queue_state(session: ReadSession, tournament_id: UUID, now: datetime) -> QueueState | None:
    """The queue of a tournament; None when it has none. Pass a snapshot session, so that all is of one instant."""
    queue = (await queues_by_id(session, [tournament_id])).get(tournament_id)
    if queue is None:
        return None
    tables = (await queue_tables(session, [tournament_id]))[tournament_id]
    calls = await current_calls(session, tournament_id, [table.id for table in tables])
    view = (await tournaments.bracket_views(session, [tournament_id])).get(tournament_id)
    open_ = [] if view is None else [(state, place) for state, place in view.matches if state.status not in OVER]
    called = {call.match_id for call in calls}
    to_call = [(state, place) for state, place in open_ if state.id not in called and state.status in _TO_BE_CALLED]
    ready = [state.id for state, _ in to_call if state.status is MatchStatus.READY]
    since = await _waiting_since(session, tournament_id, ready)
    ahead = _Ahead(now, calls, open_, await lengths_so_far(session, tournament_id))
    paths = {} if view is None else path_lengths(_following({place.match_id: place for _, place in view.matches}))
    starts = forecast(
        ahead.now, ahead.planned(to_call, since, paths), ahead.ends, ahead.tables(tables), ahead.busy_sides
    )
    featured = await featured_matches(session, tournament_id)
    waiting = [WaitingMatch(state, place, state.id in featured, _at(starts.get(state.id))) for state, place in to_call]
    return QueueState(queue, tables, calls, sorted(waiting, key=lambda match: match.estimated_start_at or _NEVER))


async def sides_of_user(session: ReadSession, user_id: UUID) -> set[UUID]:
    """The user, and the teams they are in, by their keys."""
    request = PageRequest(size=MAX_PAGE)
    pages = await teams.team_pages_of_users(session, [(user_id, request)])
    return {user_id, *(team.id for team, _ in pages[user_id, request].rows)}


async def queues_of_user(session: ReadSession, user_id: UUID, now: datetime) -> list[QueueState]:
    """The queues in which a match of a user, or of a team they are in, may wait: those of their newest matches."""
    sides = list(await sides_of_user(session, user_id))
    page = await matches.matches_of(session, sides, _TO_BE_CALLED, PageRequest(size=_MATCHES_OF_A_USER))
    events = list(dict.fromkeys(state.owner_id for state, _ in page.rows if state.owner_id is not None))
    held = [await queue_state(session, event_id, now) for event_id in await queues_by_id(session, events)]
    return [state for state in held if state is not None]


class _Ahead:
    """What the forecast has to know, in whole seconds since 1970."""

    def __init__(
        self,
        now: datetime,
        calls: Sequence[CallView],
        open_: Sequence[tuple[MatchState, BracketPlace]],
        lengths: Lengths,
    ) -> None:
        self.now = _seconds(now)
        self._lengths = lengths
        self._open = {state.id for state, _ in open_}
        self._tables = {call.table_id: self._end(call.called_at, call.best_of) for call in calls}
        self.ends = {call.match_id: self._end(call.called_at, call.best_of) for call in calls}
        for state, _ in open_:
            if state.started_at is not None:
                self.ends.setdefault(state.id, self._end(state.started_at, state.best_of))
        self.busy_sides = {
            side: self.ends[state.id] for state, _ in open_ if state.id in self.ends for side in _sides(state)
        }

    def tables(self, tables: Sequence[TableView]) -> list[int]:
        """When each table is free that is open."""
        return [self._tables.get(table.id, self.now) for table in tables if table.status is TableStatus.OPEN]

    def planned(
        self,
        to_call: Sequence[tuple[MatchState, BracketPlace]],
        since: Mapping[UUID, datetime],
        paths: Mapping[UUID, int],
    ) -> list[Planned]:
        """The matches to call. A second final, of which nobody knows whether it will be played, is not counted on."""
        return [
            Planned(
                match_id=state.id,
                length=expected_length(self._lengths, state.best_of),
                path=paths[state.id],
                order=number,
                ready_at=_seconds(since[state.id]) if state.id in since else None,
                after=self._before(place) if state.status is MatchStatus.PENDING else (),
                sides=_sides(state),
            )
            for number, (state, place) in enumerate(to_call)
            if state.status is MatchStatus.READY or not place.is_reset
        ]

    def _before(self, place: BracketPlace) -> list[UUID]:
        return [source.match_id for source in place.sources if source.match_id in self._open and source.match_id]

    def _end(self, began_at: datetime, best_of: int) -> int:
        return self.now + remaining(expected_length(self._lengths, best_of), max(0, self.now - _seconds(began_at)))


# More than anybody plays at once.
_MATCHES_OF_A_USER = 20
_TO_BE_CALLED = (MatchStatus.READY, MatchStatus.PENDING)
_NEVER = datetime.max.replace(tzinfo=UTC)


async def _waiting_since(session: ReadSession, tournament_id: UUID, match_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when matches wait that can be played, without those that were called in vain too often."""
    since = dict(await matches.seated_at(session, match_ids))
    vain: Counter[UUID] = Counter()
    # A call of sides that the match had before a correction says nothing about those it has now.
    for call in sorted(await earlier_calls(session, tournament_id), key=lambda call: call.ended_at):
        if call.match_id in since and call.ended_at >= since[call.match_id]:
            since[call.match_id] = call.ended_at
            vain[call.match_id] += call.ending is CallEnding.EXPIRED
    return {match_id: at for match_id, at in since.items() if vain[match_id] < MAX_VAIN_CALLS}


async def _participants_with_need(session: ReadSession, tournament_id: UUID) -> set[UUID]:
    entrants = await tournaments.entrants_by_id(session, list(await entrants_with_need(session, tournament_id)))
    return {entrant.participant_id for entrant in entrants.values()}


def _following(places: Mapping[UUID, BracketPlace]) -> dict[UUID, list[UUID]]:
    return {
        match_id: [link.match_id for link in (place.winner_to, place.loser_to) if link is not None]
        for match_id, place in places.items()
    }


def _sides(state: MatchState) -> list[UUID]:
    return [slot.participant_id for slot in state.slots if slot.participant_id is not None]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _at(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
