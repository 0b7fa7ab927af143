"""Scores as texts, such as `2-1` for games won, or `2-1,0-2,2-0` for sets."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The longest match the platform knows is a best of 99.
_MOST_WINS = 50
_MOST_POINTS = 1_000_000
_SET = re.compile(r"(-?\d{1,9})\s*-\s*(-?\d{1,9})")


@dataclass(frozen=True, slots=True)
class Score:
    """What either side has, such as games won, and the points of each game where they are known.

    `tiebreak_winner` is the side that won what decided a level score, such as penalties; None when it is not level.
    """

    sides: tuple[int, int]
    points: tuple[tuple[int, int], ...] = ()
    tiebreak_winner: int | None = None

    @property
    def winner(self) -> int:
        """The side that won: 0 or 1."""
        return int(self.sides[0] < self.sides[1]) if self.tiebreak_winner is None else self.tiebreak_winner


def read_score(text: str) -> Score | None:
    """The games won that a text tells. None when nobody won by play: nothing, a tie, or negative numbers.

    Raises:
        ValueError: it is not a score.
    """
    sets = [_pair(part.strip()) for part in text.split(",") if part.strip()]
    if not sets or any(min(pair) < 0 for pair in sets):
        return None
    if len(sets) == 1 and max(sets[0]) <= _MOST_WINS:
        return None if sets[0][0] == sets[0][1] else Score(sets[0])
    wins = sum(first > second for first, second in sets), sum(first < second for first, second in sets)
    if wins[0] == wins[1] or max(wins) > _MOST_WINS:
        return None
    has_ties = sum(wins) != len(sets)
    return Score(wins, () if has_ties or max(map(max, sets)) > _MOST_POINTS else tuple(sets))


def _pair(text: str) -> tuple[int, int]:
    found = _SET.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]), int(found[2])
