"""Refusals of the vetoes context."""

from __future__ import annotations

from domain.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class VetoNotFound(NotFound):
    """There is no such veto."""

    def __init__(self) -> None:
        super().__init__("veto")


class NotYourTurn(Forbidden):
    """It is the turn of the other side."""

    def __init__(self) -> None:
        super().__init__("It is the turn of the other side; wait until they have chosen.")


class VetoOver(Conflict):
    """Every step of the veto is done."""

    def __init__(self) -> None:
        super().__init__("This veto is over; a referee can take steps back with `undoVetoStep`.")


class VetoUnfinished(Conflict):
    """The sides have not settled yet what they play."""

    def __init__(self) -> None:
        super().__init__("It is not settled yet what is played; finish the veto of this match first.")


class VetoReplaced(Conflict):
    """The match has other sides now than those of the veto."""

    def __init__(self) -> None:
        super().__init__("The match has other sides now, who have a veto of their own; read the match again.")


class NothingToTakeBack(Conflict):
    """Nobody has chosen anything yet."""

    def __init__(self) -> None:
        super().__init__("Nothing was chosen in this veto yet, so nothing can be taken back.")


class OptionGone(Conflict):
    """The option was banned or picked before."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was banned or picked already; choose one of those that are left.")


class UnknownOption(InvalidInput):
    """The step cannot be done with that."""

    def __init__(self, known: str) -> None:
        super().__init__(f"Choose one of these: {known}.", "option")
