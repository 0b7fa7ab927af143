"""Facts of the venues context. The subject of each is the venue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event


def venue_topic(venue_id: UUID) -> str:
    """Where is told whatever changes about a venue and its tables."""
    return f"venue:{venue_id}"


@dataclass(frozen=True, kw_only=True)
class _VenueFact(Event):
    venue_id: UUID

    @property
    def subject(self) -> UUID:
        """The venue."""
        return self.venue_id

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the venue."""
        return (venue_topic(self.venue_id),)


@dataclass(frozen=True, kw_only=True)
class VenueChanged(_VenueFact):
    """What a venue is called, where it is, or who manages it changed."""

    name: ClassVar[str] = "venues.venue_changed"


@dataclass(frozen=True, kw_only=True)
class TableChanged(_VenueFact):
    """A table was added, or something about it changed."""

    name: ClassVar[str] = "venues.table_changed"
    table_id: UUID
