"""A match graph from bare links, as another platform exports them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.tournaments.rules.graph import (
    MAX_ENTRANTS,
    MatchGraph,
    MatchNode,
    fewest_losses,
    playable_order,
    takes_both_from_one_match,
)
from domain.tournaments.rules.validation import validate, validate_links
from domain.tournaments.values import BracketSide, LoserOf, Seed, Source, WinnerOf


@dataclass(frozen=True, slots=True)
class Link:
    """A match as imported.

    `round` is as in Challonge: below 0 in the lower bracket, above 0 elsewhere, 0 for a match for third place. It is
    None when the origin does not say.
    """

    key: str
    first: Source
    second: Source
    round: int | None = None
    best_of: int | None = None


def from_links(
    entrants: int, links: Iterable[Link], max_entrants: int = MAX_ENTRANTS, *, one_champion: bool = True
) -> MatchGraph:
    """The validated graph of these matches: in playable order, resets marked, with a place to draw each.

    A negative round says lower bracket. Otherwise the side follows from who can arrive: where everybody has lost is
    the lower bracket, or the match for third place when it takes the losers of two matches whose winners meet; where
    one side has lost and the winner is champion is the final. A side in which a round is missing is numbered back
    from its end.

    Raises:
        InvalidGraph: the links do not form a bracket, see `validate`.
    """
    given = {}
    nodes = []
    for link in links:
        given[link.key] = link.round
        side = BracketSide.LOWER if (link.round or 0) < 0 else BracketSide.UPPER
        nodes.append(MatchNode(link.key, side, 1, 0, link.first, link.second, link.best_of))
    if len(given) == len(nodes):
        ordered, unplaced = playable_order(nodes)
        nodes = ordered + unplaced
    graph = MatchGraph(entrants, tuple(nodes))
    validate_links(graph, max_entrants)
    graph = _with_positions(_with_rounds(_with_sides(mark_resets(graph)), given))
    validate(graph, max_entrants, one_champion=one_champion)
    return graph


def pools_of(links: Iterable[Link]) -> dict[int, int]:
    """The bracket of each seed, both from 1, where these are several that nothing links; nothing where they are one.

    They are numbered by their best seeds. Joined as by Tarjan (1975), "Efficiency of a good but not linear set union
    algorithm".
    """
    root: dict[Source | str, Source | str] = {}

    def find(one: Source | str) -> Source | str:
        root.setdefault(one, one)
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for link in links:
        for source in (link.first, link.second):
            root[find(source if isinstance(source, Seed) else source.match)] = find(link.key)
    seeds = sorted((one for one in root if isinstance(one, Seed)), key=lambda seed: seed.number)
    numbers: dict[Source | str, int] = {}
    pools = {seed.number: numbers.setdefault(find(seed), len(numbers) + 1) for seed in seeds}
    return pools if len(numbers) > 1 else {}


def mark_resets(graph: MatchGraph) -> MatchGraph:
    """The same graph with every match marked as a reset in which the two of one match meet again, one of whom had lost
    before. The graph must have valid links, in playable order.
    """
    losses = fewest_losses(graph.matches)

    def is_reset(node: MatchNode) -> bool:
        again = takes_both_from_one_match(node)
        return again is not None and losses[again][0] != losses[again][1]

    return MatchGraph(graph.entrants, tuple(replace(node, is_reset=is_reset(node)) for node in graph.matches))


def _with_sides(graph: MatchGraph) -> MatchGraph:
    losses = fewest_losses(graph.matches)
    return MatchGraph(
        graph.entrants, tuple(replace(node, side=_side(graph, node, losses[node.key])) for node in graph.matches)
    )


def _side(graph: MatchGraph, node: MatchNode, losses: tuple[int, int]) -> BracketSide:
    if node.is_reset:
        return BracketSide.FINAL
    if min(losses) > 0:
        return BracketSide.THIRD_PLACE if _is_for_third_place(graph, node) else BracketSide.LOWER
    if max(losses) > 0 and _makes_a_champion(graph, node):
        return BracketSide.FINAL
    return node.side


def _is_for_third_place(graph: MatchGraph, node: MatchNode) -> bool:
    if graph.winner_to[node.key] or not (isinstance(node.first, LoserOf) and isinstance(node.second, LoserOf)):
        return False
    meeting = graph.winner_to[node.first.match], graph.winner_to[node.second.match]
    return all(meeting) and len({target[0] for target in meeting if target}) == 1


def _makes_a_champion(graph: MatchGraph, node: MatchNode) -> bool:
    target = graph.winner_to[node.key]
    return target is None or graph.match(target[0]).is_reset


def _with_rounds(graph: MatchGraph, given: Mapping[str, int | None]) -> MatchGraph:
    """Numbers the rounds: as given, or else backwards from the last match of each side."""
    to_go: dict[str, int] = {}
    longest: Counter[BracketSide] = Counter()
    counted_here = {BracketSide.FINAL, BracketSide.THIRD_PLACE}
    for node in reversed(graph.matches):
        following = _next_in_side(graph, node)
        to_go[node.key] = 0 if following is None else to_go[following] + 1
        longest[node.side] = max(longest[node.side], to_go[node.key])
        if not given[node.key]:
            counted_here.add(node.side)

    def number(node: MatchNode) -> int:
        told = given[node.key]
        return abs(told) if told and node.side not in counted_here else longest[node.side] - to_go[node.key] + 1

    return MatchGraph(graph.entrants, tuple(replace(node, round=number(node)) for node in graph.matches))


def _with_positions(graph: MatchGraph) -> MatchGraph:
    """Orders each round from top to bottom: the matches that lead to a match stand in the order of its slots."""
    positions: dict[str, int] = {}
    used: Counter[tuple[BracketSide, int]] = Counter()
    stack = [node for node in reversed(graph.matches) if _next_in_side(graph, node) is None]
    while stack:
        node = stack.pop()
        positions[node.key] = used[node.side, node.round]
        used[node.side, node.round] += 1
        feeders = [graph.match(source.match) for source in reversed(node.sources) if isinstance(source, WinnerOf)]
        stack += [feeder for feeder in feeders if feeder.side is node.side]
    return MatchGraph(graph.entrants, tuple(replace(node, position=positions[node.key]) for node in graph.matches))


def _next_in_side(graph: MatchGraph, node: MatchNode) -> str | None:
    target = graph.winner_to[node.key]
    return target[0] if target and graph.match(target[0]).side is node.side else None
