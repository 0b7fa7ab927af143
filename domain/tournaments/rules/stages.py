"""The stages of an event: whether they fit together, who goes on from which to which, and who finishes where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from domain.kernel.veto import VetoPlan
from domain.tournaments.errors import InvalidStages, StageProblem
from domain.tournaments.rules.formats import MAX_GROUP_MATCHES, Format, groups_of, matches_of
from domain.tournaments.rules.graph import MAX_ENTRANTS
from domain.tournaments.rules.group_seeding import Qualifier, seed_from_groups
from domain.tournaments.rules.placements import Band
from domain.tournaments.rules.sources import StageSource

Entrant = TypeVar("Entrant", bound=Hashable)

MAX_STAGES = 16
MAX_SOURCES = 16


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage as its organizers want it. Without sources the entrants of the event come into it.

    `veto` is how the sides of its matches choose what is played; None: they do not.
    """

    name: str | None
    format: Format
    sources: tuple[StageSource, ...] = ()
    veto: VetoPlan | None = None


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Entrant]):
    """Somebody in the order of a stage that is over; `group` counts from 1 and is None where there are no groups."""

    entrant: Entrant
    group: int | None = None


def validate(plans: Sequence[StagePlan], entrants: int) -> None:
    """Refuse stages that do not fit together when so many take part.

    Raises:
        InvalidStages: with every problem, the stage that has it, and the field.
    """
    if not 1 <= len(plans) <= MAX_STAGES:
        raise InvalidStages([StageProblem(1, "stages", f"An event has 1 to {MAX_STAGES} stages.")])
    problems = list(_problems(plans, entrants))
    if problems:
        raise InvalidStages(problems)


def sizes(plans: Sequence[StagePlan], entrants: int) -> list[int]:
    """How many come into each stage when so many take part. Ranks that nobody reaches bring nobody."""
    ranks: list[list[int]] = []
    for plan in plans:
        arriving = sum(len(_taken(source, ranks[source.stage - 1])) for source in plan.sources)
        ranks.append(_ranks(plan.format, arriving if plan.sources else entrants))
    return [len(each) for each in ranks]


def short_stage(plans: Sequence[StagePlan], entrants: int) -> tuple[int, int] | None:
    """The first stage into which too few come, or not as many as its bracket has seeds, and how many do."""
    for number, (plan, size) in enumerate(zip(plans, sizes(plans, entrants), strict=True), start=1):
        if size < needed(plan.format) or plan.format.seeds not in (None, size):
            return number, size
    return None


def needed(given: Format) -> int:
    """How many a stage needs at least: two in every group, or as many as the bracket that was given has seeds."""
    return given.seeds or 2 * given.group_count


def moved_up(order: Sequence[Ranked[Entrant]], left: Collection[Entrant]) -> list[Ranked[Entrant]]:
    """The order of a stage for those who come after it: whoever has left comes last, and all behind them move up."""
    return sorted(order, key=lambda ranked: ranked.entrant in left)


def passed_on(source: StageSource, order: Sequence[Ranked[Entrant]]) -> list[tuple[Entrant, int]]:
    """Whom a source takes from a stage that is over, best first, each with the rank reached in the group."""
    return [(ranked.entrant, rank) for ranked, rank in _selected(source, order)]


def arrivals(plan: StagePlan, orders: Mapping[int, Sequence[Ranked[Entrant]]]) -> tuple[Entrant, ...]:
    """Who comes into a stage, seed 1 first, from the orders of the stages that are over, by number.

    Nobody has a better seed than somebody who comes from an earlier source or by a better rank. Where losses decide,
    those who played in one group are kept apart as long as possible.
    """
    qualifiers: list[Qualifier[Entrant]] = []
    bands: dict[tuple[int, int], int] = {}
    origins: dict[tuple[int, int], int] = {}
    for place, source in enumerate(plan.sources):
        for ranked, group_rank in _selected(source, orders[source.stage]):
            band = bands.setdefault((place, group_rank), len(bands))
            origin = origins.setdefault((source.stage, ranked.group or 0), len(origins))
            qualifiers.append(Qualifier(ranked.entrant, origin, band))
    if plan.format.is_elimination and len(set(bands.values())) < len(qualifiers):
        return seed_from_groups(qualifiers).order
    return tuple(qualifier.entrant for qualifier in qualifiers)


Sources = Mapping[int, Sequence[StageSource]]
"""Who comes into each stage, by its number. Nothing: the entrants of the event."""


def by_merit(sources: Sources) -> list[int]:
    """The stages by how well those finish who end in them, best first.

    Whoever goes on finishes before whoever stays; and of two stages the one reached by better ranks comes first.
    """
    paths: dict[int, tuple[int, ...]] = {}
    for number in sorted(sources):
        paths[number] = min(((*paths[source.stage], source.low) for source in sources[number]), default=())
    return sorted(paths, key=lambda number: (*paths[number], inf))


