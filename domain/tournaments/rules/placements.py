"""Who finishes where. Read off the graph alone, so it holds for imported brackets too.

Everybody leaves the event once: as the loser of a match whose loser goes nowhere, or as the winner of a match whose
winner goes nowhere. Matches are ranked by how many further matches their winner has to win: the more, the earlier the
way out. Losers at the same distance share a band of places. In a double elimination this gives 2, 3, 4, 5-6, 7-8,
9-12, 13-16, …

A match for third place, a consolation bracket and a lower bracket without grand final are branches with an end of their
own. All of a branch stands where the losers that it takes would have stood, at the best of those places. A bracket that
ends before its final has several best ends, whose winners share the first places.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from domain.tournaments.rules.graph import MatchGraph, MatchNode, final_keys, steps_to_end
from domain.tournaments.rules.progression import EMPTY, MatchState, NodeStatus, Result, fold
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

Band = tuple[int, int]
"""The best and the worst place of a group of equals; the best is the rank they share."""

_Rank = tuple[int, ...]
"""Sorts the ways out, best first: the rank of the loser who leads into the branch, then the distance to its end."""

_WON: Final = -1


def placement_bands(graph: MatchGraph) -> dict[str, Band | None]:
    """For each match the places of its loser; None where the loser plays on, as in a final that may be reset."""
    ranks = _ranks(graph)
    bands = _bands(rank for rank, _ in _leaving(graph, ranks, {}))
    return {key: None if graph.loser_to[key] else bands[rank] for key, rank in ranks.items()}


def placements(graph: MatchGraph, results: Mapping[str, Result]) -> dict[int, Band]:
    """The places of every seed that is out or has won; of all of them once the event is complete.

    Bands count on two sides for every match still to come. When neither side of a match goes on, both leave with those
    who lose every further match from there on, and the places above close up.

    Raises:
        ResultNotPossible: as `fold`.
    """
    leaving = _leaving(graph, _ranks(graph), fold(graph, results).matches)
    bands = _bands(rank for rank, _ in leaving)
    return {seed: bands[rank] for rank, seed in leaving if seed is not None}


def _ranks(graph: MatchGraph) -> dict[str, _Rank]:
    """The rank of the loser of each match. A branch is reached from several matches; its best place counts, found in
    the manner of Dijkstra (1959), since a longer rank never sorts before the one that it continues.
    """
    steps = steps_to_end(graph)
    branches_from: dict[str, list[tuple[int, str]]] = {}
    for key, (distance, end) in steps.items():
        target = graph.loser_to[key]
        if target and steps[target[0]][1] != end:
            branches_from.setdefault(end, []).append((distance, steps[target[0]][1]))
    found: dict[str, _Rank] = {}
    nearest: list[tuple[_Rank, str]] = [((), key) for key in final_keys(graph)]
    while nearest:
        rank, end = heapq.heappop(nearest)
        if end in found:
            continue
        found[end] = rank
        for distance, branch in branches_from.get(end, ()):
            heapq.heappush(nearest, ((*rank, distance), branch))
    return {node.key: (*found[steps[node.key][1]], steps[node.key][0]) for node in graph.matches}


def _bands(ranks: Iterable[_Rank]) -> dict[_Rank, Band]:
    sizes = Counter(ranks)
    bands: dict[_Rank, Band] = {}
    low = 1
    for rank in sorted(sizes):
        bands[rank] = (low, low + sizes[rank] - 1)
        low += sizes[rank]
    return bands


def _leaving(
    graph: MatchGraph, ranks: Mapping[str, _Rank], matches: Mapping[str, MatchState]
) -> list[tuple[_Rank, int | None]]:
    """Each way out that is taken or will be, with the seed that takes it if that is known.

    Who comes from a source is a seed, None for somebody, or EMPTY for nobody.
    """
    leaving: list[tuple[_Rank, int | None]] = []
    coming: dict[Source, int | None] = {}
    for node in graph.matches:
        sides = [source.number if isinstance(source, Seed) else coming[source] for source in node.sources]
        state = matches.get(node.key)
        winner: int | None
        loser: int | None
        if state and state.status is NodeStatus.DONE and state.winner_slot is None:
            leaving += ((ranks[_last_loss(graph, node.key)], seed) for seed in sides if seed != EMPTY)
            winner, loser = EMPTY, EMPTY
        else:
            winner, loser = _after(node, sides, state)
        coming[WinnerOf(node.key)], coming[LoserOf(node.key)] = winner, loser
        if graph.winner_to[node.key] is None and winner != EMPTY:
            leaving.append(((*ranks[node.key][:-1], _WON), winner))
        if graph.loser_to[node.key] is None and loser != EMPTY:
            leaving.append((ranks[node.key], loser))
    return leaving


def _after(node: MatchNode, sides: list[int | None], state: MatchState | None) -> tuple[int | None, int | None]:
    """Who wins and who loses a match that has, or will have, a winner. A reset that is not needed repeats the final."""
    if state and state.status is NodeStatus.NOT_NEEDED:
        winner_slot = 0 if isinstance(node.first, WinnerOf) else 1
        return sides[winner_slot], sides[1 - winner_slot]
    if state and state.winner_slot is not None:
        return sides[state.winner_slot], sides[1 - state.winner_slot]
    here = [seed for seed in sides if seed != EMPTY]
    return (None if here else EMPTY), (None if len(here) == 2 else EMPTY)


def _last_loss(graph: MatchGraph, key: str) -> str:
    """The match in which somebody leaves who loses this one and all that follow."""
    while (target := graph.loser_to[key]) is not None:
        key = target[0]
    return key
