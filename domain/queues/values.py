"""Values of the queues context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

MIN_ANSWER_S = 30
MAX_ANSWER_S = 3600
DEFAULT_ANSWER_S = 300

# A match that was called so often without both sides being there is called again only by an organizer.
MAX_VAIN_CALLS = 3


class NoShow(StrEnum):
    """What happens when a call is not answered in time. The organizers are told in any case.

    REPORT: the table waits on, until an organizer decides. REQUEUE: the table goes to others, and the match waits
    again. FORFEIT: the side that was there goes on without play; when neither was, it is as with REQUEUE.
    """

    REPORT = "REPORT"
    REQUEUE = "REQUEUE"
    FORFEIT = "FORFEIT"


class CallStatus(StrEnum):
    """Where a call is: waiting for answers, being played, or over."""

    CALLED = "CALLED"
    PLAYING = "PLAYING"
    OVER = "OVER"


class CallEnding(StrEnum):
    """Why a call is over.

    DECIDED: its match or heat is. EXPIRED: it was not answered. FREED: an organizer ended it. CHANGED: its match or
    heat got other sides, or is not to be played now.
    """

    DECIDED = "DECIDED"
    EXPIRED = "EXPIRED"
    FREED = "FREED"
    CHANGED = "CHANGED"


class Side(NamedTuple):
    """Who plays on one side: a user, a team or a guest."""

    participant_id: UUID
    is_guest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """A match or a heat as a queue sees it, with the sides that are known. `best_of` is how many games a heat has."""

    id: UUID
    is_heat: bool
    is_ready: bool
    best_of: int
    sides: tuple[Side, ...]

    @property
    def participants(self) -> list[UUID]:
        """The keys of its sides."""
        return [side.participant_id for side in self.sides]


class QueueView(NamedTuple):
    """How a tournament is played at a venue. Its key is that of the tournament."""

    id: UUID
    venue_id: UUID
    is_automatic: bool
    answer_s: int
    no_show: NoShow
    change_count: int


class CallView(NamedTuple):
    """A match or a heat that was called. `table_id` None: it is played somewhere else."""

    id: UUID
    tournament_id: UUID
    match_id: UUID | None
    table_id: UUID | None
    best_of: int
    called_at: datetime
    answer_by: datetime
    first_answered_at: datetime | None
    second_answered_at: datetime | None
    expired_at: datetime | None
    begun_at: datetime | None
    ended_at: datetime | None
    ending: CallEnding | None
    heat_id: UUID | None = None

    @property
    def played_id(self) -> UUID:
        """The match or the heat."""
        key = self.match_id or self.heat_id
        assert key is not None
        return key

    @property
    def status(self) -> CallStatus:
        """Where it is."""
        if self.ended_at is not None:
            return CallStatus.OVER
        return CallStatus.CALLED if self.begun_at is None else CallStatus.PLAYING

    @property
    def answered(self) -> tuple[bool, bool]:
        """Which of the two sides said that they are there."""
        return self.first_answered_at is not None, self.second_answered_at is not None
