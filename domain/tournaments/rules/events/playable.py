"""An event of files as one that can go on here: its stages as plans with their fields, and the matches of each.

What cannot be played here as it was is refused, never bent: results that no scoring fits, stages into which
others came than ranks say.
"""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from domain.tournaments.errors import (
    ImportNotPlayable,
    InvalidGraph,
    InvalidStages,
    NoLegalPairing,
    PairingTooLarge,
)
from domain.tournaments.rules.events.reproduction import GroupOutcome, Reproduction
from domain.tournaments.rules.events.scoring import NoScoring, StageScoring, scoring_of
from domain.tournaments.rules.events.tables import points_of
from domain.tournaments.rules.events.values import (
    DECIDED,
    Event,
    EventBye,
    EventGroup,
    EventMatch,
    EventStage,
    StageFormat,
)
from domain.tournaments.rules.events.values import Progress as MatchProgress
from domain.tournaments.rules.formats import Elimination, Format, RoundRobin, Settings, Swiss
from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.links import Link, from_links, pools_of
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import MatchState, Result
from domain.tournaments.rules.rounds import Entry, Kind
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.rules.stages import StagePlan, by_merit, event_places, validate
from domain.tournaments.rules.swiss_rounds import next_round
from domain.tournaments.rules.tables import Game, Group, Points, Ranking, group_order
from domain.tournaments.values import BracketSide, Seed, Structure

_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class PlayableBye:
    """A round in which a seed sat out, what it was and brought, with the points that the seed had by then, and how
    often it had had those of a win without play.
    """

    round: int
    seed: int
    kind: Kind
    worth: int
    points: int
    earlier: int


@dataclass(frozen=True, slots=True)
class PlayableStage:
    """A stage that has begun; one that waits has nobody in its field.

    Attributes:
        plan: what it is for organizers.
        field: the numbers of the entrants in it; the first has seed 1.
        groups: the group or pool of each seed; nothing in a bracket that is one.
        nodes: its matches, in playable order.
        told: what the file says of each, by key, with the scores that follow from who won.
        states: who sits where in a bracket, by key; nothing in groups.
        byes: who sat out where that is more than absence for no points.
        group: the free-for-all or the ladder as the file tells it; None of other stages.
    """

    plan: StagePlan
    field: tuple[int, ...]
    groups: Mapping[int, int]
    nodes: tuple[MatchNode, ...]
    told: Mapping[str, EventMatch]
    states: Mapping[str, MatchState]
    byes: tuple[PlayableBye, ...]
    group: EventGroup | None = None

    @property
    def match_count(self) -> int:
        """How many matches it has, or heats."""
        return len(self.nodes) + (len(self.group.heats) if self.group else 0)


def playable(event: Event, found: Reproduction) -> tuple[PlayableStage, ...]:
    """The stages of an event that has been reproduced.

    Whom the tie-breaks of a table leave level, seeds part here. Where others went on than that would bring, as by lots,
    the better seeds are those of who went on; and where groups have sent different ranks, as to a play-off, they are
    named.

    Raises:
        ImportNotPlayable: one of them cannot be played here; it says which, and why.
    """
    members = [{one for group in stage.groups for one in group.entrants} for stage in event.stages]
    nobody: list[set[int]] = [set() for _ in members]
    later = [set().union(*members[number:]) for number in range(1, len(members) + 1)]
    *ways, last = [(nobody, _one_source), (later, _one_source), (nobody, _named_sources), (later, _named_sources)]
    for favoured, find in ways if len(members) > 1 else ():
        with contextlib.suppress(ImportNotPlayable):
            return _playable(event, found, favoured, find)
    return _playable(event, found, *last)


def _playable(
    event: Event, found: Reproduction, favoured: Sequence[set[int]], find: _FindSources
) -> tuple[PlayableStage, ...]:
    """The stages, in each of which these have the better seeds, and whose sources are found so."""
    stages: list[PlayableStage] = []
    orders: list[Sequence[int]] = []
    bands: list[Mapping[int, Band]] = []
    for number, (stage, outcomes) in enumerate(zip(event.stages, found.groups, strict=True), 1):
        scoring = _require_playable(number, stage)
        is_elimination = stage.format is StageFormat.ELIMINATION
        made = (
            _bracket(number, stage, outcomes, scoring)
            if is_elimination
            else _table(number, stage, scoring, favoured[number - 1])
        )
        if number > 1:
            sources = find(made, stages, orders)
            if sources is None:
                raise ImportNotPlayable(number, "who came into it does not follow from ranks of the stages before it.")
            made = replace(made, plan=replace(made.plan, sources=sources))
        order, places = _outcome(made)
        _require_same_places(number, places, outcomes)
        _require_next_round(number, made)
        stages.append(made)
        orders.append(order)
        bands.append(places)
    _require_all_present(event, stages)
    _require_plans([stage.plan for stage in stages], len(stages[0].field))
    _require_same_finish(stages, bands, found)
    return tuple(stages)


