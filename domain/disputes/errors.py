"""Refusals of the disputes context."""

from __future__ import annotations

from domain.kernel.errors import Conflict, NotFound


class DisputeRoomNotFound(NotFound):
    """There is no such room, or the actor may not know of it."""

    def __init__(self) -> None:
        super().__init__("dispute room")


class NoOfficials(Conflict):
    """The match belongs to no tournament."""

    def __init__(self) -> None:
        super().__init__("This match is not part of a tournament, so it has no officials; settle it among yourselves.")


class DisputeRoomOpen(Conflict):
    """A referee was called already."""

    def __init__(self) -> None:
        super().__init__("The officials know of this match already; write to them with `postDisputeMessage`.")


class DisputeRoomClosed(Conflict):
    """The match is decided, or got other sides."""

    def __init__(self) -> None:
        super().__init__("This room is closed, because its match is decided; only officials can still write in it.")


class DisputeTaken(Conflict):
    """Another official works on it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} works on this dispute; take it over with `force` if you have agreed on that.")
