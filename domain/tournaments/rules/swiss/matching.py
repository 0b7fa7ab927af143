"""The cheapest round: a perfect matching of least cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.tournaments.errors import PairingTooLarge
from domain.tournaments.rules.swiss.candidates import Groups
from domain.tournaments.rules.swiss.weights import Costs

MAX_PAIRS = 600_000
"""The most pairs that are looked at: all those of 1,095 players."""
COMPLETE = 96
"""Up to so many players all pairs are looked at, which takes no longer than to choose among them."""
MAX_WEIGHT = 2**122
"""Weights are signed numbers of 128 bits, and the sums of two of them in the algorithm must be, too."""

Pair = tuple[int, int]


def cheapest(costs: Costs) -> list[Pair] | None:
    """The pairs of ranks, one of which may be the bye; None when there is no complete round.

    Raises:
        PairingTooLarge: more pairs would have to be looked at than there is time for.
    """
    if len(costs) % 2 and costs.bye is None:
        return None
    if costs.bound > MAX_WEIGHT:
        raise PairingTooLarge(len(costs))
    if costs.relaxed or len(costs) <= COMPLETE:
        return _matching(costs, _all_pairs(costs))
    return _by_narrow_look(costs) or _matching(costs, _all_pairs(costs))


def _by_narrow_look(costs: Costs) -> list[Pair] | None:
    """The cheapest round, to the gaps; the criteria after these are the best of what was looked at.

    None when it is not proven to be that: somebody would have the bye before whom another is due it.
    """
    groups = Groups(costs.groups, [costs.points(group[0]) for group in costs.groups], costs.barred, costs.bye)
    slack = groups.first_slack
    found = _matching(costs, groups.candidates(slack, costs.opponents))
    if found is not None and costs.gaps(found) - groups.least > slack:
        found = _matching(costs, groups.candidates(costs.gaps(found) - groups.least, costs.opponents))
    return found if found is not None and costs.gives_bye_rightly(found) else None


def _all_pairs(costs: Costs) -> Iterator[tuple[int, Iterable[int]]]:
    return ((rank, range(rank + 1, len(costs))) for rank in range(len(costs)))


def _matching(costs: Costs, candidates: Iterable[tuple[int, Iterable[int]]]) -> list[Pair] | None:
    # Whoever does not pair, such as the API process, is spared the library and its memory.
    from rustworkx import PyGraph, max_weight_matching  # noqa: PLC0415

    size = len(costs) + len(costs) % 2
    edges: list[tuple[int, int, int]] = []
    for rank, others in candidates:
        edges += costs.of_pairs(rank, others)
        if len(edges) > MAX_PAIRS:
            raise PairingTooLarge(len(costs))
    for rank in range(len(costs)) if len(costs) % 2 else ():
        cost = costs.of_bye(rank)
        if cost is not None:
            edges.append((rank, len(costs), cost))
    graph: PyGraph[int, int] = PyGraph(multigraph=False)
    graph.add_nodes_from(range(size))
    graph.add_edges_from(edges)
    pairs = max_weight_matching(graph, max_cardinality=True, weight_fn=lambda cost: costs.bound - cost)
    return sorted((min(pair), max(pair)) for pair in pairs) if len(pairs) * 2 == size else None
