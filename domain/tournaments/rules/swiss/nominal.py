"""Whom everybody would meet if nothing stood in the way: the round that the method asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.tournaments.rules.swiss.values import Method


def nominal_opponents(groups: Sequence[Sequence[int]], method: Method) -> dict[int, int]:
    """Each rank (from 0) with that of its opponent. `groups` are the ranks with equally many points, best first.

    The last of an odd group floats down and meets the first of the next one. All ranks together are even in number.
    """
    opponents: dict[int, int] = {}
    for one, other in _pairs(groups, method):
        opponents[one], opponents[other] = other, one
    return opponents


def _pairs(groups: Sequence[Sequence[int]], method: Method) -> Iterator[tuple[int, int]]:
    floater: int | None = None
    for group in groups:
        ranks = list(group)
        if floater is not None and ranks:
            yield floater, ranks.pop(0)
            floater = None
        if len(ranks) % 2:
            floater = ranks.pop()
        yield from _inside(ranks, method)


def _inside(ranks: list[int], method: Method) -> Iterator[tuple[int, int]]:
    half = len(ranks) // 2
    if method is Method.ADJACENT:
        return zip(ranks[::2], ranks[1::2], strict=True)
    below = ranks[half:]
    return zip(ranks[:half], below[::-1] if method is Method.FOLD else below, strict=True)
