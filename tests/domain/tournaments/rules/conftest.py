"""Plays events out by counting losses, without the code that is being tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.progression import Result
from domain.tournaments.values import BracketSide, LoserOf, Seed, Source, WinnerOf

Decide = Callable[[MatchNode, int, int], int]


@dataclass
class Event:
    """An event that was played to the end: its results, who met whom in which match, and who lost how often.

    Who starts in the lower bracket counts as having lost once.
    """

    results: dict[str, Result] = field(default_factory=dict)
    met: list[tuple[MatchNode, int, int]] = field(default_factory=list)
    losses: Counter[int] = field(default_factory=Counter)
    last_winner: int = 0


def play_out(graph: MatchGraph, decide: Decide) -> Event:
    event = Event()
    for node in graph.matches:
        if node.side is BracketSide.LOWER:
            event.losses.update(source.number for source in node.sources if isinstance(source, Seed))
    coming: dict[Source, int] = {Seed(number): number for number in range(1, graph.entrants + 1)}
    for node in graph.matches:
        sides = coming[node.first], coming[node.second]
        if node.is_reset and 0 in (event.losses[sides[0]], event.losses[sides[1]]):
            continue
        slot = decide(node, *sides)
        coming[WinnerOf(node.key)], coming[LoserOf(node.key)] = sides[slot], sides[1 - slot]
        event.results[node.key] = Result(slot)
        event.met.append((node, *sides))
        event.losses[sides[1 - slot]] += 1
        event.last_winner = sides[slot]
    return event


@pytest.fixture(scope="session")
def play() -> Callable[[MatchGraph, Decide], Event]:
    return play_out
