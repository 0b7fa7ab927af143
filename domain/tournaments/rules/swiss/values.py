"""What a Swiss round is asked with, and what the answer says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.tournaments.rules.rounds import Kind, Side
from domain.tournaments.values import Float


class Method(StrEnum):
    """Who meets whom among 2k players with equally many points, ranked from 1.

    FOLD: 1 and 2k, 2 and 2k - 1. SLIDE: 1 and k + 1, 2 and k + 2. ADJACENT: 1 and 2, 3 and 4.
    """

    FOLD = "FOLD"
    SLIDE = "SLIDE"
    ADJACENT = "ADJACENT"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a round is paired by, beside the rounds before it.

    Attributes:
        method: who meets whom among players with equally many points.
        forbidden: numbers of which no two are ever to meet, such as those of one club.
        byes: who sits out this round, as agreed, and what it will be for them.
        extra: points, in halves, that count for the pairing of this round only.
        ranks: the order among players with equally many points, by number; without it, their numbers are.
        wins_to_advance: who has won as many rounds is through and plays no more; None: everybody plays on.
        losses_to_leave: who has lost as many rounds is out; None: everybody plays on.
        first_side: the side of the favourite in the first round, where sides matter.
    """

    method: Method = Method.SLIDE
    forbidden: frozenset[frozenset[int]] = frozenset()
    byes: Mapping[int, Kind] = field(default_factory=dict)
    extra: Mapping[int, int] = field(default_factory=dict)
    ranks: Mapping[int, int] = field(default_factory=dict)
    wins_to_advance: int | None = None
    losses_to_leave: int | None = None
    first_side: Side = Side.FIRST


class SideReason(StrEnum):
    """What decided who has the first side, the weightiest first.

    THIRD_IN_A_ROW: otherwise somebody would have one side three times in a row. BALANCE: somebody had one side more
    often than the other. ALTERNATION: somebody would have the same side again. HISTORY: the other way round than in the
    last round in which the two had different sides. RANK: both are due the same side, and the one ranked higher has it.
    NUMBER: nobody has had a side yet; odd and even numbers take turns.
    """

    THIRD_IN_A_ROW = "THIRD_IN_A_ROW"
    BALANCE = "BALANCE"
    ALTERNATION = "ALTERNATION"
    HISTORY = "HISTORY"
    RANK = "RANK"
    NUMBER = "NUMBER"


class Relaxation(StrEnum):
    """What was allowed because no round without it was left. Forbidden pairs are never allowed."""

    REMATCH = "REMATCH"
    SECOND_BYE = "SECOND_BYE"


class Exit(StrEnum):
    """Why somebody plays no more. ADVANCED and ELIMINATED: by their wins or losses. LEFT: by their own will."""

    ADVANCED = "ADVANCED"
    ELIMINATED = "ELIMINATED"
    LEFT = "LEFT"


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the two at a board.

    Attributes:
        number: who it is.
        points: what they are paired by, in halves of a point: their score group.
        floated: whether the opponent is of another score group; None when not.
        is_repeated: whether they floated in the same direction in the round before.
    """

    number: int
    points: int
    floated: Float | None = None
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """Two who play each other.

    Attributes:
        first: has the first side where sides matter; otherwise the one ranked higher.
        second: the other one.
        side_reason: what decided the sides; None where they do not matter, and where a table gives them.
        meetings: how often the two have played each other before.
        last_met: the round of the last time, from 1; None when they have not met.
    """

    first: Seat
    second: Seat
    side_reason: SideReason | None = None
    meetings: int = 0
    last_met: int | None = None

    @property
    def seats(self) -> tuple[Seat, Seat]:
        """Both."""
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class Bye:
    """Somebody who sits out.

    Attributes:
        number: who it is.
        points: their score group, in halves of a point.
        kind: what the round will be for them. PAIRING_BYE: the number of players is odd, and of those who may have the
            bye they have the fewest points, then the fewest rounds without a game. All others were agreed.
        earlier: how often they had the points of a win without a game before. Only counted for PAIRING_BYE.
    """

    number: int
    points: int
    kind: Kind
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class PairedRound:
    """A round, paired.

    Attributes:
        number: from 1.
        boards: who plays whom, the best board first.
        byes: who sits out; the one for whom nobody was left comes first.
        relaxed: what had to be allowed.
        exits: who plays no more, and why.
    """

    number: int
    boards: tuple[Board, ...]
    byes: tuple[Bye, ...] = ()
    relaxed: tuple[Relaxation, ...] = ()
    exits: Mapping[int, Exit] = field(default_factory=dict)


class End(StrEnum):
    """Why there is no next round: all that were planned are over, or fewer than two play on."""

    ALL_PLAYED = "ALL_PLAYED"
    TOO_FEW = "TOO_FEW"


@dataclass(frozen=True, slots=True)
class EventOver:
    """There is no next round.

    Attributes:
        after: how many rounds there were.
        reason: why it ends.
        exits: who had left the pairings before, and why.
    """

    after: int
    reason: End
    exits: Mapping[int, Exit]
