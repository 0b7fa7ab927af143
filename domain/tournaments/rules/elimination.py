"""Single and double elimination for any number of entrants from 2 to 4,096.

Both are built on the next power of two; a slot without a seed is a bye, and a match with a bye is left out while
building, so no match ever has a bye for a side. The byes fall to the highest seeds. Who starts in the lower bracket
stands there as if they had come down already: all upper matches of theirs count as played, and won by the favourites.

In keys U is the upper bracket, L the lower, F the grand final and T the match for third place: "L2.3" is the third
match of lower round 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from domain.tournaments.errors import GraphProblem, InvalidGraph
from domain.tournaments.rules.drops import drop_masks
from domain.tournaments.rules.graph import MAX_ENTRANTS, MatchGraph, MatchNode
from domain.tournaments.rules.seeding import bracket_order
from domain.tournaments.rules.validation import refuse
from domain.tournaments.values import BracketSide, DropOrder, GrandFinal, LoserOf, Seed, Source, WinnerOf

GSL_GROUP_SIZE = 4

_LETTERS = {
    BracketSide.UPPER: "U",
    BracketSide.LOWER: "L",
    BracketSide.FINAL: "F",
    BracketSide.THIRD_PLACE: "T",
}

_Slots = list[Source | None]


def single_elimination(
    entrants: int,
    *,
    third_place: bool = False,
) -> MatchGraph:
    """A knock-out: n - 1 matches, and one more when the losing semi-finalists play for third place.

    Raises:
        InvalidGraph: not 2 to 4,096 entrants, or a third place with fewer than 4.
    """
    _refuse_unplayable(entrants)
    if third_place and entrants < 4:
        raise InvalidGraph([GraphProblem(None, None, "A match for third place needs at least 4 entrants.")])
    build = _Builder()
    winners, losers = _round_one(entrants), _Slots()
    while len(winners) > 2:
        winners, losers = build.play_round(BracketSide.UPPER, _neighbours(winners))
    if third_place:
        build.play_round(BracketSide.THIRD_PLACE, _neighbours(losers))
    build.play_round(BracketSide.UPPER, _neighbours(winners))
    return build.graph(entrants)


def double_elimination(
    entrants: int,
    grand_final: GrandFinal = GrandFinal.RESET,
    *,
    drop_order: DropOrder = DropOrder.OPTIMAL,
    lower_starters: int = 0,
    advantage: int = 1,
) -> MatchGraph:
    """A double elimination: out after the second loss; 2n - 2 matches, and one more when the grand final is reset.

    Without a grand final it ends after 2n - 3 matches with the upper winner as champion and the lower winner second;
    the upper final is then the final. Two entrants have no lower bracket: the loser of their one match goes straight to
    the grand final.

    The `lower_starters` lowest seeds start in the lower bracket and are out after one loss, which is a match less for
    each. `advantage` is how many games the upper winner is ahead in a grand final of that kind, and nothing otherwise.

    Raises:
        InvalidGraph: not 2 to 4,096 entrants, or fewer than two who start in the upper bracket.
    """
    _refuse_unplayable(entrants)
    refuse(_wrong_lower_starters(entrants, lower_starters))
    build = _Builder(upper_starters=entrants - lower_starters)
    upper, lower = build.play_round(BracketSide.UPPER, _neighbours(_round_one(entrants)))
    for mask in drop_masks(drop_order, 2 * len(upper)):
        upper, dropping = build.play_round(BracketSide.UPPER, _neighbours(upper))
        survivors, _ = build.play_round(BracketSide.LOWER, _neighbours(lower))
        drops = [(dropping[position ^ mask], survivor) for position, survivor in enumerate(survivors)]
        lower, _ = build.play_round(BracketSide.LOWER, drops)
    if grand_final is GrandFinal.ADVANTAGE:
        build.play_round(BracketSide.FINAL, [(upper[0], lower[0])], advantage=advantage)
    elif grand_final is not GrandFinal.NONE:
        winner, loser = build.play_round(BracketSide.FINAL, [(upper[0], lower[0])])
        if grand_final is GrandFinal.RESET:
            build.play_round(BracketSide.FINAL, [(winner[0], loser[0])], is_reset=True)
    return build.graph(entrants)


def gsl_group() -> MatchGraph:
    """A group as in the Global StarCraft II League: 1 plays 4 and 2 plays 3, then the winners and the losers, and then
    the loser of the winners the winner of the losers. Five matches, four places; the first two come through.
    """
    return double_elimination(GSL_GROUP_SIZE, GrandFinal.NONE)


@dataclass(slots=True)
class _Builder:
    """The matches so far, and how many rounds of each side they fill."""

    upper_starters: int = MAX_ENTRANTS
    matches: list[MatchNode] = field(default_factory=list)
    rounds: Counter[BracketSide] = field(default_factory=Counter)

    def play_round(
        self,
        side: BracketSide,
        pairs: Iterable[tuple[Source | None, Source | None]],
        *,
        is_reset: bool = False,
        advantage: int = 0,
    ) -> tuple[_Slots, _Slots]:
        """Adds the next round of a side and returns where its winners and its losers come from.

        Whoever meets nobody goes on without a match. A round without any match gets no number.
        """
        number = self.rounds[side] + 1
        winners: _Slots = []
        losers: _Slots = []
        for position, pair in enumerate(pairs):
            settled = self._without_play(side, *pair)
            if settled is not None:
                winners.append(settled[0])
                losers.append(settled[1])
                continue
            key = f"{_LETTERS[side]}{number}.{position + 1}"
            self.matches.append(
                MatchNode(
                    key,
                    side,
                    number,
                    position,
                    *_seated(side, *pair),
                    is_reset=is_reset,
                    advantage=advantage,
                )
            )
            self.rounds[side] = number
            winners.append(WinnerOf(key))
            losers.append(LoserOf(key))
        return winners, losers

    def _without_play(
        self, side: BracketSide, first: Source | None, second: Source | None
    ) -> tuple[Source | None, Source | None] | None:
        """Who goes on and who comes down where no match is: beside a bye, and above where somebody starts below."""
        if first is None or second is None:
            return first or second, None
        if side is not BracketSide.UPPER:
            return None
        # Who starts below meets only seeds there, because the lowest of all seeds are settled first.
        seeds = [source for source in (first, second) if isinstance(source, Seed)]
        if all(seed.number <= self.upper_starters for seed in seeds):
            return None
        favourite, other = sorted(seeds, key=lambda seed: seed.number)
        return favourite, other

    def graph(self, entrants: int) -> MatchGraph:
        """The finished graph."""
        return MatchGraph(entrants, tuple(self.matches))


def _seated(side: BracketSide, first: Source | None, second: Source | None) -> tuple[Source, Source]:
    """Both sides of a match. Whoever comes down stands first, also where a bye has let them pass by a round."""
    assert first is not None
    assert second is not None
    if side is BracketSide.LOWER and isinstance(first, WinnerOf) and not isinstance(second, WinnerOf):
        return second, first
    return first, second


def _round_one(entrants: int) -> _Slots:
    size = 1 << (entrants - 1).bit_length()
    return [Seed(number) if number <= entrants else None for number in bracket_order(size)]


def _neighbours(slots: _Slots) -> list[tuple[Source | None, Source | None]]:
    return list(zip(slots[::2], slots[1::2], strict=True))


def _wrong_lower_starters(entrants: int, lower_starters: int) -> Iterator[GraphProblem]:
    if not 0 <= lower_starters <= entrants - 2:
        message = f"Of {entrants} entrants 0 to {entrants - 2} can start in the lower bracket, not {lower_starters}."
        yield GraphProblem(None, None, message)


def _refuse_unplayable(entrants: int) -> None:
    if not 2 <= entrants <= MAX_ENTRANTS:
        message = f"There are {entrants} entrants; a bracket takes 2 to {MAX_ENTRANTS}."
        raise InvalidGraph([GraphProblem(None, None, message)])
