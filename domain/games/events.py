"""Facts of the games context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event


def ratings_topic(game_id: UUID) -> str:
    """Where is told that ratings of a game changed."""
    return f"ratings:{game_id}"


@dataclass(frozen=True, kw_only=True)
class RatingsChanged(Event):
    """A match changed what is believed of its sides, and of whoever met them later."""

    name: ClassVar[str] = "games.ratings_changed"

    game_id: UUID

    @property
    def subject(self) -> UUID:
        """The game."""
        return self.game_id

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the game's ratings."""
        return (ratings_topic(self.game_id),)
