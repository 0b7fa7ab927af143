"""Who gets which seed, and where the seeds stand in round one."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from domain.tournaments.errors import InvalidSeeding

Entrant = TypeVar("Entrant", bound=Hashable)


def bracket_order(size: int) -> list[int]:
    """The seeds from top to bottom of round one of a bracket of `size` slots, a power of two.

    P(1) = [1]; P(2m) puts 2m + 1 - p after each p of P(m). So the two seeds of a match of round one add up to size + 1,
    and while favourites win the two of every later match add up to the seeds left + 1: seeds 1 and 2 can only meet in
    the final, 1 to 4 not before the semi-finals.
    """
    if size < 1 or size & (size - 1):
        raise ValueError(f"{size} is not a power of two")
    order = [1]
    while len(order) < size:
        paired = 2 * len(order) + 1
        order = [seed for favourite in order for seed in (favourite, paired - favourite)]
    return order


def bracket_slots(entrants: int) -> list[int]:
    """Where the seeds stand in round one, seed 1 first, in a bracket of the next power of two; slots count from 0.

    Two first meet in the upper bracket, if both get so far, in the round that is the number of bits of slot XOR slot.
    """
    order = bracket_order(1 << max(0, entrants - 1).bit_length())
    slots = [0] * len(order)
    for slot, seed in enumerate(order):
        slots[seed - 1] = slot
    return slots[:entrants]


def seed_manually(entrants: Sequence[Entrant], order: Sequence[Entrant]) -> tuple[Entrant, ...]:
    """The entrants in the order an organiser gave, seed 1 first.

    Raises:
        InvalidSeeding: the order names a stranger, leaves somebody out or names somebody twice.
    """
    expected = _distinct(entrants)
    given = set(order)
    if len(given) < len(order):
        raise InvalidSeeding("An entrant is named twice; name each one once.")
    if given - expected:
        raise InvalidSeeding("The order names somebody who is not an entrant.")
    if expected - given:
        raise InvalidSeeding(
            f"The order leaves out {len(expected - given)} of the {len(expected)} entrants; name them all."
        )
    return tuple(order)


def seed_randomly(entrants: Sequence[Entrant], draw: int) -> tuple[Entrant, ...]:
    """The entrants in an order that depends on nothing but the number drawn and the text of their ids, seed 1 first.

    They are sorted by the SHA-256 of "draw:id", so anyone who knows the number can repeat the draw in any language, and
    neither the order of registration nor the version of Python changes it. Ids must differ as text.

    Raises:
        InvalidSeeding: an entrant is there twice.
    """
    _distinct(entrants)
    return tuple(sorted(entrants, key=lambda entrant: hashlib.sha256(f"{draw}:{entrant}".encode()).digest()))


def seed_by_rating(entrants: Sequence[Entrant], ratings: Mapping[Entrant, int]) -> tuple[Entrant, ...]:
    """The entrants by rating, highest first; equal ratings, and those without one at the end, as they registered.

    `entrants` is in the order of registration.

    Raises:
        InvalidSeeding: an entrant is there twice.
    """
    _distinct(entrants)
    return tuple(sorted(entrants, key=lambda entrant: (entrant not in ratings, -ratings.get(entrant, 0))))


def _distinct(entrants: Sequence[Entrant]) -> set[Entrant]:
    distinct = set(entrants)
    if len(distinct) < len(entrants):
        raise InvalidSeeding("An entrant is there twice.")
    return distinct
