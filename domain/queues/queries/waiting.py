"""What waits to be called: in which order, and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from domain import matches, teams, tournaments
from domain.infra.db import ReadSession
from domain.kernel.paging import MAX_PAGE, PageRequest
from domain.matches import OVER, MatchState, MatchStatus
from domain.queues.queries.playable import heats_to_play, match_to_play, open_heats
from domain.queues.queries.rows import (
    current_calls,
    earlier_calls,
    entrants_with_need,
    featured_matches,
    lengths_so_far,
    queue_tables,
    queues_by_id,
    queues_with_sides,
)
from domain.queues.rules.forecast import Form, Lengths, Planned, expected_length, forecast, remaining
from domain.queues.rules.queue import Waiting, path_lengths
from domain.queues.values import MAX_VAIN_CALLS, CallEnding, CallView, Playable, QueueView
from domain.tournaments import BracketPlace, Heat, HeatState, HeatStatus
from domain.venues import TableStatus, TableView


@dataclass(frozen=True, slots=True)
class WaitingMatch:
    """A match that was not called yet. `estimated_start_at` None: nothing leads to it, or there are no tables."""

    state: MatchState
    place: BracketPlace
    is_featured: bool
    estimated_start_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingHeat:
    """A heat that is drawn and was not called yet. `estimated_start_at` None: there are no tables."""

    state: HeatState
    estimated_start_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue at one instant. `calls` has those of other events at its tables, too; what waits is soonest first."""

    queue: QueueView
    tables: Sequence[TableView]
    calls: Sequence[CallView]
    waiting: Sequence[WaitingMatch]
    waiting_heats: Sequence[WaitingHeat]


