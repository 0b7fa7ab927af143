"""Databases of brackets-manager.js: the tables participant, stage, group, round, match and match_game in one object.

The tables are those of its model (Drarig29/brackets-model, `storage.ts` and `other.ts`). Links are not stored: they
follow from where a match stands. In the upper bracket match m of a round takes the winners of 2m - 1 and 2m of the
one before; `position` is the seed in its first round, and in the lower bracket and the finals the match of the upper
bracket (or of the semi-finals) whose loser comes. Rounds of the lower bracket with even numbers are those into which
they come. An opponent that is null is a bye, one whose `id` is null is not known yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.exchange.events.drafts import (
    MAX_AMOUNT,
    MAX_GAMES,
    Cast,
    bracket,
    numbered,
    rounds_of_a_table,
)
from domain.tournaments.rules.events import (
    Event,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    OpenSources,
    Pair,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.rounds import Scoring
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

# Its ranking counts three points for a win and one for a draw, unless it is given a formula.
_SCORING = Scoring(win=6, draw=2, forfeit_win=6, pairing_bye=6, full_bye=6, half_bye=2)
_TYPES = {"single_elimination": 1, "double_elimination": 2, "round_robin": 0}
_PROGRESS = {
    0: Progress.OPEN,
    1: Progress.OPEN,
    2: Progress.OPEN,
    3: Progress.LIVE,
    4: Progress.PLAYED,
    5: Progress.PLAYED,
}
_UPPER, _LOWER = 1, 2
_MAX_NUMBER = 10_000
_FIRST_FINAL, _SECOND_FINAL = (3, 1, 1), (3, 2, 1)

_Spot = tuple[int, int, int]
"""Where a match stands in a stage: the numbers of its group, of its round and its own, all from 1."""


@dataclass(slots=True)
class _Stage:
    """A stage and its matches by where they stand."""

    place: Place
    brackets: int
    matches: dict[_Spot, Place] = field(default_factory=dict)

    def rounds(self, group: int) -> int:
        """How many rounds a group has."""
        return max((spot[1] for spot in self.matches if spot[0] == group), default=0)


def is_brackets_manager(documents: Sequence[Place]) -> bool:
    """Whether this looks like such a database."""
    return all(key in documents[0] for key in ("participant", "stage", "match"))


def read_brackets_manager(documents: Sequence[Place]) -> Event:
    """The event in the database.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    whole = documents[0]
    cast = _cast(whole)
    games = _games(whole)
    stages = sorted(_stages(whole).values(), key=lambda stage: stage.place["number"].whole(0, _MAX_NUMBER))
    return Event(cast.entrants, tuple(_stage(stage, cast, games) for stage in stages if stage.matches))


def _cast(whole: Place) -> Cast:
    drafts = []
    for place in whole["participant"].items():
        key = place["id"].id()
        drafts.append((EventEntrant(0, place["name"].text() or key, external_id=key), [key], place))
    return numbered(drafts)


def _stages(whole: Place) -> dict[str, _Stage]:
    stages: dict[str, _Stage] = {}
    for place in whole["stage"].items():
        if stages.setdefault(place["id"].id(), _Stage(place, place["type"].choice(_TYPES))).place is not place:
            raise place["id"].refused("the id is used twice.")
    groups = {place["id"].id(): place["number"].whole(1, _MAX_NUMBER) for place in whole["group"].items()}
    rounds = {place["id"].id(): place["number"].whole(1, _MAX_NUMBER) for place in whole["round"].items()}
    for place in whole["match"].items():
        stage, group, number = (place[f"{name}_id"].id() for name in ("stage", "group", "round"))
        for name, key, known in (("stage", stage, stages), ("group", group, groups), ("round", number, rounds)):
            if key not in known:
                raise place[f"{name}_id"].refused(f"there is no {name} {key!r}.")
        spot = groups[group], rounds[number], place["number"].whole(1, _MAX_NUMBER)
        if spot in stages[stage].matches:
            raise place.refused("another match has the same number in this round.")
        stages[stage].matches[spot] = place
    return stages


def _games(whole: Place) -> dict[str, list[Pair]]:
    """The points of the games of matches that have several, in order, by the id of the match."""
    found: dict[str, list[tuple[int, Pair]]] = defaultdict(list)
    if "match_game" in whole:
        for place in whole["match_game"].items():
            points = _score(place)
            if points is not None:
                number = place["number"].whole(1, MAX_GAMES)
                found[place["parent_id"].id()].append((number, points))
    return {key: [points for _, points in sorted(games)] for key, games in found.items()}


