"""What holds of every elimination bracket, with whatever options, and of every event played in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.placements import placements
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.rules.validation import validate
from domain.tournaments.values import BracketSide, DropOrder, GrandFinal, Seed, WinnerOf
from tests.fixtures.brackets import assert_ranking
from tests.fixtures.profiles import exhaustively

Play = Callable[[MatchGraph, Callable[..., int]], Any]

PLAYED_FINALS = {GrandFinal.NONE: 0, GrandFinal.SINGLE: 1, GrandFinal.RESET: 1, GrandFinal.ADVANTAGE: 1}


@dataclass(frozen=True)
class Double:
    """A double elimination and what it was asked for."""

    entrants: int
    final: GrandFinal
    order: DropOrder
    lower_starters: int

    @property
    def graph(self) -> MatchGraph:
        return double_elimination(self.entrants, self.final, drop_order=self.order, lower_starters=self.lower_starters)


@st.composite
def doubles(draw: st.DrawFn) -> Double:
    entrants = draw(st.integers(2, 70))
    lower_starters = draw(st.sampled_from((0, entrants // 2, draw(st.integers(0, entrants - 2)))))
    return Double(
        entrants,
        draw(st.sampled_from(GrandFinal)),
        draw(st.sampled_from(DropOrder)),
        min(lower_starters, entrants - 2),
    )


GRAPHS = st.one_of(
    doubles().map(lambda double: double.graph),
    st.builds(single_elimination, st.integers(4, 70), third_place=st.booleans()),
)
CHANCE = st.randoms(use_true_random=False)


@exhaustively
@given(GRAPHS)
def test_properties_i02_every_slot_has_one_feeder_that_comes_before_it(graph: MatchGraph) -> None:
    validate(graph)
    used = Counter(source for node in graph.matches for source in node.sources)
    assert set(used.values()) == {1}
    assert {source.number for source in used if isinstance(source, Seed)} == set(range(1, graph.entrants + 1))
    before: set[str] = set()
    for node in graph.matches:
        assert all(isinstance(source, Seed) or source.match in before for source in node.sources)
        before.add(node.key)
    ends = [key for key in before if WinnerOf(key) not in used]
    assert len(ends) <= 2


@exhaustively
@given(doubles(), CHANCE)
def test_properties_i03_as_many_matches_are_played_as_lives_are_lost(
    play: Play, double: Double, chance: Random
) -> None:
    graph = double.graph
    event = play(graph, lambda *_: chance.randrange(2))
    played = Counter(node.side for node, *_ in event.met)
    assert played[BracketSide.UPPER] == double.entrants - double.lower_starters - 1
    assert played[BracketSide.LOWER] == double.entrants - 2
    resets = sum(node.is_reset for node, *_ in event.met)
    assert played[BracketSide.FINAL] == PLAYED_FINALS[double.final] + resets
    if double.final is GrandFinal.RESET:
        lost = {seed: event.losses[seed] for seed in range(1, double.entrants + 1) if seed != event.last_winner}
        assert set(lost.values()) == {2}
        assert event.losses[event.last_winner] <= 1
        first_final = next(node.key for node, *_ in event.met if node.side is BracketSide.FINAL)
        assert resets == event.results[first_final].winner_slot


@exhaustively
@given(GRAPHS, CHANCE)
def test_properties_i01_i04_nobody_plays_twice_in_a_round_and_everybody_has_a_place(
    play: Play, graph: MatchGraph, chance: Random
) -> None:
    event = play(graph, lambda *_: chance.randrange(2))
    seats = Counter((node.side, node.round, seed) for node, *sides in event.met for seed in sides)
    assert max(seats.values()) == 1
    assert_ranking(placements(graph, event.results), graph.entrants)


@exhaustively
@given(GRAPHS)
def test_properties_i05_while_favourites_win_everybody_ends_among_the_places_of_their_seed(
    play: Play, graph: MatchGraph
) -> None:
    event = play(graph, lambda _, first, second: int(second < first))
    places = placements(graph, event.results)
    assert all(low <= seed <= high for seed, (low, high) in places.items())


@exhaustively
@given(doubles(), CHANCE)
def test_properties_i06_nobody_meets_again_below_before_the_bound(play: Play, double: Double, chance: Random) -> None:
    graph = double.graph
    bound = earliest_rematch_round(graph)
    met: set[frozenset[int]] = set()
    for node, *sides in play(graph, lambda *_: chance.randrange(2)).met:
        pair = frozenset(sides)
        assert node.side is not BracketSide.LOWER or pair not in met or (bound is not None and node.round >= bound)
        met.add(pair)
