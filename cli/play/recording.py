"""Recorded events: who played whom, linked how, with which result. Pure; `files` reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cli.play.scores import Score
from domain.kernel.scoring import MatchScoring


class InvalidRecording(Exception):
    """The recording cannot be played. `place` is where in it, such as `match 'B', p1_from`; empty: as a whole."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)


@dataclass(frozen=True, slots=True)
class FromMatch:
    """A side that comes out of another match, as its winner or as its loser."""

    key: str
    is_winner: bool


Source = int | FromMatch
"""Where a side comes from: a seed, or another match."""


@dataclass(frozen=True, slots=True)
class RecordedMatch:
    """A match as it was played.

    `round` is None when the file does not tell it. `seeds` are its two sides and `winner` the one that won; None for
    a second final that was not played. `score` is None when there was no play, or none that supports the winner.
    `games` is how many the match had at most, where its score does not tell that.
    """

    key: str
    round: int | None
    sources: tuple[Source, Source]
    seeds: tuple[int, int]
    winner: int | None
    score: Score | None
    games: int | None = None

    @property
    def best_of(self) -> int | None:
        """How many games it had at most, as far as that is told."""
        return self.games if self.games is not None or self.score is None else 2 * max(self.score.sides) - 1


@dataclass(frozen=True, slots=True)
class Recording:
    """An event as it was played: its matches in an order in which they can be played, and the rank of each seed.

    `scoring` says what the scores of its matches count.
    """

    entrants: int
    matches: Sequence[RecordedMatch]
    ranks: Mapping[int, int]
    scoring: MatchScoring = MatchScoring.BEST_OF
