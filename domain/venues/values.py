"""Values of the venues context."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

MAX_VENUES_PER_OWNER = 20
MAX_TABLES = 200
MAX_MANAGERS = 20


class TableStatus(StrEnum):
    """Whether matches may be called to a table. What is played on it is not its status: that follows from the calls."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Position(NamedTuple):
    """A place on the map, in degrees (WGS 84)."""

    latitude: float
    longitude: float


class VenueView(NamedTuple):
    """A venue. Either both degrees are known, or neither."""

    id: UUID
    slug: str
    name: str
    owner_id: UUID
    address: str | None
    latitude: float | None
    longitude: float | None
    created_at: datetime
    version: int

    @property
    def position(self) -> Position | None:
        """Where it is on the map, if that is known."""
        if self.latitude is None or self.longitude is None:
            return None
        return Position(self.latitude, self.longitude)


class TableView(NamedTuple):
    """A table of a venue. `name` None: people call it by its number."""

    id: UUID
    venue_id: UUID
    number: int
    name: str | None
    is_stream: bool
    is_accessible: bool
    status: TableStatus
    version: int
