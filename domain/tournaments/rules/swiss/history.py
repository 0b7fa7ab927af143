"""What the rounds before mean for the pairing of the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from domain.tournaments.errors import RoundUnfinished
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side
from domain.tournaments.rules.swiss.values import Exit, Terms
from domain.tournaments.values import Float


@dataclass(frozen=True, slots=True)
class Meeting:
    """How often two have played each other, and in which round last, from 1."""

    times: int
    last: int


class Sided(NamedTuple):
    """How somebody had the sides.

    `lead`: how often they had the first side more than the second; negative: less. `last`: the sides of their last two
    games, the later one last.
    """

    lead: int
    last: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A player as the pairing sees them.

    Attributes:
        number: who it is.
        points: what they are paired by, in halves of a point.
        met: whom they have played. A pairing that was not played is none: those two may be paired again.
        byes: how often they had the bye, or the points of a win without a game.
        unplayed: the rounds without a game.
        floated: how they floated in the last round; None when they did not.
        sides: the side they had in each round; None without a game, or where sides do not matter.
        sided: the same in short.
    """

    number: int
    points: int
    met: Mapping[int, Meeting]
    byes: int
    unplayed: int
    floated: Float | None
    sides: tuple[Side | None, ...]
    sided: Sided


def pasts(field: Field, terms: Terms, numbers: Iterable[int]) -> list[Past]:
    """These players, the highest ranked first: by points, then as `terms` say, then by number."""
    before = {number: _sums(player) for number, player in field.players.items()}
    found = [_past(field, number, before, terms.extra.get(number, 0)) for number in numbers]
    return sorted(found, key=lambda past: (-past.points, terms.ranks.get(past.number, past.number), past.number))


def exits(field: Field, terms: Terms) -> dict[int, Exit]:
    """Who plays no more, and why."""
    found = ((number, _exit(player, field.scoring, terms)) for number, player in sorted(field.players.items()))
    return {number: reason for number, reason in found if reason is not None}


def require_results(field: Field) -> None:
    """Refuses a field with a game that has no result yet.

    Raises:
        RoundUnfinished: with the first player who has one.
    """
    for number, player in sorted(field.players.items()):
        if any(entry.kind is Kind.OPEN for entry in player.rounds):
            raise RoundUnfinished(number)


def sides_matter(field: Field) -> bool:
    """Whether anybody has had a side, or nobody has played yet."""
    played = [entry.side for player in field.players.values() for entry in player.rounds if entry.is_played]
    return not played or any(played)


def _exit(player: Player, scoring: Scoring, terms: Terms) -> Exit | None:
    if terms.wins_to_advance and sum(_is_win(entry, scoring) for entry in player.rounds) >= terms.wins_to_advance:
        return Exit.ADVANCED
    if terms.losses_to_leave and sum(_is_loss(entry, scoring) for entry in player.rounds) >= terms.losses_to_leave:
        return Exit.ELIMINATED
    return Exit.LEFT if player.has_left else None


def _is_win(entry: Entry, scoring: Scoring) -> bool:
    """The bye is one, even where it brings fewer points: nobody else can have won that round."""
    return entry.kind is Kind.PAIRING_BYE or entry.points >= scoring.win


def _is_loss(entry: Entry, scoring: Scoring) -> bool:
    """A draw is one only where it brings no more than a loss."""
    return entry.opponent is not None and (entry.points < scoring.draw or entry.points <= scoring.loss)


def _sums(player: Player) -> list[int]:
    """Their points before the first round, after it, and so on."""
    return list(accumulate((entry.points for entry in player.rounds), initial=0))


def _past(field: Field, number: int, before: Mapping[int, list[int]], extra: int) -> Past:
    rounds = field.players[number].rounds
    sides = tuple(entry.side if entry.is_played else None for entry in rounds)
    met: dict[int, Meeting] = {}
    for index, entry in enumerate(rounds):
        if entry.is_played and entry.opponent is not None:
            times = met[entry.opponent].times if entry.opponent in met else 0
            met[entry.opponent] = Meeting(times + 1, index + 1)
    return Past(
        number=number,
        points=before[number][-1] + extra,
        met=met,
        byes=sum(_brings_a_win_unplayed(entry, field.scoring) for entry in rounds),
        unplayed=sum(not entry.is_played for entry in rounds),
        floated=_floated(rounds[-1], number, before) if rounds else None,
        sides=sides,
        sided=_sided([side for side in sides if side is not None]),
    )


def _sided(had: list[Side]) -> Sided:
    return Sided(had.count(Side.FIRST) - had.count(Side.SECOND), tuple(had[-2:]))


def _brings_a_win_unplayed(entry: Entry, scoring: Scoring) -> bool:
    return entry.kind is Kind.PAIRING_BYE or (not entry.is_played and entry.points >= scoring.win)


def _floated(last: Entry, number: int, before: Mapping[int, list[int]]) -> Float | None:
    if last.kind is Kind.PAIRING_BYE:
        return Float.DOWN
    if last.opponent is None:
        return None
    own, other = before[number][-2], before[last.opponent][-2]
    if own == other:
        return None
    return Float.DOWN if own > other else Float.UP
