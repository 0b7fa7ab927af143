"""Values of the games context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.participant import ParticipantKind


class OptionKind(StrEnum):
    """What a game of a match is played on or by."""

    MAP = "MAP"
    MODE = "MODE"
    DISCIPLINE = "DISCIPLINE"


class GameView(NamedTuple):
    """A game, without what can be played of it."""

    id: UUID
    slug: str
    name: str
    team_size: int


class GameRules(NamedTuple):
    """How matches of a game can be decided, what they measure, and what can be banned and picked for them."""

    id: UUID
    formats: Sequence[Mapping[str, Any]]
    stats: Sequence[Mapping[str, Any]]
    options: Sequence[Mapping[str, Any]]
    starting_sides: Sequence[Mapping[str, Any]]


class RatingView(NamedTuple):
    """What is believed of a competitor in a game."""

    game_id: UUID
    kind: ParticipantKind
    participant_id: UUID
    mu: float
    sigma: float
    ordinal: float
    matches: int
    wins: int


class Competitor(NamedTuple):
    """Who competes: a user or a team, by its key. This context never looks behind the key."""

    kind: ParticipantKind
    id: UUID
