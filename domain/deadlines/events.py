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
class CheckInSoonOver(_DeadlineFact):
    """It is time to remind who has not checked in by then, if that is still the deadline."""

    name: ClassVar[str] = "deadlines.check_in_soon_over"
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class CheckInTimeEnded(_DeadlineFact):
    """What was the deadline of a check-in when it was set has come."""

    name: ClassVar[str] = "deadlines.check_in_time_ended"
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConfirmationTimeEnded(_DeadlineFact):
    """The time to answer the result that a match had reported at a version is over."""

    name: ClassVar[str] = "deadlines.confirmation_time_ended"
    version: int
    at: datetime