def _require_playable(number: int, stage: EventStage) -> StageScoring:
    """How its matches are scored here. Refuses results that no match here can have."""
    for group in stage.groups:
        if not group.matches:
            raise ImportNotPlayable(number, "it has no matches yet; import it once it has begun.")
    require_points(number, stage)
    try:
        return scoring_of(stage)
    except NoScoring as error:
        raise ImportNotPlayable(number, str(error)) from error


def require_points(number: int, stage: EventStage) -> None:
    """Refuse matches that brought other points than their results do here.

    Raises:
        ImportNotPlayable: one did.
    """
    for match in (match for group in stage.groups for match in group.matches):
        if match.points is not None and match.points != points_of(replace(match, points=None), stage.scoring):
            message = "it brought other points than its result; here results alone bring points."
            raise ImportNotPlayable(number, f"match {match.key!r}: {message}")


def _bracket(number: int, stage: EventStage, outcomes: Sequence[GroupOutcome], scoring: StageScoring) -> PlayableStage:
    """A bracket, or several that nothing links as the pools of one."""
    field = _interleaved([group.entrants for group in stage.groups])
    seeds = {entrant: seed for seed, entrant in enumerate(field, 1)}
    links: list[Link] = []
    states: dict[str, MatchState] = {}
    for group, outcome in zip(stage.groups, outcomes, strict=True):
        assert outcome.bracket is not None
        seeds_here = [seeds[entrant] for entrant in group.entrants]
        rounds = _bracket_rounds(group)
        for match in group.matches:
            if match.sources:
                first, second = (
                    Seed(seeds_here[source.number - 1]) if isinstance(source, Seed) else source
                    for source in match.sources
                )
                links.append(Link(match.key, first, second, rounds[match.round], scoring.length(match)))
        for key, state in outcome.bracket.matches.items():
            first_side, second_side = (seeds_here[side - 1] if side else side for side in state.sides)
            states[key] = replace(state, sides=(first_side, second_side))
    try:
        graph = from_links(len(field), links, one_champion=False)
    except InvalidGraph as error:
        raise ImportNotPlayable(number, error.problems[0].message) from error
    settings = Elimination(best_of=scoring.best_of, final_best_of=scoring.best_of, scoring=scoring.scoring)
    plan = StagePlan(_name(stage), Format(Structure.CUSTOM, settings, tuple(links)))
    told = {match.key: match for group in stage.groups for match in group.matches}
    return PlayableStage(plan, field, pools_of(links), graph.matches, told, states, ())


