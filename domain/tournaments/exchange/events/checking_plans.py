"""Whether stages hold together with their plans, and the heats and ladders that only such stages have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from domain.kernel.errors import InvalidInput
from domain.tournaments.errors import InvalidEventFile, InvalidGraph, InvalidStages
from domain.tournaments.heat_values import FreeForAll
from domain.tournaments.rules.events import (
    DECIDED,
    MAX_ENTRANTS,
    Event,
    EventGroup,
    EventHeat,
    EventMatch,
    EventStage,
    Progress,
    StageFormat,
    described,
    plan_of,
    played_course,
    size_of,
    with_own_keys,
)
from domain.tournaments.rules.formats import Elimination, graph_of, require_settings
from domain.tournaments.rules.free_for_all import game_of, games_in, require_game
from domain.tournaments.rules.ladder import MAX_CHALLENGES, Ladder
from domain.tournaments.rules.stages import MAX_STAGES, needed, validate
from domain.tournaments.values import Structure

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# How often all on a ladder may have dropped: each time costs.
_MAX_DROPS = 1_000_000
_MAX_BEST_OF = 99


def require_plans(event: Event) -> None:
    """Refuse plans that are wrong, or that do not fit together, or with what their stages say.

    Raises:
        InvalidEventFile: with the stage.
    """
    plans = [plan_of(stage) for stage in event.stages if stage.plan is not None]
    if not plans:
        return
    if len(plans) < len(event.stages):
        number = next(number for number, stage in enumerate(event.stages, 1) if stage.plan is None)
        raise InvalidEventFile(f"Stage {number} has no plan; either all stages have one, or none.")
    if len(event.entrants) < 2 or len(plans) > MAX_STAGES:
        raise InvalidEventFile(f"With plans an event has 2 to {MAX_ENTRANTS:,} entrants and 1 to {MAX_STAGES} stages.")
    for number, stage in enumerate(event.stages, 1):
        _require_settings(number, stage)
    try:
        validate(plans, event.capacity or max(2, size_of(event.stages[0])))
    except InvalidStages as error:
        problem = error.problems[0]
        raise InvalidEventFile(f"Stage {problem.stage}, plan: {problem.message}") from error
    for number, stage in enumerate(with_own_keys(event).stages, 1):
        _require_described(number, stage)


def ladder_match_problem(match: EventMatch) -> str:
    """What is wrong with a challenge; "" if nothing is."""
    if None in match.sides or match.sources is not None:
        return "in a challenge both sides are known, and come out of no other match."
    if match.progress is Progress.NOT_NEEDED:
        return "a challenge is played, or called off."
    if match.made_at is None:
        return "it is not told when the challenge was made."
    if match.progress in DECIDED and match.finished_at is None:
        return "it is not told when it was decided, and the order of a ladder follows from that."
    if match.progress is Progress.PLAYED and match.winner is None:
        return "it was played, but nobody has won; on a ladder somebody has to."
    return "" if match.points is None and match.round is None else "a challenge has neither points nor a round."


def wrong_heats(where: str, stage: EventStage, group: EventGroup) -> Iterator[str]:
    """What is wrong with the heats of a group, without whether the right entrants are in them."""
    if stage.format is not StageFormat.FREE_FOR_ALL:
        if group.heats or group.left:
            yield f"{where}: heats, and who left them, are for a FREE_FOR_ALL."
        return
    if len(stage.groups) != 1:
        yield f"{where}: a free-for-all is one group."
    seen = set()
    for heat in group.heats:
        if (heat.round, heat.number) in seen:
            yield f"{_heat(where, heat)} is there twice."
        seen.add((heat.round, heat.number))
        if not heat.results:
            yield f"{_heat(where, heat)}: nobody is in it."


def wrong_ladder(where: str, stage: EventStage, group: EventGroup, as_of: datetime | None) -> Iterator[str]:
    """What is wrong with who was on a ladder, and with its times."""
    if stage.format is not StageFormat.LADDER:
        if group.climbers or group.closed_at is not None:
            yield f"{where}: climbers, and when it was ended, are for a LADDER."
        return
    if len(stage.groups) != 1:
        yield f"{where}: a ladder is one group."
    if [climber.entrant for climber in group.climbers] != list(group.entrants):
        yield f"{where}: the climbers are not the entrants, in their order."
    if group.closed_at is None and as_of is None:
        yield f"{where}: a ladder that goes on needs `as_of` of the event, or else `closed_at`."
    if len(group.matches) > MAX_CHALLENGES:
        yield f"{where}: there are {len(group.matches):,} challenges; a ladder has at most {MAX_CHALLENGES:,}."
    yield from _wrong_times(where, stage, group, as_of)


def _wrong_times(where: str, stage: EventStage, group: EventGroup, as_of: datetime | None) -> Iterator[str]:
    for climber in group.climbers:
        if climber.left_at is not None and climber.left_at < climber.joined_at:
            yield f"{where}: entrant {climber.entrant} left before they joined."
    for match in group.matches:
        if match.made_at is not None and match.finished_at is not None and match.finished_at < match.made_at:
            yield f"{where}, match {match.key!r}: it was decided before the challenge was made."
    told = [group.closed_at or as_of, *(climber.joined_at for climber in group.climbers)]
    told += [climber.left_at for climber in group.climbers]
    told += [at for match in group.matches for at in (match.made_at, match.finished_at)]
    times = [at for at in told if at is not None]
    if not all(_EARLIEST <= at <= _LATEST for at in times):
        yield f"{where}: times on a ladder are from {_EARLIEST.year} to {_LATEST.year}."
        return
    terms = None if stage.plan is None else stage.plan.format.settings
    if isinstance(terms, Ladder) and terms.idle_days is not None and terms.idle_days > 0:
        drops = (max(times) - min(times)) // timedelta(days=terms.idle_days) * len(group.entrants)
        if drops > _MAX_DROPS:
            yield f"{where}: over so long a time people would have dropped more than {_MAX_DROPS:,} times."


def _require_settings(number: int, stage: EventStage) -> None:
    assert stage.plan is not None
    settings = stage.plan.format.settings
    if isinstance(settings, Elimination):
        if not 0 <= settings.lower_starters <= MAX_ENTRANTS or not 0 <= settings.final_advantage <= _MAX_BEST_OF:
            raise InvalidEventFile(f"Stage {number}, plan: so many do not start in the lower bracket, or lead a final.")
        return
    try:
        require_settings(settings)
    except InvalidInput as error:
        field = ".".join(error.path)
        raise InvalidEventFile(f"Stage {number}, plan{field and f', {field}'}: {error.message}") from error


def _require_described(number: int, stage: EventStage) -> None:
    """Refuse what a stage says otherwise than its plan, or that cannot be so by it."""
    assert stage.plan is not None
    said = replace(described(stage.plan, size_of(stage)), groups=stage.groups)
    for field in fields(EventStage):
        ours, told = getattr(said, field.name), getattr(stage, field.name)
        if ours != told:
            raise InvalidEventFile(f"Stage {number}: its `{field.name}` is not what its plan says.")
    if not stage.groups:
        return
    settings, least = stage.plan.format.settings, needed(stage.plan.format)
    if size_of(stage) < least:
        raise InvalidEventFile(f"Stage {number}: {size_of(stage)} are in it, and by its plan it takes {least}.")
    if len(stage.groups) != plan_of(stage).format.group_count:
        raise InvalidEventFile(f"Stage {number} has {len(stage.groups)} groups, which is not what its plan says.")
    _require_seeds(number, stage)
    if isinstance(settings, FreeForAll):
        _require_drawn(number, stage, settings)
    if isinstance(settings, Elimination) and stage.plan.format.structure is not Structure.CUSTOM:
        _require_links(number, stage)


def _require_seeds(number: int, stage: EventStage) -> None:
    told = [group.seeds for group in stage.groups]
    if len(told) == 1 and told[0]:
        raise InvalidEventFile(f"Stage {number}: the order of its only group tells the seeds.")
    if any(len(group.seeds) != len(group.entrants) for group in stage.groups if len(told) > 1):
        raise InvalidEventFile(f"Stage {number}: a group has not as many seeds as entrants.")
    found = sorted(seed for seeds in told for seed in seeds)
    if len(told) > 1 and found != list(range(1, size_of(stage) + 1)):
        raise InvalidEventFile(f"Stage {number}: the seeds of its groups are not 1 to {size_of(stage)}.")


def _require_links(number: int, stage: EventStage) -> None:
    """Refuse a bracket that is not the one that its plan makes."""
    assert stage.plan is not None
    (group,) = stage.groups
    try:
        graph = graph_of(stage.plan.format, len(group.entrants))
    except InvalidGraph as error:
        raise InvalidEventFile(f"Stage {number}, plan: {error.problems[0].message}") from error
    told = {match.key: match.sources for match in group.matches}
    for node in graph.matches:
        if told.pop(node.key, None) != node.sources:
            raise InvalidEventFile(
                f"Stage {number}, match {node.key!r}: it is missing or has other sources by the plan."
            )
    if told:
        raise InvalidEventFile(f"Stage {number}, match {min(told)!r}: by the plan there is no such match.")


def _require_drawn(number: int, stage: EventStage, terms: FreeForAll) -> None:
    """Refuse games that cannot have ended so, and heats with others in them than the results before them bring."""
    (group,) = stage.groups
    where = f"Stage {number}"
    for heat in group.heats:
        played = games_in(heat.results)
        short = {one for one, games in heat.results.items() if len(games) < played}
        if played > terms.games or any(group.left.get(one, heat.round + 1) > heat.round for one in short):
            raise InvalidEventFile(f"{_heat(where, heat)}: somebody who has not left has another number of games.")
        for game in range(1, played + 1):
            results = game_of(heat.results, game)
            try:
                require_game(results, results)
            except InvalidInput as error:
                raise InvalidEventFile(f"{_heat(where, heat)}, game {game}: {error.message}") from error
    told = {(heat.round, heat.number): heat for heat in group.heats}
    for round_, heats in enumerate(played_course(stage).rounds, 1):
        for place, drawn in zip(count(1), heats, strict=False):
            at = round_, place
            if at not in told or told.pop(at).results.keys() != set(drawn.entrants):
                here = f"{where}, round {round_}, heat {place}"
                wanted = ", ".join(map(str, sorted(drawn.entrants)))
                raise InvalidEventFile(f"{here}: by the results before it these play in it: {wanted}.")
    if told:
        raise InvalidEventFile(f"{_heat(where, told[min(told)])}: by the results before it there is no such heat.")


def _heat(where: str, heat: EventHeat) -> str:
    return f"{where}, round {heat.round}, heat {heat.number}"
