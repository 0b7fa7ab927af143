"""The stages of an event: who goes on from which to which, and who finishes where in all of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from domain.tournaments.rules.placements import Band

Entrant = TypeVar("Entrant", bound=Hashable)

MAX_STAGES = 16


@dataclass(frozen=True, slots=True)
class StageSource:
    """Who comes into a stage from one before it.

    Attributes:
        stage: the number of that stage.
        low: the best rank that goes on.
        high: the worst one.
        is_overall: whether ranks count in the stage as a whole; otherwise in each of its groups.
    """

    stage: int
    low: int
    high: int
    is_overall: bool = False


Sources = Mapping[int, Sequence[StageSource]]
"""Who comes into each stage, by its number. Nothing: the entrants of the event."""


def by_merit(sources: Sources) -> list[int]:
    """The stages by how well those finish who end in them, best first.

    Whoever goes on finishes before whoever stays; and of two stages the one reached by better ranks comes first.
    """
    paths: dict[int, tuple[int, ...]] = {}
    for number in sorted(sources):
        paths[number] = min(((*paths[source.stage], source.low) for source in sources[number]), default=())
    return sorted(paths, key=lambda number: (*paths[number], inf))


def event_places(stages: Sequence[Mapping[Entrant, Band]]) -> dict[Entrant, Band]:
    """The places in the event, of the places in each stage, by merit. Whoever plays in several ends in the first."""
    places: dict[Entrant, Band] = {}
    low = 1
    for stage in stages:
        ending: dict[Band, list[Entrant]] = {}
        for entrant, band in stage.items():
            if entrant not in places:
                ending.setdefault(band, []).append(entrant)
        for band in sorted(ending):
            sharing = ending[band]
            places.update(dict.fromkeys(sharing, (low, low + len(sharing) - 1)))
            low += len(sharing)
    return places
