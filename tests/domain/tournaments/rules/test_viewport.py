from __future__ import annotations

import pytest

from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.rules.viewport import layout, shown, slot_count
from domain.tournaments.values import BracketSide, Seed, Viewport, WinnerOf

UPPER, LOWER = BracketSide.UPPER, BracketSide.LOWER


def covered(node: MatchNode, rounds: int, slots: int) -> range:
    """The slots of a match: each round of the upper bracket has half as many as before, below each second one."""
    to_go = rounds - node.round
    height = slots >> (to_go if node.side is UPPER else to_go // 2)
    return range(node.position * height, (node.position + 1) * height)


@pytest.mark.parametrize("entrants", [2, 3, 5, 16, 33, 41, 64, 100])
def test_a_window_shows_exactly_the_matches_that_touch_it(entrants: int) -> None:
    graph = double_elimination(entrants)
    drawn = layout(graph)
    for side in drawn.keys() & {UPPER, LOWER}:
        slots, rounds = slot_count(drawn[side]), len(drawn[side])
        for first in range(0, slots, 3):
            last = first + 4
            found = shown(drawn, Viewport((side,), 2, 3, first, last))
            expected = [
                node.key
                for node in graph.matches
                if node.side is side
                and node.round in (2, 3)
                and (
                    side not in (UPPER, LOWER)
                    or not set(covered(node, rounds, slots)).isdisjoint(range(first, last + 1))
                )
            ]
            assert sorted(found) == sorted(expected)


def test_without_bounds_a_window_shows_everything_once() -> None:
    graph: MatchGraph = single_elimination(100, third_place=True)
    assert sorted(shown(layout(graph), Viewport())) == sorted(node.key for node in graph.matches)
    assert shown(layout(graph), Viewport(first_slot=1_000_000)) == []
    assert shown(layout(graph), Viewport(first_round=9)) == []


def test_a_window_costs_no_more_in_a_larger_bracket() -> None:
    found = shown(layout(double_elimination(4096)), Viewport((UPPER,), 1, 6, 992, 1023))
    assert len(found) == 32 + 16 + 8 + 4 + 2 + 1
    assert (found[0], found[-1]) == ("U1.993", "U6.32")


def test_a_ladder_that_was_given_is_drawn_in_columns_of_one() -> None:
    graph = from_links(
        4, [Link("A", Seed(3), Seed(4)), Link("B", Seed(2), WinnerOf("A")), Link("C", Seed(1), WinnerOf("B"))]
    )
    assert [column.width for column in layout(graph)[UPPER]] == [1, 1, 1]
