"""Seeds moved a little, so that those who should not meet early meet late.

An order of seeds says who is how good, roughly: seeds 3 and 4, 5 to 8, 9 to 16 and so on are bands, and within a band
it matters little who has which seed. So entrants are exchanged within bands only, and those with locked seeds not at
all. What is made small is the sum over all pairs who should not meet early of their weight times 2^-r, where r is the
round in which the two would first meet; that is counted in units of 2^-(the last round), so it is an integer.

The best eight are tried in all ways. Then entrants are exchanged, two at a time, as long as that makes the sum smaller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
from typing import Generic, TypeVar

from domain.tournaments.rules.seeding import bracket_slots
from domain.tournaments.values import SeedingConstraint

Entrant = TypeVar("Entrant", bound=Hashable)

_WEIGHTS = {SeedingConstraint.KEEP_APART: 4, SeedingConstraint.SAME_TEAM: 2, SeedingConstraint.RECENT_OPPONENTS: 1}
_TRIED_IN_ALL_WAYS = 8
# With how many others of its band somebody is tried, and how often all are gone through. In fields of 1,024, three
# times as many change the sum by less than a hundredth.
_CANDIDATES = 64
_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Circle(Generic[Entrant]):
    """Entrants of whom no two should meet early, and why."""

    constraint: SeedingConstraint
    members: Collection[Entrant]


@dataclass(frozen=True, slots=True)
class Meeting(Generic[Entrant]):
    """Two who should not meet early, the better seed first, the round in which they first can, and every reason."""

    first: Entrant
    second: Entrant
    round: int
    constraints: tuple[SeedingConstraint, ...]


def seed_apart(order: Sequence[Entrant], circles: Sequence[Circle[Entrant]], locked: int = 0) -> tuple[Entrant, ...]:
    """The entrants of an order of seeds, exchanged within bands; the first `locked` seeds stay.

    Nobody moves without need.
    """
    search = _Search(order, circles)
    bands = _bands(len(order), locked)
    search.try_all([band for band in bands if band.stop <= _TRIED_IN_ALL_WAYS])
    for _ in range(_SWEEPS):
        changed = [search.exchange(band) for band in bands]
        if not any(changed):
            break
    return tuple(order[index] for index in search.at)


def early_meetings(
    order: Sequence[Entrant], circles: Sequence[Circle[Entrant]], limit: int
) -> tuple[Meeting[Entrant], ...]:
    """Who could meet before the last round and should not, the earliest rounds and the best seeds first.

    At most `limit` of them.
    """
    slots, seed_of = bracket_slots(len(order)), {entrant: seed for seed, entrant in enumerate(order)}
    found: list[Meeting[Entrant]] = []
    for number in range(1, max(0, len(order) - 1).bit_length()):
        constraints: dict[tuple[int, int], set[SeedingConstraint]] = defaultdict(set)
        for circle in circles:
            for pair in _meeting_in(number, [seed_of[member] for member in circle.members], slots):
                constraints[pair].add(circle.constraint)
        found += [
            Meeting(order[pair[0]], order[pair[1]], number, tuple(sorted(constraints[pair])))
            for pair in sorted(constraints)
        ]
        if len(found) >= limit:
            break
    return tuple(found[:limit])


def _meeting_in(number: int, seeds: Sequence[int], slots: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of these seeds, the better one first, that first meet in this round."""
    parts: dict[int, list[int]] = defaultdict(list)
    for seed in seeds:
        parts[slots[seed] >> (number - 1)].append(seed)
    for part, upper in parts.items():
        if part % 2 == 0:
            yield from ((min(pair), max(pair)) for pair in product(upper, parts.get(part + 1, ())))


def _bands(entrants: int, locked: int) -> list[range]:
    """The bands in which somebody can move, as seeds from 0, the best first."""
    powers = [1 << power for power in range(1, max(1, entrants - 1).bit_length())]
    bands = [range(max(start, locked), min(2 * start, entrants)) for start in powers]
    return [band for band in bands if len(band) > 1]


