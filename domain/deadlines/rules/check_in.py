"""Who loses a match for not having checked in, and when people are reminded to."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.deadlines.values import CheckInView

_REMINDED_BEFORE = timedelta(minutes=5)


def forfeiting(check_in: CheckInView, now: datetime) -> tuple[int, ...]:
    """The slots that lose because they have not checked in by the deadline; both, when nobody is there."""
    return check_in.absent if is_over(check_in, now) else ()


def is_over(check_in: CheckInView, now: datetime) -> bool:
    """Whether it is too late to check in: at the deadline it is."""
    return check_in.deadline_at is not None and now >= check_in.deadline_at


def reminder_at(since: datetime, deadline_at: datetime) -> datetime:
    """When to remind who has not checked in: five minutes before the deadline, or when half of a shorter time is over.

    `since` is when the deadline was set.
    """
    return deadline_at - min(_REMINDED_BEFORE, (deadline_at - since) / 2)