def _stage(stage: _Stage, cast: Cast, games: Mapping[str, list[Pair]]) -> EventStage:
    matches = {spot: _match(spot, stage, place, cast, games) for spot, place in stage.matches.items()}
    name = stage.place["name"].text()
    if stage.brackets == 0:
        groups = []
        for number in sorted({spot[0] for spot in matches}):
            theirs = [match for spot, match in matches.items() if spot[0] == number and None not in match.sides]
            playing = sorted({side for match in theirs for side in match.sides if side is not None})
            groups.append(EventGroup(tuple(playing), rounds_of_a_table(theirs), name=f"Group {number}"))
        return EventStage(StageFormat.ROUND_ROBIN, tuple(groups), name, scoring=_SCORING)
    matches = _without_idle_reset(matches)
    entrants, seeds = _seeds(stage, cast)
    settings = stage.place["settings"]
    if "skipFirstRound" in settings and settings["skipFirstRound"].flag():
        group = bracket(entrants, list(matches.values()), None)
    else:
        sources = {match.key: _sources(spot, stage, seeds, matches) for spot, match in matches.items()}
        group = bracket(entrants, list(matches.values()), sources)
    return EventStage(StageFormat.ELIMINATION, (group,), name)


def _without_idle_reset(matches: dict[_Spot, EventMatch]) -> dict[_Spot, EventMatch]:
    """The matches, where the second final counts only if the winner of the lower bracket has won the first.

    The library fills it whatever happens, and lets the first one decide (`getGrandFinalDecisiveMatch`).
    """
    first, second = matches.get(_FIRST_FINAL), matches.get(_SECOND_FINAL)
    if first is None or second is None or first.winner != 0:
        return matches
    idle = EventMatch(second.key, second.round, progress=Progress.NOT_NEEDED)
    return matches | {_SECOND_FINAL: idle}


def _match(spot: _Spot, stage: _Stage, place: Place, cast: Cast, games: Mapping[str, list[Pair]]) -> EventMatch:
    progress = _PROGRESS[place["status"].whole(0, 5)]
    opponents = place["opponent1"], place["opponent2"]
    results = [opponent["result"].value if opponent.value is not None else None for opponent in opponents]
    has_left = ["forfeit" in opponent and opponent["forfeit"].flag() for opponent in opponents]
    winner = next((slot for slot in (0, 1) if results[slot] == "win" or has_left[1 - slot]), None)
    if progress is Progress.PLAYED and any(has_left):
        progress, winner = Progress.FORFEIT, None if all(has_left) else winner
    best_of = place["child_count"].whole_or_none(0, 999)
    lower = stage.brackets == 2 and spot[0] == _LOWER
    return EventMatch(
        key=place["id"].id(),
        round=-spot[1] if lower else spot[1] if spot[0] == _UPPER or stage.brackets == 0 else None,
        sides=(_side(opponents[0], cast), _side(opponents[1], cast)),
        progress=progress,
        winner=winner if progress in (Progress.PLAYED, Progress.FORFEIT) else None,
        score=_score(place),
        games=tuple(games.get(place["id"].id(), ())),
        best_of=best_of if best_of and best_of % 2 else None,
    )


def _side(opponent: Place, cast: Cast) -> int | None:
    return None if opponent.value is None else cast.number(opponent["id"])


def _score(place: Place) -> Pair | None:
    first, second = place["opponent1"], place["opponent2"]
    if "score" not in first or "score" not in second:
        return None
    return first["score"].whole(-MAX_AMOUNT, MAX_AMOUNT), second["score"].whole(-MAX_AMOUNT, MAX_AMOUNT)


