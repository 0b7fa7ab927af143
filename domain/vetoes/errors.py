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
    """Every step of the veto is done, or those of the next game come when it is told who won the one before."""

    def __init__(self) -> None:
        super().__init__("Nothing is to be chosen now; a referee can take steps back with `undoVetoStep`.")


class VetoUnfinished(Conflict):
    """The sides have not settled yet what they play."""

    def __init__(self) -> None:
        super().__init__("It is not settled yet what is played; finish the veto of this match first.")


class GamesUntold(InvalidInput):
    """Who picks next follows from who won each game, and these are not told."""

    def __init__(self) -> None:
        super().__init__(
            "Here who won a game decides who picks the next one; tell each game so far in `games`.", "games"
        )


class VetoReplaced(Conflict):
    """The match has other sides now than those of the veto."""

    def __init__(self) -> None:
        super().__init__("The match has other sides now, who have a veto of their own; read the match again.")


class NothingToTakeBack(Conflict):
    """Nobody has chosen anything yet, or not for the game that is next."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing was chosen yet that can be taken back; where games were played, correct these with `updateScore`"
            " first."
        )


class OptionGone(Conflict):
    """The option was banned or picked before, or cannot be picked in this game."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was banned or picked already, or is out for this game; choose one of those that are left."
        )


class UnknownOption(InvalidInput):
    """The step cannot be done with that."""

    def __init__(self, known: str) -> None:
        super().__init__(f"Choose one of these: {known}.", "option")
