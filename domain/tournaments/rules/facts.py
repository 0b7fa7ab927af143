"""What can be known of a double elimination before it is drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from domain.kernel.errors import InvalidInput
from domain.tournaments.rules.elimination import double_elimination
from domain.tournaments.rules.graph import MAX_ENTRANTS
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.values import BracketSide, DropOrder, GrandFinal


@dataclass(frozen=True, slots=True)
class EliminationFacts:
    """The size of a double elimination without its grand final, and when people can meet again.

    `earliest_rematch_round` is the first lower round in which two who met in the upper bracket can meet again; None
    when there is none.
    """

    entrants: int
    upper_rounds: int
    lower_rounds: int
    matches: int
    earliest_rematch_round: int | None


@lru_cache(maxsize=1024)
def elimination_facts(entrants: int, drop_order: DropOrder, lower_starters: int) -> EliminationFacts:
    """The facts of a bracket of this size; they take some hundredths of a second for the largest, and are kept.

    Raises:
        InvalidInput: not 2 to 4,096 entrants, or fewer than two who start in the upper bracket.
    """
    if not 2 <= entrants <= MAX_ENTRANTS:
        raise InvalidInput(f"A bracket takes 2 to {MAX_ENTRANTS} entrants.", "entrantCount")
    if not 0 <= lower_starters <= entrants - 2:
        raise InvalidInput("All but two can start in the lower bracket.", "lowerStarterCount")
    graph = double_elimination(entrants, GrandFinal.NONE, drop_order=drop_order, lower_starters=lower_starters)
    rounds = Counter(dict.fromkeys(BracketSide, 0))
    for node in graph.matches:
        rounds[node.side] = max(rounds[node.side], node.round)
    return EliminationFacts(
        entrants,
        rounds[BracketSide.UPPER],
        rounds[BracketSide.LOWER],
        len(graph.matches),
        earliest_rematch_round(graph),
    )
