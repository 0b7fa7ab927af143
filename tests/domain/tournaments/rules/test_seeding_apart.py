from __future__ import annotations

from itertools import combinations, permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.rules.seeding import bracket_slots
from domain.tournaments.rules.seeding_apart import Circle, Meeting, early_meetings, seed_apart
from domain.tournaments.values import SeedingConstraint

KEEP_APART, SAME_TEAM, RECENT = SeedingConstraint
WEIGHTS = {KEEP_APART: 4, SAME_TEAM: 2, RECENT: 1}

Circles = list[Circle[int]]


def total(order: tuple[int, ...] | list[int], circles: Circles) -> int:
    """The sum of weight times 2^(last round - round) over all pairs, from the slots."""
    slots, last = bracket_slots(len(order)), (len(order) - 1).bit_length()
    slot_of = {entrant: slots[seed] for seed, entrant in enumerate(order)}
    return sum(
        WEIGHTS[circle.constraint] << (last - (slot_of[one] ^ slot_of[other]).bit_length())
        for circle in circles
        for one, other in combinations(circle.members, 2)
    )


def bands(size: int, locked: int = 0) -> list[range]:
    return [range(max(locked, start), min(size, 2 * start)) for start in (1 << power for power in range(10))]


@st.composite
def fields(draw: st.DrawFn, most: int) -> tuple[list[int], Circles]:
    order = draw(st.permutations(range(draw(st.integers(2, most)))))
    members = st.lists(st.sampled_from(order), min_size=2, unique=True)
    circle = st.builds(Circle, st.sampled_from(SeedingConstraint), members)
    return order, draw(st.lists(circle, max_size=8))


@given(fields(8), st.integers(0, 8))
def test_up_to_eight_are_seeded_as_well_as_in_the_best_of_all_ways(
    field: tuple[list[int], Circles], locked: int
) -> None:
    order, circles = field
    free = [band for band in bands(len(order), locked) if band]
    every = []
    for ways in product(*map(permutations, free)):
        changed = list(order)
        for band, way in zip(free, ways, strict=True):
            changed[band.start : band.stop] = [order[seed] for seed in way]
        every.append(changed)
    seeded = seed_apart(order, circles, locked)
    assert list(seeded[:locked]) == order[:locked]
    assert total(seeded, circles) == min(total(changed, circles) for changed in every)


@given(fields(20), st.integers(0, 10), st.randoms(use_true_random=False))
def test_nobody_leaves_their_band_and_no_exchange_would_help_further(
    field: tuple[list[int], Circles], locked: int, chance: Random
) -> None:
    order, circles = field
    seeded = seed_apart(order, circles, locked)
    assert list(seeded[:locked]) == order[:locked]
    best = total(seeded, circles)
    assert best <= total(order, circles)
    for band in bands(len(order), locked):
        assert {seeded[seed] for seed in band} == {order[seed] for seed in band}
        for one, other in combinations(band, 2):
            exchanged = list(seeded)
            exchanged[one], exchanged[other] = seeded[other], seeded[one]
            assert total(exchanged, circles) >= best
    mixed = [Circle(circle.constraint, frozenset(circle.members)) for circle in circles]
    chance.shuffle(mixed)
    assert seed_apart(order, mixed, locked) == seeded


def test_without_need_nobody_moves() -> None:
    order = list(range(100))
    assert seed_apart(order, []) == tuple(order)
    assert seed_apart(order, [Circle(SAME_TEAM, [0, 1])]) == tuple(order)


def test_the_lightest_reason_gives_way() -> None:
    """Of 5 to 8 two come into the half of 1; besides 6 that is 7, whose reason weighs least, and not in round one."""
    circles = [Circle(KEEP_APART, [1, 8]), Circle(SAME_TEAM, [1, 5]), Circle(RECENT, [1, 7])]
    seeded = seed_apart(range(1, 9), circles)
    assert total(seeded, circles) == 4 + 2 + 1 * 2
    assert early_meetings(seeded, circles, 100) == (Meeting(1, 7, 2, (RECENT,)),)


@pytest.mark.parametrize(("size", "circle"), [(16, 4), (64, 8), (256, 32), (1024, 16)])
def test_regions_come_close_to_an_even_spread(size: int, circle: int) -> None:
    """Were each of the regions, drawn at random, even in every part of the bracket, no seeding would be better.

    Of m = 2^k members then m / 2 times m / 2 pairs meet in the last round, m / 4 times m / 4 in each half, and so on.
    """
    entrants = list(range(size))
    Random(size).shuffle(entrants)
    circles = [Circle(KEEP_APART, entrants[start : start + circle]) for start in range(0, size, circle)]
    even = size * circle * (circle.bit_length() - 1)
    assert even <= total(seed_apart(range(size), circles), circles) <= even * 101 // 100


def test_who_can_still_meet_early_is_told_the_earliest_first_with_every_reason() -> None:
    """Seeds 1 and 2 are locked, and 3 to 5 are of one club: one of 3 and 4 meets 5 before the final."""
    circles = [Circle(SAME_TEAM, [3, 4, 5]), Circle(RECENT, [5, 4]), Circle(KEEP_APART, [2, 3])]
    order = (1, 2, 3, 4, 5, 6, 7, 8)
    found = (
        Meeting(4, 5, 1, (RECENT, SAME_TEAM)),
        Meeting(2, 3, 2, (KEEP_APART,)),
    )
    assert early_meetings(order, circles, 100) == found
    assert early_meetings(order, circles, 1) == found[:1]
    assert early_meetings(order, circles, 0) == ()


@given(fields(20))
def test_the_meetings_told_are_those_of_the_slots(field: tuple[list[int], Circles]) -> None:
    order, circles = field
    slots, last = bracket_slots(len(order)), (len(order) - 1).bit_length()
    expected = {
        (one, other): (slots[one] ^ slots[other]).bit_length()
        for one, other in combinations(range(len(order)), 2)
        if any({order[one], order[other]} <= set(circle.members) for circle in circles)
    }
    told = {
        (order.index(each.first), order.index(each.second)): each.round for each in early_meetings(order, circles, 999)
    }
    assert told == {pair: number for pair, number in expected.items() if number < last}
