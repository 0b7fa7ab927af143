"""What happens next in a match of the demo.

Pure: the same match at the same score always goes on in the same way, so that a demo plays on after an interruption as
if nothing had been.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

from cli.play.client import Answer

_DISPUTED = 0.05
_COMMENTED = 0.1
# What a seed is worth: the chance of the better one to win a game, per place between them, and at most.
_EDGE, _MOST = 0.006, 0.78

_COMMENTS = (
    "What a save.",
    "That was close.",
    "They have found their rhythm.",
    "A time-out; both sides talk it over.",
    "The crowd is on its feet.",
    "Nobody saw that coming.",
    "A calm finish under pressure.",
    "One more of these and it is over.",
    "They changed their line-up of the last game.",
    "Overtime again.",
)
_REASONS = (
    "The last game was restarted after a crash; the first try counts.",
    "One of our players was dropped from the last game.",
    "We have the last game down the other way around.",
)
_DECISION = "Decided from the recording of the last game."


class Act(Enum):
    """What somebody does with a match."""

    START = "start"
    SCORE = "score"
    REPORT = "report"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Step:
    """The next act: of the side in `slot`, or of the organizer when it is None. A `comment` comes before it."""

    act: Act
    slot: int | None
    scores: tuple[int, int] = (0, 0)
    text: str = ""
    comment: str = ""


def next_step(match: Answer, seed: int) -> Step | None:
    """The next act in a match; None when nothing is to be done in it now."""
    first, second = (slot["score"] or 0 for slot in match["slots"])
    about = f"{seed} {match['id']}"
    speaker = random.Random(about).randrange(2)  # noqa: S311  (a play, not a secret)
    chance = random.Random(f"{about} {match['status']} {first}:{second}")  # noqa: S311
    status = match["status"]
    if status == "READY":
        return Step(Act.START, speaker)
    if status == "LIVE":
        comment = chance.choice(_COMMENTS) if chance.random() < _COMMENTED else ""
        if max(first, second) > match["bestOf"] // 2:
            return Step(Act.REPORT, speaker, (first, second), comment=comment)
        return Step(Act.SCORE, speaker, _after_a_game(match, (first, second), chance), comment=comment)
    if status == "REPORTED":
        other = 1 - int(match["report"]["slot"])
        is_disputed = chance.random() < _DISPUTED
        return Step(Act.DISPUTE, other, text=chance.choice(_REASONS)) if is_disputed else Step(Act.CONFIRM, other)
    if status == "DISPUTED":
        first, second = match["report"]["scores"]
        return Step(Act.DECIDE, None, (first, second), _DECISION)
    return None


def _after_a_game(match: Answer, scores: tuple[int, int], chance: random.Random) -> tuple[int, int]:
    """The score after one more game, which the better seed wins a little more often."""
    better = (match["slots"][1]["seed"] or 0) - (match["slots"][0]["seed"] or 0)
    edge = max(1 - _MOST, min(_MOST, 0.5 + _EDGE * better))
    return (scores[0] + 1, scores[1]) if chance.random() < edge else (scores[0], scores[1] + 1)
