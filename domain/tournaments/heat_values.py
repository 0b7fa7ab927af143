"""Enums and value objects of heats. Pure; a `HeatState` also travels inside facts and the history of an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.kernel.scoring import MatchScoring
from domain.tournaments.values import Effect, Placement


class Cut(StrEnum):
    """Who goes on from a round. HEAT: the best of each heat. OVERALL: as many, but the best of all heats together."""

    HEAT = "HEAT"
    OVERALL = "OVERALL"


@dataclass(frozen=True, slots=True)
class FreeForAll:
    """How a free-for-all is played.

    Attributes:
        heat_size: how many play in a heat at most.
        advancing: how many go on for each heat: at least one, at most half of `heat_size`, so that every round but the
            last leaves fewer.
        points: what the places of a game are worth, the first place first; further places are worth nothing.
        per_score: what each unit of the score (kills, laps, goals) is worth besides.
        cut: who goes on.
        games: how many games each heat plays; their points add up.
    """

    heat_size: int
    advancing: int
    points: tuple[int, ...]
    per_score: int = 0
    cut: Cut = Cut.HEAT
    games: int = 1

    @property
    def best_of(self) -> int:
        """1: it has heats instead of matches, each with games of its own."""
        return 1

    @property
    def scoring(self) -> MatchScoring:
        """The usual one, of no meaning without matches: heats have points for places and scores."""
        return MatchScoring.BEST_OF

    @property
    def round_formats(self) -> tuple[()]:
        """None: it has no rounds of matches."""
        return ()


@dataclass(frozen=True, slots=True)
class Reached:
    """What somebody reached in a game: the place, which those who are level share (1, 2, 2, 4), and the score.

    Those who were absent, but are still in the heat, share the place behind everybody who was there; it is worth
    nothing.
    """

    place: int
    score: int = 0
    is_absent: bool = False


Games = tuple[Reached, ...]
"""What somebody reached in each game of a heat, as long as they took part."""


class HeatStatus(StrEnum):
    """Where a heat is in its life.

    READY: drawn, and nothing of it is reported. LIVE: some of its games are. FINISHED: all are, or nobody is left to
    play. SET_ASIDE: a correction has taken it back; nobody is in it unless its round is drawn again.
    """

    READY = "READY"
    LIVE = "LIVE"
    FINISHED = "FINISHED"
    SET_ASIDE = "SET_ASIDE"


OPEN_HEATS = frozenset({HeatStatus.READY, HeatStatus.LIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSeat:
    """Somebody in a heat.

    `place` is the place in the heat so far, which equals share; None until a game is reported. `is_through` is None
    until the round is over.
    """

    entrant_id: UUID
    name: str
    seed: int
    games: Games
    points: int
    place: int | None
    has_left: bool
    is_through: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatState:
    """A heat at a version, with everybody in it by seed. `stage` is the number of its stage, whose `terms` hold."""

    id: UUID
    tournament_id: UUID
    stage_id: UUID
    stage: int
    round: int
    number: int
    status: HeatStatus
    version: int
    finished_at: datetime | None
    terms: FreeForAll
    seats: tuple[HeatSeat, ...]


@dataclass(frozen=True, slots=True)
class HeatStanding:
    """Where somebody stands in a free-for-all: the seat in each heat that they are in, by rounds, with the heat.

    `placement` is None while they play on.
    """

    seed: int
    entrant_id: UUID
    placement: Placement | None
    seats: tuple[tuple[HeatState, HeatSeat], ...]


class HeatView(NamedTuple):
    """The row of a heat."""

    id: UUID
    tournament_id: UUID
    stage_id: UUID
    round: int
    number: int
    status: HeatStatus
    version: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatEffect:
    """What a correction does to a later heat; `before` and `after` are the entrants in it, nobody while it is set
    aside.

    `is_play_set_aside` says whether games of it had been reported that do not count any more, so that `force` is
    needed.
    """

    heat_id: UUID
    effect: Effect
    is_play_set_aside: bool
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
