from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, permutations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.errors import InvalidSeeding
from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.group_meetings import GroupMeetings, earliest_meetings
from domain.tournaments.rules.group_seeding import GroupSeeding, Qualifier, seed_from_groups
from domain.tournaments.rules.seeding import bracket_slots
from domain.tournaments.values import BracketSide, GrandFinal, Seed

Play = Callable[[MatchGraph, Callable[..., int]], Any]

Place = tuple[int, int]
"""Group and rank."""


def qualifiers(*sizes: int) -> list[Qualifier[Place]]:
    return [Qualifier((group, rank), group, rank) for group, size in enumerate(sizes) for rank in range(1, size + 1)]


def first_meetings(groups: list[int]) -> list[int]:
    """How many pairs of one group first meet in round 1, 2, …, from the slots alone."""
    slots, rounds = bracket_slots(len(groups)), [0] * (len(groups) - 1).bit_length()
    for (one, group), (other, other_group) in combinations(enumerate(groups), 2):
        if group == other_group:
            rounds[(slots[one] ^ slots[other]).bit_length() - 1] += 1
    return rounds


def of_groups(seeding: GroupSeeding[Place]) -> list[int]:
    return [group for group, _ in seeding.order]


def first_upper_round(graph: MatchGraph, groups: list[int]) -> int | None:
    """The first upper round in which two of one group can meet, from the links of a bracket."""
    coming: dict[str, set[int]] = {}
    for node in graph.matches:
        if node.side is not BracketSide.UPPER:
            continue
        sides = [{source.number} if isinstance(source, Seed) else coming[source.match] for source in node.sources]
        if {groups[seed - 1] for seed in sides[0]} & {groups[seed - 1] for seed in sides[1]}:
            return node.round
        coming[node.key] = sides[0] | sides[1]
    return None


def every_event(play: Play, graph: MatchGraph) -> Iterator[Any]:
    for results in product((0, 1), repeat=len(graph.matches)):
        left = iter(results)
        yield play(graph, lambda *_, left=left: next(left))


def test_two_of_two_groups_cross_over() -> None:
    seeding = seed_from_groups(qualifiers(2, 2))
    assert seeding == GroupSeeding(((0, 1), (1, 1), (0, 2), (1, 2)), 2)


@pytest.mark.parametrize(("groups", "ranks"), [(2, 8), (4, 2), (4, 4), (8, 4), (16, 2), (64, 16), (512, 2), (1024, 4)])
def test_of_2_to_the_a_groups_two_first_meet_in_round_a_and_1(groups: int, ranks: int) -> None:
    seeding = seed_from_groups(qualifiers(*[ranks] * groups))
    assert seeding.earliest_round == groups.bit_length()
    assert [rank for _, rank in seeding.order] == [rank for rank in range(1, ranks + 1) for _ in range(groups)]
    assert sum(first_meetings(of_groups(seeding))[: groups.bit_length() - 1]) == 0


@given(st.integers(2, 12), st.integers(1, 12))
def test_groups_of_equal_size_are_even_in_every_part_of_the_bracket(groups: int, ranks: int) -> None:
    """No seeding can do better: as many of every group as of any other, or one more, is the least number of pairs."""
    seeding = seed_from_groups(qualifiers(*[ranks] * groups))
    slots = bracket_slots(groups * ranks)
    for played in range(1, len(slots).bit_length()):
        parts = Counter((slot >> played, group) for slot, group in zip(slots, of_groups(seeding), strict=True))
        for part in {part for part, _ in parts}:
            counts = [parts[part, group] for group in range(groups)]
            assert max(counts) - min(counts) <= 1


EQUAL = [(2, 2), (3, 3), (4, 4), (5, 5), (2, 2, 2), (3, 3, 3), (2, 2, 2, 2), (2, 2, 2, 2, 2)]
UNEQUAL = [(4, 1), (3, 2), (5, 2, 1), (3, 2, 2), (4, 3, 1), (3, 3, 1, 1), (2, 2, 1, 1), (3, 2, 1, 1), (4, 4, 2)]


