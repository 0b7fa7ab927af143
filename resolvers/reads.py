"""What an answer was made of, for whoever keeps it and has to hear when it is old."""

from __future__ import annotations

from collections.abc import Collection


class Reads:
    """What one request has read.

    Attributes:
        topics: where the bus tells of the changes of it.
        is_told: whether it tells of all of them. What does not say where it is told makes this False.
    """

    __slots__ = ("is_told", "topics")

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.is_told = True

    def add(self, topics: Collection[str] | None) -> None:
        """Note something that was read, whose changes are told on these topics: none, when it never changes; None,
        when nothing tells of them.
        """
        if topics is None:
            self.is_told = False
        else:
            self.topics.update(topics)
