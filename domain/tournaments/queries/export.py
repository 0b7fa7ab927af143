"""An event as it is, as a file tells it: everything that is needed to make it somewhere else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from domain.infra.db import ReadSession
from domain.kernel.ids import global_id
from domain.matches import MatchState, MatchStatus, Outcome
from domain.tournaments.errors import NotExportable
from domain.tournaments.queries.events import BracketView, bracket_views, stage_views
from domain.tournaments.queries.tables import Bye, StageSeat, stage_byes, stage_fields
from domain.tournaments.rules.events import (
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.formats import Elimination, RoundRobin, Swiss
from domain.tournaments.rules.groups import group_name
from domain.tournaments.rules.stored import format_of
from domain.tournaments.values import (
    BracketPlace,
    BracketSide,
    BracketSource,
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


_WITHOUT_FORM = {Structure.LADDER: "a ladder", Structure.FREE_FOR_ALL: "a free-for-all"}


async def exported_event(session: ReadSession, tournament_id: UUID, game: str) -> Event | None:
    """The event of a tournament, with the stages that have begun; None before the first. Pass a snapshot session.

    Who was there when it began is in it, numbered by seed.

    Raises:
        NotExportable: a stage is not played in a form that files have.
    """
    every = (await stage_views(session, [tournament_id]))[tournament_id]
    stages = [stage for stage in every if stage.status is not StageStatus.PENDING]
    if not stages:
        return None
    _require_forms(stages)
    view = (await bracket_views(session, [tournament_id]))[tournament_id]
    keys = [(tournament_id, stage.id) for stage in stages]
    fields, byes = await stage_fields(session, keys), await stage_byes(session, keys)
    cast = [seat.entrant for seat in fields[keys[0]]]
    numbers = {entrant.id: number for number, entrant in enumerate(cast, 1)}
    names = _match_keys(view)
    return Event(
        entrants=tuple(_entrant(number, entrant) for number, entrant in enumerate(cast, 1)),
        stages=tuple(
            _Stage(stage, fields[key], byes[key], view, numbers, names).told
            for stage, key in zip(stages, keys, strict=True)
        ),
        name=view.tournament.name,
        game=game,
    )


def _require_forms(stages: Sequence[StageView]) -> None:
    for stage in stages:
        if stage.structure in _WITHOUT_FORM:
            raise NotExportable(stage.number, _WITHOUT_FORM[stage.structure])


def _entrant(number: int, entrant: EntrantView) -> EventEntrant:
    return EventEntrant(
        number=number,
        name=entrant.name,
        seed=number,
        external_id=global_id("Entrant", entrant.id),
        place=entrant.placement_low,
    )


def _match_keys(view: BracketView) -> Mapping[UUID, str]:
    """The keys of all matches; where two stages have the same, all begin with the number of their stage."""
    used = Counter(place.key for _, place in view.matches)
    is_unique = max(used.values()) == 1
    return {place.match_id: place.key if is_unique else f"{place.stage}-{place.key}" for _, place in view.matches}


class _Stage:
    """A stage on its way into a file."""

    def __init__(
        self,
        stage: StageView,
        seats: Sequence[StageSeat],
        byes: Sequence[Bye],
        view: BracketView,
        numbers: Mapping[UUID, int],
        keys: Mapping[UUID, str],
    ) -> None:
        self._stage = stage
        self._seats = seats
        self._byes = byes
        self._matches = [(state, place) for state, place in view.matches if place.stage_id == stage.id]
        self._numbers = {seat.seed: numbers[seat.entrant.id] for seat in seats}
        self._members: dict[int, list[int]] = defaultdict(list)
        for seat in seats:
            self._members[seat.group or 1].append(seat.seed)
        self._group_of = {seed: group for group, seeds in self._members.items() for seed in seeds}
        self._keys = keys

    @property
    def told(self) -> EventStage:
        """The stage as files tell it."""
        settings = format_of(self._stage).settings
        name = self._stage.name or ""
        if isinstance(settings, Elimination):
            return EventStage(
                StageFormat.ELIMINATION,
                tuple(self._groups()),
                name,
                best_of=settings.best_of,
                match_scoring=settings.scoring,
            )
        assert isinstance(settings, RoundRobin | Swiss)
        is_swiss = isinstance(settings, Swiss)
        return EventStage(
            StageFormat.SWISS if is_swiss else StageFormat.ROUND_ROBIN,
            tuple(self._groups()),
            name,
            tuple(settings.ranking.tiebreaks.split(",")),
            settings.ranking.scoring,
            has_sides=settings.has_sides,
            best_of=settings.best_of,
            planned=settings.planned(len(self._seats)) if isinstance(settings, Swiss) else None,
            match_scoring=settings.scoring,
            has_draws=settings.has_draws,
        )

    def _groups(self) -> Iterator[EventGroup]:
        pools: dict[UUID, int] = {}
        matches: dict[int, list[EventMatch]] = defaultdict(list)
        for state, place in self._matches:
            source = place.sources[0]
            pools[state.id] = self._group_of[source.seed] if source.seed is not None else pools[_feeder(source)]
            matches[pools[state.id]].append(self._match(state, place))
        byes: dict[int, list[EventBye]] = defaultdict(list)
        for bye in self._byes:
            byes[self._group_of[bye.seed]].append(EventBye(bye.round, self._numbers[bye.seed], bye.kind, bye.worth))
        for group, seeds in sorted(self._members.items()):
            # In an order that does not depend on how it was drawn, so that equal events are equal files.
            played = sorted(matches[group], key=lambda match: (len(match.key), match.key))
            name = group_name(group) if len(self._members) > 1 else ""
            yield EventGroup(tuple(self._numbers[seed] for seed in seeds), tuple(played), tuple(byes[group]), name)

    def _match(self, state: MatchState, place: BracketPlace) -> EventMatch:
        first, second = state.slots
        is_over = state.status is MatchStatus.FINISHED
        decided = Progress.PLAYED if state.outcome is Outcome.PLAYED else Progress.FORFEIT
        sides = (self._side(first.seed), self._side(second.seed))
        return EventMatch(
            key=self._keys[state.id],
            round=_round(place),
            sides=sides,
            sources=None if place.group is not None else self._sources(place),
            progress=decided if is_over else _PROGRESS.get(state.status, Progress.OPEN),
            winner=state.winner if is_over else None,
            score=None if first.score is None or second.score is None else (first.score, second.score),
            # Of games that one side began ahead there is no trace in the others, so they would not add up.
            games=() if state.advantage else state.games,
            best_of=state.best_of,
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
        key = self._keys[_feeder(source)]
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
