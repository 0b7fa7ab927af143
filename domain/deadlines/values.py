"""Values of the deadlines context."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

MIN_MINUTES = 1
MAX_CHECK_IN_MINUTES = 24 * 60
MAX_CONFIRMATION_MINUTES = 7 * 24 * 60
MAX_OVERDUE_MINUTES = 7 * 24 * 60
MAX_ATTENTION = 50


class DeadlinesView(NamedTuple):
    """What is due in the matches of a tournament, in minutes; None: nothing. Its key is that of the tournament."""

    id: UUID
    check_in_minutes: int | None
    confirmation_minutes: int | None


class CheckInView(NamedTuple):
    """The check-in of a match between its present sides. `deadline_at` None: nobody loses for not being there."""

    match_id: UUID
    tournament_id: UUID
    opened_at: datetime
    deadline_at: datetime | None
    first_checked_in_at: datetime | None
    second_checked_in_at: datetime | None

    @property
    def checked_in_at(self) -> tuple[datetime | None, datetime | None]:
        """Since when each side is there; None: it is not."""
        return self.first_checked_in_at, self.second_checked_in_at

    @property
    def absent(self) -> tuple[int, ...]:
        """The slots that have not checked in."""
        return tuple(slot for slot, at in enumerate(self.checked_in_at) if at is None)


class ConfirmationView(NamedTuple):
    """When the result that a match had reported at a version is confirmed by itself."""

    match_id: UUID
    version: int
    confirms_at: datetime


class AttentionReason(StrEnum):
    """Why officials should look at a match.

    DISPUTED: its sides disagree. UNCONFIRMED: nobody has answered a reported result for long. WITHOUT_REPORT: it has
    been played for long, and nobody has reported a result.
    """

    DISPUTED = "DISPUTED"
    UNCONFIRMED = "UNCONFIRMED"
    WITHOUT_REPORT = "WITHOUT_REPORT"