def _interleaved(groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The first of all groups, then the second of all, and so on."""
    return tuple(one for rank in zip_longest(*groups) for one in rank if one is not None)


def _bracket_rounds(group: EventGroup) -> Mapping[int | None, int | None]:
    """The rounds of a bracket as they are, or without gaps where there would be more of them than matches."""
    told = {match.round for match in group.matches}
    if all(abs(each or 0) <= len(group.matches) for each in told):
        return {each: each for each in told}
    upper = sorted(each for each in told if each and each > 0)
    lower = sorted((each for each in told if each and each < 0), reverse=True)
    numbered: dict[int | None, int | None] = {None: None, 0: 0}
    numbered |= {each: place for place, each in enumerate(upper, 1)}
    return numbered | {each: -place for place, each in enumerate(lower, 1)}


def _table(number: int, stage: EventStage, scoring: StageScoring, favoured: set[int]) -> PlayableStage:
    members = (entrant for group in stage.groups for entrant in group.entrants)
    field = tuple(sorted(members, key=lambda entrant: (entrant not in favoured, entrant)))
    seeds = {entrant: seed for seed, entrant in enumerate(field, 1)}
    groups = {seeds[entrant]: place for place, group in enumerate(stage.groups, 1) for entrant in group.entrants}
    rounds = [rounds_of(group) for group in stage.groups]
    settings = _settings(number, stage, max(map(len, rounds)), scoring)
    nodes = sorted(
        (
            node
            for place, group in enumerate(stage.groups, 1)
            for node in table_nodes(group, place, seeds, rounds[place - 1], scoring)
        ),
        key=lambda node: (node.round, node.group, node.position),
    )
    byes = tuple(
        bye for group, told in zip(stage.groups, rounds, strict=True) for bye in byes_of(stage, group, seeds, told)
    )
    plan = StagePlan(_name(stage), Format(_structure(settings), settings))
    told = {match.key: scoring.settled(match) for group in stage.groups for match in group.matches}
    return PlayableStage(plan, field, groups, tuple(nodes), told, {}, byes)


def _name(stage: EventStage) -> str | None:
    return stage.name[:_MAX_NAME].strip() or None


def _structure(settings: Settings) -> Structure:
    return Structure.SWISS if isinstance(settings, Swiss) else Structure.ROUND_ROBIN


def _settings(number: int, stage: EventStage, rounds: int, scoring: StageScoring) -> RoundRobin | Swiss:
    worth = stage.scoring
    points = Points(win=worth.win, draw=worth.draw, loss=worth.loss)
    ranking = Ranking(tiebreaks=",".join(stage.tiebreaks or ("PTS",)), points=points)
    forfeits = {match.progress for group in stage.groups for match in group.matches} & {MatchProgress.FORFEIT}
    if forfeits and (worth.forfeit_win, worth.forfeit_loss) != (worth.win, worth.loss):
        raise ImportNotPlayable(number, "forfeits bring other points than results; here they bring the same.")
    if stage.format is StageFormat.ROUND_ROBIN:
        if rounds < (stage.planned or 0):
            message = f"only {rounds} of its {stage.planned} rounds are there; a round robin has all from the start."
            raise ImportNotPlayable(number, message)
        return RoundRobin(
            best_of=scoring.best_of,
            group_count=len(stage.groups),
            ranking=ranking,
            scoring=scoring.scoring,
            has_draws=scoring.has_draws,
            has_sides=stage.has_sides,
        )
    if len(stage.groups) != 1:
        raise ImportNotPlayable(number, "it is a Swiss of several groups; here it is one field.")
    return Swiss(
        best_of=scoring.best_of,
        rounds=max(rounds, stage.planned or 0),
        ranking=ranking,
        scoring=scoring.scoring,
        has_draws=scoring.has_draws,
        has_sides=stage.has_sides,
    )


def rounds_of(group: EventGroup) -> dict[int, int]:
    """The rounds of a group that have matches or byes, numbered without a gap."""
    told = {match.round or 1 for match in group.matches} | {bye.round for bye in group.byes}
    return {number: place for place, number in enumerate(sorted(told), 1)}


def table_nodes(
    group: EventGroup, place: int, seeds: Mapping[int, int], rounds: Mapping[int, int], scoring: StageScoring
) -> Iterator[MatchNode]:
    """The matches of a group that is the nth of its stage, whose rounds have these numbers here."""
    used: Counter[int] = Counter()
    for match in group.matches:
        first, second = match.sides
        assert first is not None
        assert second is not None
        number = rounds[match.round or 1]
        sides = Seed(seeds[first]), Seed(seeds[second])
        length = scoring.length(match)
        yield MatchNode(match.key, BracketSide.GROUP, number, used[number], *sides, best_of=length, group=place)
        used[number] += 1


def byes_of(
    stage: EventStage, group: EventGroup, seeds: Mapping[int, int], rounds: Mapping[int, int]
) -> Iterator[PlayableBye]:
    """Who of a group sat out in each round, with what they had before it. Who was absent as here needs no bye."""
    points: Counter[int] = Counter()
    earlier: Counter[int] = Counter()
    matches: dict[int, list[EventMatch]] = defaultdict(list)
    byes = {(bye.round, bye.entrant): bye for bye in group.byes}
    for match in group.matches:
        matches[match.round or 1].append(match)
    for told, place in rounds.items():
        paired = {side for match in matches[told] for side in match.sides}
        for entrant in (one for one in group.entrants if one not in paired):
            bye = byes.get((told, entrant), EventBye(told, entrant, Kind.ABSENT))
            if (bye.kind, bye.points) != (Kind.ABSENT, stage.scoring.loss):
                yield PlayableBye(place, seeds[entrant], bye.kind, bye.points, points[entrant], earlier[entrant])
            points[entrant] += bye.points
            earlier[entrant] += bye.kind is Kind.PAIRING_BYE or bye.points >= stage.scoring.win
        for match in matches[told]:
            for side, brought in zip(match.sides, points_of(match, stage.scoring), strict=True):
                if side is not None:
                    points[side] += brought


def _outcome(stage: PlayableStage) -> tuple[Sequence[int], Mapping[int, Band]]:
    """The entrants of a stage in the order in which they go on here, and the places that they share."""
    settings = stage.plan.format.settings
    if isinstance(settings, Elimination):
        results = {key: Result(told.winner) for key, told in stage.told.items() if told.progress in DECIDED}
        found = placements(MatchGraph(len(stage.field), stage.nodes), results)
        order = sorted(found, key=lambda seed: (found[seed], seed))
        return [stage.field[seed - 1] for seed in order], {stage.field[seed - 1]: band for seed, band in found.items()}
    assert isinstance(settings, RoundRobin | Swiss)
    order, shared = group_order(_groups(stage, settings), settings.ranking)
    return [stage.field[seed - 1] for seed in order], {stage.field[seed - 1]: band for seed, band in shared.items()}


def _groups(stage: PlayableStage, settings: RoundRobin | Swiss) -> list[Group]:
    members: dict[int, list[int]] = defaultdict(list)
    for seed, group in stage.groups.items():
        members[group].append(seed)
    games: dict[int, list[Game]] = defaultdict(list)
    for node in stage.nodes:
        assert node.group is not None
        games[node.group].append(_game(node, stage.told[node.key]))
    byes: dict[int, dict[tuple[int, int], Entry]] = defaultdict(dict)
    for bye in stage.byes:
        byes[stage.groups[bye.seed]][bye.seed, bye.round] = Entry(bye.kind, bye.worth)
    is_swiss = isinstance(settings, Swiss)
    planned = settings.planned(len(stage.field)) if isinstance(settings, Swiss) else None
    return [
        Group(
            sorted(members[group]),
            games[group],
            byes[group],
            is_predetermined=not is_swiss,
            planned=planned,
            has_sides=settings.has_sides,
        )
        for group in sorted(members)
    ]


def _game(node: MatchNode, told: EventMatch) -> Game:
    first, second = node.sources
    assert isinstance(first, Seed)
    assert isinstance(second, Seed)
    return Game(
        node.round,
        (first.number, second.number),
        is_over=told.progress in DECIDED,
        is_played=told.progress is MatchProgress.PLAYED,
        winner=told.winner,
        scores=told.score if told.progress is MatchProgress.PLAYED else None,
    )


def _require_same_places(number: int, bands: Mapping[int, Band], outcomes: Sequence[GroupOutcome]) -> None:
    """Refuse a stage whose groups would be ordered otherwise here than by what the file is made of."""
    for outcome in outcomes:
        if outcome.field is None or not outcome.is_complete:
            continue
        if _ranks({entrant: bands[entrant] for entrant in outcome.bands}) != _ranks(outcome.bands):
            raise ImportNotPlayable(number, "by the rules here its table would be ordered otherwise.")


def _ranks(bands: Mapping[int, Band]) -> dict[int, int]:
    """Who stands how high, without how many are between them."""
    order = {band: rank for rank, band in enumerate(sorted(set(bands.values())))}
    return {entrant: order[band] for entrant, band in bands.items()}


def _require_next_round(number: int, stage: PlayableStage) -> None:
    """Refuse a Swiss that is to go on with a round that cannot be found."""
    settings = stage.plan.format.settings
    is_over = all(told.progress in DECIDED for told in stage.told.values())
    if not isinstance(settings, Swiss) or not is_over:
        return
    try:
        next_round(settings, _groups(stage, settings)[0])
    except (NoLegalPairing, PairingTooLarge) as error:
        raise ImportNotPlayable(number, error.message) from error


_FindSources = Callable[
    [PlayableStage, Sequence[PlayableStage], Sequence[Sequence[int]]], tuple[StageSource, ...] | None
]
"""The ranks by which the entrants of a stage came, from those before it with their orders; None: by none."""


def _one_source(
    stage: PlayableStage, before: Sequence[PlayableStage], orders: Sequence[Sequence[int]]
) -> tuple[StageSource, ...] | None:
    """The ranks of one earlier stage that bring exactly the entrants of this one."""
    wanted = set(stage.field)
    for earlier in range(len(before), 0, -1):
        source = next(_sources(earlier, before[earlier - 1], orders[earlier - 1], wanted), None)
        if source is not None:
            return (source,)
    return None


def _named_sources(
    stage: PlayableStage, before: Sequence[PlayableStage], orders: Sequence[Sequence[int]]
) -> tuple[StageSource, ...] | None:
    """The ranks of earlier stages, and where that is not enough of single groups of them, that bring them. Everybody
    comes from the last stage that they were in.
    """
    found: list[StageSource] = []
    missing = set(stage.field)
    for earlier in range(len(before), 0, -1):
        origin, order = before[earlier - 1], orders[earlier - 1]
        coming = missing.intersection(origin.field)
        missing -= coming
        found += _by_groups(earlier, origin, order, coming)
    return None if missing else tuple(sorted(found, key=lambda source: (source.low, source.stage)))


def _by_groups(number: int, stage: PlayableStage, order: Sequence[int], wanted: set[int]) -> list[StageSource]:
    """The runs of ranks of a stage that bring exactly these, with the groups that send them where not all do."""
    found: list[StageSource] = []
    for rank, entrants in sorted(_ranked(stage, order).items()):
        sending = tuple(sorted(group for group, entrant in entrants.items() if entrant in wanted))
        source = StageSource(number, rank, rank, groups=() if len(sending) == len(entrants) else sending)
        if sending and found and replace(found[-1], low=rank, high=rank) == source and found[-1].high == rank - 1:
            found[-1] = replace(found[-1], high=rank)
        elif sending:
            found.append(source)
    return found


def _ranked(stage: PlayableStage, order: Sequence[int]) -> dict[int, dict[int, int]]:
    """Who has which rank in which group, by rank and group; 0 where there are no groups."""
    seeds = {entrant: seed for seed, entrant in enumerate(stage.field, 1)}
    reached: Counter[int] = Counter()
    ranks: dict[int, dict[int, int]] = defaultdict(dict)
    for entrant in order:
        group = stage.groups.get(seeds[entrant], 0)
        reached[group] += 1
        ranks[reached[group]][group] = entrant
    return ranks


def _sources(number: int, stage: PlayableStage, order: Sequence[int], wanted: set[int]) -> Iterator[StageSource]:
    """The runs of ranks of a stage that bring exactly these, in each group or overall."""
    ranks = {rank: set(entrants.values()) for rank, entrants in _ranked(stage, order).items()}
    hit = [rank for rank, entrants in ranks.items() if entrants & wanted]
    if hit and set().union(*(ranks[rank] for rank in range(hit[0], hit[-1] + 1))) == wanted:
        yield StageSource(number, hit[0], hit[-1])
    places = [place for place, entrant in enumerate(order, 1) if entrant in wanted]
    if len(places) == len(wanted) and places and places[-1] - places[0] + 1 == len(places):
        yield StageSource(number, places[0], places[-1], is_overall=True)


def _require_all_present(event: Event, stages: Sequence[PlayableStage]) -> None:
    opening = set(stages[0].field)
    late = next((entrant for stage in stages for entrant in stage.field if entrant not in opening), None)
    if late is not None:
        name = next(entrant.name for entrant in event.entrants if entrant.number == late)
        raise ImportNotPlayable(1, f"{name} is not in it, but in a later one.")


def _require_plans(plans: Sequence[StagePlan], entrants: int) -> None:
    try:
        validate(plans, entrants)
    except InvalidStages as error:
        problem = error.problems[0]
        raise ImportNotPlayable(problem.stage, problem.message) from error


def _require_same_finish(
    stages: Iterable[PlayableStage], bands: Sequence[Mapping[int, Band]], found: Reproduction
) -> None:
    """Refuse an event whose places at the end would be others here."""
    if not all(outcome.is_complete for outcomes in found.groups for outcome in outcomes):
        return
    sources = {number: stage.plan.sources for number, stage in enumerate(stages, 1)}
    ours = event_places([bands[number - 1] for number in by_merit(sources)])
    if ours != dict(found.placements):
        raise ImportNotPlayable(len(bands), "by the rules here the places at the end would be others.")
