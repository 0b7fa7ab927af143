"""Values of the disputes context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

MAX_TEXT = 2000
MAX_LINKS = 5
MAX_LINK = 1000
# What each side, and the officials together, may write into one room.
MAX_ENTRIES_OF_ONE = 200


class DisputeEntryKind(StrEnum):
    """What an entry of a dispute room tells.

    OPENED: why a side disputes a result or calls a referee. MESSAGE: somebody wrote. TAKEN: an official works on it.
    CLOSED: the match is decided, or got other sides.
    """

    OPENED = "OPENED"
    MESSAGE = "MESSAGE"
    TAKEN = "TAKEN"
    CLOSED = "CLOSED"


class DisputeRoomView(NamedTuple):
    """The conversation about a match between two sides. `closed_at` None: it is open; `taken_by_id` None: by nobody."""

    id: UUID
    match_id: UUID
    tournament_id: UUID
    first_id: UUID
    second_id: UUID
    opened_at: datetime
    closed_at: datetime | None
    taken_by_id: UUID | None
    taken_at: datetime | None
    entry_count: int

    @property
    def sides(self) -> tuple[UUID, UUID]:
        """The users or teams that it is between, by slot."""
        return self.first_id, self.second_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEntry:
    """An entry of a room. `sequence` counts from 1 without a gap.

    `author_id` None: the system. `slot` is the side that the author plays for; None: an official, or the system.
    """

    id: UUID
    sequence: int
    kind: DisputeEntryKind
    at: datetime
    author_id: UUID | None
    slot: int | None
    text: str | None
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in a room: the sides they play for or lead, and whether they are an official of it."""

    slots: tuple[int, ...]
    is_official: bool

    @property
    def may_see(self) -> bool:
        """Whether they may know of it."""
        return self.is_official or bool(self.slots)


@dataclass(frozen=True, slots=True)
class SeenRoom:
    """A room, and what whoever sees it is in it."""

    view: DisputeRoomView
    standing: Standing
