"""An event as it is, as a file tells it: everything that is needed to make it somewhere else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from domain.infra.db import ReadSession
from domain.infra.views import among, select_view
from domain.kernel.ids import global_id
from domain.matches import MatchState, MatchStatus, Outcome
from domain.tournaments.heat_values import HeatState
from domain.tournaments.models import Entrant, Stage, StageEntrant
from domain.tournaments.queries.events import BracketView, bracket_views, stage_views, tournaments_by_id
from domain.tournaments.queries.heats import heat_standings, heats_of_stages
from domain.tournaments.queries.ladders import ladders
from domain.tournaments.queries.tables import Bye, PlayedStage, StageSeat, stage_byes, stage_fields, tables
from domain.tournaments.rules.challenges import LadderView
from domain.tournaments.rules.events import (
    MAX_ENTRANTS,
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventHeat,
    EventMatch,
    EventStage,
    Progress,
    described,
)
from domain.tournaments.rules.groups import group_name
from domain.tournaments.rules.stages import StagePlan
from domain.tournaments.rules.stored import format_of, links_from, sources_from, veto_from
from domain.tournaments.rules.tiebreaks import Standing, Standings
from domain.tournaments.values import (
    BracketPlace,
    BracketSide,
    BracketSource,
    EntrantStatus,
    EntrantView,
    LoserOf,
    Seed,
    Source,
    SourceKind,
    StageStatus,
    StageView,
    Structure,
    WinnerOf,
)

_PROGRESS = {
    MatchStatus.LIVE: Progress.LIVE,
    MatchStatus.REPORTED: Progress.LIVE,
    MatchStatus.DISPUTED: Progress.LIVE,
    MatchStatus.NOT_NEEDED: Progress.NOT_NEEDED,
}
_TOLD = frozenset({EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED, EntrantStatus.ABSENT})
_STAGES, _ENTRANTS, _SEATS = Stage.__table__.c, Entrant.__table__.c, StageEntrant.__table__.c
_LINKS = select(_STAGES.id, _STAGES.links).where(_STAGES.tournament_id == bindparam("tournament_id"))
_LEFT = select(_SEATS.stage_id, _SEATS.seed, _SEATS.left_round).where(
    among(_SEATS.stage_id, "stage_ids"), _SEATS.left_round.is_not(None)
)
_ENTERED = (
    select_view(Entrant, EntrantView)
    .where(_ENTRANTS.tournament_id == bindparam("tournament_id"))
    .order_by(_ENTRANTS.number)
)


async def exported_event(session: ReadSession, tournament_id: UUID, game: str, now: datetime) -> Event | None:
    """The event of a tournament; None before its first stage has begun. Pass a snapshot session.

    Who was there when it began comes first, numbered by seed.
    """
    stages = (await stage_views(session, [tournament_id]))[tournament_id]
    begun = [stage for stage in stages if stage.status is not StageStatus.PENDING]
    if not begun:
        return None
    tournament = (await tournaments_by_id(session, [tournament_id]))[tournament_id]
    views = await bracket_views(session, [tournament_id])
    view = views.get(tournament_id)  # None where there are heats alone
    asked = {"tournament_id": tournament_id}
    keys = [(tournament_id, stage.id) for stage in begun]
    fields = await stage_fields(session, keys)
    cast = [seat.entrant for seat in fields[keys[0]]]
    entered = map(EntrantView._make, await session.execute(_ENTERED, asked))
    present = {entrant.id for entrant in cast}
    everybody = [*cast, *(entrant for entrant in entered if entrant.id not in present)][:MAX_ENTRANTS]
    told = _Told(
        view=view,
        numbers={entrant.id: number for number, entrant in enumerate(everybody, 1)},
        match_keys={} if view is None else _match_keys(view),
        links=dict((await session.execute(_LINKS, asked)).all()),
        fields={stage_id: seats for (_, stage_id), seats in fields.items()},
        byes={stage_id: byes for (_, stage_id), byes in (await stage_byes(session, keys)).items()},
        ladders={stage_id: ladder for (_, stage_id), ladder in (await ladders(session, keys)).items()},
        heats=await heats_of_stages(session, [stage.id for stage in begun]),
        left=await _left(session, [stage.id for stage in begun]),
        now=now,
    )
    is_open = any(ladder.closed_at is None for ladder in told.ladders.values())
    return Event(
        entrants=tuple(_entrant(number, entrant, len(cast)) for number, entrant in enumerate(everybody, 1)),
        stages=tuple(_Stage(stage, told).told for stage in stages),
        name=tournament.name,
        game=game,
        capacity=tournament.capacity,
        as_of=now if is_open else None,
    )


async def _left(session: ReadSession, stage_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[int, int]]:
    """In which round of free-for-alls people left, by their seeds there."""
    found: dict[UUID, dict[int, int]] = {key: {} for key in stage_ids}
    for stage_id, seed, number in await session.execute(_LEFT, {"stage_ids": stage_ids}):
        found[stage_id][seed] = number
    return found


def _entrant(number: int, entrant: EntrantView, seeded: int) -> EventEntrant:
    return EventEntrant(
        number=number,
        name=entrant.name,
        seed=number if number <= seeded else None,
        external_id=global_id("Entrant", entrant.id),
        place=entrant.placement_low,
        status=entrant.status if entrant.status in _TOLD else EntrantStatus.PLAYING,
    )


def _match_keys(view: BracketView) -> Mapping[UUID, str]:
    """The keys of all matches; where two stages have the same, all begin with the number of their stage."""
    used = Counter(place.key for _, place in view.matches)
    is_unique = max(used.values(), default=1) == 1
    return {place.match_id: place.key if is_unique else f"{place.stage}-{place.key}" for _, place in view.matches}


@dataclass(frozen=True, slots=True)
class _Told:
    """What has been read of an event, by stage where nothing else is said."""

    view: BracketView | None
    numbers: Mapping[UUID, int]
    match_keys: Mapping[UUID, str]
    links: Mapping[UUID, Sequence[Any] | None]
    fields: Mapping[UUID, Sequence[StageSeat]]
    byes: Mapping[UUID, Sequence[Bye]]
    ladders: Mapping[UUID, LadderView]
    heats: Mapping[UUID, Sequence[HeatState]]
    left: Mapping[UUID, Mapping[int, int]]
    now: datetime


class _Stage:
    """A stage on its way into a file."""

    def __init__(self, stage: StageView, event: _Told) -> None:
        self._stage = stage
        self._event = event
        self._seats = event.fields.get(stage.id, ())
        placed = event.view.matches if event.view is not None else ()
        self._matches = [(state, place) for state, place in placed if place.stage_id == stage.id]
        self._numbers = {seat.seed: event.numbers[seat.entrant.id] for seat in self._seats}
        self._members: dict[int, list[int]] = defaultdict(list)
        for seat in self._seats:
            self._members[seat.group or 1].append(seat.seed)
        self._group_of = {seed: group for group, seeds in self._members.items() for seed in seeds}

    @property
    def told(self) -> EventStage:
        """The stage as files tell it."""
        given = format_of(self._stage)
        links = links_from(self._event.links[self._stage.id] or ()) if not self._seats else ()
        plan = StagePlan(
            self._stage.name,
            replace(given, links=links),
            sources_from(self._stage.sources),
            veto_from(self._stage.veto),
        )
        stage = described(plan, len(self._seats))
        if not self._seats:
            return stage
        if given.structure is Structure.FREE_FOR_ALL:
            return replace(stage, groups=(self._free_for_all(),))
        if given.structure is Structure.LADDER:
            return replace(stage, groups=(self._ladder(),))
        return replace(stage, groups=tuple(self._groups()))

    def _groups(self) -> Iterator[EventGroup]:
        pools: dict[UUID, int] = {}
        matches: dict[int, list[EventMatch]] = defaultdict(list)
        for state, place in self._matches:
            source = place.sources[0]
            pools[state.id] = self._group_of[source.seed] if source.seed is not None else pools[_feeder(source)]
            matches[pools[state.id]].append(self._match(state, place))
        byes: dict[int, list[EventBye]] = defaultdict(list)
        for bye in self._event.byes[self._stage.id]:
            byes[self._group_of[bye.seed]].append(EventBye(bye.round, self._numbers[bye.seed], bye.kind, bye.worth))
        standings = self._standings()
        for group, seeds in sorted(self._members.items()):
            # In an order that does not depend on how it was drawn, so that equal events are equal files.
            played = sorted(matches[group], key=lambda match: (len(match.key), match.key))
            told = EventGroup(tuple(self._numbers[seed] for seed in seeds), tuple(played), tuple(byes[group]))
            if group in standings:
                rows = standings[group].rows
                told = replace(told, places=self._places(rows), values=self._values(rows))
            yield told if len(self._members) == 1 else replace(told, name=group_name(group), seeds=tuple(seeds))

    def _standings(self) -> Mapping[int, Standings]:
        """The table of each group; none of an event that was called off, whose open matches nobody will play."""
        if self._stage.status is StageStatus.CANCELLED or self._event.view is None:
            return {}
        played = PlayedStage(self._event.view, self._seats, self._event.byes[self._stage.id])
        found = tables(self._stage, played)
        return {number: group.standings for number, group in found.items()}

    def _places(self, rows: Sequence[Standing]) -> Mapping[int, int]:
        return {self._numbers[row.number]: row.rank for row in rows}

    def _values(self, rows: Sequence[Standing]) -> Mapping[int, Mapping[str, Fraction]]:
        return {
            self._numbers[row.number]: {
                label: value.number for label, value in row.values.items() if value.number is not None
            }
            for row in rows
        }

    def _free_for_all(self) -> EventGroup:
        heats = self._event.heats[self._stage.id]
        placed = heat_standings(heats)
        return EventGroup(
            tuple(self._numbers.values()),
            places={self._numbers[each.seed]: each.placement.low for each in placed if each.placement is not None},
            heats=tuple(
                EventHeat(
                    heat.round,
                    heat.number,
                    {self._numbers[seat.seed]: seat.games for seat in heat.seats},
                    heat.finished_at,
                )
                for heat in heats
            ),
            left={self._numbers[seed]: number for seed, number in self._event.left[self._stage.id].items()},
        )

    def _ladder(self) -> EventGroup:
        ladder = self._event.ladders[self._stage.id]
        order, staying = ladder.places(self._event.now)
        states = {state.id: (state, place) for state, place in self._matches}
        return EventGroup(
            tuple(self._numbers.values()),
            tuple(self._challenge(*states[match.match_id], match.made_at) for match in ladder.matches),
            places={self._numbers[seed]: min(rung, staying + 1) for rung, seed in enumerate(order, 1)},
            climbers=tuple(replace(climber, entrant=self._numbers[climber.entrant]) for climber in ladder.climbers),
            closed_at=ladder.closed_at,
        )

    def _challenge(self, state: MatchState, place: BracketPlace, made_at: datetime) -> EventMatch:
        told = replace(self._match(state, place), round=None, made_at=made_at)
        is_called_off = state.status is MatchStatus.CANCELLED
        return replace(told, progress=Progress.CALLED_OFF, finished_at=None) if is_called_off else told

    def _match(self, state: MatchState, place: BracketPlace) -> EventMatch:
        first, second = state.slots
        is_over = state.status is MatchStatus.FINISHED
        decided = Progress.PLAYED if state.outcome is Outcome.PLAYED else Progress.FORFEIT
        sides = (self._side(first.seed), self._side(second.seed))
        return EventMatch(
            key=self._event.match_keys[state.id],
            round=_round(place),
            sides=sides,
            sources=None if place.group is not None else self._sources(place),
            progress=decided if is_over else _PROGRESS.get(state.status, Progress.OPEN),
            winner=state.winner if is_over else None,
            score=None if first.score is None or second.score is None else (first.score, second.score),
            games=state.games,
            best_of=state.best_of,
            is_disqualification=state.outcome is Outcome.DISQUALIFICATION,
            advantage=state.advantage,
            finished_at=state.finished_at,
        )

    def _side(self, seed: int | None) -> int | None:
        return None if seed is None else self._numbers[seed]

    def _sources(self, place: BracketPlace) -> tuple[Source, Source]:
        first, second = place.sources
        return self._source(first), self._source(second)

    def _source(self, source: BracketSource) -> Source:
        if source.kind is SourceKind.SEED:
            assert source.seed is not None
            return Seed(self._members[self._group_of[source.seed]].index(source.seed) + 1)
        key = self._event.match_keys[_feeder(source)]
        return WinnerOf(key) if source.kind is SourceKind.WINNER else LoserOf(key)


def _feeder(source: BracketSource) -> UUID:
    """The match from which somebody comes."""
    assert source.match_id is not None
    return source.match_id


def _round(place: BracketPlace) -> int:
    """The round as Challonge counts: below 0 in the lower bracket, 0 for third place."""
    if place.side is BracketSide.THIRD_PLACE:
        return 0
    return -place.round if place.side is BracketSide.LOWER else place.round
