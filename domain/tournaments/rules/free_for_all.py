"""Free-for-all: heats of many entrants, from which the best go on, until one heat is left.

Nothing here depends on the order in which results come in: a round is a mapping from entrants to what they reached, and
the heats of every round follow from the seeds and the rounds before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from domain.kernel.errors import InvalidInput

MAX_ENTRANTS = 4096
MAX_POINTS = 1_000_000

Entrant = TypeVar("Entrant", bound=Hashable)


class Cut(StrEnum):
    """Who goes on from a round. HEAT: the best of each heat. OVERALL: as many, but the best of all heats together."""

    HEAT = "HEAT"
    OVERALL = "OVERALL"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a free-for-all is played.

    Attributes:
        heat_size: how many play in a heat at most.
        advancing: how many go on for each heat: at least one, at most half of `heat_size`, so that every round but the
            last leaves fewer.
        points: what the places of a heat are worth, the first place first; further places are worth nothing.
        per_score: what each unit of the score (kills, laps, goals) is worth besides.
        cut: who goes on.
    """

    heat_size: int
    advancing: int
    points: tuple[int, ...]
    per_score: int = 0
    cut: Cut = Cut.HEAT


@dataclass(frozen=True, slots=True)
class Reached:
    """What somebody reached in a heat: the place, which those who are level share (1, 2, 2, 4), and the score."""

    place: int
    score: int = 0


@dataclass(frozen=True, slots=True)
class Line(Generic[Entrant]):
    """One line of a table: who, what they reached, its points, and the rank, which equals share.

    Equals have the same points, place and score.
    """

    entrant: Entrant
    reached: Reached
    points: int
    rank: int


Heat = tuple[Entrant, ...]
Round = Mapping[Entrant, Reached]


