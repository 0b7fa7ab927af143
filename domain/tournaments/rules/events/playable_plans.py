"""An event of our own files as one that can go on here: its stages have their plans, so that nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from domain.tournaments.errors import ImportNotPlayable, NoLegalPairing, PairingTooLarge
from domain.tournaments.rules.events.planned import (
    gone_from,
    group_of,
    is_ended,
    plan_of,
    played_course,
    rungs,
    seeds_of,
    whole,
    with_own_keys,
)
from domain.tournaments.rules.events.playable import (
    PlayableStage,
    byes_of,
    playable,
    require_points,
    rounds_of,
    table_nodes,
)
from domain.tournaments.rules.events.reproduction import Reproduction, bracket_outcome
from domain.tournaments.rules.events.scoring import NoScoring, StageScoring, planned_scoring
from domain.tournaments.rules.events.values import DECIDED, Event, EventGroup, EventStage, StageFormat
from domain.tournaments.rules.events.values import Progress as MatchProgress
from domain.tournaments.rules.formats import (
    Elimination,
    Format,
    RoundRobin,
    Swiss,
    graph_of,
    groups_of,
    nodes_with_lengths,
)
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.rules.placements import Band
from domain.tournaments.rules.stages import Ranked, arrivals, moved_up
from domain.tournaments.rules.swiss_rounds import next_round
from domain.tournaments.rules.tables import group_order
from domain.tournaments.values import BracketSide, Seed


def stages_here(event: Event, found: Reproduction) -> tuple[PlayableStage, ...]:
    """The stages of an event that has been reproduced: by their plans, or else by what can be seen.

    Raises:
        ImportNotPlayable: one of them cannot be played here; it says which, and why.
    """
    if any(stage.plan is None for stage in event.stages):
        return playable(event, found)
    own, gone = with_own_keys(event), gone_from(event)
    stages = tuple(_stage(number, stage, gone) for number, stage in enumerate(own.stages, 1))
    if not stages[0].field:
        raise ImportNotPlayable(1, "nobody is in it yet; import it once it has begun.")
    for number, stage in enumerate(stages[1:], 2):
        if stage.field:
            _require_arrivals(number, stage, own, gone)
    return stages


def _stage(number: int, stage: EventStage, gone: Collection[int]) -> PlayableStage:
    plan = plan_of(stage)
    seeds = seeds_of(stage)
    made = PlayableStage(plan, tuple(sorted(seeds, key=seeds.__getitem__)), {}, (), {}, {}, ())
    settings = plan.format.settings
    if not stage.groups:
        return made
    if not isinstance(settings, Elimination | RoundRobin | Swiss | Ladder):
        return replace(made, group=stage.groups[0])
    try:
        scoring = planned_scoring(stage, settings)
    except NoScoring as error:
        raise ImportNotPlayable(number, str(error)) from error
    told = {match.key: scoring.settled(match) for group in stage.groups for match in group.matches}
    made = replace(made, told=told)
    if isinstance(settings, Elimination):
        return _bracket(made, stage, plan.format)
    if isinstance(settings, Ladder):
        nodes = (_challenge(place, stage, scoring) for place in range(len(stage.groups[0].matches)))
        return replace(made, groups=dict.fromkeys(seeds.values(), 1), nodes=tuple(nodes), group=stage.groups[0])
    return _table(number, made, stage, settings, scoring, gone)


def _bracket(made: PlayableStage, stage: EventStage, given: Format) -> PlayableStage:
    """A bracket with the matches that its plan makes; how many games each has the file may say otherwise."""
    size = len(made.field)
    nodes = nodes_with_lengths(given, graph_of(given, size).matches, size)
    bracket = bracket_outcome(whole(stage)).bracket
    assert bracket is not None
    lengths = (replace(node, best_of=made.told[node.key].best_of or node.best_of) for node in nodes)
    return replace(made, groups=groups_of(given, size), nodes=tuple(lengths), states=bracket.matches)


def _challenge(place: int, stage: EventStage, scoring: StageScoring) -> MatchNode:
    match, seeds = stage.groups[0].matches[place], seeds_of(stage)
    first, second = (Seed(seeds[side]) for side in match.sides if side is not None)
    length = scoring.length(match)
    return MatchNode(match.key, BracketSide.GROUP, 1, place, first, second, best_of=length, group=1)


def _table(
    number: int,
    made: PlayableStage,
    stage: EventStage,
    settings: RoundRobin | Swiss,
    scoring: StageScoring,
    gone: Collection[int],
) -> PlayableStage:
    require_points(number, stage)
    seeds = seeds_of(stage)
    nodes: list[MatchNode] = []
    for place, group in enumerate(stage.groups, 1):
        nodes += table_nodes(group, place, seeds, _as_told(group), scoring)
    nodes.sort(key=lambda node: (node.round, node.group or 0, node.position))
    groups = {seeds[entrant]: place for place, group in enumerate(stage.groups, 1) for entrant in group.entrants}
    byes = (bye for group in stage.groups for bye in byes_of(stage, group, seeds, _as_told(group)))
    if isinstance(settings, Swiss):
        _require_next_round(number, stage, settings, gone)
    return replace(made, groups=groups, nodes=tuple(nodes), byes=tuple(byes))


def _as_told(group: EventGroup) -> dict[int, int]:
    """The rounds of a group, with their own numbers."""
    return {number: number for number in rounds_of(group)}


def _require_next_round(number: int, stage: EventStage, settings: Swiss, gone: Collection[int]) -> None:
    """Refuse a Swiss that is to go on with a round that cannot be found."""
    if not _is_over(stage):
        return
    try:
        next_round(settings, group_of(stage, stage.groups[0], gone))
    except (NoLegalPairing, PairingTooLarge) as error:
        raise ImportNotPlayable(number, error.message) from error


def _require_arrivals(number: int, made: PlayableStage, event: Event, gone: Collection[int]) -> None:
    """Refuse a stage into which others came than its plan says, as far as nobody has left since."""
    orders: dict[int, Sequence[Ranked[int]]] = {}
    for source in {source.stage for source in made.plan.sources}:
        before = event.stages[source - 1]
        if not before.groups or not _is_over(before):
            raise ImportNotPlayable(number, f"it has begun, but stage {source}, from which people come, is not over.")
        orders[source] = moved_up(_order(before), gone)
    there = {ranked.entrant for order in orders.values() for ranked in order}
    wanted = set(arrivals(made.plan, orders)) if not gone else there
    if not wanted.issuperset(made.field) or (not gone and wanted != set(made.field)):
        raise ImportNotPlayable(number, "others are in it than come into it by its plan.")


def _is_over(stage: EventStage) -> bool:
    if stage.format is StageFormat.FREE_FOR_ALL:
        return played_course(stage).is_over
    if stage.format is StageFormat.LADDER:
        return is_ended(stage.groups[0])
    over = DECIDED | {MatchProgress.NOT_NEEDED}
    return all(match.progress in over for group in stage.groups for match in group.matches)


def _order(stage: EventStage) -> list[Ranked[int]]:
    """Who played in a stage that is over, best first, each with the group."""
    seeds, settings = seeds_of(stage), plan_of(stage).format.settings
    places = {entrant: place for place, group in enumerate(stage.groups, 1) for entrant in group.entrants}
    if isinstance(settings, RoundRobin | Swiss):
        numbers = {seed: entrant for entrant, seed in seeds.items()}
        order, _ = group_order([group_of(stage, group) for group in stage.groups], settings.ranking)
        return [Ranked(numbers[seed], places[numbers[seed]]) for seed in order]
    bands: Mapping[int, Band]
    if stage.format is StageFormat.FREE_FOR_ALL:
        bands = played_course(stage).places
    else:
        bands = rungs(stage, None) if stage.format is StageFormat.LADDER else bracket_outcome(whole(stage)).bands
    order = sorted(bands, key=lambda one: (bands[one], seeds[one]))
    return [Ranked(entrant, places[entrant] if len(stage.groups) > 1 else None) for entrant in order]
