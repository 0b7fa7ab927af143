from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.tournaments.rules.ladder import MAX_DAYS, MAX_ENTRANTS, Challenge, Terms, may_challenge, standing

TERMS = Terms(reach=2)


def test_a_win_changes_places_and_a_loss_changes_nothing() -> None:
    assert standing("abcd", [Challenge(0, "c", "a", is_won=True)], TERMS, 0) == ("c", "b", "a", "d")
    assert standing("abcd", [Challenge(0, "c", "a", is_won=False)], TERMS, 0) == ("a", "b", "c", "d")
    later = [Challenge(0, "c", "a", is_won=True), Challenge(3, "d", "b", is_won=True)]
    assert standing("abcd", later[::-1], TERMS, 3) == ("c", "d", "a", "b")


def test_those_within_reach_may_be_challenged() -> None:
    assert may_challenge("abcd", "d", TERMS) == ("c", "b")
    assert may_challenge("abcd", "b", TERMS) == ("a",)
    assert may_challenge("abcd", "a", TERMS) == ()
    with pytest.raises(InvalidInput, match="not on the ladder"):
        may_challenge("abcd", "x", TERMS)


def test_who_is_idle_drops_and_drops_again() -> None:
    """A and B have played on day 1 last, and drop on day 3 past C and D, who have played on day 2."""
    terms = Terms(reach=1, idle_days=2, drop=2)
    matches = [Challenge(1, "b", "a", is_won=False), Challenge(2, "d", "c", is_won=False)]
    assert standing("abcd", matches, terms, 2) == ("a", "b", "c", "d")
    assert standing("abcd", matches, terms, 3) == ("c", "a", "d", "b")
    # On day 4 C and D are due, and on day 5 A and B again.
    assert standing("abcd", matches, terms, 4) == ("a", "c", "b", "d")
    assert standing("abcd", matches, terms, 5) == ("c", "a", "d", "b")
    # Where everybody is idle, nobody passes anybody.
    assert standing("abcd", [], terms, 9) == ("a", "b", "c", "d")


@given(st.integers(2, 20), st.integers(1, 4), st.none() | st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32))
def test_a_ladder_keeps_everybody_whatever_the_order_of_reports(
    entrants: int, reach: int, idle: int | None, drop: int, draw: int
) -> None:
    terms, chance, last = Terms(reach, idle, drop), Random(draw), 12
    matches: list[Challenge[int]] = []
    for day in range(last):
        before = standing(range(entrants), matches, terms, day - 1) if day else tuple(range(entrants))
        challenger = chance.randrange(entrants)
        above = may_challenge(before, challenger, terms)
        if above:
            matches.append(Challenge(day, challenger, chance.choice(above), is_won=chance.random() < 0.5))
    found = standing(range(entrants), matches, terms, last)
    assert sorted(found) == list(range(entrants))
    chance.shuffle(matches)
    assert standing(range(entrants), matches, terms, last) == found


@pytest.mark.parametrize(
    ("challenges", "why"),
    [
        ([Challenge(0, "d", "a", is_won=True)], "1 to 2 rungs above"),
        ([Challenge(0, "a", "b", is_won=True)], "1 to 2 rungs above"),
        ([Challenge(0, "a", "a", is_won=True)], "twice"),
        ([Challenge(0, "c", "b", is_won=True), Challenge(0, "b", "a", is_won=True)], "twice"),
        ([Challenge(0, "x", "a", is_won=True)], "not on the ladder"),
        ([Challenge(2, "b", "a", is_won=True)], "today is day 1"),
        ([Challenge(-1, "b", "a", is_won=True)], "today is day 1"),
    ],
)
def test_a_challenge_that_was_not_allowed_is_refused(challenges: list[Challenge[str]], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        standing("abcd", challenges, TERMS, 1)


@pytest.mark.parametrize("terms", [Terms(0), Terms(1, 0), Terms(1, 1, 0)])
def test_terms_that_make_no_sense_are_refused(terms: Terms) -> None:
    with pytest.raises(InvalidInput):
        standing("ab", [], terms, 0)


def test_a_field_that_is_too_small_too_large_or_twice_there_is_refused() -> None:
    for field in ([0], [0, 0], range(MAX_ENTRANTS + 1)):
        with pytest.raises(InvalidInput, match="each of them once"):
            standing(field, [], TERMS, 0)
    assert standing(range(MAX_ENTRANTS), [], TERMS, MAX_DAYS) == tuple(range(MAX_ENTRANTS))
    for today in (-1, MAX_DAYS + 1):
        with pytest.raises(InvalidInput, match="on the days 0 to"):
            standing("ab", [], TERMS, today)
