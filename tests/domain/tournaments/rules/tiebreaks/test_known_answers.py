"""Tables whose values somebody else worked out: exercises and lessons for arbiters."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domain.tournaments.rules.tiebreaks import RuleYear, Standings, parse_tiebreaks, standings
from tests.fixtures.crosstables import crosstable

# The three events and their values are facts from "Exercises in tie-breaking" of the technical commission of FIDE.
SWISS = crosstable("""
 1 2200 +W9  =B13 =W2  +B15 =W4
 2 2150 +B10 +W7  =B1  +W16 =B3
 3 2100 =W11 +B6  +W8  =B4  =W2
 4 2050 +B12 H    +W13 =W3  =B1
 5 2000 -W13 -B15 +W11 =B7  +W10
 6 1950 -B14 -W3  P    +W10 +B8
 7 1900 +W15 -B2  -B16 =W5  -B11
 8 1850 =B16 +W14 -B3  +W13 -W6
 9 1800 -B1  -W10 H    -F11 P
10 1750 -W2  +B9  -W15 -B6  -B5
11 1700 =B3  -W16 -B5  +F9  +W7
12 1650 -W4  P    +F14 .    .
13 1600 +B5  =W1  -B4  -B8  -W14
14 1550 +W6  -B8  -F12 Z    +B13
15 1500 -B7  +W5  +B10 -W1  -B16
16 1450 =W8  +B11 +W7  -B2  +W15
""")
BY_PLAYER = {
    "BH": "12.5 13 15.5 15 8.5 12 14.5 13.5 9 13 13.5 11.5 14 11 12 12.5",
    "BH/C1": "11 12 13 11.5 7.5 11 12.5 12 7.5 11.5 12 9.5 12 9 11 11",
    "AOB": "12.60 13.60 13.40 13.38 13.40 13.25 11.90 13.00 12.75 10.90 12.75 15.00 12.10 13.17 12.20 13.30",
    "FB": "13.5 13.5 15 15.5 10 12 13.5 12.5 9.5 12.5 12.5 11.5 13.5 10.5 12 13.5",
    "SB": "8 9.5 10.5 9.75 4.25 6.5 3.25 5.25 2.25 1.5 5.75 4 4.25 4.5 3.5 7.25",
    "SB/C1": "7.25 8.5 9.25 8 3.25 5.5 1.25 3.75 2.25 0 4.25 4 4.25 3 2.5 5.75",
    "ARO": "1820 1880 1940 1888 1690 1813 1760 1730 1975 1880 1863 2050 1930 1800 1860 1820",
    "TPR": "1969 2120 2089 2081 1690 1813 1611 1730 1175 1640 1776 1250 1781 1925 1788 1969",
    "APRO": "1789 1856 1904 1772 1719 1846 1869 1915 1805 1717 1840 2081 1879 1775 1776 1805",
    "PTP": "2029 2216 2112 2168 1689 1810 1531 1715 950 1575 1763 1250 1744 1942 1768 2013",
    "APPO": "1769 1852 1934 1784 1676 1836 1890 1924 1802 1687 1836 2168 1909 1756 1767 1799",
    "WIN": "2 3 2 2 2 3 1 2 1 1 2 2 1 2 2 3",
    "WON": "2 3 2 2 2 2 1 2 0 1 1 0 1 2 2 3",
    "BPG": "2 3 2 2 2 2 3 2 1 3 2 0 3 2 3 2",
    "BWG": "1 1 1 1 0 1 0 0 0 1 0 0 1 1 1 1",
    "REP": "5 5 5 4 5 5 5 5 3 5 5 3 5 3 5 5",
    "PS": "11 13 11 11.5 5 6 6 8.5 2.5 4 5.5 7 7 6 7 10.5",
    "PS/C1": "10 12 10.5 10.5 5 6 5 8 2.5 4 5 7 6 5 7 10",
}
CUT_RATINGS = "1900 1988 2000 1983 1738 1900 1838 1800 2200 1975 2000 - 2025 1900 1963 1900"


def values(found: Standings, label: str) -> dict[int, Fraction | None]:
    return {row.number: row.values[label].number for row in found.rows}


def ranks(found: Standings) -> dict[int, int]:
    return {row.number: row.rank for row in found.rows}


@pytest.mark.parametrize(("tiebreak", "expected"), [*BY_PLAYER.items(), ("ARO/C1", CUT_RATINGS)])
def test_a_swiss_of_sixteen(tiebreak: str, expected: str) -> None:
    found = standings(SWISS, parse_tiebreaks(tiebreak), RuleYear.DUMMY)
    wanted = {n: None if word == "-" else Fraction(word) for n, word in enumerate(expected.split(), 1)}
    assert values(found, tiebreak) == wanted


def test_nobody_has_met_enough_of_the_tied() -> None:
    found = standings(SWISS, parse_tiebreaks("PTS,DE"), RuleYear.DUMMY)
    assert found.unbroken == ((1, 3, 4, 16), (5, 8, 11), (12, 14, 15), (7, 9, 13))
    assert set(values(found, "DE").values()) == {0}


LEAGUE = crosstable(
    """
