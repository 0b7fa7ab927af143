"""What unplayed rounds count as, by the year of the rules, on tables small enough to add up by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domain.tournaments.rules.rounds import Field
from domain.tournaments.rules.tiebreaks import RuleYear, Value, parse_tiebreaks, standings
from tests.fixtures.crosstables import crosstable

# 4 leaves after the first round. Points: 1 has 2.5, 2 has 1.5, 3 has 2, 4 has none.
WITHDRAWAL = crosstable("""
1 2000 +W4 +W2 =B3
2 1900 =W3 -B1 P
3 1800 =B2 P   =W1
4 1700 -B1 Z   .
""")
# 2 does not come to play against 1. Points: 1 has 2, 2 and 3 have 1, 4 has none.
FORFEIT = crosstable("""
1 2000 +F2 +W3
2 1900 -F1 +W4
3 1800 +W4 -B1
4 1700 -B3 -B2
""")
# 1 takes two half-point byes and wins the rest: 4 points of 5, which are more than the 2.5 that draws would be.
BYES = crosstable("""
1 2000 +W2 H   +B3 H   +W4
2 1900 -B1 +W3 =B4 =W3 -B3
3 1800 =W4 -B2 -W1 =B2 +W2
4 1700 =B3 P   =W2 P   -B1
""")


def value(field: Field, tiebreak: str, year: RuleYear, player: int) -> Value:
    return next(row for row in standings(field, parse_tiebreaks(tiebreak), year).rows if row.number == player).values[
        tiebreak
    ]


@pytest.mark.parametrize(
    ("field", "tiebreak", "year", "player", "expected"),
    [
        # Who leaves counts half a point for each round after that.
        (WITHDRAWAL, "BH", RuleYear.CAPPED, 1, "1 + 3/2 + 2"),
        (WITHDRAWAL, "BH", RuleYear.DUMMY, 1, "1 + 3/2 + 2"),
        # Before 2023 all unplayed rounds of opponents are draws: 2 has 1, 3 has 1.5, 4 has 1.
        (WITHDRAWAL, "BH", RuleYear.VIRTUAL, 1, "1 + 1 + 3/2"),
        # The bye from the pairing: the own 2 points; capped at three draws; against who had half a point and lost.
        (WITHDRAWAL, "BH", RuleYear.DUMMY, 3, "3/2 + 2 + 5/2"),
        (WITHDRAWAL, "BH", RuleYear.CAPPED, 3, "3/2 + 3/2 + 5/2"),
        (WITHDRAWAL, "BH", RuleYear.VIRTUAL, 3, "1 + 1/2 + 0 + 1/2 + 5/2"),
        (WITHDRAWAL, "SB", RuleYear.DUMMY, 3, "3/4 + 2 + 5/4"),
        (WITHDRAWAL, "SB", RuleYear.CAPPED, 3, "3/4 + 3/2 + 5/4"),
        # Who left has nothing, and neither has the dummy.
        (WITHDRAWAL, "BH", RuleYear.CAPPED, 4, "5/2"),
        # Before 2023 the virtual opponent of the first of two rounds missed wins it and draws the other.
        (WITHDRAWAL, "BH", RuleYear.VIRTUAL, 4, "5/2 + 1 + 1/2 + 1"),
        (FORFEIT, "BH", RuleYear.DUMMY, 1, "2 + 1"),
        (FORFEIT, "BH", RuleYear.CAPPED, 1, "1 + 1"),
        (FORFEIT, "BH/P", RuleYear.CAPPED, 1, "1 + 1"),
        (FORFEIT, "BH", RuleYear.CAPPED, 2, "1 + 0"),
        (FORFEIT, "BH/P", RuleYear.CAPPED, 2, "2 + 0"),
        # The part of the round that 2 chose to miss is cut, although the other is less.
        (FORFEIT, "BH/C1", RuleYear.CAPPED, 2, "0"),
        (FORFEIT, "BH/C1", RuleYear.VIRTUAL, 2, "3/2"),
        # For who says that forfeits count, 2 has not missed a round.
        (FORFEIT, "BH/C1/P", RuleYear.CAPPED, 2, "2"),
        (BYES, "BH", RuleYear.DUMMY, 1, "2 + 4 + 2 + 4 + 3"),
        (BYES, "BH", RuleYear.CAPPED, 1, "2 + 5/2 + 2 + 5/2 + 3"),
        (BYES, "BH/C1", RuleYear.CAPPED, 1, "2 + 5/2 + 2 + 3"),
        (BYES, "BH/C2", RuleYear.CAPPED, 1, "2 + 2 + 3"),
        (BYES, "BH/C3", RuleYear.CAPPED, 1, "2 + 3"),
        (BYES, "BH/M1", RuleYear.CAPPED, 1, "2 + 5/2 + 2"),
        # Sonneborn-Berger: the byes bring half of 2.5, less than the win against 2 points, which is cut then.
        (BYES, "SB/C1", RuleYear.CAPPED, 1, "5/4 + 2 + 5/4 + 3"),
        (BYES, "REP", RuleYear.CAPPED, 1, "3"),
        (FORFEIT, "REP", RuleYear.CAPPED, 1, "2"),
        (FORFEIT, "REP", RuleYear.CAPPED, 2, "1"),
        (FORFEIT, "WIN", RuleYear.CAPPED, 1, "2"),
        (FORFEIT, "WON", RuleYear.CAPPED, 1, "1"),
        (WITHDRAWAL, "STD", RuleYear.CAPPED, 2, "3/2"),
    ],
)
def test_by_hand(field: Field, tiebreak: str, year: RuleYear, player: int, expected: str) -> None:
    assert value(field, tiebreak, year, player).number == sum(Fraction(part) for part in expected.split(" + "))


def test_a_bye_in_the_last_round_counts_as_a_draw_for_others_only() -> None:
    field = crosstable("""
    1 0 +W2 Z
    2 0 -B1 +W3
    3 0 P   -B2
    """)
    assert value(field, "BH", RuleYear.CAPPED, 2).number == Fraction(3, 2) + 1
    assert value(field, "BH", RuleYear.CAPPED, 1).number == 1 + 1
    assert value(field, "PTS", RuleYear.CAPPED, 1).number == 1


def test_fore_buchholz_takes_the_final_round_as_drawn_also_where_it_was_a_forfeit() -> None:
    field = crosstable("""
    1 0 +W2 +F4
    2 0 -B1 +W3
    3 0 P   -B2
    4 0 Z   -F1
    """)
    # 4 draws and thereby was there to the end, so that the bye before keeps its zero.
    assert value(field, "FB", RuleYear.CAPPED, 1).number == Fraction(1, 2) + Fraction(1, 2)
    assert value(field, "FB", RuleYear.CAPPED, 4).number == Fraction(1, 2) + Fraction(3, 2)


def test_fore_buchholz_waits_for_the_final_round() -> None:
    before = crosstable("1 0 +W2\n2 0 -B1", planned=2)
    assert value(before, "FB", RuleYear.CAPPED, 2).number == 1
    assert value(crosstable("1 0 +W2\n2 0 -B1"), "FB", RuleYear.CAPPED, 2).number == Fraction(1, 2)


def test_a_game_without_a_result_brings_its_opponent_and_no_points() -> None:
    field = crosstable("1 2000 +W2 ?B3\n2 1900 -B1 +W4\n3 1800 +W4 ?W1\n4 1700 -B3 -B2")
    assert value(field, "BH", RuleYear.CAPPED, 1).number == 1 + 1
    assert value(field, "ARO", RuleYear.CAPPED, 1).number == 1900
    assert value(field, "REP", RuleYear.CAPPED, 1).number == 2


def test_a_league_knows_no_dummy() -> None:
    odd = crosstable("1 0 +W2 Z +B3\n2 0 -B1 +W3 Z\n3 0 Z -B2 -W1", predetermined=True)
    assert value(odd, "SB", RuleYear.CAPPED, 1).number == 1 + 0
    assert value(odd, "BH", RuleYear.CAPPED, 1).number == 1 + 0
    assert value(odd, "KS", RuleYear.CAPPED, 1).number == 1


def test_every_round_says_what_it_counted_as() -> None:
    found = value(WITHDRAWAL, "BH/C1", RuleYear.CAPPED, 1)
    assert [(term.round, term.opponent, term.value, term.is_cut) for term in found.terms] == [
        (1, 4, 1, True),
        (2, 2, Fraction(3, 2), False),
        (3, 3, 2, False),
    ]
    assert found.terms[0].why == "their points, rounds 2, 3 as draws (16.3.2)"
    bye = value(WITHDRAWAL, "SB", RuleYear.CAPPED, 3).terms[1]
    assert bye.why == "pairing-bye: own points, at most those of a draw in each round (16.4.2); times 1"
    assert bye.opponent is None
