"""How much of an event of files is made while it is, and when that is worth telling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

TOLD_EVERY = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Made:
    """How many of the stages are made, and of the matches and heats."""

    stages: int = 0
    matches: int = 0


def is_due(made: Made, told: Made, waited: timedelta) -> bool:
    """Whether to tell what is made, so long after that was told: with each stage, and within one twice a second."""
    return made.stages > told.stages or (made != told and waited >= TOLD_EVERY)
