"""How matches are scored."""

from __future__ import annotations

from domain.kernel import scoring
from schema.fields import enum_type

MatchScoring = scoring.MatchScoring
DRAWS = "Whether a level score stands as a draw, where the scoring can give one. Otherwise the sides play on."
enum_type(
    MatchScoring,
    {
        "BEST_OF": "The games won, until one side has more than half of them. There is no draw.",
        "PLAY_ALL": (
            "The games won when all of them are played. A drawn game counts for neither side: a drawn game of chess is"
            " PLAY_ALL of 1 game with the scores 0 and 0."
        ),
        "POINTS": "What each side made in the one game that is played, such as goals or points, 0 to 1,000,000.",
    },
)
