"""Refusals of the games context."""

from __future__ import annotations

from domain.kernel.errors import NotFound


class GameNotFound(NotFound):
    """There is no such game in the catalogue."""

    def __init__(self) -> None:
        super().__init__("game")
