"""The match graph: every slot of every match is filled by a seed, by a winner or by a loser.

One graph describes any elimination event: single, double, or imported with its own links. Nothing here recurses, so a
chain of any depth is safe, and every function is linear in the number of matches unless it says otherwise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.tournaments.values import BracketSide, LoserOf, Seed, Source, WinnerOf

MAX_ENTRANTS = 1024


@dataclass(frozen=True, slots=True)
class MatchNode:
    """A match and where its two entrants come from.

    `round` counts from 1 within its side. `position` counts from 0, top to bottom, within its round; generated brackets
    leave a gap where a bye was, so that match p of a round always stands between 2p and 2p + 1 of the one before.
    `best_of` None means that the caller decides. A reset is played only if the lower side won the match before it.
    `group` counts from 1; it is None in an elimination.
    """

    key: str
    side: BracketSide
    round: int
    position: int
    first: Source
    second: Source
    best_of: int | None = None
    is_reset: bool = False
    group: int | None = None

    @property
    def sources(self) -> tuple[Source, Source]:
        """The sources of slot 0 and slot 1."""
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class MatchGraph:
    """The matches of one stage, in an order in which they can be played.

    `winner_to` and `loser_to` say for every key which slot (key, 0 or 1) the winner and the loser go to; None is out,
    or champion. Building a graph checks nothing; `validate` does.
    """

    entrants: int
    matches: tuple[MatchNode, ...]
    winner_to: Mapping[str, tuple[str, int] | None] = field(init=False, repr=False, compare=False)
    loser_to: Mapping[str, tuple[str, int] | None] = field(init=False, repr=False, compare=False)
    _by_key: Mapping[str, MatchNode] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        winner_to: dict[str, tuple[str, int] | None] = {node.key: None for node in self.matches}
        loser_to = dict(winner_to)
        for node in self.matches:
            for slot, source in enumerate(node.sources):
                if isinstance(source, WinnerOf):
                    winner_to[source.match] = (node.key, slot)
                elif isinstance(source, LoserOf):
                    loser_to[source.match] = (node.key, slot)
        object.__setattr__(self, "winner_to", winner_to)
        object.__setattr__(self, "loser_to", loser_to)
        object.__setattr__(self, "_by_key", {node.key: node for node in self.matches})

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def match(self, key: str) -> MatchNode:
        """The match with this key; KeyError when there is none."""
        return self._by_key[key]

    def dependants(self, key: str) -> tuple[str, ...]:
        """The matches that take someone from this one, directly or through others, in playable order."""
        reached = {key}
        for node in self.matches:
            if any(feeder(source) in reached for source in node.sources):
                reached.add(node.key)
        return tuple(node.key for node in self.matches if node.key in reached and node.key != key)


@dataclass(frozen=True, slots=True)
class Reset:
    """The second final after a first one: its key, and the slot of the first final whose win makes it necessary."""

    key: str
    lower_slot: int


def feeder(source: Source) -> str | None:
    """The key of the match this source waits for; None for a seed."""
    return None if isinstance(source, Seed) else source.match


def takes_both_from_one_match(node: MatchNode) -> str | None:
    """The key of the match whose winner and loser meet again in this one, if it is such a match."""
    first, second = node.first, node.second
    if isinstance(first, WinnerOf) and isinstance(second, LoserOf) and first.match == second.match:
        return first.match
    if isinstance(first, LoserOf) and isinstance(second, WinnerOf) and first.match == second.match:
        return first.match
    return None


def playable_order(matches: Iterable[MatchNode]) -> tuple[list[MatchNode], list[MatchNode]]:
    """The matches with every feeder before what it feeds, and those that no order can place: on a cycle or behind one.

    Kahn's algorithm (Kahn 1962, "Topological sorting of large networks"). Keys must be unique; a feeder that is not
    among the matches is ignored.
    """
    nodes = {node.key: node for node in matches}
    fed_by: dict[str, list[str]] = {key: [] for key in nodes}
    waiting = dict.fromkeys(nodes, 0)
    for node in nodes.values():
        for source in node.sources:
            key = feeder(source)
            if key is not None and key in nodes:
                fed_by[key].append(node.key)
                waiting[node.key] += 1
    ready = deque(key for key, count in waiting.items() if count == 0)
    ordered: list[MatchNode] = []
    while ready:
        key = ready.popleft()
        ordered.append(nodes.pop(key))
        for follower in fed_by[key]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    return ordered, list(nodes.values())


def fewest_losses(matches: Iterable[MatchNode]) -> dict[str, tuple[int, int]]:
    """For each match, in playable order, the fewest losses with which an entrant can arrive in slot 0 and in slot 1.

    A seed that starts in the lower bracket counts as having lost once: it plays with one life.
    """
    losses: dict[str, tuple[int, int]] = {}

    def arriving(node: MatchNode, source: Source) -> int:
        if isinstance(source, Seed):
            return int(node.side is BracketSide.LOWER)
        return min(losses[source.match]) + isinstance(source, LoserOf)

    for node in matches:
        losses[node.key] = (arriving(node, node.first), arriving(node, node.second))
    return losses


def final_key(graph: MatchGraph) -> str:
    """The key of the last match that an entrant without a loss can win: the final, or its reset where there is one."""
    return final_keys(graph)[0]


def final_keys(graph: MatchGraph) -> list[str]:
    """The keys of all such matches: several in a bracket that ends before its final, as one from which some qualify."""
    losses = fewest_losses(graph.matches)
    return [key for key, target in graph.winner_to.items() if target is None and min(losses[key]) == 0]


def reset_after(graph: MatchGraph, key: str) -> Reset | None:
    """The reset that this match may make necessary."""
    target = graph.winner_to[key]
    if target is None or not graph.match(target[0]).is_reset:
        return None
    first, second = fewest_losses(graph.matches)[key]
    return Reset(target[0], 0 if first > second else 1)


def steps_to_end(graph: MatchGraph) -> dict[str, tuple[int, str]]:
    """How many further matches the winner of each match has to win, and the key of the last of them.

    A winner goes to one place only, so the way is unique: there is no longest and no shortest path to choose between.
    """
    steps: dict[str, tuple[int, str]] = {}
    for node in reversed(graph.matches):
        target = graph.winner_to[node.key]
        if target is None:
            steps[node.key] = (0, node.key)
        else:
            further, end = steps[target[0]]
            steps[node.key] = (further + 1, end)
    return steps
