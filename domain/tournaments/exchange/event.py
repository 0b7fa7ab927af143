"""An event in rounds as files tell it: who met whom, and what else they say of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.tournaments.rules.rounds import Field, Kind, Side

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_PLAYERS = 4_096
MAX_ROUNDS = 100
MAX_NUMBER = 9_999


class FileFormat(StrEnum):
    """How a file tells an event: the Tournament Report Files of FIDE of 2016 and 2026, or JSON of our own."""

    TRF16 = "TRF16"
    TRF26 = "TRF26"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Person:
    """What a file says of a player beside the results, as it is written there; "" where it is silent.

    `rank` is the place in the standings that the file states.
    """

    sex: str = ""
    title: str = ""
    federation: str = ""
    fide_id: str = ""
    birth: str = ""
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Acceleration:
    """Points, in halves, that the players from `first` to `last` are given for pairing in some rounds only."""

    points: int
    first_round: int
    last_round: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Players who may not be paired with each other in some rounds."""

    players: tuple[int, ...]
    first_round: int = 1
    last_round: int = MAX_ROUNDS


@dataclass(frozen=True, slots=True)
class Team:
    """A team and its players, in the order of the boards."""

    name: str
    players: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoundsEvent:
    """All that a file says of an event.

    Attributes:
        field: the players and their finished rounds.
        name: what the event is called.
        people: more of each player, by number.
        headers: other lines about the event, as their code and text, in the order of the file.
        first_side: the side of the favourite in the first round; None when it is open or seen from the results.
        ranked: whether the ranks of the file, not the numbers, are the order to pair by.
        absences: who will not be paired in rounds to come, by round, with what the round will be for them.
        forbidden: who may not meet.
        acceleration: points for pairing only.
        tiebreaks: the tie-breaks of the event, first to last, as the file names them.
        teams: the teams, if players have some.
    """

    field: Field
    name: str = ""
    people: Mapping[int, Person] = dataclasses.field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    first_side: Side | None = None
    ranked: bool = False
    absences: Mapping[int, Mapping[int, Kind]] = dataclasses.field(default_factory=dict)
    forbidden: tuple[Forbidden, ...] = ()
    acceleration: tuple[Acceleration, ...] = ()
    tiebreaks: tuple[str, ...] = ()
    teams: tuple[Team, ...] = ()
