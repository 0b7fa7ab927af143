"""Everybody against everybody, by the tables of Berger that chess uses."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.errors import InvalidInput
from domain.tournaments.rules.rounds import Field, Kind
from domain.tournaments.rules.swiss import Board, Bye, End, EventOver, PairedRound, Seat, Terms
from domain.tournaments.rules.swiss.history import Past, exits, pasts, require_results

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


def next_round(field: Field) -> PairedRound | EventOver:
    """The round after those that are finished; two cycles where more rounds are planned than one has.

    Players have their places in the order of their numbers. Who has left keeps theirs: those games are lost without
    being played, so nobody else's opponents change.

    Raises:
        RoundUnfinished: a game has no result yet.
        InvalidInput: there are more than 4,096 players, or the rounds before were not made by these tables.
    """
    if len(field.players) > MAX_PLAYERS:
        raise InvalidInput(f"At most {MAX_PLAYERS} players can be paired; there are {len(field.players)}.")
    require_results(field)
    gone, number = exits(field, Terms()), field.finished + 1
    if len(field.players) - len(gone) < 2:
        return EventOver(field.finished, End.TOO_FEW, gone)
    one_cycle = rounds_needed(len(field.players))
    if number > one_cycle * (2 if (field.planned or 0) > one_cycle else 1):
        return EventOver(field.finished, End.ALL_PLAYED, gone)
    by_number = sorted(pasts(field, Terms(), field.players), key=lambda past: past.number)
    fixtures = berger_round(len(by_number), number)
    boards = [_board(by_number[one - 1], by_number[other - 1]) for one, other in fixtures.games]
    for board in boards:
        if board.meetings > (number - 1) // one_cycle:
            raise InvalidInput(
                f"Players {board.first.number} and {board.second.number} have met in round {board.last_met}, so the"
                " rounds before were not made by the tables of Berger."
            )
    idle = [] if fixtures.sits_out is None else [by_number[fixtures.sits_out - 1]]
    byes = [Bye(past.number, past.points, Kind.ZERO_BYE) for past in idle]
    return PairedRound(number, tuple(boards), tuple(byes), exits=gone)


def _board(first: Past, second: Past) -> Board:
    meeting = first.met.get(second.number)
    return Board(
        Seat(first.number, first.points),
        Seat(second.number, second.points),
        meetings=meeting.times if meeting else 0,
        last_met=meeting.last if meeting else None,
    )


def _by_parity(one: int, other: int) -> tuple[int, int]:
    """The lower first where one is even and the other odd, else the higher: so sides take turns."""
    low, high = sorted((one, other))
    return (low, high) if (one + other) % 2 else (high, low)
