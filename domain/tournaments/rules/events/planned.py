"""Stages whose files have the plan of their organizers: what that says of them, and the places of ladders and heats."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain.tournaments.heat_values import FreeForAll, Games
from domain.tournaments.rules.events.values import (
    DECIDED,
    Event,
    EventGroup,
    EventMatch,
    EventStage,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.formats import Elimination, RoundRobin, Swiss
from domain.tournaments.rules.free_for_all import Course, course
from domain.tournaments.rules.ladder import Challenge, Ladder, standing
from domain.tournaments.rules.links import Link
from domain.tournaments.rules.placements import Band
from domain.tournaments.rules.rounds import Entry
from domain.tournaments.rules.stages import StagePlan
from domain.tournaments.rules.tables import Game, Group, table
from domain.tournaments.rules.tiebreaks import Standing, Standings, Value
from domain.tournaments.values import GONE, LoserOf, Seed, Source, Structure, WinnerOf


def described(plan: StagePlan, entrants: int) -> EventStage:
    """What the plan of a stage into which so many come says of it; who plays in it is missing."""
    settings = plan.format.settings
    stage = EventStage(StageFormat.FREE_FOR_ALL, (), plan.name or "", plan=plan)
    if isinstance(settings, FreeForAll):
        return stage
    stage = replace(stage, best_of=settings.best_of, match_scoring=settings.scoring)
    if isinstance(settings, Elimination | Ladder):
        is_bracket = isinstance(settings, Elimination)
        return replace(stage, format=StageFormat.ELIMINATION if is_bracket else StageFormat.LADDER)
    return replace(
        stage,
        format=StageFormat.SWISS if isinstance(settings, Swiss) else StageFormat.ROUND_ROBIN,
        tiebreaks=tuple(settings.ranking.tiebreaks.split(",")),
        scoring=settings.ranking.scoring,
        has_sides=settings.has_sides,
        planned=settings.planned(entrants) if isinstance(settings, Swiss) else None,
        has_draws=settings.has_draws,
    )


def size_of(stage: EventStage) -> int:
    """How many are in it."""
    return sum(len(group.entrants) for group in stage.groups)


def seeds_of(stage: EventStage) -> dict[int, int]:
    """The seeds in a stage by entrant: as its groups tell them, else in the order of its first group."""
    return {
        entrant: seed
        for group in stage.groups
        for entrant, seed in zip(group.entrants, group.seeds or range(1, len(group.entrants) + 1), strict=True)
    }


def gone_from(event: Event) -> set[int]:
    """The numbers of those who play no further match."""
    return {entrant.number for entrant in event.entrants if entrant.status in GONE}


def plan_of(stage: EventStage) -> StagePlan:
    """The plan of a stage that has one, with the links that its matches are, if it is a bracket that was given."""
    assert stage.plan is not None
    given = stage.plan.format
    if given.structure is not Structure.CUSTOM or not stage.groups:
        return stage.plan
    told = whole(stage).matches
    links = (Link(match.key, *match.sources, match.round, match.best_of) for match in told if match.sources)
    return replace(stage.plan, format=replace(given, links=tuple(links)))


def whole(stage: EventStage) -> EventGroup:
    """The bracket of a stage that has a plan. Its pools are one here, whose sources count the seeds of the stage."""
    seeds = seeds_of(stage)
    matches = (
        replace(match, sources=None if match.sources is None else _sources(match.sources, group, seeds))
        for group in stage.groups
        for match in group.matches
    )
    return EventGroup(tuple(sorted(seeds, key=seeds.__getitem__)), tuple(matches))


def _sources(sources: tuple[Source, Source], group: EventGroup, seeds: Mapping[int, int]) -> tuple[Source, Source]:
    first, second = (
        Seed(seeds[group.entrants[source.number - 1]]) if isinstance(source, Seed) else source for source in sources
    )
    return first, second


def with_own_keys(event: Event) -> Event:
    """The event with the keys that its matches have in their stages, where the number of the stage stands before them.

    That is so where two stages would have a match with the same key.
    """
    stages = [
        replace(stage, groups=tuple(_without(f"{number}-", group) for group in stage.groups))
        for number, stage in enumerate(event.stages, 1)
    ]
    told, own = list(_keys(event.stages)), list(_keys(stages))
    is_prefixed = all(len(key) < len(before) for key, before in zip(own, told, strict=True))
    return replace(event, stages=tuple(stages)) if is_prefixed and len(set(own)) < len(own) else event


def group_of(stage: EventStage, group: EventGroup, gone: Collection[int] = ()) -> Group:
    """A group as tables and pairings here read it, by the seeds in its stage; these have left it."""
    seeds = seeds_of(stage)
    return Group(
        sorted(seeds[entrant] for entrant in group.entrants),
        [_game(match, seeds) for match in group.matches],
        {(seeds[bye.entrant], bye.round): Entry(bye.kind, bye.points) for bye in group.byes},
        {seeds[entrant] for entrant in group.entrants if entrant in gone},
        is_predetermined=stage.format is StageFormat.ROUND_ROBIN,
        planned=stage.planned,
        has_sides=stage.has_sides,
    )


def planned_table(stage: EventStage, group: EventGroup) -> Standings:
    """Who stands where in a group of a stage that has a plan, by the numbers of its entrants."""
    assert stage.plan is not None
    settings = stage.plan.format.settings
    assert isinstance(settings, RoundRobin | Swiss)
    found = table(group_of(stage, group), settings.ranking)
    numbers = {seed: entrant for entrant, seed in seeds_of(stage).items()}
    return replace(
        found,
        rows=tuple(_renumbered(row, numbers) for row in found.rows),
        unbroken=tuple(tuple(numbers[seed] for seed in tied) for tied in found.unbroken),
    )


def played_course(stage: EventStage) -> Course[int]:
    """How a free-for-all has gone so far, by the numbers of its entrants."""
    assert stage.plan is not None
    settings, (group,) = stage.plan.format.settings, stage.groups
    assert isinstance(settings, FreeForAll)
    known = {(heat.round, frozenset(heat.results)): heat.results for heat in group.heats}

    def recall(number: int, heat: Sequence[int]) -> Mapping[int, Games]:
        return known.get((number, frozenset(heat)), {})

    return course(group.entrants, settings, recall, group.left)


def rungs(stage: EventStage, as_of: datetime | None) -> dict[int, Band]:
    """The places on a ladder at an instant, by the numbers of its entrants; who has left it shares the last ones."""
    assert stage.plan is not None
    settings, (group,) = stage.plan.format.settings, stage.groups
    assert isinstance(settings, Ladder)
    at = group.closed_at or as_of
    assert at is not None
    order = standing(group.climbers, _challenges(group.matches), settings, at).order
    last = len(order) + 1, len(group.entrants)
    return {**dict.fromkeys(group.entrants, last), **{each: (rung, rung) for rung, each in enumerate(order, 1)}}


def is_ended(group: EventGroup) -> bool:
    """Whether a ladder has been ended and nothing of it is left to play."""
    return group.closed_at is not None and all(
        match.progress in DECIDED | {Progress.CALLED_OFF} for match in group.matches
    )


def _challenges(matches: Sequence[EventMatch]) -> Iterator[Challenge[int]]:
    for number, match in enumerate(matches, 1):
        if match.progress in DECIDED:
            challenger, challenged = match.sides
            assert challenger is not None
            assert challenged is not None
            assert match.finished_at is not None
            winner = None if match.winner is None else match.sides[match.winner]
            is_played = match.progress is Progress.PLAYED
            yield Challenge(number, match.finished_at, challenger, challenged, winner, is_played)


def _game(match: EventMatch, seeds: Mapping[int, int]) -> Game:
    first, second = match.sides
    assert first is not None
    assert second is not None
    return Game(
        match.round or 1,
        (seeds[first], seeds[second]),
        is_over=match.progress in DECIDED,
        is_played=match.progress is Progress.PLAYED,
        winner=match.winner,
        scores=match.score,
    )


def _renumbered(row: Standing, numbers: Mapping[int, int]) -> Standing:
    def value(told: Value) -> Value:
        terms = (
            term if term.opponent is None else replace(term, opponent=numbers[term.opponent]) for term in told.terms
        )
        return replace(told, terms=tuple(terms))

    values = {label: value(told) for label, told in row.values.items()}
    return replace(row, number=numbers[row.number], values=values)


def _keys(stages: Sequence[EventStage]) -> Iterator[str]:
    return (match.key for stage in stages for group in stage.groups for match in group.matches)


def _without(prefix: str, group: EventGroup) -> EventGroup:
    def own(source: Source) -> Source:
        if isinstance(source, WinnerOf | LoserOf):
            return replace(source, match=source.match.removeprefix(prefix))
        return source

    matches = (
        replace(
            match,
            key=match.key.removeprefix(prefix),
            sources=match.sources and (own(match.sources[0]), own(match.sources[1])),
        )
        for match in group.matches
    )
    return replace(group, matches=tuple(matches))