class _Search(Generic[Entrant]):
    """Who has which seed, both as numbers from 0: entrants by the order given.

    `cost[s][t]` is what a pair of weight 1 on the seeds s and t costs. Those who should not meet are kept in two ways:
    pairs by the weight of each other one, and circles by what being in each seed would cost because of their members.
    """

    def __init__(self, order: Sequence[Entrant], circles: Sequence[Circle[Entrant]]) -> None:
        size = len(order)
        self.at, self.seed_of = list(range(size)), list(range(size))
        self.cost = _costs(bracket_slots(size))
        self.pairs: list[dict[int, int]] = [defaultdict(int) for _ in order]
        self.circles_of: list[set[int]] = [set() for _ in order]
        self.weights: list[int] = []
        self.of_circle: list[list[int]] = []
        index_of = {entrant: index for index, entrant in enumerate(order)}
        for circle in circles:
            self._add(sorted(index_of[member] for member in circle.members), _WEIGHTS[circle.constraint])
        self.own = [sum(self.weights[circle] for circle in found) for found in self.circles_of]

    def _add(self, members: list[int], weight: int) -> None:
        if len(members) == 2:
            one, other = members
            self.pairs[one][other] += weight
            self.pairs[other][one] += weight
        elif members:
            for member in members:
                self.circles_of[member].add(len(self.weights))
            self.weights.append(weight)
            columns = zip(*(self.cost[member] for member in members), strict=True)
            self.of_circle.append([weight * sum(column) for column in columns])

    def try_all(self, bands: Sequence[range]) -> None:
        """Give these bands the order that is best among those in them, and of equally good ones moves the fewest."""
        seeds = [seed for band in bands for seed in band]
        everybody = range(max(seeds, default=-1) + 1)
        apart = [
            (one, other, weight) for one, other in combinations(everybody, 2) if (weight := self._weight(one, other))
        ]

        def total(ways: tuple[tuple[int, ...], ...]) -> tuple[int, int]:
            entrant_of = dict(zip(seeds, (entrant for way in ways for entrant in way), strict=True))
            seed_of = {entrant: seed for seed, entrant in entrant_of.items()}
            cost = sum(
                weight * self.cost[seed_of.get(one, one)][seed_of.get(other, other)] for one, other, weight in apart
            )
            return cost, sum(seed != entrant for seed, entrant in entrant_of.items())

        best = min(product(*map(permutations, bands)), key=total)
        for seed, entrant in zip(seeds, (entrant for way in best for entrant in way), strict=True):
            self._move(entrant, seed)

    def exchange(self, band: range) -> bool:
        """Let everybody in a band exchange seeds once with whom that helps most; whether anybody did."""
        changed = False
        for seed in band:
            costs = self._costs_of(self.at[seed], band)
            here = costs[seed - band.start]
            cheaper = sorted((cost, other) for other, cost in zip(band, costs, strict=True) if cost < here)
            changes = ((cost - here + self._change(other, seed), other) for cost, other in cheaper[:_CANDIDATES])
            change, other = min(changes, default=(0, seed))
            if change < 0:
                one, another = self.at[seed], self.at[other]
                self._move(one, other)
                self._move(another, seed)
                changed = True
        return changed

    def _costs_of(self, entrant: int, band: range) -> list[int]:
        """What each seed of a band would cost somebody, with everybody else where they are now."""
        part = slice(band.start, band.stop)
        columns = [self.of_circle[circle][part] for circle in self.circles_of[entrant]]
        for other, weight in self.pairs[entrant].items():
            columns += [self.cost[self.seed_of[other]][part]] * weight
        # The columns of circles count whoever it is themselves, too, where they are.
        own, themselves = self.own[entrant], self.cost[self.seed_of[entrant]][part]
        columns.append([-own * cost for cost in themselves])
        return list(map(sum, zip(*columns, strict=True)))

    def _change(self, seed: int, to: int) -> int:
        """By how much the sum changes when whoever has a seed moves to that of somebody who comes to theirs.

        What the other one saves or pays by moving alone is left out.
        """
        entrant, other = self.at[seed], self.at[to]
        change = 0
        for circle in self.circles_of[entrant]:
            column = self.of_circle[circle]
            change += column[to] - column[seed]
        for opponent, weight in self.pairs[entrant].items():
            column = self.cost[self.seed_of[opponent]]
            change += weight * (column[to] - column[seed])
        # Each was taken to meet the other where that one is now: as near as they will be, for they exchange seeds.
        return change - (self.own[entrant] - 2 * self._weight(entrant, other)) * self.cost[seed][to]

    def _weight(self, one: int, other: int) -> int:
        circles = self.circles_of[one] & self.circles_of[other]
        return sum(self.weights[circle] for circle in circles) + self.pairs[one].get(other, 0)

    def _move(self, entrant: int, seed: int) -> None:
        before, after = self.cost[self.seed_of[entrant]], self.cost[seed]
        for circle in self.circles_of[entrant]:
            weight = self.weights[circle]
            self.of_circle[circle] = [
                total + weight * (here - there)
                for total, here, there in zip(self.of_circle[circle], after, before, strict=True)
            ]
        self.at[seed], self.seed_of[entrant] = entrant, seed


def _costs(slots: Sequence[int]) -> list[list[int]]:
    """What a pair costs by its two seeds: 2^(last round - the round in which they first meet); 0 for one seed alone."""
    last = max(0, len(slots) - 1).bit_length()
    found: list[list[int]] = []
    for slot in slots:
        by_slot = [0]
        for level in range(last):
            sibling = [1 << (last - 1 - level)] * (1 << level)
            by_slot = sibling + by_slot if slot >> level & 1 else by_slot + sibling
        found.append([by_slot[other] for other in slots])
    return found
