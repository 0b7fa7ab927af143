"""When one can register and check in."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.errors import InvalidInput

_STOPPED = "The organizers have closed registration."


def registration_problem(
    now: datetime, opens_at: datetime | None, closes_at: datetime | None, starts_at: datetime, *, is_stopped: bool
) -> str | None:
    """Why nobody can register now; None when they can. Without an end of its own, registration ends at the start."""
    end = closes_at or starts_at
    if is_stopped:
        return _STOPPED
    if opens_at and now < opens_at:
        return f"Registration opens at {_shown(opens_at)}."
    if now >= end:
        return f"Registration closed at {_shown(end)}."
    return None


def late_entry_problem(*, is_stopped: bool) -> str | None:
    """Why nobody can enter an event now that takes people while it runs; None when they can."""
    return _STOPPED if is_stopped else None


def check_in_problem(
    now: datetime, opens_at: datetime | None, closes_at: datetime | None, starts_at: datetime
) -> str | None:
    """Why nobody can check in now; None when they can. Without an end of its own, check-in ends at the start."""
    end = closes_at or starts_at
    if opens_at is None:
        return "This tournament has no check-in."
    if now < opens_at:
        return f"Check-in opens at {_shown(opens_at)}."
    if now >= end:
        return f"Check-in closed at {_shown(end)}."
    return None


def require_windows(
    starts_at: datetime,
    registration: tuple[datetime | None, datetime | None],
    check_in: tuple[datetime | None, datetime | None],
) -> None:
    """Refuse windows that end before they begin, or a check-in that can only end.

    Raises:
        InvalidInput: with the field that is wrong.
    """
    for (opens_at, closes_at), field in ((registration, "registrationClosesAt"), (check_in, "checkInClosesAt")):
        if opens_at and opens_at >= (closes_at or starts_at):
            raise InvalidInput("A window has to end after it begins, and by the start at the latest.", field)
        if closes_at and closes_at > starts_at:
            raise InvalidInput("A window has to end by the start of the tournament.", field)
    if check_in[1] and not check_in[0]:
        raise InvalidInput("A check-in that closes also has to open.", "checkInOpensAt")


def _shown(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC")
