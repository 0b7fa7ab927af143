"""Refusals of matches."""

from __future__ import annotations

from domain.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from domain.matches.values import MatchStatus


class MatchNotFound(NotFound):
    """There is no such match."""

    def __init__(self) -> None:
        super().__init__("match")


class NotYourMatch(Forbidden):
    """The actor plays on neither side."""

    def __init__(self) -> None:
        super().__init__("Only the two sides of this match may do this: a player, or the captain of a team.")


class NotAnOfficial(Forbidden):
    """The actor is neither organizer nor referee of the event of the match."""

    def __init__(self) -> None:
        super().__init__("Only an organizer or a referee of this match may do this.")


class OwnMatch(Forbidden):
    """The actor is an official, and plays in the match."""

    def __init__(self) -> None:
        super().__init__("You play in this match, so another organizer or a referee has to decide it.")


class BothSides(Forbidden):
    """The actor stands for both sides and may act for neither."""

    def __init__(self) -> None:
        super().__init__("You stand for both sides of this match, so an organizer or a referee has to decide it.")


class NotInvited(Forbidden):
    """The actor is the side that invited."""

    def __init__(self) -> None:
        super().__init__("Only the side that was invited can answer; you can call the match off.")


class MatchNotReady(Conflict):
    """It is not known yet who plays."""

    def __init__(self) -> None:
        super().__init__("This match cannot be played yet: its two sides are not both known.")


class MatchOver(Conflict):
    """The match has been decided or called off."""

    def __init__(self) -> None:
        super().__init__("This match is over; an organizer can correct its result with `correctMatch`.")


class WrongMatchStatus(Conflict):
    """The step does not fit where the match is in its life."""

    def __init__(self, status: MatchStatus, needed: str) -> None:
        super().__init__(f"The match is {status.value}; this needs a match that is {needed}.")


class AlreadyReported(Conflict):
    """This side reported another result before."""

    def __init__(self) -> None:
        super().__init__(
            "You already reported a result of this match; ask the other side or an organizer to settle it."
        )


class OwnReport(Forbidden):
    """One side may not confirm what it reported itself."""

    def __init__(self) -> None:
        super().__init__("You reported this result yourself; the other side has to confirm it.")


class ImpossibleScore(InvalidInput):
    """No match of this length can end like this."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "scores")


class DrawNotPossible(InvalidInput):
    """The score is level, and somebody has to win this match."""

    def __init__(self) -> None:
        super().__init__(
            "This match cannot be drawn: play on, as in a tie-break game or penalties, and with the level score say who"
            " has won that.",
            "winnerSlot",
        )


class SameSides(InvalidInput):
    """Nobody plays against themselves."""

    def __init__(self) -> None:
        super().__init__("A match needs two different sides.", "opponent")
