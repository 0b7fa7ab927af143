"""What several mutations of matches say and read the same way."""

from __future__ import annotations

from uuid import UUID

from domain.kernel.ids import key_of

MATCH = "The match."
SCORES = "The games won by slot 0 and by slot 1."
GAMES = "The points of each game, of slot 0 and of slot 1."
VERSION = "The version of the match the client saw."


def match_key(match_id: str) -> UUID:
    """The key of the match that an input names."""
    return key_of(match_id, "Match", "matchId")
