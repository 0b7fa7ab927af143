"""What each possible pair costs: one whole number, so that the cheapest round is the best by every criterion in turn.

The number has mixed radix. From the weightiest digit to the lightest:

1. earlier byes of who gets the bye
2. how often the two have met, and 3. how lately: the oldest rematch is the cheapest
4. the place of who gets the bye among those who may: fewest points, then fewest rounds without a game
5. the square of the difference in points
6. who would float the same way again
7. who would have one side three times in a row, and 8. how unevenly the two would have had the sides
9. how far the pair is from what the method asks for, as squares of ranks: from whom each would meet if nothing stood in
   the way, and, four times, floaters from the end of their group and from the beginning of the other

The digits 1 to 3 are zero unless rematches and second byes are allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from domain.tournaments.rules.swiss.history import Past
from domain.tournaments.rules.swiss.nominal import nominal_opponents
from domain.tournaments.rules.swiss.sides import least_strain
from domain.tournaments.rules.swiss.values import Terms
from domain.tournaments.values import Float


def place_values(limits: Sequence[tuple[int, int]]) -> tuple[list[int], int]:
    """The worth of one in each digit, the weightiest first, and a bound that no sum of costs reaches.

    `limits` has for each digit the most that a pair can have, and how many pairs of a round can have it. So all pairs
    of a round together never reach the worth of one in the next digit.
    """
    worth, values = 1, []
    for most, pairs in reversed(limits):
        values.append(worth)
        worth *= most * pairs + 1
    return values[::-1], worth


class Costs:
    """The costs of all pairs of ranks. The rank one past the last stands for the bye; it exists if the number is odd.

    Attributes:
        barred: for each rank those that it may not meet.
        groups: the ranks with equally many points, best first.
        bye: the rank that is next for the bye; None when there is none, or when nobody may have it.
        opponents: each rank with the one it would meet if nothing stood in the way.
        bound: more than any round costs.
        relaxed: whether rematches and second byes are allowed.
    """

    def __init__(self, players: Sequence[Past], terms: Terms, *, relaxed: bool, sides: bool) -> None:
        self._players = players
        self.relaxed = relaxed
        self._sides = sides
        self._ranks = {past.number: rank for rank, past in enumerate(players)}
        self.barred = self._all_barred(terms.forbidden)
        self.groups = _groups(players)
        self._to_start = [rank - group.start for group in self.groups for rank in group]
        self._to_end = [group.stop - 1 - rank for group in self.groups for rank in group]
        self._bye_places = self._all_bye_places()
        self.bye = max(
            self._bye_places, key=lambda rank: (-players[rank].byes, -self._bye_places[rank], rank), default=None
        )
        self.opponents = nominal_opponents(_without(self.groups, self.bye), terms.method)
        self._values, self.bound = place_values(self._limits())

    def __len__(self) -> int:
        """How many players there are."""
        return len(self._players)

    def points(self, rank: int) -> int:
        """What a rank is paired by, in halves of a point."""
        return self._players[rank].points

    def gaps(self, pairs: Iterable[tuple[int, int]]) -> int:
        """The sum of the squares of the differences in points, in halves; the bye has none."""
        return sum(self._gap(one, other) for one, other in pairs if other < len(self))

    def gives_bye_rightly(self, pairs: Iterable[tuple[int, int]]) -> bool:
        """Whether the bye goes to somebody before whom nobody else is due it, or is not needed."""
        due = self._bye_places.get(self.bye) if self.bye is not None else None
        return all(self._bye_places[one] == due for one, other in pairs if other == len(self))

    def of_bye(self, rank: int) -> int | None:
        """What it costs to give them the bye; None when they may not have it."""
        if self.bye is None or rank not in self._bye_places:
            return None
        past, values = self._players[rank], self._values
        return past.byes * values[0] + self._bye_places[rank] * values[3] + (past.floated is Float.DOWN) * values[5]

    def of_pairs(self, one: int, others: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        """One rank, each of the others (all below it) that it may meet, and what that costs."""
        barred, opponents, players = self.barred[one], self.opponents, self._players
        past, target = players[one], opponents.get(one, one)
        _, per_meeting, per_round, _, per_gap, per_float, per_third, per_imbalance, per_square = self._values
        falls_again = past.floated is Float.DOWN
        for other in others:
            if other in barred:
                continue
            below = players[other]
            cost = ((target - other) ** 2 + (opponents.get(other, other) - one) ** 2) * per_square
            if past.points != below.points:
                cost += (past.points - below.points) ** 2 * per_gap
                cost += 4 * (self._to_end[one] ** 2 + self._to_start[other] ** 2) * per_square
                cost += (falls_again + (below.floated is Float.UP)) * per_float
            if self._sides:
                thirds, imbalance, _ = least_strain(past.sided, below.sided)
                cost += thirds * per_third + imbalance * per_imbalance
            if self.relaxed and below.number in past.met:
                meeting = past.met[below.number]
                cost += meeting.times * per_meeting + meeting.last * per_round
            yield one, other, cost

    def _gap(self, one: int, other: int) -> int:
        return (self._players[one].points - self._players[other].points) ** 2

    def _all_barred(self, forbidden: Iterable[frozenset[int]]) -> list[set[int]]:
        ranks = self._ranks
        barred: list[set[int]] = [set() for _ in self._players]
        for pair in forbidden:
            here = [ranks[number] for number in pair if number in ranks]
            for rank in here:
                barred[rank].update(other for other in here if other != rank)
        if not self.relaxed:
            for rank, past in enumerate(self._players):
                barred[rank].update(ranks[number] for number in past.met if number in ranks)
        return barred

    def _all_bye_places(self) -> dict[int, int]:
        """The digit of everybody who may have the bye: 0 for who is due it first. Nobody when it is not needed."""
        if len(self._players) % 2 == 0:
            return {}
        may = {
            rank: (past.points, past.unplayed)
            for rank, past in enumerate(self._players)
            if self.relaxed or not past.byes
        }
        places = {due: place for place, due in enumerate(sorted(set(may.values())))}
        return {rank: places[due] for rank, due in may.items()}

    def _limits(self) -> list[tuple[int, int]]:
        players, pairs = self._players, (len(self._players) + 1) // 2
        meetings = [meeting for past in players for meeting in past.met.values()] if self.relaxed else []
        lead = max(abs(past.sided.lead) for past in players) + 1
        return [
            (max(past.byes for past in players) if self.relaxed else 0, 1),
            (max((meeting.times for meeting in meetings), default=0), pairs),
            (max((meeting.last for meeting in meetings), default=0), pairs),
            (max(self._bye_places.values(), default=0), 1),
            (self._gap(0, -1), pairs),
            (2, pairs),
            (2 * self._sides, pairs),
            (2 * lead * lead * self._sides, pairs),
            (10 * len(players) ** 2, pairs),
        ]


def _groups(players: Sequence[Past]) -> list[range]:
    starts = [rank for rank, past in enumerate(players) if not rank or players[rank - 1].points != past.points]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(players)], strict=True)]


def _without(groups: Sequence[range], bye: int | None) -> list[Sequence[int]]:
    return [[rank for rank in group if rank != bye] for group in groups]