@pytest.mark.parametrize("sizes", [*EQUAL, *UNEQUAL])
def test_small_fields_are_as_good_as_the_best_of_all_seedings(sizes: tuple[int, ...]) -> None:
    bands = [[group for group, size in enumerate(sizes) if size > rank] for rank in range(max(sizes))]
    every = ([group for band in order for group in band] for order in product(*map(permutations, bands)))
    assert first_meetings(of_groups(seed_from_groups(qualifiers(*sizes)))) == min(map(first_meetings, every))


@given(st.lists(st.integers(1, 6), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_any_groups_keep_their_ranks_and_the_bound_is_that_of_the_bracket(sizes: list[int], chance: Random) -> None:
    given_in, shuffled = qualifiers(*sizes), qualifiers(*sizes)
    chance.shuffle(shuffled)
    seeding = seed_from_groups(given_in)
    assert seed_from_groups(shuffled) == seeding
    assert sorted(seeding.order) == sorted(qualifier.entrant for qualifier in given_in)
    assert [rank for _, rank in seeding.order] == sorted(rank for _, rank in seeding.order)
    for graph in (single_elimination(len(given_in)), double_elimination(len(given_in))):
        assert first_upper_round(graph, of_groups(seeding)) == seeding.earliest_round
        assert earliest_meetings(graph, of_groups(seeding)).upper_round == seeding.earliest_round


def test_ranks_and_groups_have_any_numbers() -> None:
    """Such as for the bracket of those who came third and fourth in groups 7, 9 and 12."""
    rest = [Qualifier(f"{group}.{rank}", group, rank) for group in (12, 7, 9) for rank in (4, 3)]
    seeding = seed_from_groups(rest)
    assert seeding == GroupSeeding(("7.3", "9.3", "12.3", "12.4", "9.4", "7.4"), 3)


def test_fewer_than_two_never_meet() -> None:
    assert seed_from_groups(qualifiers()) == GroupSeeding((), None)
    assert seed_from_groups(qualifiers(1)) == GroupSeeding(((0, 1),), None)
    assert seed_from_groups(qualifiers(1, 1, 1)).earliest_round is None


def test_whoever_is_there_twice_is_refused() -> None:
    with pytest.raises(InvalidSeeding, match="two groups"):
        seed_from_groups([Qualifier("ann", 1, 1), Qualifier("ann", 2, 1)])
    with pytest.raises(InvalidSeeding, match="same rank"):
        seed_from_groups([Qualifier("ann", 1, 2), Qualifier("bob", 1, 2)])


@pytest.mark.parametrize("sizes", [(2, 2), (3, 2), (2, 2, 2), (3, 3), (4, 2), (3, 2, 2), (1, 1, 1, 1, 1, 2)])
def test_the_lower_bound_is_what_playing_every_possible_event_finds(play: Play, sizes: tuple[int, ...]) -> None:
    """For the seeds of the rule, and for others by chance."""
    groups = of_groups(seed_from_groups(qualifiers(*sizes)))
    graph = double_elimination(len(groups), GrandFinal.SINGLE)
    met = {
        (node.round, one, other)
        for event in every_event(play, graph)
        for node, one, other in event.met
        if node.side is BracketSide.LOWER
    }
    for number in range(100):
        rounds = [each for each, one, other in met if groups[one - 1] == groups[other - 1]]
        assert earliest_meetings(graph, groups).lower_round == min(rounds, default=None)
        Random(number).shuffle(groups)


def test_in_the_lower_bracket_group_mates_meet_earlier() -> None:
    """Four groups of four: in the upper bracket not before round 3, the semi-finals."""
    seeding = seed_from_groups(qualifiers(4, 4, 4, 4))
    assert seeding.earliest_round == 3
    assert earliest_meetings(double_elimination(16), of_groups(seeding)) == GroupMeetings(3, 2)
    assert earliest_meetings(single_elimination(16), of_groups(seeding)) == GroupMeetings(3, None)
