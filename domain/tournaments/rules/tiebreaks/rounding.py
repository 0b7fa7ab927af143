"""Averages, and rounding as tables of FIDE do: halves go up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from domain.tournaments.rules.tiebreaks.values import Term, Value


def half_up(number: Fraction, step: Fraction = Fraction(1)) -> Fraction:
    """The multiple of `step` that is nearest, the higher one of two."""
    return math.floor(number / step + Fraction(1, 2)) * step


def average(terms: Sequence[Term], step: Fraction = Fraction(1)) -> Value:
    """The average of the terms that are not cut, rounded; not defined where there is none."""
    counted = [term.value for term in terms if not term.is_cut]
    if not counted:
        return Value(None, tuple(terms), "no game counts")
    return Value(half_up(sum(counted, Fraction()) / len(counted), step), tuple(terms))