def event_places(stages: Sequence[Mapping[Entrant, Band]]) -> dict[Entrant, Band]:
    """The places in the event, of the places in each stage, by merit. Whoever plays in several ends in the first."""
    places: dict[Entrant, Band] = {}
    low = 1
    for stage in stages:
        ending: dict[Band, list[Entrant]] = {}
        for entrant, band in stage.items():
            if entrant not in places:
                ending.setdefault(band, []).append(entrant)
        for band in sorted(ending):
            sharing = ending[band]
            places.update(dict.fromkeys(sharing, (low, low + len(sharing) - 1)))
            low += len(sharing)
    return places


def _selected(source: StageSource, order: Sequence[Ranked[Entrant]]) -> Iterator[tuple[Ranked[Entrant], int]]:
    """Those of a stage that is over whom a source takes, best first, each with the rank reached in the group."""
    reached: Counter[int | None] = Counter()
    for place, ranked in enumerate(order, start=1):
        reached[ranked.group] += 1
        rank = place if source.is_overall else reached[ranked.group]
        if source.low <= rank <= source.high:
            yield ranked, reached[ranked.group]


def _ranks(given: Format, size: int) -> list[int]:
    """The ranks in their groups of all in a stage, in the order of the stage: all firsts, all seconds and so on."""
    in_groups = Counter(groups_of(given, size).values()) or Counter({0: size})
    return sorted(rank for count in in_groups.values() for rank in range(1, count + 1))


def _taken(source: StageSource, ranks: Sequence[int]) -> range:
    """The places in the order of a stage that a source takes, from 0."""
    if source.is_overall:
        return range(min(source.low - 1, len(ranks)), min(source.high, len(ranks)))
    reached = [place for place, rank in enumerate(ranks) if source.low <= rank <= source.high]
    return range(reached[0], reached[-1] + 1) if reached else range(0)


def _problems(plans: Sequence[StagePlan], entrants: int) -> Iterator[StageProblem]:
    ranks: list[list[int]] = []
    free: list[set[int]] = []
    for number, plan in enumerate(plans, start=1):
        size = entrants
        wrong: list[str] = []
        if (number == 1) is bool(plan.sources):
            message = "The entrants of the event come into the first stage, and into no other."
            yield StageProblem(number, "sources", message)
        elif len(plan.sources) > MAX_SOURCES:
            yield StageProblem(number, "sources", f"A stage has at most {MAX_SOURCES} sources.")
        elif plan.sources:
            size, wrong = _from_sources(plan.sources, number, ranks, free)
            yield from (StageProblem(number, "sources", each) for each in wrong)
        unfit = None if wrong else _size_problem(plan.format, size)
        if unfit:
            yield StageProblem(number, "format", unfit)
        size = max(size, needed(plan.format))
        ranks.append(_ranks(plan.format, size))
        free.append(set(range(size)))


def _from_sources(
    sources: Sequence[StageSource], number: int, ranks: Sequence[Sequence[int]], free: Sequence[set[int]]
) -> tuple[int, list[str]]:
    """How many come out of the sources of a stage, who then are not free for others, and what is wrong with sources."""
    size = 0
    problems: list[str] = []
    for source in sources:
        problem = _source_problem(source, number, ranks, free)
        if problem:
            problems.append(problem)
        else:
            taken = _taken(source, ranks[source.stage - 1])
            free[source.stage - 1].difference_update(taken)
            size += len(taken)
    return size, problems


def _source_problem(
    source: StageSource, number: int, ranks: Sequence[Sequence[int]], free: Sequence[set[int]]
) -> str | None:
    if not 1 <= source.stage < number:
        return f"It takes its entrants from stage {source.stage}; that has to be one before it."
    before = ranks[source.stage - 1]
    last = len(before) if source.is_overall else max(before)
    if not 1 <= source.low <= source.high <= last:
        return f"Stage {source.stage} has the ranks 1 to {last}; {source.low} to {source.high} are none of it."
    if not free[source.stage - 1].issuperset(_taken(source, before)):
        return f"Some of the ranks {source.low} to {source.high} of stage {source.stage} go on elsewhere already."
    return None


def _size_problem(given: Format, size: int) -> str | None:
    least = needed(given)
    if given.seeds not in (None, size):
        return f"{size} come into it, and its bracket has {given.seeds} seeds."
    if not least <= size <= MAX_ENTRANTS:
        return f"{size} come into it; it takes {least} to {MAX_ENTRANTS}."
    if matches_of(given, size) > MAX_GROUP_MATCHES:
        return f"With {size} entrants it has more than {MAX_GROUP_MATCHES} matches; make more groups."
    return None
