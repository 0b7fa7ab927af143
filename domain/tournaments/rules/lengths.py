"""How many games the matches of a stage have, where some rounds have others than the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.values import BracketSide


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFormat:
    """How many games the last rounds of a side have. Rounds count from the end, since only that is known beforehand.

    `last_rounds` None: all rounds of it. Of several that hold for a match the one for the fewest rounds counts.
    """

    side: BracketSide
    best_of: int
    last_rounds: int | None = None


def length(best_of: int, formats: Iterable[RoundFormat], side: BracketSide, rounds_to_go: int) -> int:
    """How many games the matches of a round have after which so many rounds of its side follow."""
    found: tuple[float, int] = (inf, best_of)
    for one in formats:
        rounds = inf if one.last_rounds is None else one.last_rounds
        if one.side is side and rounds_to_go < rounds <= found[0]:
            found = rounds, one.best_of
    return found[1]


def with_lengths(
    nodes: Sequence[MatchNode], best_of: int, formats: Sequence[RoundFormat], planned: int | None = None
) -> tuple[MatchNode, ...]:
    """The matches of a stage with how many games each has. Those that say so themselves keep it.

    The last round of a side, in each group, is the highest among them, or the one `planned`.
    """
    last: Counter[tuple[BracketSide, int | None]] = Counter()
    for node in nodes:
        last[node.side, node.group] = max(last[node.side, node.group], planned or node.round)

    def told(node: MatchNode) -> int:
        return node.best_of or length(best_of, formats, node.side, last[node.side, node.group] - node.round)

    return tuple(replace(node, best_of=told(node)) for node in nodes)