def _seeds(stage: _Stage, cast: Cast) -> tuple[list[int], dict[_Spot, tuple[int | None, int | None]]]:
    """The entrants by seed, and the seeds in the slots of the first round; None for a bye.

    Where slots of the first round are open, those of the participants who are not in it are the ones to come.
    """
    slots: list[tuple[int, _Spot, int, int | None]] = []
    for spot, place in stage.matches.items():
        if spot[:2] == (_UPPER, 1):
            for slot in (0, 1):
                opponent = place[f"opponent{slot + 1}"]
                if opponent.value is not None:
                    position = opponent["position"].whole_or_none(1, _MAX_NUMBER)
                    order = position if position is not None else 2 * spot[2] - 1 + slot
                    slots.append((order, spot, slot, _side(opponent, cast)))
    slots.sort(key=lambda each: each[0])
    playing = {side for *_, side in slots if side is not None}
    waiting = [entrant.number for entrant in cast.entrants if entrant.number not in playing]
    unknown = sum(side is None for *_, side in slots)
    if unknown > len(waiting):
        raise stage.place.refused(f"{unknown} slots of the first round are open, for {len(waiting)} participants.")
    coming = iter(waiting)
    entrants = [next(coming) if side is None else side for *_, side in slots]
    found: dict[_Spot, tuple[int | None, int | None]] = {}
    for seed, (_, spot, slot, _) in enumerate(slots, 1):
        first, second = found.get(spot, (None, None))
        found[spot] = (seed, second) if slot == 0 else (first, seed)
    return entrants, found


def _sources(
    spot: _Spot,
    stage: _Stage,
    seeds: Mapping[_Spot, tuple[int | None, int | None]],
    matches: Mapping[_Spot, EventMatch],
) -> OpenSources:
    """Where the two of a match come from."""
    group, _, own = spot
    if spot[:2] == (_UPPER, 1):
        first, second = seeds.get(spot, (None, None))
        return (None if first is None else Seed(first)), (None if second is None else Seed(second))
    if group == _UPPER:
        return _winner(matches, spot, 2 * own - 1), _winner(matches, spot, 2 * own)
    if group == _LOWER and stage.brackets == 2:
        return _lower_sources(spot, stage, matches)
    return _final_sources(spot, stage, matches)


def _final_sources(spot: _Spot, stage: _Stage, matches: Mapping[_Spot, EventMatch]) -> OpenSources:
    """Where the two of a match for third place, of a grand final and of its reset come from."""
    group, number, _ = spot
    if stage.brackets == 1:
        semifinals = stage.rounds(_UPPER) - 1
        return _loser(stage, spot, 0, matches, semifinals, 1), _loser(stage, spot, 1, matches, semifinals, 2)
    if number == 1:
        upper, lower = (_UPPER, stage.rounds(_UPPER), 1), (_LOWER, stage.rounds(_LOWER), 1)
        winner = WinnerOf(_key(matches, spot, upper))
        return winner, WinnerOf(matches[lower].key) if lower in matches else LoserOf(winner.match)
    before = _key(matches, spot, (group, number - 1, 1))
    return LoserOf(before), WinnerOf(before)


def _lower_sources(spot: _Spot, stage: _Stage, matches: Mapping[_Spot, EventMatch]) -> OpenSources:
    _, number, own = spot
    if number == 1:
        return _loser(stage, spot, 0, matches, 1, 2 * own - 1), _loser(stage, spot, 1, matches, 1, 2 * own)
    if number % 2 == 0:
        return _loser(stage, spot, 0, matches, number // 2 + 1, own), _winner(matches, spot, own)
    return _winner(matches, spot, 2 * own - 1), _winner(matches, spot, 2 * own)


def _winner(matches: Mapping[_Spot, EventMatch], spot: _Spot, own: int) -> Source:
    """The winner of a match in the round before in the same group."""
    return WinnerOf(_key(matches, spot, (spot[0], spot[1] - 1, own)))


def _key(matches: Mapping[_Spot, EventMatch], spot: _Spot, before: _Spot) -> str:
    """The key of the match from which somebody comes into another."""
    if before not in matches:
        problem = f"the match {before[2]} of round {before[1]} in group {before[0]} is missing."
        raise InvalidEventFile(f"Match {matches[spot].key!r}: {problem}")
    return matches[before].key


def _loser(
    stage: _Stage, spot: _Spot, slot: int, matches: Mapping[_Spot, EventMatch], number: int, usual: int
) -> Source | None:
    """The loser of a match of a round of the upper bracket: the one at the position, if that is told."""
    opponent = stage.matches[spot][f"opponent{slot + 1}"]
    if opponent.value is None:
        return None
    own = opponent["position"].whole_or_none(1, _MAX_NUMBER) or usual
    before = _UPPER, number, own
    if before not in matches:
        raise opponent.refused(f"there is no match {own} in round {number} of the upper bracket.")
    return LoserOf(matches[before].key)
