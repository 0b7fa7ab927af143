"""What happened in an event that is played in rounds: league, groups and Swiss. Standings and pairings read it.

Points are counted in halves, so that all of it is whole numbers: a win is usually 2, a draw 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a round was for a player.

    PLAYED: a game against somebody. OPEN: paired with somebody, without a result so far. FORFEIT: paired with somebody,
    but not played; the points tell who was there.
    PAIRING_BYE: nobody was left to be paired with. FULL_BYE, HALF_BYE, ZERO_BYE: not paired, as agreed, for the points
    of a win, of a draw, or none. ABSENT: not paired, because they were not there or had left.
    """

    PLAYED = "PLAYED"
    OPEN = "OPEN"
    FORFEIT = "FORFEIT"
    PAIRING_BYE = "PAIRING_BYE"
    FULL_BYE = "FULL_BYE"
    HALF_BYE = "HALF_BYE"
    ZERO_BYE = "ZERO_BYE"
    ABSENT = "ABSENT"


class Side(StrEnum):
    """Who begins, where that matters: FIRST is White in chess and who breaks in pool."""

    FIRST = "FIRST"
    SECOND = "SECOND"


@dataclass(frozen=True, slots=True)
class Scoring:
    """What results are worth, in halves of a point. `absence` is for byes without points as well."""

    win: int = 2
    draw: int = 1
    loss: int = 0
    forfeit_win: int = 2
    forfeit_loss: int = 0
    pairing_bye: int = 2
    full_bye: int = 2
    half_bye: int = 1
    absence: int = 0

    def of_bye(self, kind: Kind) -> int:
        """What a round without an opponent brings."""
        brought = {Kind.PAIRING_BYE: self.pairing_bye, Kind.FULL_BYE: self.full_bye, Kind.HALF_BYE: self.half_bye}
        return brought.get(kind, self.absence)


@dataclass(frozen=True, slots=True)
class Entry:
    """One round of one player.

    Attributes:
        kind: what the round was.
        points: what it brought, in halves of a point.
        opponent: the number of who they were paired with; None for byes and absence.
        side: which side they had; None where sides do not matter, and for byes.
        games: the games (racks, goals) that they and the opponent won in it; None where nobody counts them.
        rated: whether a game that was played counts for ratings.
    """

    kind: Kind
    points: int = 0
    opponent: int | None = None
    side: Side | None = None
    games: tuple[int, int] | None = None
    rated: bool = True

    @property
    def is_played(self) -> bool:
        """Whether there was a game."""
        return self.kind is Kind.PLAYED


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who takes part.

    Attributes:
        number: their starting rank, from 1: the favourite has the lowest.
        name: what people call them.
        rating: what they are rated at the start; None without.
        rounds: what each round was for them, the first at index 0. All players have equally many.
        has_left: whether they are out, and not paired any more.
    """

    number: int
    name: str
    rating: int | None = None
    rounds: tuple[Entry, ...] = ()
    has_left: bool = False

    @property
    def points(self) -> int:
        """All that the rounds brought, in halves of a point."""
        return sum(entry.points for entry in self.rounds)


@dataclass(frozen=True, slots=True)
class Field:
    """All players by number, and how they play.

    Attributes:
        players: everybody who takes part or did, by number.
        planned: how many rounds there will be; None when that is open.
        scoring: what results are worth.
        predetermined: whether who meets whom was settled before the first round, as in a league or a group.
    """

    players: Mapping[int, Player]
    planned: int | None = None
    scoring: Scoring = field(default_factory=Scoring)
    predetermined: bool = False

    @property
    def finished(self) -> int:
        """How many rounds there are entries of; in the last one games may still be open."""
        return max((len(player.rounds) for player in self.players.values()), default=0)

    @property
    def started(self) -> int:
        """How many rounds there are without those at the end that are paired, but have no result of a game."""
        started = self.finished
        while started and self._only_paired(started - 1):
            started -= 1
        return started

    def _only_paired(self, index: int) -> bool:
        kinds = {player.rounds[index].kind for player in self.players.values()}
        return Kind.OPEN in kinds and not kinds & {Kind.PLAYED, Kind.FORFEIT}
