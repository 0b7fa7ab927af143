"""Whether the rounds of all players fit together: whom somebody met says the same of that round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from domain.tournaments.rules.rounds import Entry, Kind, Player

_PAIRED = frozenset({Kind.PLAYED, Kind.OPEN, Kind.FORFEIT})


class Fault(NamedTuple):
    """What is wrong with a round (from 1) of a player."""

    number: int
    round: int
    message: str


def faults(players: Mapping[int, Player]) -> Iterator[Fault]:
    """Everything that does not fit, by player and round."""
    for number, player in players.items():
        for index, entry in enumerate(player.rounds):
            message = _fault(players, number, index, entry)
            if message:
                yield Fault(number, index + 1, message)


def _fault(players: Mapping[int, Player], number: int, index: int, entry: Entry) -> str:
    """What is wrong with this round; "" if nothing is."""
    if entry.opponent is None:
        return "A game needs an opponent." if entry.kind in (Kind.PLAYED, Kind.OPEN) else ""
    if entry.kind not in _PAIRED:
        return f"A round that is {entry.kind} has no opponent."
    if entry.opponent == number:
        return f"Player {number} cannot meet themselves."
    if entry.opponent not in players:
        return f"There is no player {entry.opponent}."
    return _contradiction(number, entry, players[entry.opponent].rounds[index])


def _contradiction(number: int, entry: Entry, other: Entry) -> str:
    """What the opponent says otherwise; "" if nothing."""
    both = f"players {number} and {entry.opponent}"
    if other.opponent != number:
        whom = "nobody" if other.opponent is None else f"player {other.opponent}"
        return f"Player {number} met player {entry.opponent}, who met {whom}."
    if other.kind is not entry.kind:
        return f"For player {number} this round is {entry.kind}, for player {entry.opponent} it is {other.kind}."
    if entry.side is not None and other.side is entry.side:
        return f"Both {both} had the same side."
    if (entry.side is None) is not (other.side is None) and entry.kind is not Kind.FORFEIT:
        return f"Only one of {both} had a side."
    if entry.games is not None and other.games != entry.games[::-1]:
        return f"The {both} do not count the same games."
    return ""
