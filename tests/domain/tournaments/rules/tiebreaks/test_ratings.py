"""Tie-breaks of ratings."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domain.tournaments.rules.tiebreaks import parse_tiebreaks, standings
from domain.tournaments.rules.tiebreaks.rating_tables import difference_for, expected_hundredths
from tests.fixtures.crosstables import crosstable

UNRATED = crosstable("1 2000 +W2\n2 0 -B1")


@pytest.mark.parametrize(
    ("difference", "expected"),
    [(0, 50), (3, 50), (4, 51), (-4, 49), (391, 91), (392, 92), (735, 99), (736, 100), (-736, 0), (2000, 100)],
)
def test_what_a_difference_lets_expect(difference: int, expected: int) -> None:
    assert expected_hundredths(difference) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [("0", -800), ("1", 800), ("1/2", 0), ("5/6", 273), ("1/6", -273), ("1/8", -322), ("7/8", 336), ("1/200", -677)],
)
def test_the_difference_that_a_share_stands_for(share: str, expected: int) -> None:
    assert difference_for(Fraction(share)) == expected


@pytest.mark.parametrize("tiebreak", ["ARO", "TPR", "PTP", "APRO", "APPO", "RTNG"])
def test_they_are_left_out_when_somebody_has_no_rating(tiebreak: str) -> None:
    found = standings(UNRATED, parse_tiebreaks(tiebreak))
    assert found.dropped == (tiebreak,)
    assert found.unbroken == ((1, 2),)
    assert {row.values[tiebreak].number for row in found.rows} == {None}


def test_unless_a_rating_is_said_for_them() -> None:
    found = standings(UNRATED, parse_tiebreaks("ARO/U1400"))
    assert {row.number: row.values["ARO/U1400"].number for row in found.rows} == {1: 1400, 2: 2000}
    assert found.dropped == ()


def test_who_has_no_game_comes_last() -> None:
    field = crosstable("1 2000 P\n2 1900 +W3\n3 1800 -B2")
    assert [row.number for row in standings(field, parse_tiebreaks("TPR")).rows] == [2, 3, 1]
