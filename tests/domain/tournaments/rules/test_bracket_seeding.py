from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.tournaments.errors import InvalidSeeding
from domain.tournaments.rules.seeding import bracket_order, seed_by_rating, seed_manually, seed_randomly

SIZES = [2**power for power in range(11)]


def test_bracket_order_of_eight_is_the_usual_one() -> None:
    assert bracket_order(8) == [1, 8, 4, 5, 2, 7, 3, 6]


@pytest.mark.parametrize("size", SIZES)
def test_while_favourites_win_every_pair_adds_up_to_the_seeds_left_and_one(size: int) -> None:
    left = bracket_order(size)
    assert sorted(left) == list(range(1, size + 1))
    while len(left) > 1:
        pairs = list(zip(left[::2], left[1::2], strict=True))
        assert {sum(pair) for pair in pairs} == {len(left) + 1}
        left = [min(pair) for pair in pairs]


@pytest.mark.parametrize("size", SIZES[2:])
def test_the_best_four_seeds_stand_in_four_quarters(size: int) -> None:
    order = bracket_order(size)
    assert {order.index(seed) * 4 // size for seed in (1, 2, 3, 4)} == {0, 1, 2, 3}
    assert {order.index(seed) * 2 // size for seed in (1, 2)} == {0, 1}


@pytest.mark.parametrize("size", [0, -2, 3, 12])
def test_bracket_order_refuses_what_is_not_a_power_of_two(size: int) -> None:
    with pytest.raises(ValueError, match="not a power of two"):
        bracket_order(size)


def test_a_manual_order_is_taken_as_it_is() -> None:
    assert seed_manually(["ann", "bob", "cid"], ["cid", "ann", "bob"]) == ("cid", "ann", "bob")


@pytest.mark.parametrize(
    ("order", "why"),
    [(["ann", "bob"], "leaves out 1"), (["ann", "bob", "ann"], "twice"), (["ann", "bob", "dan"], "not an entrant")],
)
def test_a_manual_order_that_is_not_a_permutation_is_refused(order: list[str], why: str) -> None:
    with pytest.raises(InvalidSeeding, match=why):
        seed_manually(["ann", "bob", "cid"], order)


def test_a_draw_can_be_repeated_with_sha256sum() -> None:
    """`printf 7:bob | sha256sum` starts with 44, that of ann with 67, that of dan with 75, that of cid with 90."""
    assert seed_randomly(["ann", "bob", "cid", "dan"], 7) == ("bob", "ann", "dan", "cid")


@settings(max_examples=150, derandomize=True)
@given(st.lists(st.integers(), unique=True, min_size=1), st.integers(), st.randoms(use_true_random=False))
def test_a_draw_is_a_permutation_that_ignores_the_order_of_registration(
    ids: list[int], draw: int, chance: Random
) -> None:
    shuffled = list(ids)
    chance.shuffle(shuffled)
    assert seed_randomly(shuffled, draw) == seed_randomly(ids, draw)
    assert sorted(seed_randomly(ids, draw)) == sorted(ids)


def test_every_entrant_is_drawn_first_about_equally_often() -> None:
    firsts = [seed_randomly(range(4), draw)[0] for draw in range(2000)]
    assert all(420 < firsts.count(entrant) < 580 for entrant in range(4))


def test_rating_puts_the_highest_first_equals_as_registered_and_the_unrated_last() -> None:
    ratings = {"ann": 1500, "bob": 1700, "cid": 1500, "eve": -20}
    assert seed_by_rating(["new", "cid", "ann", "eve", "bob"], ratings) == ("bob", "cid", "ann", "eve", "new")


def test_an_entrant_who_is_there_twice_is_refused() -> None:
    with pytest.raises(InvalidSeeding, match="twice"):
        seed_randomly(["ann", "ann"], 1)
    with pytest.raises(InvalidSeeding, match="twice"):
        seed_by_rating(["ann", "ann"], {})
