"""Facts of the deadlines context. The subject of each is the tournament."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.deadlines.values import CheckInView
from domain.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _DeadlineFact(Event):
    tournament_id: UUID
    match_id: UUID

    @property
    def subject(self) -> UUID:
        """The tournament."""
        return self.tournament_id


@dataclass(frozen=True, kw_only=True)
class CheckInOpened(_DeadlineFact):
    """Both sides of a match have to check in."""

    name: ClassVar[str] = "deadlines.check_in_opened"
    check_in: CheckInView


@dataclass(frozen=True, kw_only=True)
class _CheckInTime(_DeadlineFact):
    """An instant before which a check-in may have changed: `key` and `deadline_at` are what it was meant for."""

    key: UUID
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class CheckInSoonOver(_CheckInTime):
    """It is time to remind who has not checked in."""

    name: ClassVar[str] = "deadlines.check_in_soon_over"


@dataclass(frozen=True, kw_only=True)
class CheckInTimeEnded(_CheckInTime):
    """The time to check in is over."""

    name: ClassVar[str] = "deadlines.check_in_time_ended"


@dataclass(frozen=True, kw_only=True)
class ConfirmationTimeEnded(_DeadlineFact):
    """The time to answer the result that a match had reported at a version is over."""

    name: ClassVar[str] = "deadlines.confirmation_time_ended"
    version: int
    at: datetime
