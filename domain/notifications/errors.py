"""Refusals of the notifications context."""

from __future__ import annotations

from domain.kernel.errors import NotFound


class NotificationNotFound(NotFound):
    """There is no such notification, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("notification")
