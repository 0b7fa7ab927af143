"""Which matches and heats go to which free tables now: pairing first, tables second. A heat is like a match of many.

Who waits longest goes first; of those who wait equally long, whose match holds up most of the event; then the order of
the schedule. As long as nobody waits for two matches, the sets of matches that can be called together are the
independent sets of a matroid (each match needs a table of its own, some an accessible one), where taking the first that
fits, again and again, is best of all: the total waiting is least, and nobody is overtaken by who waits less (Edmonds
1971, "Matroids and the greedy algorithm"; Gale 1968). Where somebody waits for several matches, that may leave tables
empty; then as many are called as possible, and of those sets the one that waits longest. Which of overlapping heats are
the most is not asked: sets of more than two are hard to pack (Karp 1972), and one stage has none that overlap.

All numbers are integers, and equal questions have equal answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

# How many matches of one side are looked at when somebody waits for several.
_MATCHES_OF_A_SIDE = 8
# More than any sum of one kind of fault can be, over all the matches that are called together.
_BASE = 2**24


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A match or a heat that can be played, and what decides when and where.

    `waited_min` are whole minutes since it could be played. `path` counts the rounds from here to the end of the event.
    `order` is its place in the schedule. `sides` are the entrants: two of a match.
    """

    id: UUID
    sides: tuple[UUID, ...]
    waited_min: int
    path: int
    order: int
    is_featured: bool = False
    needs_access: bool = False

    @property
    def rank(self) -> tuple[int, int, int]:
        """Less is sooner."""
        return -self.waited_min, -self.path, self.order


@dataclass(frozen=True, slots=True)
class FreeTable:
    """A table to which a match can be called."""

    id: UUID
    number: int
    is_stream: bool = False
    is_accessible: bool = False


Played = Mapping[UUID, Counter[UUID]]
"""How often an entrant was called to each table before."""


def decide(waiting: Collection[Waiting], tables: Collection[FreeTable], played: Played) -> list[tuple[UUID, UUID]]:
    """The matches to call now, each with its table, soonest first."""
    chosen = _chosen(sorted(waiting, key=lambda match: match.rank), tables)
    return _placed(chosen, sorted(tables, key=lambda table: (table.number, table.id)), played)


def _chosen(ranked: Sequence[Waiting], tables: Collection[FreeTable]) -> list[Waiting]:
    accessible = sum(table.is_accessible for table in tables)
    first = _that_fit(ranked, len(tables), accessible)
    if len(first) == len(tables) or not _waits_for_several(ranked) or any(len(game.sides) != 2 for game in ranked):
        return first
    more = _that_fit(_most(ranked), len(tables), accessible)
    return more if len(more) > len(first) else first


def _that_fit(ranked: Iterable[Waiting], tables: int, accessible: int) -> list[Waiting]:
    fitting: list[Waiting] = []
    busy: set[UUID] = set()
    for match in ranked:
        if len(fitting) == tables:
            break
        if busy.isdisjoint(match.sides) and (accessible or not match.needs_access):
            fitting.append(match)
            busy.update(match.sides)
            accessible -= match.needs_access
    return fitting


def _waits_for_several(ranked: Sequence[Waiting]) -> bool:
    return len({side for match in ranked for side in match.sides}) < sum(len(match.sides) for match in ranked)


def _most(ranked: Sequence[Waiting]) -> list[Waiting]:
    """As many as can be played at once, by rank: of these sets the one that waits longest in all."""
    # Whoever decides nothing is spared the library and its memory.
    from rustworkx import PyGraph, connected_components, max_weight_matching  # noqa: PLC0415

    looked_at: Counter[UUID] = Counter()
    nodes: dict[UUID, int] = {}
    by_pair: dict[tuple[int, int], Waiting] = {}
    graph: PyGraph[int, int] = PyGraph(multigraph=False)
    for place, match in enumerate(ranked):
        if max(looked_at[side] for side in match.sides) < _MATCHES_OF_A_SIDE:
            looked_at.update(match.sides)
            nodes.update({side: graph.add_node(0) for side in match.sides if side not in nodes})
            one, other = sorted(nodes[side] for side in match.sides)
            if by_pair.setdefault((one, other), match) is match:
                graph.add_edge(one, other, (match.waited_min + 1) * len(ranked) - place)
    chosen: list[Waiting] = []
    # Each group of an event by itself, because what a matching takes grows faster than its graph.
    for component in connected_components(graph):
        members = sorted(component)
        places = {node: place for place, node in enumerate(members)}
        edges = [(places[a], places[b], weight) for a in members for b, weight in graph.adj(a).items() if a < b]
        part: PyGraph[int, int] = PyGraph(multigraph=False)
        part.add_nodes_from(members)
        part.add_edges_from(sorted(edges))
        pairs = max_weight_matching(part, max_cardinality=True, weight_fn=lambda weight: weight)
        chosen += [by_pair[members[min(pair)], members[max(pair)]] for pair in pairs]
    return sorted(chosen, key=lambda match: match.rank)


def _placed(chosen: Sequence[Waiting], tables: Sequence[FreeTable], played: Played) -> list[tuple[UUID, UUID]]:
    """The cheapest tables for the matches: of all ways to give each one of its own, the one that costs least.

    Among equals the sooner match gets the lower number (by the rearrangement inequality).
    """
    if not chosen:
        return []
    from rustworkx import PyGraph, max_weight_matching  # noqa: PLC0415

    costs: list[tuple[int, int, int]] = []
    # Without who was where, all matches of a kind cost the same at a table.
    kinds = {kind: _costs(kind, tables) for kind in {(match.is_featured, match.needs_access) for match in chosen}}
    for place, match in enumerate(chosen):
        been = sum((played[side] for side in match.sides if side in played), Counter[UUID]())
        later = len(chosen) - place
        costs += [
            (place, len(chosen) + index, (cost + been.get(table_id, 0)) * _BASE + index * later)
            for index, table_id, cost in kinds[match.is_featured, match.needs_access]
        ]
    most = max(cost for *_, cost in costs) + 1
    graph: PyGraph[int, int] = PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(chosen) + len(tables)))
    graph.add_edges_from([(place, index, most - cost) for place, index, cost in costs])
    pairs = max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return [
        (chosen[place].id, tables[index - len(chosen)].id)
        for place, index in sorted((min(pair), max(pair)) for pair in pairs)
    ]


def _costs(kind: tuple[bool, bool], tables: Sequence[FreeTable]) -> list[tuple[int, UUID, int]]:
    """What it costs to play a match that is featured or needs access at each table that it can be played at, by place.

    The worst comes first, none outweighed by those after it: a chosen match that is not streamed; a stream, and then an
    accessible table, kept from whom it is for. A table where a side has been before costs 1 more for each time.
    """
    is_featured, needs_access = kind
    found = []
    for index, table in enumerate(tables):
        if table.is_accessible or not needs_access:
            cost = int(is_featured and not table.is_stream) * _BASE
            cost = (cost + int(table.is_stream and not is_featured)) * _BASE
            cost = (cost + int(table.is_accessible and not needs_access)) * _BASE
            found.append((index, table.id, cost))
    return found


def path_lengths(following: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, int]:
    """How many rounds an event still has from each match on, itself included.

    `following` has for each match those that its sides go to; in playable order.
    """
    lengths: dict[UUID, int] = {}
    for match_id in reversed(list(following)):
        lengths[match_id] = 1 + max((lengths[next_id] for next_id in following[match_id]), default=0)
    return lengths
