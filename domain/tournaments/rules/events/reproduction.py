"""What our rules make of an event's links and results alone, held against what its origin says.

Who plays whom follows from the links, the places in a bracket from its graph, those in a table from its tie-breaks, and
the final places from the stages: who came into a later stage stands before all who did not, and those who did not stand
in the order of their places in the last stage that they were in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from fractions import Fraction

from domain.tournaments.rules.events.planned import is_ended, planned_table, played_course, rungs
from domain.tournaments.rules.events.tables import MATCH_COUNTS, field_of, match_counts
from domain.tournaments.rules.events.values import (
    DECIDED,
    Event,
    EventGroup,
    EventStage,
    StageFormat,
)
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import EMPTY, Bracket, NodeStatus, Result, fold
from domain.tournaments.rules.rounds import Field
from domain.tournaments.rules.stages import by_merit
from domain.tournaments.rules.tiebreaks import Standings, Tiebreak, parse_tiebreaks, standings

MAX_ENTRANTS = 4_096
_UNCHECKED = "unchecked"
_PLACED_AT_ONCE = frozenset({StageFormat.ELIMINATION, StageFormat.FREE_FOR_ALL})


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the origin says otherwise: where, what it says and what our rules say, in words."""

    where: str
    told: str
    ours: str

    def __str__(self) -> str:
        return f"{self.where}: the file says {self.told}, the rules say {self.ours}."


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of a group.

    Attributes:
        graph, bracket: of an elimination; None for a table, and before there is a match.
        field, standings: of a table; None for an elimination, and before there is a match.
        bands: the places in it by entrant, as far as they are certain (in a table: as they are now).
        is_complete: whether all is decided.
    """

    graph: MatchGraph | None = None
    bracket: Bracket | None = None
    field: Field | None = None
    standings: Standings | None = None
    bands: Mapping[int, Band] = dataclass_field(default_factory=dict)
    is_complete: bool = False


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What our rules say of an event.

    Attributes:
        groups: what became of each group, by stage.
        placements: the final places by entrant, as far as they are certain.
        differences: everything that the origin says otherwise.
        compared: how many sides of matches, places and values the origin states that were held against ours.
        unchecked: how many places and values it states that results are missing for.
    """

    groups: tuple[tuple[GroupOutcome, ...], ...]
    placements: Mapping[int, Band]
    differences: tuple[Difference, ...]
    compared: Mapping[str, int]
    unchecked: int


def reproduce(event: Event) -> Reproduction:
    """What links and results alone make of the event. Deterministic.

    Raises:
        InvalidGraph, ResultNotPossible, InvalidTiebreak: the event is not one that `exchange` would read.
    """
    groups = outcomes(event)
    final = final_placements(event, groups)
    compared: Counter[str] = Counter(sides=0, places=0, values=0)
    differences = tuple(_differences(event, groups, final, compared))
    unchecked = compared.pop(_UNCHECKED, 0)
    return Reproduction(groups, final, differences, dict(compared), unchecked)


def outcomes(event: Event) -> tuple[tuple[GroupOutcome, ...], ...]:
    """What became of each group, by stage.

    Raises:
        InvalidGraph, ResultNotPossible, InvalidTiebreak: as `reproduce`.
    """
    names = {entrant.number: entrant.name for entrant in event.entrants}
    ratings = {entrant.number: entrant.rating for entrant in event.entrants}

    def outcome(stage: EventStage, group: EventGroup) -> GroupOutcome:
        if stage.format is StageFormat.ELIMINATION:
            return bracket_outcome(group)
        if stage.format is StageFormat.FREE_FOR_ALL:
            found = played_course(stage)
            return GroupOutcome(bands=found.places, is_complete=found.is_over)
        if stage.format is StageFormat.LADDER:
            return GroupOutcome(bands=rungs(stage, event.as_of), is_complete=is_ended(group))
        return _table_outcome(stage, group, field_of(stage, group, names, ratings))

    return tuple(tuple(outcome(stage, group) for group in stage.groups) for stage in event.stages)


