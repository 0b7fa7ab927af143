"""Free-for-all: heats of many entrants, from which the best go on, until one heat is left.

Nothing here depends on the order in which results come in: a round is a mapping from entrants to what they reached, and
the heats of every round follow from the seeds and the rounds before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from domain.kernel.errors import InvalidInput
from domain.tournaments.heat_values import Cut, FreeForAll, Games, Reached

MAX_ENTRANTS = 4096
MAX_HEAT = 256
MAX_GAMES = 20
# Together they keep the points of a heat below 2^31, which is as far as clients count.
MAX_POINTS = 1_000_000
MAX_SCORE = 1_000_000
MAX_PER_SCORE = 100

Entrant = TypeVar("Entrant", bound=Hashable)


Heat = tuple[Entrant, ...]
Round = Mapping[Entrant, Games]
Left = Mapping[Entrant, int]
"""Who has left, with the round in which they did: their results of it stand, and they play no further one."""

_NOBODY: Left[Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line(Generic[Entrant]):
    """One line of a table: who, what they reached, its points, and the rank, which equals share.

    Equals have the same points, places and score.
    """

    entrant: Entrant
    games: Games
    points: int
    rank: int


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Entrant]):
    """A heat that is drawn, with what everybody in it has reached so far."""

    entrants: Heat[Entrant]
    results: Round[Entrant]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Course(Generic[Entrant]):
    """How a free-for-all has gone so far.

    Attributes:
        rounds: the heats of each round that is drawn.
        through: who went on from each round that is over, the best first.
        places: the first and the last of the places that entrants share, of those whose place is certain.
    """

    rounds: Sequence[Sequence[Drawn[Entrant]]]
    through: Sequence[Sequence[Entrant]]
    places: Mapping[Entrant, tuple[int, int]]

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to play: the last round that was drawn is over, and none follows."""
        return len(self.through) == len(self.rounds)


@dataclass(frozen=True, slots=True)
class Parted(Generic[Entrant]):
    """Equals of a round whom nothing but their seeds parted: some went on, others did not; the better seeds first."""

    round: int
    went_on: tuple[Entrant, ...]
    stayed: tuple[Entrant, ...]


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


def course(
    seeds: Sequence[Entrant],
    terms: FreeForAll,
    recall: Callable[[int, Heat[Entrant]], Round[Entrant]],
    left: Left[Entrant] = _NOBODY,
) -> Course[Entrant]:
    """Every round that can be drawn, from the seeds on. `recall` knows what has been reached in a heat of a round.

    Those who go on are seeded anew, by what they have just reached; equals keep the order of their seeds.
    """
    order, number = list(seeds), 0
    rounds: list[list[Drawn[Entrant]]] = []
    passed: list[list[Entrant]] = []
    places: dict[Entrant, tuple[int, int]] = {}
    while len(order) > 1:
        number += 1
        drawn = [_drawn(heat, recall(number, heat), terms, left) for heat in draw_heats(order, terms.heat_size)]
        rounds.append(drawn)
        if not all(heat.is_over for heat in drawn):
            break
        lines, gone = _lines(drawn, seeds, terms, left, number)
        order = _through(drawn, lines, terms, gone)
        passed.append(order)
        places.update(_leaving(lines, order))
    if len(order) == 1:
        places[order[0]] = (1, 1)
    return Course(rounds, passed, places)


def parted_by_seed(
    found: Course[Entrant], seeds: Sequence[Entrant], terms: FreeForAll, left: Left[Entrant] = _NOBODY
) -> Iterator[Parted[Entrant]]:
    """Where a cut has divided equals, round by round. Whoever has left is parted from nobody by that."""
    for number, (drawn, through) in enumerate(zip(found.rounds, found.through, strict=False), start=1):
        if len(drawn) == 1:
            return
        lines, gone = _lines(drawn, seeds, terms, left, number)
        heat_of = {entrant: heat for heat, each in enumerate(drawn) for entrant in each.entrants}
        equals: dict[tuple[int, int], list[Entrant]] = defaultdict(list)
        for line in lines:
            if line.entrant not in gone:
                cut = heat_of[line.entrant] if terms.cut is Cut.HEAT else 0
                equals[cut, line.rank].append(line.entrant)
        going = set(through)
        for level in equals.values():
            went_on = tuple(entrant for entrant in level if entrant in going)
            if 0 < len(went_on) < len(level):
                yield Parted(number, went_on, tuple(entrant for entrant in level if entrant not in going))


def table(
    results: Round[Entrant], seeds: Sequence[Entrant], terms: FreeForAll, out: Collection[Entrant] = ()
) -> tuple[Line[Entrant], ...]:
    """Everybody in a round or in a heat by points, then the best place, the next best and so on, then score; equals in
    the order of their seeds. Who is `out`, because they left before their heat was over, comes behind all others.
    """
    leavers = set(out)
    keys = {entrant: (entrant in leavers, *_key(games, terms)) for entrant, games in results.items()}
    ordered = sorted((entrant for entrant in seeds if entrant in results), key=keys.__getitem__)
    ranks: dict[tuple[Any, ...], int] = {}
    for rank, entrant in enumerate(ordered, start=1):
        ranks.setdefault(keys[entrant], rank)
    return tuple(
        Line(entrant, results[entrant], points_of(results[entrant], terms), ranks[keys[entrant]]) for entrant in ordered
    )


def points_of(games: Games, terms: FreeForAll) -> int:
    """What somebody gets for what they reached in all games of a heat."""
    return sum(place_points(reached, terms) + score_points(reached, terms) for reached in games)


def place_points(reached: Reached, terms: FreeForAll) -> int:
    """What somebody gets for the place in a game."""
    is_worth = not reached.is_absent and 1 <= reached.place <= len(terms.points)
    return terms.points[reached.place - 1] if is_worth else 0


