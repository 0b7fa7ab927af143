"""Facts of the disputes context. The subject of each is the tournament."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.disputes.values import DisputeEntry
from domain.kernel.events import Event


def dispute_topic(room_id: UUID) -> str:
    """Where those who may see a room listen."""
    return f"dispute:{room_id}"


@dataclass(frozen=True, kw_only=True)
class _DisputeFact(Event):
    # `sides` are the users or teams that the room is between, by slot.
    tournament_id: UUID
    match_id: UUID
    room_id: UUID
    sides: tuple[UUID, UUID]
    entry: DisputeEntry

    @property
    def subject(self) -> UUID:
        """The tournament."""
        return self.tournament_id


@dataclass(frozen=True, kw_only=True)
class DisputeEntryAdded(_DisputeFact):
    """A room has a new entry."""

    name: ClassVar[str] = "disputes.entry_added"

    @property
    def topics(self) -> tuple[str, ...]:
        """Those who follow this room."""
        return (dispute_topic(self.room_id),)


@dataclass(frozen=True, kw_only=True)
class RefereeCalled(_DisputeFact):
    """A side called a referee, in a match whose result is not disputed."""

    name: ClassVar[str] = "disputes.referee_called"
