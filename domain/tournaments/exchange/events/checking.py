"""Whether an event holds together: whoever reads one, from whatever origin, gives it here at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from domain.kernel.scoring import MatchScoring
from domain.tournaments.errors import InvalidEventFile, InvalidGraph, InvalidTiebreak, ResultNotPossible
from domain.tournaments.exchange.events.checking_plans import (
    ladder_match_problem,
    require_plans,
    wrong_heats,
    wrong_ladder,
)
from domain.tournaments.exchange.events.documents import MAX_MATCHES
from domain.tournaments.rules.events import (
    DECIDED,
    MATCH_COUNTS,
    MAX_ENTRANTS,
    Event,
    EventGroup,
    EventMatch,
    EventStage,
    Progress,
    StageFormat,
    bracket_outcome,
    tiebreaks_of,
)
from domain.tournaments.rules.tiebreaks import parse_tiebreaks

MAX_STAGES = 50
MAX_GROUPS = 1_024
# Of a table: what everybody had in every round.
_MAX_CELLS = 250_000
_IN_TABLES = frozenset({StageFormat.ROUND_ROBIN, StageFormat.SWISS})


def checked(event: Event) -> Event:
    """The same event, once nothing is wrong with it.

    Raises:
        InvalidEventFile: something is; it says where.
    """
    for problem in _problems(event):
        raise InvalidEventFile(problem)
    require_plans(event)
    for number, stage in enumerate(event.stages, 1):
        try:
            tiebreaks_of(stage)
        except InvalidTiebreak as error:
            raise InvalidEventFile(f"Stage {number}: {error.message}") from error
        if stage.format is StageFormat.ELIMINATION:
            for group in stage.groups:
                _require_bracket(_named(number, group), group)
    return event


def _require_bracket(where: str, group: EventGroup) -> None:
    try:
        bracket_outcome(group)
    except InvalidGraph as error:
        problem = error.problems[0]
        match = "" if problem.match is None else f", match {problem.match!r}"
        slot = "" if problem.slot is None else f", slot {problem.slot}"
        raise InvalidEventFile(f"{where}{match}{slot}: {problem.message}") from error
    except ResultNotPossible as error:
        raise InvalidEventFile(f"{where}, match {error.match!r}: {error.message}") from error


def _problems(event: Event) -> Iterator[str]:
    """All that is wrong, but for the links of brackets."""
    if not 1 <= len(event.entrants) <= MAX_ENTRANTS:
        yield f"There are {len(event.entrants):,} entrants; an event has 1 to {MAX_ENTRANTS:,}."
    twice = _twice(entrant.number for entrant in event.entrants)
    if twice is not None:
        yield f"Entrant {twice} is there twice."
    if not 1 <= len(event.stages) <= MAX_STAGES:
        yield f"There are {len(event.stages):,} stages; an event has 1 to {MAX_STAGES}."
    matches = sum(len(group.matches) for stage in event.stages for group in stage.groups)
    if matches > MAX_MATCHES:
        yield f"There are {matches:,} matches; at most {MAX_MATCHES:,} are read."
    key = _twice(match.key for stage in event.stages for group in stage.groups for match in group.matches)
    if key is not None:
        yield f"Match {key!r} is there twice."
    known = {entrant.number for entrant in event.entrants}
    for number, stage in enumerate(event.stages, 1):
        yield from _wrong_stage(number, stage, event, known)


def _wrong_stage(number: int, stage: EventStage, event: Event, known: set[int]) -> Iterator[str]:
    least = 1 if stage.plan is None else 0
    if not least <= len(stage.groups) <= MAX_GROUPS:
        yield f"Stage {number} has {len(stage.groups):,} groups; a stage has 1 to {MAX_GROUPS:,}."
    twice = _twice(entrant for group in stage.groups for entrant in group.entrants)
    if twice is not None:
        yield f"Stage {number}: entrant {twice} is in it twice."
    if stage.format not in _IN_TABLES | {StageFormat.ELIMINATION} and stage.plan is None:
        yield f"Stage {number}: a {stage.format} needs its plan."
    for group in stage.groups:
        where = _named(number, group)
        yield from _wrong_members(where, group, known)
        yield from _wrong_origins(where, number, group, event)
        yield from _wrong_values(where, stage, group)
        for match in group.matches:
            problem = _problem(match) or _PROBLEMS[stage.format](match) or _length_problem(stage, match)
            if problem:
                yield f"{where}, match {match.key!r}: {problem}"
        if stage.format not in _IN_TABLES and group.byes:
            yield f"{where}: byes are for tables; in a bracket somebody just starts later."
        if stage.format in _IN_TABLES:
            yield from _wrong_rounds(where, stage, group)
        yield from wrong_heats(where, stage, group)
        yield from wrong_ladder(where, stage, group, event.as_of)


def _wrong_members(where: str, group: EventGroup, known: set[int]) -> Iterator[str]:
    unknown = next((entrant for entrant in group.entrants if entrant not in known), None)
    if unknown is not None:
        yield f"{where}: there is no entrant {unknown}."
    if not group.entrants:
        yield f"{where}: nobody is in it."
    members = set(group.entrants)
    stranger = next((one for one in _mentioned(group) if one not in members), None)
    if stranger is not None:
        yield f"{where}: entrant {stranger} is not in it."


def _wrong_origins(where: str, number: int, group: EventGroup, event: Event) -> Iterator[str]:
    if group.origins and len(group.origins) != len(group.entrants):
        yield f"{where}: there are {len(group.origins)} origins for {len(group.entrants)} entrants."
    for origin in group.origins:
        if origin is None:
            continue
        if not 1 <= origin.stage < number or not 1 <= origin.group <= len(event.stages[origin.stage - 1].groups):
            yield f"{where}: nobody can come from group {origin.group} of stage {origin.stage}."


def _wrong_values(where: str, stage: EventStage, group: EventGroup) -> Iterator[str]:
    labels = dict.fromkeys(label for values in group.values.values() for label in values)
    if labels and stage.format not in _IN_TABLES:
        kind = "bracket" if stage.format is StageFormat.ELIMINATION else stage.format
        yield f"{where}: a {kind} has no tie-breaks."
    try:
        for label in labels:
            if label not in MATCH_COUNTS:
                parse_tiebreaks(label)
    except InvalidTiebreak as error:
        yield f"{where}: {error.message}"


def _wrong_rounds(where: str, stage: EventStage, group: EventGroup) -> Iterator[str]:
    """Somebody has two things in one round, or the table would be too large."""
    seen: set[tuple[int, int]] = set()
    entries = [(match.round or 1, side) for match in group.matches for side in match.sides if side is not None]
    for number, entrant in (*entries, *((bye.round, bye.entrant) for bye in group.byes)):
        if (number, entrant) in seen:
            yield f"{where}: entrant {entrant} is in round {number} twice."
        seen.add((number, entrant))
    told = {number for number, _ in seen}
    # By a plan there are no gaps between rounds.
    rounds = len(told) if stage.plan is None else max(told, default=0)
    if rounds * len(group.entrants) > _MAX_CELLS:
        yield f"{where}: {rounds} rounds of {len(group.entrants)} entrants are more than a table can have."


def _problem(match: EventMatch) -> str:
    """What is wrong with a match, wherever it is; "" if nothing is."""
    if match.sides[0] is not None and match.sides[0] == match.sides[1]:
        return f"entrant {match.sides[0]} cannot meet themselves."
    if match.winner not in (None, 0, 1):
        return "the winner is in slot 0 or 1."
    if match.winner is not None and match.progress not in DECIDED:
        return "it has a winner, but is not decided."
    if match.is_disqualification and match.progress is not Progress.FORFEIT:
        return "it is no forfeit, so nobody was disqualified."
    return ""


def _bracket_problem(match: EventMatch) -> str:
    if match.sources is None:
        return "it is not told where its sides come from."
    if match.progress is Progress.PLAYED and match.winner is None:
        return "it was played, but nobody has won; in a bracket somebody has to."
    if match.progress is Progress.CALLED_OFF:
        return "only challenges on a ladder are called off."
    return "" if match.points is None else "points are for tables."


def _length_problem(stage: EventStage, match: EventMatch) -> str:
    is_decisive = stage.format in (StageFormat.ELIMINATION, StageFormat.LADDER)
    is_best_of = is_decisive and stage.match_scoring is MatchScoring.BEST_OF
    if is_best_of and match.best_of is not None and not match.best_of % 2:
        return f"Best of {match.best_of} can end level; give an odd number of games, or say PLAY_ALL of the stage."
    return ""


def _table_problem(match: EventMatch) -> str:
    if None in match.sides:
        return "in a table both sides are known."
    if match.sources is not None:
        return "in a table sides do not come out of matches."
    if match.progress in (Progress.NOT_NEEDED, Progress.CALLED_OFF):
        return "in a table every match is needed."
    return "" if match.round is not None and match.round >= 1 else "it needs a round, from 1."


_PROBLEMS = {
    StageFormat.ELIMINATION: _bracket_problem,
    StageFormat.ROUND_ROBIN: _table_problem,
    StageFormat.SWISS: _table_problem,
    StageFormat.FREE_FOR_ALL: lambda _: "a free-for-all has heats instead of matches.",
    StageFormat.LADDER: ladder_match_problem,
}


def _mentioned(group: EventGroup) -> Iterator[int]:
    yield from (side for match in group.matches for side in match.sides if side is not None)
    yield from (bye.entrant for bye in group.byes)
    yield from group.places
    yield from group.values
    yield from (one for heat in group.heats for one in heat.results)
    yield from group.left
    yield from (climber.entrant for climber in group.climbers)


def _named(number: int, group: EventGroup) -> str:
    return f"Stage {number}" + (f", {group.name}" if group.name else "")


def _twice(values: Iterator[int] | Iterator[str]) -> int | str | None:
    counted: Counter[int | str] = Counter(values)
    return next((value for value, times in counted.items() if times > 1), None)