def score_points(reached: Reached, terms: FreeForAll) -> int:
    """What somebody gets for the score in a game."""
    return terms.per_score * reached.score


def require_terms(terms: FreeForAll, *path: str) -> None:
    """Refuse terms that are out of bounds; `path` leads to them.

    Raises:
        InvalidInput: they are.
    """
    if not 2 <= terms.heat_size <= MAX_HEAT:
        raise InvalidInput(f"A heat has 2 to {MAX_HEAT} entrants.", *path, "heatSize")
    if not 1 <= terms.advancing <= terms.heat_size // 2:
        message = "From a heat at least one goes on, and at most half of a full one."
        raise InvalidInput(message, *path, "advancing")
    if len(terms.points) > terms.heat_size or any(
        better < worse for better, worse in zip(terms.points, terms.points[1:], strict=False)
    ):
        message = "There are points for no more places than a heat has, and none for more than one before."
        raise InvalidInput(message, *path, "points")
    if not all(0 <= points <= MAX_POINTS for points in terms.points):
        raise InvalidInput(f"Points are whole numbers from 0 to {MAX_POINTS}.", *path, "points")
    if not 0 <= terms.per_score <= MAX_PER_SCORE:
        raise InvalidInput(f"A unit of the score brings 0 to {MAX_PER_SCORE} points.", *path, "perScore")
    if not 1 <= terms.games <= MAX_GAMES:
        raise InvalidInput(f"A heat has 1 to {MAX_GAMES} games.", *path, "gamesPerHeat")


def require_game(game: Mapping[Entrant, Reached], playing: Collection[Entrant], *path: str) -> None:
    """Refuse what a game cannot end with; `path` leads to it.

    Raises:
        InvalidInput: somebody who plays has no result or somebody else has one, the places are not those of a ranking,
            somebody who was absent is not behind all others, or a score is out of bounds.
    """
    if game.keys() != set(playing):
        message = "Give a result of everybody in this heat who has not left, and of nobody else."
        raise InvalidInput(message, *path)
    found = sorted(reached.place for reached in game.values())
    if any(place != 1 + found.index(place) for place in set(found)):
        raise InvalidInput("The places are not those of a ranking such as 1, 2, 2, 4.", *path)
    absent = [reached for reached in game.values() if reached.is_absent]
    if any(reached.place != 1 + len(game) - len(absent) or reached.score for reached in absent):
        raise InvalidInput("Who was absent has no score, and the place behind everybody who was there.", *path)
    if not all(0 <= reached.score <= MAX_SCORE for reached in game.values()):
        raise InvalidInput(f"Scores are whole numbers from 0 to {MAX_SCORE}.", *path)


def game_of(results: Round[Entrant], number: int) -> dict[Entrant, Reached]:
    """One game of a heat, from 1: what everybody reached who took part in it."""
    return {entrant: games[number - 1] for entrant, games in results.items() if len(games) >= number}


def games_in(results: Round[Entrant]) -> int:
    """How many games of a heat there are results of."""
    return max(map(len, results.values()), default=0)


def _key(games: Games, terms: FreeForAll) -> tuple[int, tuple[int, ...], int]:
    """Sorts what people reached in as many games, the best first."""
    return -points_of(games, terms), tuple(sorted(each.place for each in games)), -sum(each.score for each in games)


def _drawn(heat: Heat[Entrant], known: Round[Entrant], terms: FreeForAll, left: Left[Entrant]) -> Drawn[Entrant]:
    results = {entrant: known.get(entrant, ()) for entrant in heat}
    # Whoever has left is waited for in no round, also not in one that is drawn again after a correction.
    is_over = all(len(games) == terms.games for entrant, games in results.items() if entrant not in left)
    return Drawn(heat, results, is_over)


def _lines(
    drawn: Sequence[Drawn[Entrant]], seeds: Sequence[Entrant], terms: FreeForAll, left: Left[Entrant], number: int
) -> tuple[tuple[Line[Entrant], ...], set[Entrant]]:
    """The table of a round that is over, and who goes on no further because they have left."""
    results = {entrant: games for heat in drawn for entrant, games in heat.results.items()}
    out = {entrant for entrant, games in results.items() if len(games) < terms.games}
    return table(results, seeds, terms, out), out.union(each for each, last in left.items() if last <= number)


def _through(
    drawn: Sequence[Drawn[Entrant]], lines: Sequence[Line[Entrant]], terms: FreeForAll, gone: Collection[Entrant]
) -> list[Entrant]:
    """Who goes on from a round, the best first. Where equals are divided by the cut, the better seed goes on."""
    if len(drawn) == 1:
        return []
    staying = [line.entrant for line in lines if line.entrant not in gone]
    if terms.cut is Cut.OVERALL:
        return staying[: terms.advancing * len(drawn)]
    heat_of = {entrant: number for number, heat in enumerate(drawn) for entrant in heat.entrants}
    taken: Counter[int] = Counter()
    through: list[Entrant] = []
    for entrant in staying:
        heat = heat_of[entrant]
        if taken[heat] < terms.advancing:
            taken[heat] += 1
            through.append(entrant)
    return through


def _leaving(lines: Sequence[Line[Entrant]], through: Sequence[Entrant]) -> Iterator[tuple[Entrant, tuple[int, int]]]:
    """The places of those who do not go on from a round: behind those who do, as they stand in its table."""
    staying = set(through)
    gone = [line for line in lines if line.entrant not in staying]
    level = Counter(line.rank for line in gone)
    first = len(through) + 1
    low, before = first, None
    for index, line in enumerate(gone):
        if line.rank != before:
            low, before = first + index, line.rank
        yield line.entrant, (low, low + level[line.rank] - 1)