def bracket_outcome(group: EventGroup) -> GroupOutcome:
    """What became of a bracket.

    Raises:
        InvalidGraph: its links form none.
        ResultNotPossible: a match has a result that it cannot have.
    """
    if not group.matches:
        return GroupOutcome()
    graph = graph_of(group)
    results = {match.key: Result(match.winner) for match in group.matches if match.progress in DECIDED}
    bracket = fold(graph, results)
    bands = {group.entrants[seed - 1]: band for seed, band in placements(graph, results).items()}
    return GroupOutcome(graph=graph, bracket=bracket, bands=bands, is_complete=bracket.complete)


def graph_of(group: EventGroup) -> MatchGraph:
    """The match graph of a bracket.

    Raises:
        InvalidGraph: its links form none.
    """
    links = [Link(match.key, *match.sources, match.round, match.best_of) for match in group.matches if match.sources]
    return from_links(len(group.entrants), links, MAX_ENTRANTS, one_champion=False)


def tiebreaks_of(stage: EventStage) -> tuple[Tiebreak, ...]:
    """By what the tables of a stage are ordered.

    Raises:
        InvalidTiebreak: one is not known.
    """
    return parse_tiebreaks(",".join(stage.tiebreaks or ("PTS",)))


def _table_outcome(stage: EventStage, group: EventGroup, field: Field) -> GroupOutcome:
    if not field.finished:
        return GroupOutcome()
    found = standings(field, tiebreaks_of(stage)) if stage.plan is None else planned_table(stage, group)
    sharing = Counter(row.rank for row in found.rows)
    bands = {row.number: (row.rank, row.rank + sharing[row.rank] - 1) for row in found.rows}
    is_open = any(entry.kind == "OPEN" for player in field.players.values() for entry in player.rounds)
    is_complete = not is_open and field.finished >= (field.planned or 0)
    return GroupOutcome(field=field, standings=found, bands=bands, is_complete=is_complete)


def final_placements(event: Event, groups: tuple[tuple[GroupOutcome, ...], ...]) -> dict[int, Band]:
    """The final places, by merit, which is from the last stage back where no plans tell it. Where a stage has several
    groups, those who come in at the same place of theirs share places. A stage counts once all of it is decided, or,
    without plans, a later one has begun; but a bracket or a free-for-all that nothing comes before counts match by
    match.
    """
    found: dict[int, Band] = {}
    ahead: set[int] = set()
    is_over = False
    for index, number in enumerate(_by_merit(event)):
        stage, outcomes_of_stage = event.stages[number - 1], groups[number - 1]
        is_complete = bool(outcomes_of_stage) and all(outcome.is_complete for outcome in outcomes_of_stage)
        is_over = is_complete or (is_over and stage.plan is None)
        if is_over:
            found |= _shared(outcomes_of_stage, ahead)
        elif index == 0 and len(stage.groups) == 1 and stage.format in _PLACED_AT_ONCE:
            found |= outcomes_of_stage[0].bands
        ahead |= {entrant for group in stage.groups for entrant in group.entrants}
        is_over = is_over or any(match.progress in DECIDED for group in stage.groups for match in group.matches)
    return found


def _by_merit(event: Event) -> list[int]:
    """The stages by how well those finish who end in them."""
    plans = {number: stage.plan for number, stage in enumerate(event.stages, 1)}
    sources = {number: plan.sources for number, plan in plans.items() if plan is not None}
    return by_merit(sources) if len(sources) == len(plans) else sorted(plans, reverse=True)


def _shared(groups: tuple[GroupOutcome, ...], ahead: set[int]) -> dict[int, Band]:
    """The places of those in these groups who are not ahead already, by their places in the groups."""
    by_place: dict[int, list[int]] = defaultdict(list)
    for outcome in groups:
        for entrant, (low, _) in outcome.bands.items():
            if entrant not in ahead:
                by_place[low].append(entrant)
    found: dict[int, Band] = {}
    taken = len(ahead)
    for place in sorted(by_place):
        band = taken + 1, taken + len(by_place[place])
        found |= dict.fromkeys(by_place[place], band)
        taken = band[1]
    return found


def _differences(
    event: Event,
    groups: tuple[tuple[GroupOutcome, ...], ...],
    final: Mapping[int, Band],
    compared: Counter[str],
) -> Iterator[Difference]:
    names = {entrant.number: entrant.name for entrant in event.entrants}
    for number, (stage, found) in enumerate(zip(event.stages, groups, strict=True), 1):
        for group, outcome in zip(stage.groups, found, strict=True):
            where = f"stage {number}" + (f", {group.name}" if group.name else "")
            yield from _wrong_sides(where, group, outcome, names, compared)
            yield from _wrong_places(where, group.places, outcome.bands, names, compared)
            yield from _wrong_values(where, stage, group, outcome, names, compared)
            yield from _wrong_origins(where, group, groups, names, compared)
    places = {entrant.number: entrant.place for entrant in event.entrants if entrant.place is not None}
    yield from _wrong_places("final places", places, final, names, compared)


