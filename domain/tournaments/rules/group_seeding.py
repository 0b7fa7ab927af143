"""Seeds for those who come out of groups, so that two of one group meet again as late as possible.

Nobody has a better seed than somebody of a better rank: those with equal ranks share a band of seeds, and only who of
them has which seed of it is chosen. The fewest pairs of one group that meet before a round are reached when every part
of the bracket that is settled by then has as many of one group as of any other, or one more or less. When all groups
send the same ranks, that is possible in every part at once, for any number of groups and ranks: two groups at a time
are divided evenly (see `_divided`), which never undoes what was even before. So with 2^a groups that send 2^b each, two
of one group first meet in round a + 1. When groups send different ranks it is a search that only takes what is better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.tournaments.errors import InvalidSeeding
from domain.tournaments.rules.seeding import bracket_slots

Entrant = TypeVar("Entrant", bound=Hashable)

# The seeds of one group, counted from 0, by rank.
_Seeds = dict[int, int]


@dataclass(frozen=True, slots=True)
class Qualifier(Generic[Entrant]):
    """Somebody who comes out of a group, the groups numbered in any way, with the rank reached in it, 1 the best."""

    entrant: Entrant
    group: int
    rank: int


@dataclass(frozen=True, slots=True)
class GroupSeeding(Generic[Entrant]):
    """Who has which seed, seed 1 first.

    `earliest_round` is the first round of the upper bracket in which two of one group can meet; None: they cannot.
    """

    order: tuple[Entrant, ...]
    earliest_round: int | None


def seed_from_groups(qualifiers: Iterable[Qualifier[Entrant]]) -> GroupSeeding[Entrant]:
    """The seeds of a single or double elimination of those who come out of groups of any number and size.

    The answer does not depend on the order of the qualifiers.

    Raises:
        InvalidSeeding: somebody is there twice, or two of one group have the same rank.
    """
    by_place = sorted(qualifiers, key=lambda qualifier: (qualifier.rank, qualifier.group))
    if len({qualifier.entrant for qualifier in by_place}) < len(by_place):
        raise InvalidSeeding("An entrant comes out of two groups, or twice out of one.")
    entrants = {(qualifier.group, qualifier.rank): qualifier.entrant for qualifier in by_place}
    if len(entrants) < len(by_place):
        raise InvalidSeeding("Two of one group have the same rank; break the tie first.")
    draw = _Draw(by_place)
    draw.improve()
    seeded = {seed: entrants[group, rank] for group, seeds in draw.seeds.items() for rank, seed in seeds.items()}
    return GroupSeeding(tuple(seeded[seed] for seed in sorted(seeded)), draw.earliest_round())


class _Draw:
    """A choice of seeds that is made better step by step.

    A part of the bracket is the 2^r slots that are left with one after r rounds: `parts[r][i]` counts, by group, those
    who are in the i-th of them.
    """

    def __init__(self, by_place: Sequence[Qualifier[Entrant]]) -> None:
        self.slots = bracket_slots(len(by_place))
        self.rounds = max(0, len(by_place) - 1).bit_length()
        self.parts: list[list[Counter[int]]] = [
            [Counter() for _ in range(1 << (self.rounds - played))] for played in range(self.rounds + 1)
        ]
        self.seeds: dict[int, _Seeds] = {}
        for seed, qualifier in enumerate(by_place):
            self.seeds.setdefault(qualifier.group, {})[qualifier.rank] = seed
        for group, seeds in self.seeds.items():
            self._count(group, seeds, 1)

    def earliest_round(self) -> int | None:
        """The first round in which two of one group can meet."""
        most = [max((count for part in parts for count in part.values()), default=0) for parts in self.parts]
        return next((played for played, count in enumerate(most) if count > 1), None)

    def improve(self) -> None:
        """Divide groups evenly, in the smallest parts first, until that makes nothing better."""
        changed = True
        while changed:
            changed = False
            for parts in self.parts[1:-1]:
                for part in parts:
                    while any(self._divide(one, other) for one, other in self._uneven(part)):
                        changed = True

    def _uneven(self, part: Counter[int]) -> Iterator[tuple[int, int]]:
        """Groups of which the first has too many in this part, for the size of both, and the second too few."""
        everybody, here = len(self.slots), part.total()
        fewest_first = sorted(self.seeds, key=lambda group: (part[group], group))
        for one in reversed(fewest_first):
            if part[one] < 2:
                return
            for other in fewest_first:
                due = (len(self.seeds[one]) - len(self.seeds[other])) * here
                if (part[one] - part[other]) * everybody - due > everybody:
                    yield one, other

    def _divide(self, one: int, other: int) -> bool:
        """Divide the seeds of two groups anew between them; whether that made it better."""
        before = self.seeds[one], self.seeds[other]
        best = min([before, *self._divisions(*before)], key=self._cost)
        if best is before:
            return False
        for group, old, new in zip((one, other), before, best, strict=True):
            self._count(group, old, -1)
            self._count(group, new, 1)
            self.seeds[group] = new
        return True

    def _divisions(self, one: _Seeds, other: _Seeds) -> Iterator[tuple[_Seeds, _Seeds]]:
        """Ways to divide the seeds of two groups: an even one, and all that exchange a single rank."""
        shared = one.keys() & other.keys()
        ways = [_evenly(self._neighbours([*one.values(), *other.values()]), one, other)]
        if len(shared) < max(len(one), len(other)):
            ways += [{rank} for rank in sorted(shared)]
        for exchanged in ways:
            yield (
                {rank: other[rank] if rank in exchanged else seed for rank, seed in one.items()},
                {rank: one[rank] if rank in exchanged else seed for rank, seed in other.items()},
            )

    def _neighbours(self, seeds: Iterable[int]) -> dict[int, int]:
        """Pairs of seeds such that in every part at most one has its neighbour outside, in both directions."""
        found: dict[int, int] = {}
        alone = {self.slots[seed]: seed for seed in seeds}
        for _ in range(self.rounds):
            part_of: dict[int, int] = {}
            for slot, seed in alone.items():
                if (mate := part_of.pop(slot >> 1, None)) is None:
                    part_of[slot >> 1] = seed
                else:
                    found[seed], found[mate] = mate, seed
            alone = part_of
        return found

    def _cost(self, both: tuple[_Seeds, _Seeds]) -> list[int]:
        """For each number of rounds played, how many pairs of one group are in one part."""
        slots = [[self.slots[seed] for seed in seeds.values()] for seeds in both]
        return [
            sum(
                count * (count - 1)
                for of_group in slots
                for count in Counter(slot >> played for slot in of_group).values()
            )
            for played in range(1, self.rounds)
        ]

    def _count(self, group: int, seeds: _Seeds, change: int) -> None:
        for seed in seeds.values():
            for played, parts in enumerate(self.parts):
                parts[self.slots[seed] >> played][group] += change


def _evenly(neighbours: dict[int, int], one: _Seeds, other: _Seeds) -> set[int]:
    """The ranks whose seeds two groups have to exchange so that neighbours are of different groups.

    Whoever has the same rank in the other group is of another group, too. So from seed to neighbour to the seed of
    equal rank, and on to its neighbour, groups take turns. When all ranks are in both groups these ways are closed and
    of even length, and it comes out right everywhere. Otherwise they begin at a seed whose rank is in one group alone.
    """
    shared = one.keys() & other.keys()
    twins = {one[rank]: other[rank] for rank in shared} | {other[rank]: one[rank] for rank in shared}
    now = dict.fromkeys(one.values(), 0) | dict.fromkeys(other.values(), 1)
    side: dict[int, int] = {}

    def follow(seed: int, of: int) -> None:
        while seed not in side:
            side[seed] = of
            neighbour = neighbours.get(seed)
            if neighbour is None or neighbour not in twins or neighbour in side:
                return
            side[neighbour] = 1 - of
            seed = twins[neighbour]

    for seed in sorted(now.keys() - twins.keys()):
        follow(seed, now[seed])
    for seed in sorted(twins):
        follow(seed, now[seed])
        follow(twins[seed], 1 - side[seed])
    return {rank for rank in shared if side[one[rank]]}
