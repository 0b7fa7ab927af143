"""Single and double elimination for any number of entrants from 2 to 1024.

Both are built on the next power of two; a slot without a seed is a bye, and a match with a bye is left out while
building, so no match ever has a bye for a side. The byes fall to the highest seeds. In keys U is the upper bracket, L
the lower, F the grand final and T the match for third place: "L2.3" is the third match of lower round 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from domain.tournaments.errors import GraphProblem, InvalidGraph
from domain.tournaments.rules.graph import MAX_ENTRANTS, MatchGraph, MatchNode
from domain.tournaments.rules.seeding import bracket_order
from domain.tournaments.rules.validation import best_of_problem, refuse
from domain.tournaments.values import BracketSide, GrandFinal, LoserOf, Seed, Source, WinnerOf

_LETTERS = {
    BracketSide.UPPER: "U",
    BracketSide.LOWER: "L",
    BracketSide.FINAL: "F",
    BracketSide.THIRD_PLACE: "T",
}

# Where the losers of upper rounds 2, 3, … meet the survivors of the lower bracket: survivor j plays the loser of
# upper match j XOR mask. The masks put off the first lower round in which two who met in the upper bracket can meet
# again, to rounds 2, 3, 4, 5, 7, 8, 9, 11 and 13 for 4, 8, … 1024 slots; an exhaustive search over all masks finds no
# later round. From that round on they leave few such pairs. Those for 128 are orders of brackets-manager.js
# (half-reverse, reverse, half shift twice, reverse, natural), whose own default is a round earlier for 16, 64 and
# 128.
_DROP_MASKS: dict[int, tuple[int, ...]] = {
    2: (),
    4: (0,),
    8: (1, 0),
    16: (2, 1, 0),
    32: (4, 3, 1, 0),
    64: (4, 4, 3, 1, 0),
    128: (15, 15, 4, 2, 1, 0),
    256: (8, 8, 6, 4, 3, 1, 0),
    512: (16, 16, 12, 8, 5, 3, 1, 0),
    1024: (32, 32, 24, 16, 10, 6, 3, 1, 0),
}

_Slots = list[Source | None]


def single_elimination(
    entrants: int,
    *,
    third_place: bool = False,
    default_best_of: int | None = None,
    final_best_of: int | None = None,
) -> MatchGraph:
    """A knock-out: n - 1 matches, and one more when the losing semi-finalists play for third place.

    `final_best_of` is for the final alone; None means the same as all the others.

    Raises:
        InvalidGraph: not 2 to 1024 entrants, a third place with fewer than 4, or an even best of.
    """
    _refuse_unplayable(entrants, default_best_of, final_best_of)
    if third_place and entrants < 4:
        raise InvalidGraph([GraphProblem(None, None, "A match for third place needs at least 4 entrants.")])
    build = _Builder(default_best_of)
    winners, losers = _round_one(entrants), _Slots()
    while len(winners) > 2:
        winners, losers = build.play_round(BracketSide.UPPER, _neighbours(winners))
    if third_place:
        build.play_round(BracketSide.THIRD_PLACE, _neighbours(losers))
    build.play_round(BracketSide.UPPER, _neighbours(winners))
    return build.graph(entrants, final_best_of)


def double_elimination(
    entrants: int,
    grand_final: GrandFinal = GrandFinal.RESET,
    default_best_of: int | None = None,
    final_best_of: int | None = None,
) -> MatchGraph:
    """A double elimination: out after the second loss; 2n - 2 matches, and one more when the grand final is reset.

    Without a grand final it ends after 2n - 3 matches with the upper winner as champion and the lower winner second;
    the upper final is then the final. `final_best_of` is for the final and its reset; None means the same as all the
    others. Two entrants have no lower bracket: the loser of their one match goes straight to the grand final.

    Raises:
        InvalidGraph: not 2 to 1024 entrants, or an even best of.
    """
    _refuse_unplayable(entrants, default_best_of, final_best_of)
    build = _Builder(default_best_of)
    upper, lower = build.play_round(BracketSide.UPPER, _neighbours(_round_one(entrants)))
    for mask in _DROP_MASKS[2 * len(upper)]:
        upper, dropping = build.play_round(BracketSide.UPPER, _neighbours(upper))
        survivors, _ = build.play_round(BracketSide.LOWER, _neighbours(lower))
        drops = [(dropping[position ^ mask], survivor) for position, survivor in enumerate(survivors)]
        lower, _ = build.play_round(BracketSide.LOWER, drops)
    if grand_final is not GrandFinal.NONE:
        winner, loser = build.play_round(BracketSide.FINAL, [(upper[0], lower[0])])
        if grand_final is GrandFinal.RESET:
            build.play_round(BracketSide.FINAL, [(winner[0], loser[0])], is_reset=True)
    return build.graph(entrants, final_best_of)


@dataclass(slots=True)
class _Builder:
    """The matches so far, and how many rounds of each side they fill."""

    best_of: int | None
    matches: list[MatchNode] = field(default_factory=list)
    rounds: Counter[BracketSide] = field(default_factory=Counter)

    def play_round(
        self, side: BracketSide, pairs: Iterable[tuple[Source | None, Source | None]], *, is_reset: bool = False
    ) -> tuple[_Slots, _Slots]:
        """Adds the next round of a side and returns where its winners and its losers come from.

        Whoever meets nobody goes on without a match. A round without any match gets no number.
        """
        number = self.rounds[side] + 1
        winners: _Slots = []
        losers: _Slots = []
        for position, (first, second) in enumerate(pairs):
            if first is None or second is None:
                winners.append(first or second)
                losers.append(None)
                continue
            key = f"{_LETTERS[side]}{number}.{position + 1}"
            self.matches.append(MatchNode(key, side, number, position, first, second, self.best_of, is_reset))
            self.rounds[side] = number
            winners.append(WinnerOf(key))
            losers.append(LoserOf(key))
        return winners, losers

    def graph(self, entrants: int, final_best_of: int | None) -> MatchGraph:
        """The finished graph. The final is all of the side FINAL, or else the last upper match."""
        if final_best_of is not None:
            side = BracketSide.FINAL if self.rounds[BracketSide.FINAL] else BracketSide.UPPER
            first = 1 if side is BracketSide.FINAL else self.rounds[side]
            self.matches = [
                replace(node, best_of=final_best_of) if node.side is side and node.round >= first else node
                for node in self.matches
            ]
        return MatchGraph(entrants, tuple(self.matches))


def _round_one(entrants: int) -> _Slots:
    size = 1 << (entrants - 1).bit_length()
    return [Seed(number) if number <= entrants else None for number in bracket_order(size)]


def _neighbours(slots: _Slots) -> list[tuple[Source | None, Source | None]]:
    return list(zip(slots[::2], slots[1::2], strict=True))


def _refuse_unplayable(entrants: int, *best_of: int | None) -> None:
    if not 2 <= entrants <= MAX_ENTRANTS:
        message = f"There are {entrants} entrants; a bracket takes 2 to {MAX_ENTRANTS}."
        raise InvalidGraph([GraphProblem(None, None, message)])
    refuse(GraphProblem(None, None, wrong) for wrong in map(best_of_problem, best_of) if wrong)
