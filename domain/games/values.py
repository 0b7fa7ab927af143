"""Values of the games context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.participant import ParticipantKind


class GameView(NamedTuple):
    """A game, without what can be played of it."""

    id: UUID
    slug: str
    name: str
    team_size: int


class GameRules(NamedTuple):
    """How matches of a game can be decided, and what they measure."""

    id: UUID
    formats: Sequence[Mapping[str, Any]]
    stats: Sequence[Mapping[str, Any]]


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
