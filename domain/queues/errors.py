"""Refusals of the queues context."""

from __future__ import annotations

from domain.kernel.errors import Conflict, Forbidden, NotFound
from domain.queues.values import CallStatus


class CallNotFound(NotFound):
    """There is no such call."""

    def __init__(self) -> None:
        super().__init__("call")


class NotYourCall(Forbidden):
    """The actor plays on neither side of the match that was called, or answers for the other one."""

    def __init__(self) -> None:
        super().__init__("Only who plays in this match, each for their own side, and an organizer may do this.")


class NoTables(Conflict):
    """The tournament is not held at a venue."""

    def __init__(self) -> None:
        super().__init__("This tournament has no tables yet; give it some with `setTournamentTables`.")


class CallIsOver(Conflict):
    """The match is not called any more."""

    def __init__(self, status: CallStatus, needed: str) -> None:
        super().__init__(f"This call is {status.value}; this needs one that is {needed}.")
        self.status = status


class TableTaken(Conflict):
    """Another match is at the table."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Another match is at table {number}; choose a free one.")
        self.number = number


class TableIsClosed(Conflict):
    """Nobody is called to the table."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Table {number} is closed; open it or choose another.")
        self.number = number


class PlayerIsBusy(Conflict):
    """Somebody of the match plays or was called somewhere else."""

    def __init__(self) -> None:
        super().__init__("Somebody of this match plays or was called to another one; wait until that is over.")


class NotToBePlayed(Conflict):
    """The match is not open: its sides are not both known, or it is over."""

    def __init__(self) -> None:
        super().__init__("This match cannot be played now: its sides are not both known, or it is over.")
