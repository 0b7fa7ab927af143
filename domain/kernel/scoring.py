"""How a match is scored."""

from __future__ import annotations

from enum import StrEnum


class MatchScoring(StrEnum):
    """What the two scores of a match count, and when it is over.

    BEST_OF: games won, until one side has more than half of them. PLAY_ALL: games won when all of them are played; a
    drawn game counts for neither side. POINTS: what each side made in its one game, such as goals or points.
    """

    BEST_OF = "BEST_OF"
    PLAY_ALL = "PLAY_ALL"
    POINTS = "POINTS"
