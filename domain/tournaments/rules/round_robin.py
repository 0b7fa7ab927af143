"""Everybody against everybody, by the tables of Berger that chess uses."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PLAYERS = 4096


@dataclass(frozen=True, slots=True)
class Fixtures:
    """A round of a round robin.

    Attributes:
        games: who plays whom, by their places in the order of the draw, from 1; who has the first side comes first.
        sits_out: who has no game, where the number of players is odd; None where it is even.
    """

    games: tuple[tuple[int, int], ...]
    sits_out: int | None


def rounds_needed(players: int, cycles: int = 1) -> int:
    """How many rounds it takes until all have met all, `cycles` times over.

    Raises:
        ValueError: there are fewer than 2 players or more than 4,096, or fewer than one cycle.
    """
    if not 2 <= players <= MAX_PLAYERS or cycles < 1:
        raise ValueError(f"{players} players cannot meet all others {cycles} times")
    return (players - 1 + players % 2) * cycles


def berger_round(players: int, number: int) -> Fixtures:
    """A round, from 1. After the last of a cycle all comes again with the sides turned round.

    In a cycle everybody meets everybody else once, has the first side as often as the second or once more or less, and
    where the number of players is odd sits out once.

    Raises:
        ValueError: there are fewer than 2 players or more than 4,096, or there is no such round.
    """
    cycle, index = divmod(number - 1, rounds_needed(players))
    if number < 1:
        raise ValueError(f"there is no round {number}")
    size = players + players % 2
    alone = index * (size // 2) % (size - 1) + 1
    games = [(size, alone) if index % 2 else (alone, size)]
    games += [
        _by_parity((alone + step - 1) % (size - 1) + 1, (alone - step - 1) % (size - 1) + 1)
        for step in range(1, size // 2)
    ]
    played = [game if cycle % 2 == 0 else game[::-1] for game in games if max(game) <= players]
    return Fixtures(tuple(played), alone if players % 2 else None)


def _by_parity(one: int, other: int) -> tuple[int, int]:
    """The lower first where one is even and the other odd, else the higher: so sides take turns."""
    low, high = sorted((one, other))
    return (low, high) if (one + other) % 2 else (high, low)