async def waiting_games(
    session: ReadSession, tournament_id: UUID, ready: Sequence[Playable], now: datetime
) -> list[Waiting]:
    """What the rules have to know of matches and heats that can be played. Those that were called in vain too often are
    left out.

    One that was called in vain has waited since then. A round of heats goes on when all of it is over, so none of them
    holds up more than another.
    """
    if not ready:
        return []
    tournament = (await tournaments.tournaments_by_id(session, [tournament_id]))[tournament_id]
    has_matches = any(not game.is_heat for game in ready)
    places = (await tournaments.event_index(session, tournament)).places if has_matches else {}
    paths = path_lengths(_following(places))
    heats = [game.id for game in ready if game.is_heat]
    order = {played_id: number for number, played_id in enumerate([*places, *heats])}
    since = await _waiting_since(session, tournament_id, [game.id for game in ready])
    featured = await featured_matches(session, tournament_id)
    needy = await _participants_with_need(session, tournament_id)
    return [
        Waiting(
            id=game.id,
            sides=tuple(game.participants),
            waited_min=max(0, int((now - since[game.id]).total_seconds()) // 60),
            path=paths.get(game.id, 1),
            order=order[game.id],
            is_featured=game.id in featured,
            needs_access=not needy.isdisjoint(game.participants),
        )
        for game in ready
        if game.id in since and (game.is_heat or len(game.sides) == 2)
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
    heats = await open_heats(session, tournament_id)
    called = {call.played_id for call in calls}
    to_call = [(state, place) for state, place in open_ if state.id not in called and state.status in _TO_BE_CALLED]
    to_come = [heat for heat in heats if heat.id not in called and heat.status is HeatStatus.READY]
    ready = [state.id for state, _ in to_call if state.status is MatchStatus.READY]
    since = await _waiting_since(session, tournament_id, [*ready, *(heat.id for heat in to_come)])
    games = await heats_to_play(session, heats)
    ahead = _Ahead(now, calls, open_, games, await lengths_so_far(session, tournament_id))
    paths = {} if view is None else path_lengths(_following({place.match_id: place for _, place in view.matches}))
    planned = [*ahead.planned(to_call, since, paths), *ahead.planned_heats(games, since, len(to_call))]
    starts = forecast(ahead.now, planned, ahead.ends, ahead.tables(tables), ahead.busy_sides)
    featured = await featured_matches(session, tournament_id)
    waiting = [WaitingMatch(state, place, state.id in featured, _at(starts.get(state.id))) for state, place in to_call]
    coming = [WaitingHeat(heat, _at(starts.get(heat.id))) for heat in to_come]
    return QueueState(
        queue,
        tables,
        calls,
        sorted(waiting, key=lambda match: match.estimated_start_at or _NEVER),
        sorted(coming, key=lambda heat: heat.estimated_start_at or _NEVER),
    )


async def sides_of_user(session: ReadSession, user_id: UUID) -> set[UUID]:
    """The user, and the teams they are in, by their keys."""
    request = PageRequest(size=MAX_PAGE)
    pages = await teams.team_pages_of_users(session, [(user_id, request)])
    return {user_id, *(team.id for team, _ in pages[user_id, request].rows)}


async def queues_of_user(session: ReadSession, user_id: UUID, now: datetime) -> list[QueueState]:
    """The queues of the events that are being played with a user, or a team they are in: of the newest ones."""
    sides = list(await sides_of_user(session, user_id))
    held = [await queue_state(session, event_id, now) for event_id in await queues_with_sides(session, sides)]
    return [state for state in held if state is not None]


class _Ahead:
    """What the forecast has to know, in whole seconds since 1970."""

    def __init__(
        self,
        now: datetime,
        calls: Sequence[CallView],
        open_: Sequence[tuple[MatchState, BracketPlace]],
        heats: Sequence[Playable],
        lengths: Lengths,
    ) -> None:
        self.now = _seconds(now)
        self._lengths = lengths
        self._open = {state.id for state, _ in open_}
        ends = {call: self._end(call.called_at, Form(call.best_of, call.heat_id is not None)) for call in calls}
        self._tables = {call.table_id: end for call, end in ends.items()}
        self.ends = {call.played_id: end for call, end in ends.items()}
        for state, _ in open_:
            if state.started_at is not None:
                self.ends.setdefault(state.id, self._end(state.started_at, Form(state.best_of)))
        games = [*(match_to_play(state) for state, _ in open_), *heats]
        self.busy_sides = {
            side: self.ends[game.id] for game in games if game.id in self.ends for side in game.participants
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
                id=state.id,
                length=expected_length(self._lengths, Form(state.best_of)),
                path=paths[state.id],
                order=number,
                ready_at=_seconds(since[state.id]) if state.id in since else None,
                after=self._before(place) if state.status is MatchStatus.PENDING else (),
                sides=match_to_play(state).participants,
            )
            for number, (state, place) in enumerate(to_call)
            if state.status is MatchStatus.READY or not place.is_reset
        ]

    def planned_heats(self, heats: Sequence[Playable], since: Mapping[UUID, datetime], first: int) -> list[Planned]:
        """The heats to call. Those of rounds that are not drawn yet are not known."""
        return [
            Planned(
                id=game.id,
                length=expected_length(self._lengths, Form(game.best_of, is_heat=True)),
                path=1,
                order=number,
                ready_at=_seconds(since[game.id]),
                sides=game.participants,
            )
            for number, game in enumerate(heats, start=first)
            if game.id in since
        ]

    def _before(self, place: BracketPlace) -> list[UUID]:
        return [source.match_id for source in place.sources if source.match_id in self._open and source.match_id]

    def _end(self, began_at: datetime, form: Form) -> int:
        return self.now + remaining(expected_length(self._lengths, form), max(0, self.now - _seconds(began_at)))


_TO_BE_CALLED = (MatchStatus.READY, MatchStatus.PENDING)
_NEVER = datetime.max.replace(tzinfo=UTC)


async def _waiting_since(session: ReadSession, tournament_id: UUID, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when matches and heats wait that can be played, without those that were called in vain too often."""
    since = {**await matches.seated_at(session, ids), **await _drawn_at(session, ids)}
    vain: Counter[UUID] = Counter()
    # A call of sides that a match had before a correction says nothing about those it has now.
    for call in sorted(await earlier_calls(session, tournament_id), key=lambda call: call.ended_at):
        if call.played_id in since and call.ended_at >= since[call.played_id]:
            since[call.played_id] = call.ended_at
            vain[call.played_id] += call.ending is CallEnding.EXPIRED
    return {played_id: at for played_id, at in since.items() if vain[played_id] < MAX_VAIN_CALLS}


async def _drawn_at(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    found = await session.execute(select(Heat.id, Heat.drawn_at).where(Heat.id.in_(ids)))
    return dict(found.all())


async def _participants_with_need(session: ReadSession, tournament_id: UUID) -> set[UUID]:
    entrants = await tournaments.entrants_by_id(session, list(await entrants_with_need(session, tournament_id)))
    return {entrant.participant_id for entrant in entrants.values()}


def _following(places: Mapping[UUID, BracketPlace]) -> dict[UUID, list[UUID]]:
    return {
        match_id: [link.match_id for link in (place.winner_to, place.loser_to) if link is not None]
        for match_id, place in places.items()
    }


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _at(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
