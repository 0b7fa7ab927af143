"""What a tie-break is, and what it gives each player: a number, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction


class RuleYear(IntEnum):
    """Whose rules say what an unplayed round counts as.

    VIRTUAL: until 2023, a virtual opponent, who draws from then on. DUMMY: the tie-break regulations (C.07) from 2023
    on, a dummy opponent with the points of the player. CAPPED: those from 1 March 2026 on, which cap the dummy.
    """

    VIRTUAL = 2022
    DUMMY = 2024
    CAPPED = 2026


@dataclass(frozen=True, slots=True)
class Tiebreak:
    """A tie-break and its modifiers.

    Attributes:
        name: the code, such as BH.
        label: the name with the modifiers, as values are filed under; no two of a list are alike.
        cut_low: how many of the least significant values are left out.
        cut_high: how many of the most significant ones are.
        forfeits_count: whether forfeits are games against whom they were scheduled with.
        fore: whether paired games of the last round count as drawn.
        reverse: whether fewer is better where more was, and the other way round.
        percent: from how much of the possible points on an opponent counts (Koya).
        limit: by how many half points more, or fewer (Koya).
        unrated: the rating of players without one; None leaves the tie-break out when there are some.
        lot: the stored number that lots are drawn by.
    """

    name: str
    label: str
    cut_low: int = 0
    cut_high: int = 0
    forfeits_count: bool = False
    fore: bool = False
    reverse: bool = False
    percent: int = 50
    limit: int = 0
    unrated: int | None = None
    lot: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a value.

    Attributes:
        value: what it adds.
        round: the round it is of; None for none.
        opponent: whom it is about; None for nobody.
        why: what the round counted as, in words.
        is_cut: whether it is left out of the sum.
    """

    value: Fraction
    round: int | None = None
    opponent: int | None = None
    why: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What a tie-break gives a player; `number` is None where it is not defined, which ranks last."""

    number: Fraction | None
    terms: tuple[Term, ...] = ()
    note: str = ""


Values = Mapping[int, Value]


def total(terms: tuple[Term, ...]) -> Value:
    """The sum of the terms that are not cut."""
    return Value(sum((term.value for term in terms if not term.is_cut), Fraction()), terms)
