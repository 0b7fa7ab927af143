"""Where matches stand in a drawing of their bracket, and which of them a window shows.

Each side is drawn in columns, one for each round, as high as its widest round has slots. A match takes the same share
of the height as all others of its round: in round r of an upper bracket match p covers the slots from p * 2^(r - 1).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.values import BracketSide, Viewport


@dataclass(frozen=True, slots=True)
class Column:
    """A round as it is drawn: for how many matches there is room, and those that there are, from top to bottom."""

    width: int
    positions: Sequence[int]
    keys: Sequence[str]

    def shown(self, first: int, last: int, slots: int) -> Sequence[str]:
        """The matches that touch the slots from `first` to `last`, of so many."""
        top = first * self.width // slots
        bottom = last * self.width // slots
        return self.keys[bisect_left(self.positions, top) : bisect_left(self.positions, bottom + 1)]


Layout = Mapping[BracketSide, Sequence[Column]]
"""The columns of each side that has any, from round 1 on."""


def layout(graph: MatchGraph) -> Layout:
    """How a bracket is drawn. Rounds of a side that are missing are columns without matches."""
    rounds: dict[BracketSide, dict[int, list[MatchNode]]] = defaultdict(lambda: defaultdict(list))
    for node in graph.matches:
        rounds[node.side][node.round].append(node)
    return {side: _columns(graph, of_side) for side, of_side in rounds.items()}


def slot_count(columns: Sequence[Column]) -> int:
    """How high a side is drawn."""
    return max(column.width for column in columns)


def shown(drawn: Layout, viewport: Viewport) -> list[str]:
    """The keys of the matches in a window, by side and round, from top to bottom."""
    found: list[str] = []
    for side, columns in drawn.items():
        if viewport.sides and side not in viewport.sides:
            continue
        slots = slot_count(columns)
        last = slots - 1 if viewport.last_slot is None else min(viewport.last_slot, slots - 1)
        if viewport.first_slot <= last:
            for column in columns[viewport.first_round - 1 : viewport.last_round]:
                found += column.shown(viewport.first_slot, last, slots)
    return found


def _columns(graph: MatchGraph, rounds: Mapping[int, Collection[MatchNode]]) -> list[Column]:
    columns: list[Column] = []
    width = 1
    for number in range(max(rounds), 0, -1):
        nodes = sorted(rounds.get(number, ()), key=lambda node: node.position)
        width = _width(graph, nodes, width)
        columns.append(Column(width, [node.position for node in nodes], [node.key for node in nodes]))
    return columns[::-1]


def _width(graph: MatchGraph, nodes: Sequence[MatchNode], following: int) -> int:
    """Room for as many matches as the round after has, where each leads to the one beside it, or for twice as many."""
    needed = max((node.position + 1 for node in nodes), default=0)
    is_merged = any(_rises(graph, node) for node in nodes)
    return max(2 * following if is_merged else following, needed)


def _rises(graph: MatchGraph, node: MatchNode) -> bool:
    """Whether the winner goes on to a match that stands higher up in its round of the same side."""
    target = graph.winner_to[node.key]
    if target is None:
        return False
    further = graph.match(target[0])
    return further.side is node.side and further.position < node.position