1 2200 =W5 +W2 +B3 -W4 +B6
2 2150 +W6 -B1 +W5 =W3 +B4
3 2100 +W4 +B6 -W1 =B2 +W5
4 2050 -B3 -B5 =W6 +B1 -W2
5 1950 =B1 +W4 -B2 -F6 -B3
6 2000 -B2 -W3 =B4 +F5 -W1
""",
    predetermined=True,
)


@pytest.mark.parametrize(
    ("tiebreak", "expected"),
    [
        ("SB", "9.25 6.25 6.25 4.25 3.25 2.25"),
        ("SB/C1", "9.25 4.75 4.75 4.25 3.25 1.50"),
        ("KS", "2 0.5 0.5 1 0.5 0"),
        ("PTS", "3.5 3.5 3.5 1.5 1.5 1.5"),
    ],
)
def test_a_league_with_a_forfeit(tiebreak: str, expected: str) -> None:
    found = standings(LEAGUE, parse_tiebreaks(tiebreak), RuleYear.DUMMY)
    assert values(found, tiebreak) == {n: Fraction(word) for n, word in enumerate(expected.split(), 1)}


def test_direct_encounter_of_a_league_counts_its_forfeit() -> None:
    found = standings(LEAGUE, parse_tiebreaks("PTS,DE"), RuleYear.DUMMY)
    assert ranks(found) == {1: 1, 2: 2, 3: 2, 6: 4, 5: 5, 4: 6}
    assert found.unbroken == ((2, 3),)


LONG_SWISS = crosstable("""
 1 0 +W9  =B13 =W2  +B15 =W4  =B6  =B3  =W16 +B8
 2 0 +B10 +W7  =B1  +W16 +B3  =W4  -W6  =B15 =W5
 3 0 =W11 +B6  +W8  =B4  -W2  +B16 =W1  +W14 +B10
 4 0 +B12 H    +W13 =W3  =B1  =B2  =W16 =B6  +W15
 5 0 -W13 -B15 +W11 =B7  +W10 -B14 +B9  -W8  =B2
 6 0 -B14 -W3  P    +W10 +B8  =W1  +B2  =W4  +B16
 7 0 +W15 -B2  -B16 =W5  -B11 -B10 +W13 +W9  +B14
 8 0 =B16 +W14 -B3  +W13 -W6  =B11 =W15 +B5  -W1
 9 0 -B1  -W10 H    -F11 P    +B13 -W5  -B7  =W12
10 0 -W2  +B9  -W15 -B6  -B5  +W7  +B12 +W11 -W3
11 0 =B3  -W16 -B5  +F9  +W7  =W8  -B14 -B10 =W13
12 0 -W4  P    +F14 .    .    -B15 -W10 =B13 =B9
13 0 +B5  =W1  -B4  -B8  -W14 -W9  -B7  =W12 =B11
14 0 +W6  -B8  -F12 Z    +B13 +W5  +W11 -B3  -W7
15 0 -B7  +W5  +B10 -W1  -B16 +W12 =B8  =W2  -B4
16 0 =W8  +B11 +W7  -B2  +W15 -W3  =B4  =B1  -W6
""")


def test_direct_encounter_decides_where_all_have_met_and_starts_again_for_the_rest() -> None:
    found = standings(LONG_SWISS, parse_tiebreaks("PTS,DE"), RuleYear.DUMMY)
    assert [ranks(found)[number] for number in (3, 6, 1, 4, 2)] == [1, 2, 3, 3, 5]
    assert found.unbroken == ((1, 4), (7, 8, 16), (5, 10, 14, 15), (9, 12))


# From the lessons of the French federation on the rules of 2026.
OPEN = crosstable("""
 1 2400 +W14 +W2  =B3  =B5  +W7
 2 2500 +W12 -B1  +B8  +W6  +B3
 3 2500 +B11 +W9  =W1  +B4  -W2
 4 2300 +B13 =W6  +F7  -W3  =B5
 5 2400 =B7  +W11 =B6  =W1  =W4
 6 2485 +W10 =B4  =W5  -B2  +W9
 7 2150 =W5  +B12 -F4  +W9  -B1
 8 2000 -B9  P    -W2  =B10 +W14
 9 2250 +W8  -B3  +W10 -B7  -B6
10 2150 -B6  +W13 -B9  =W8  =B11
11 2150 -W3  -B5  +W13 =B12 =W10
12 2250 -B2  -W7  =B14 =W11 =B13
13 2050 -W4  -B10 -B11 +W14 =W12
14 2100 -B1  Z    =W12 -B13 -B8
""")


@pytest.mark.parametrize(
    ("player", "buchholz", "cut"),
    [(11, "11.5", "10"), (3, "15", "13"), (4, "13.5", "12"), (14, "10", "9.5")],
)
def test_the_rules_of_2026(player: int, buchholz: str, cut: str) -> None:
    """Player 4 has a forfeit win, which counts no more than the 2.5 points of the opponent who did not come."""
    found = standings(OPEN, parse_tiebreaks("BH,BH/C1"), RuleYear.CAPPED)
    assert values(found, "BH")[player] == Fraction(buchholz)
    assert values(found, "BH/C1")[player] == Fraction(cut)
