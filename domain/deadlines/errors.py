"""Refusals of the deadlines context."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.errors import Conflict


class NoCheckIn(Conflict):
    """Nobody has to check in for the match."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody can check in for this match now: its tournament has no check-in of matches, its sides are not"
            " both known, or it has begun."
        )


class CheckInOver(Conflict):
    """The deadline has come."""

    def __init__(self, deadline_at: datetime) -> None:
        super().__init__(
            f"The time to check in for this match was over at {deadline_at:%H:%M} UTC; ask an organizer or a referee."
        )


class CheckInNeeded(Conflict):
    """A side wants to play, and not both are there."""

    def __init__(self) -> None:
        super().__init__("Both sides have to check in with `checkInToMatch` before this match begins.")


class TablesInUse(Conflict):
    """The matches are called to tables, which is a check-in of its own."""

    def __init__(self) -> None:
        super().__init__("The matches of this tournament are called to tables, where sides answer with `answerCall`.")


class CheckInInUse(Conflict):
    """The matches have a check-in, so they are not called to tables as well."""

    def __init__(self) -> None:
        super().__init__(
            "The matches of this tournament have a check-in of their own; take it away with `setMatchDeadlines` first."
        )
