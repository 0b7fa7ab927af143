"""Where the entrants of a stage come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageSource:
    """Who comes into a stage from one before it.

    Attributes:
        stage: the number of that stage.
        low: the best rank that goes on.
        high: the worst one.
        is_overall: whether ranks count in the stage as a whole; otherwise in each of its groups.
        groups: from which of its groups alone; empty: from all.
    """

    stage: int
    low: int
    high: int
    is_overall: bool = False
    groups: tuple[int, ...] = ()
