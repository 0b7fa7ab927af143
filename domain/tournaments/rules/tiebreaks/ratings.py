"""Tie-breaks of ratings: those of the opponents, and how well somebody played against them.

Only games count. They are not defined for anybody when a player has no rating, unless a modifier gives one (10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from domain.tournaments.rules.rounds import Player
from domain.tournaments.rules.tiebreaks.rating_tables import MOST_DIFFERENCE, difference_for, expected_hundredths
from domain.tournaments.rules.tiebreaks.results import standard
from domain.tournaments.rules.tiebreaks.rounding import average
from domain.tournaments.rules.tiebreaks.unplayed import Case
from domain.tournaments.rules.tiebreaks.values import Term, Tiebreak, Value, Values

_Ratings = dict[int, int]


def is_defined(case: Case, tiebreak: Tiebreak) -> bool:
    """Whether everybody has a rating, or is given one."""
    return tiebreak.unrated is not None or all(player.rating is not None for player in case.players.values())


def rating(case: Case, tiebreak: Tiebreak) -> Values:
    """RTNG: the rating (10.6)."""
    return {number: Value(Fraction(own)) for number, own in _ratings(case, tiebreak).items()}


def average_rating(case: Case, tiebreak: Tiebreak) -> Values:
    """ARO: the average rating of the opponents (10.1)."""
    ratings = _ratings(case, tiebreak)
    return {number: average(_with_cuts(_met(player, ratings), tiebreak)) for number, player in case.players.items()}


def performance(case: Case, tiebreak: Tiebreak) -> Values:
    """TPR: the average rating of the opponents, and the difference that the score stands for (10.2)."""
    ratings = _ratings(case, tiebreak)
    return {number: _performance(case, player, ratings) for number, player in case.players.items()}


def perfect_performance(case: Case, tiebreak: Tiebreak) -> Values:
    """PTP: the lowest rating that makes the score expected (10.3)."""
    ratings = _ratings(case, tiebreak)
    return {number: _perfect(case, player, ratings) for number, player in case.players.items()}


def average_performance(case: Case, tiebreak: Tiebreak) -> Values:
    """APRO: the average performance of the opponents (10.4)."""
    return _average_of(case, performance(case, tiebreak), "their performance")


def average_perfect_performance(case: Case, tiebreak: Tiebreak) -> Values:
    """APPO: the average perfect performance of the opponents (10.5)."""
    return _average_of(case, perfect_performance(case, tiebreak), "their perfect performance")


def _ratings(case: Case, tiebreak: Tiebreak) -> _Ratings:
    return {
        number: (tiebreak.unrated or 0) if player.rating is None else player.rating
        for number, player in case.players.items()
    }


def _met(player: Player, ratings: _Ratings) -> list[Term]:
    return [
        Term(Fraction(ratings[entry.opponent]), number, entry.opponent, "their rating")
        for number, entry in enumerate(player.rounds, 1)
        if entry.is_played and entry.opponent is not None
    ]


def _with_cuts(terms: list[Term], tiebreak: Tiebreak) -> list[Term]:
    order = sorted(range(len(terms)), key=lambda index: terms[index].value)
    cut = {*order[: tiebreak.cut_low]}
    left = order[tiebreak.cut_low :]
    cut |= {*left[max(len(left) - tiebreak.cut_high, 0) :]} if tiebreak.cut_high else set()
    return [replace(term, is_cut=index in cut) for index, term in enumerate(terms)]


def _score(case: Case, player: Player) -> Fraction:
    """The points of the games, where a win is 1."""
    return sum((standard(case, entry) for entry in player.rounds if entry.is_played), Fraction())


def _performance(case: Case, player: Player, ratings: _Ratings) -> Value:
    met = _met(player, ratings)
    mean = average(met)
    if mean.number is None:
        return mean
    score = _score(case, player)
    difference = difference_for(score / len(met))
    note = f"average {mean.number}, {score.numerator / score.denominator:g} of {len(met)} points: {difference:+}"
    return Value(mean.number + difference, tuple(met), note)


def _perfect(case: Case, player: Player, ratings: _Ratings) -> Value:
    met = _met(player, ratings)
    if not met:
        return Value(None, (), "no game counts")
    score = _score(case, player)
    opponents = [int(term.value) for term in met]
    if score == 0:
        lowest = Fraction(min(opponents) - MOST_DIFFERENCE)
        return Value(lowest, tuple(met), f"without a point, {MOST_DIFFERENCE} less than the lowest rating")
    return Value(Fraction(_lowest(opponents, score * 100)), tuple(met))


def _lowest(opponents: Sequence[int], hundredths: Fraction) -> int:
    """The lowest rating that expects at least so many hundredths of a point."""

    def expects(own: int) -> bool:
        return sum(expected_hundredths(own - other) for other in opponents) >= hundredths

    low, high = min(opponents) - MOST_DIFFERENCE, max(opponents) + MOST_DIFFERENCE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if expects(middle) else (middle, high)
    return high


def _average_of(case: Case, values: Values, why: str) -> Values:
    def terms(player: Player) -> list[Term]:
        return [
            Term(number, index, entry.opponent, why)
            for index, entry in enumerate(player.rounds, 1)
            if entry.is_played and entry.opponent is not None and (number := values[entry.opponent].number) is not None
        ]

    return {number: average(terms(player)) for number, player in case.players.items()}


RATED: Final[Mapping[str, Callable[[Case, Tiebreak], Values]]] = {
    "RTNG": rating,
    "ARO": average_rating,
    "TPR": performance,
    "PTP": perfect_performance,
    "APRO": average_performance,
    "APPO": average_perfect_performance,
}
