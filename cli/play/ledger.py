"""What a subscriber of an event has seen, and what it can tell is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from cli.play.client import Answer

# The start of an event makes its matches at this version; what is told of them begins with the next one.
_FIRST_VERSION = 1


class Ledger:
    """Counts changes, and every one that was missing, came twice or came in the wrong order.

    Attributes:
        cursor: that of the last message; None before the first.
        changes: how many changes arrived, of matches and of the event itself.
        gaps: how many did not arrive as they should.
    """

    def __init__(self) -> None:
        self.cursor: int | None = None
        self.changes = 0
        self.gaps = 0
        self._versions: dict[str, int] = {}

    def take(self, message: Answer) -> None:
        """Note a message of the stream."""
        kind = message["__typename"]
        if kind == "BracketSnapshot":
            self._take_snapshot(message)
        elif kind == "Resync":
            # Something was lost. How much shows when the snapshot comes, but it is one at least.
            self.gaps += 1
        else:
            self._take_change(message)

    def close(self, cursor: int, versions: Mapping[str, int]) -> None:
        """Note the state at the end, and count what never arrived."""
        self.gaps += max(0, cursor - (self.cursor or 0))
        self.gaps += sum(self._versions.get(key, _FIRST_VERSION) != version for key, version in versions.items())

    def _take_snapshot(self, message: Answer) -> None:
        cursor = int(message["cursor"])
        if self.cursor is not None:
            self.gaps += abs(cursor - self.cursor)
        self.cursor = cursor
        rounds = [] if message["bracket"] is None else message["bracket"]["rounds"]
        self._versions = {match["id"]: match["version"] for round_ in rounds for match in round_["matches"]}

    def _take_change(self, message: Answer) -> None:
        self.changes += 1
        cursor = int(message["cursor"])
        self.gaps += cursor != (self.cursor or 0) + 1
        self.cursor = cursor
        if message["__typename"] == "MatchChanged":
            key, version = message["match"]["id"], message["match"]["version"]
            self.gaps += version != self._versions.get(key, _FIRST_VERSION) + 1
            self._versions[key] = version
