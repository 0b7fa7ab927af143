"""How early two entrants who have met can be drawn against each other again."""

from __future__ import annotations

from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.values import BracketSide, LoserOf, Seed, Source, WinnerOf


def earliest_rematch_round(graph: MatchGraph) -> int | None:
    """The first lower round in which two who met in the upper bracket can meet again; None when there is none.

    Exact, for graphs in which a second loss is final: two who were sent down by the matches u and v have possibly met
    if and only if u lies on the way of v's winner, for then whoever won v may be the one who lost u. Each set of
    matches is an integer with one bit for each match, so this takes time n * n / 64 or so.
    """
    bit = {node.key: 1 << index for index, node in enumerate(graph.matches)}
    leading_to: dict[str, int] = {}
    sent_by: dict[str, int] = {}
    met_before: dict[str, int] = {}
    rounds: list[int] = []

    def arriving(source: Source) -> tuple[int, int]:
        """The upper matches that may have sent down who comes here, and the matches that lead to those."""
        if isinstance(source, Seed):
            return 0, 0
        if isinstance(source, LoserOf):
            return bit[source.match], leading_to[source.match]
        return sent_by[source.match], met_before[source.match]

    for node in graph.matches:
        (first, before_first), (second, before_second) = arriving(node.first), arriving(node.second)
        leading_to[node.key] = 0
        for source in node.sources:
            if isinstance(source, WinnerOf):
                leading_to[node.key] |= bit[source.match] | leading_to[source.match]
        sent_by[node.key] = first | second
        met_before[node.key] = before_first | before_second
        if node.side is BracketSide.LOWER and (before_first & second or before_second & first):
            rounds.append(node.round)
    return min(rounds, default=None)