def _wrong_sides(
    where: str, group: EventGroup, outcome: GroupOutcome, names: Mapping[int, str], compared: Counter[str]
) -> Iterator[Difference]:
    """Matches of a bracket into which the links bring others than the origin says."""
    if outcome.bracket is None:
        return
    for match in group.matches:
        state = outcome.bracket.matches[match.key]
        if state.status is NodeStatus.NOT_NEEDED:
            continue
        for slot, told in enumerate(match.sides):
            if told is None:
                continue
            compared["sides"] += 1
            seed = state.sides[slot]
            ours = None if not seed else group.entrants[seed - 1]
            if ours != told:
                who = "nobody" if seed == EMPTY else "nobody yet" if ours is None else names[ours]
                yield Difference(f"{where}, match {match.key!r}, slot {slot}", names[told], who)


def _wrong_places(
    where: str,
    told: Mapping[int, int],
    bands: Mapping[int, Band],
    names: Mapping[int, str],
    compared: Counter[str],
) -> Iterator[Difference]:
    """Places outside of ours. Whom our rules leave tied, the origin may have parted, and it may have left out whom it
    does not rank, such as who did not stay to the end.
    """
    sharing = Counter(told.values())
    left_out = sorted(low for entrant, (low, _) in bands.items() if entrant not in told)
    for entrant, place in told.items():
        if entrant not in bands:
            compared[_UNCHECKED] += 1
            continue
        compared["places"] += 1
        low, high = bands[entrant]
        before = bisect_left(left_out, low)
        is_inside = any(low - gone <= place and place + sharing[place] - 1 <= high - gone for gone in (0, before))
        if place != low and not is_inside:
            ours = f"{low}" if low == high else f"{low} to {high}"
            yield Difference(f"{where}, {names[entrant]}", f"place {place}", f"place {ours}")


def _wrong_values(
    where: str,
    stage: EventStage,
    group: EventGroup,
    outcome: GroupOutcome,
    names: Mapping[int, str],
    compared: Counter[str],
) -> Iterator[Difference]:
    """Values of tie-breaks that are not ours."""
    if outcome.field is None:
        compared[_UNCHECKED] += sum(map(len, group.values.values()))
        return
    if not group.values:
        return
    assert outcome.standings is not None
    labels = dict.fromkeys(label for values in group.values.values() for label in values if label not in MATCH_COUNTS)
    found = outcome.standings
    if not labels.keys() <= found.rows[0].values.keys():
        order = dict.fromkeys((*(stage.tiebreaks or ("PTS",)), *labels))
        found = standings(outcome.field, parse_tiebreaks(",".join(order)))
    ours = {row.number: {label: value.number for label, value in row.values.items()} for row in found.rows}
    for entrant, values in group.values.items():
        counted = ours[entrant] | match_counts(outcome.field, entrant)
        for label, told in values.items():
            compared["values"] += 1
            if counted[label] != told:
                shown = _number(counted[label])
                yield Difference(f"{where}, {names[entrant]}", f"{label} {_number(told)}", f"{label} {shown}")


def _wrong_origins(
    where: str,
    group: EventGroup,
    groups: tuple[tuple[GroupOutcome, ...], ...],
    names: Mapping[int, str],
    compared: Counter[str],
) -> Iterator[Difference]:
    """Entrants who have another place in the group from which they are said to come."""
    for entrant, origin in zip(group.entrants, group.origins, strict=False):
        if origin is None:
            continue
        source = groups[origin.stage - 1][origin.group - 1]
        told = f"group {origin.group} of stage {origin.stage}"
        ours = {entrant: source.bands[entrant]} if entrant in source.bands else {}
        yield from _wrong_places(f"{where}, from {told}", {entrant: origin.place}, ours, names, compared)


def _number(number: Fraction | None) -> str:
    return "nothing" if number is None else f"{float(number):g}"