def draw_heats(order: Sequence[Entrant], heat_size: int) -> tuple[Heat[Entrant], ...]:
    """As few heats as will do, as strong as each other: seeds go to them forwards, then backwards, and so on.

    Sizes differ by one at most.
    """
    count = -(-len(order) // heat_size)
    heats: list[list[Entrant]] = [[] for _ in range(count)]
    for index, entrant in enumerate(order):
        row, column = divmod(index, count)
        heats[column if row % 2 == 0 else count - 1 - column].append(entrant)
    return tuple(map(tuple, heats))


def next_heats(
    seeds: Sequence[Entrant], rounds: Sequence[Round[Entrant]], terms: Terms
) -> tuple[Heat[Entrant], ...] | None:
    """The heats of the round after those that are over; None when the last one was the only one of its round.

    Those who go on are seeded anew, by what they have just reached; equals keep the order of their seeds.

    Raises:
        InvalidInput: the terms, the field or a round make no sense.
    """
    order = _order(seeds, rounds, terms)[0]
    return draw_heats(order, terms.heat_size) if order else None


def placements(
    seeds: Sequence[Entrant], rounds: Sequence[Round[Entrant]], terms: Terms
) -> dict[Entrant, tuple[int, int]]:
    """The first and the last of the places that each entrant shares, as far as they are certain.

    Whoever leaves in a later round is before those of an earlier one, and within a round its table decides.

    Raises:
        InvalidInput: the terms, the field or a round make no sense.
    """
    return _order(seeds, rounds, terms)[1]


def table(results: Round[Entrant], seeds: Sequence[Entrant], terms: Terms) -> tuple[Line[Entrant], ...]:
    """Everybody in a round by points, then place, then score; equals in the order of their seeds."""

    def key(entrant: Entrant) -> tuple[int, int, int]:
        reached = results[entrant]
        return -points_of(reached, terms), reached.place, -reached.score

    ordered = sorted((entrant for entrant in seeds if entrant in results), key=key)
    ranks: dict[tuple[int, int, int], int] = {}
    for rank, entrant in enumerate(ordered, start=1):
        ranks.setdefault(key(entrant), rank)
    return tuple(
        Line(entrant, results[entrant], points_of(results[entrant], terms), ranks[key(entrant)]) for entrant in ordered
    )


def points_of(reached: Reached, terms: Terms) -> int:
    """What somebody gets for what they reached."""
    of_place = terms.points[reached.place - 1] if 1 <= reached.place <= len(terms.points) else 0
    return of_place + terms.per_score * reached.score


def _order(
    seeds: Sequence[Entrant], rounds: Sequence[Round[Entrant]], terms: Terms
) -> tuple[list[Entrant], dict[Entrant, tuple[int, int]]]:
    """Those who play the next round, best first, and the places of those who have left."""
    _require_terms(terms)
    if not 2 <= len(seeds) <= MAX_ENTRANTS or len(set(seeds)) < len(seeds):
        raise InvalidInput(f"A free-for-all takes 2 to {MAX_ENTRANTS} entrants, each of them once.")
    order, places = list(seeds), dict[Entrant, tuple[int, int]]()
    for number, results in enumerate(rounds, start=1):
        heats = draw_heats(order, terms.heat_size)
        if not order:
            raise InvalidInput(f"Round {number} comes after the last one.")
        _require_results(number, heats, results)
        through = _through(heats, results, seeds, terms) if len(heats) > 1 else []
        staying = set(through)
        gone = {entrant: reached for entrant, reached in results.items() if entrant not in staying}
        lines = table(gone, seeds, terms)
        level = Counter(line.rank for line in lines)
        for line in lines:
            first = len(through) + line.rank
            places[line.entrant] = (first, first + level[line.rank] - 1)
        order = through
    return order, places


def _through(
    heats: Sequence[Heat[Entrant]], results: Round[Entrant], seeds: Sequence[Entrant], terms: Terms
) -> list[Entrant]:
    """Who goes on, the best first. Where equals are divided by the cut, the better seed goes on."""
    lines = table(results, seeds, terms)
    if terms.cut is Cut.OVERALL:
        return [line.entrant for line in lines[: terms.advancing * len(heats)]]
    heat_of = {entrant: number for number, heat in enumerate(heats) for entrant in heat}
    taken: Counter[int] = Counter()
    through: list[Entrant] = []
    for line in lines:
        heat = heat_of[line.entrant]
        if taken[heat] < terms.advancing:
            taken[heat] += 1
            through.append(line.entrant)
    return through


def _require_terms(terms: Terms) -> None:
    if not 2 <= terms.heat_size <= MAX_ENTRANTS:
        raise InvalidInput(f"A heat has 2 to {MAX_ENTRANTS} entrants.", "heatSize")
    if not 1 <= terms.advancing <= terms.heat_size // 2:
        raise InvalidInput("From a heat at least one goes on, and at most half of a full one.", "advancing")
    if len(terms.points) > terms.heat_size or any(
        better < worse for better, worse in zip(terms.points, terms.points[1:], strict=False)
    ):
        raise InvalidInput(
            "There are points for no more places than a heat has, and none for more than one before.", "points"
        )
    if not all(0 <= points <= MAX_POINTS for points in (*terms.points, terms.per_score)):
        raise InvalidInput(f"Points are whole numbers from 0 to {MAX_POINTS}.", "points")


def _require_results(number: int, heats: Sequence[Heat[Entrant]], results: Round[Entrant]) -> None:
    if results.keys() != {entrant for heat in heats for entrant in heat}:
        raise InvalidInput(f"Round {number} needs a result of everybody in its heats, and of nobody else.")
    for index, heat in enumerate(heats, start=1):
        found = sorted(results[entrant].place for entrant in heat)
        if found != [1 + sum(other < place for other in found) for place in found]:
            raise InvalidInput(
                f"The places of heat {index} of round {number} are not those of a ranking such as 1, 2, 2, 4."
            )
        if not all(0 <= results[entrant].score <= MAX_POINTS for entrant in heat):
            raise InvalidInput(f"Scores in heat {index} of round {number} have to be from 0 to {MAX_POINTS}.")
