"""Who has the first side, and how well two fit together for it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from domain.tournaments.rules.rounds import Side
from domain.tournaments.rules.swiss.history import Past, Sided
from domain.tournaments.rules.swiss.values import SideReason

_OTHER = {Side.FIRST: Side.SECOND, Side.SECOND: Side.FIRST}


class Strain(NamedTuple):
    """What one way of giving two players their sides would do to them; less is better, the first number decides.

    `thirds`: who would have one side three times in a row. `imbalance`: the squares of how much oftener they would have
    had one side than the other. `repeats`: who would have the same side again.
    """

    thirds: int
    imbalance: int
    repeats: int


_REASONS = (SideReason.THIRD_IN_A_ROW, SideReason.BALANCE, SideReason.ALTERNATION)


@lru_cache(maxsize=4096)
def least_strain(one: Sided, other: Sided) -> Strain:
    """That of the better way."""
    return min(_strain(one, Side.FIRST, other), _strain(one, Side.SECOND, other))


def side_of(higher: Past, lower: Past, first_side: Side) -> tuple[Side, SideReason]:
    """The side of the one ranked higher, and what decided it. `first_side` is for number 1 in round 1."""
    first = _strain(higher.sided, Side.FIRST, lower.sided)
    second = _strain(higher.sided, Side.SECOND, lower.sided)
    for reason, if_first, if_second in zip(_REASONS, first, second, strict=True):
        if if_first != if_second:
            return Side.FIRST if if_first < if_second else Side.SECOND, reason
    for own, its in zip(reversed(higher.sides), reversed(lower.sides), strict=True):
        if own and its and own is not its:
            return _OTHER[own], SideReason.HISTORY
    if higher.sided.last:
        return _OTHER[higher.sided.last[-1]], SideReason.RANK
    return first_side if higher.number % 2 else _OTHER[first_side], SideReason.NUMBER


def _strain(one: Sided, side: Side, other: Sided) -> Strain:
    own, its = _own_strain(one, side), _own_strain(other, _OTHER[side])
    return Strain(own.thirds + its.thirds, own.imbalance + its.imbalance, own.repeats + its.repeats)


def _own_strain(sided: Sided, side: Side) -> Strain:
    lead = sided.lead + (1 if side is Side.FIRST else -1)
    return Strain(int(sided.last == (side, side)), lead * lead, int(sided.last[-1:] == (side,)))
