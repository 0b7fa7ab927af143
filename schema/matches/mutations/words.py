"""What several mutations of matches say and read the same way."""

from __future__ import annotations

from uuid import UUID

from domain.kernel.ids import key_of

MATCH = "The match."
SCORES = "The scores of slot 0 and of slot 1: the games won, or with POINTS what was made."
TIEBREAK_WINNER = (
    "After level scores where the match cannot be drawn, the slot that won what decided it, such as penalties or a"
    " tie-break game. Null otherwise."
)
GAMES = "The points of each game, of slot 0 and of slot 1. Null: as told before, if that makes the scores."
VERSION = "The version of the match the client saw."


def match_key(match_id: str) -> UUID:
    """The key of the match that an input names."""
    return key_of(match_id, "Match", "matchId")
