"""How many games the matches of a stage have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.tournaments.rules.formats import (
    Elimination,
    Format,
    RoundRobin,
    Swiss,
    graph_of,
    nodes_with_lengths,
    require_round_formats,
)
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.lengths import RoundFormat, length, with_lengths
from domain.tournaments.rules.links import Link
from domain.tournaments.values import BracketSide, GrandFinal, Seed, Structure

UPPER, LOWER, FINAL, THIRD, GROUP = (
    BracketSide.UPPER,
    BracketSide.LOWER,
    BracketSide.FINAL,
    BracketSide.THIRD_PLACE,
    BracketSide.GROUP,
)


def single(**settings: Any) -> Format:
    return Format(Structure.SINGLE_ELIMINATION, Elimination(**settings))


def double(**settings: Any) -> Format:
    return Format(Structure.DOUBLE_ELIMINATION, Elimination(**settings))


def lengths(chosen: Format, entrants: int) -> dict[str, int | None]:
    nodes = nodes_with_lengths(chosen, graph_of(chosen, entrants).matches, entrants)
    return {node.key: node.best_of for node in nodes}


def last(side: BracketSide, best_of: int, rounds: int | None = None) -> RoundFormat:
    return RoundFormat(side=side, best_of=best_of, last_rounds=rounds)


def test_a_single_elimination_whose_last_rounds_are_longer() -> None:
    chosen = single(round_formats=(last(UPPER, 7, 1), last(UPPER, 5, 2), last(THIRD, 1)), has_third_place_match=True)
    assert lengths(chosen, 8) == {
        **{f"U1.{match}": 3 for match in (1, 2, 3, 4)},
        "U2.1": 5,
        "U2.2": 5,
        "U3.1": 7,
        "T1.1": 1,
    }
    assert chosen.final_best_of == 7
    assert lengths(chosen, 2) == {"U1.1": 7}


def test_the_final_is_as_is_said_of_it_alone() -> None:
    chosen = single(final_best_of=7, round_formats=(last(UPPER, 5, 2),))
    assert lengths(chosen, 4) == {"U1.1": 5, "U1.2": 5, "U2.1": 7}
    assert chosen.final_best_of == 7
    assert single(final_best_of=3, round_formats=(last(UPPER, 5, 2),)).final_best_of == 3
    assert single(round_formats=(last(UPPER, 5, 2),)).final_best_of == 5
    assert single(best_of=1).final_best_of == 1


@pytest.mark.parametrize(
    ("entrants", "grand_final", "finals"),
    [
        (6, GrandFinal.RESET, {"F1.1", "F2.1"}),
        (6, GrandFinal.ADVANTAGE, {"F1.1"}),
        (6, GrandFinal.NONE, {"U3.1"}),
        (2, GrandFinal.NONE, {"U1.1"}),
    ],
)
def test_the_final_of_a_double_elimination(entrants: int, grand_final: GrandFinal, finals: set[str]) -> None:
    chosen = double(final_best_of=5, grand_final=grand_final, final_advantage=1)
    found = lengths(chosen, entrants)
    assert {key for key, games in found.items() if games == 5} == finals
    assert {games for key, games in found.items() if key not in finals} <= {3}
    assert chosen.final_best_of == 5


def test_the_upper_bracket_can_be_longer_than_the_lower() -> None:
    chosen = double(round_formats=(last(UPPER, 5), last(FINAL, 9, 1)), final_best_of=7)
    found = lengths(chosen, 4)
    assert found == {"U1.1": 5, "U1.2": 5, "U2.1": 5, "L1.1": 3, "L2.1": 3, "F1.1": 7, "F2.1": 9}


def test_in_groups_of_different_sizes_each_has_a_last_round() -> None:
    chosen = Format(Structure.ROUND_ROBIN, RoundRobin(best_of=1, group_count=2, round_formats=(last(GROUP, 5, 1),)))
    for entrants, longest in ((7, {"A3.1", "B3.1", "B3.2"}), (5, {"A3.1", "B1.1"})):
        assert {key for key, games in lengths(chosen, entrants).items() if games == 5} == longest


def test_the_last_round_of_a_swiss_is_the_one_that_is_planned() -> None:
    chosen = Format(Structure.SWISS, Swiss(rounds=4, round_formats=(last(GROUP, 5, 2),)))

    def board(number: int) -> MatchNode:
        return MatchNode(f"R{number}.1", GROUP, number, 0, Seed(1), Seed(2), group=1)

    assert [nodes_with_lengths(chosen, [board(number)], 8)[0].best_of for number in (1, 2, 3, 4)] == [3, 3, 5, 5]


def test_matches_that_were_given_keep_what_they_say() -> None:
    links = (Link("A", Seed(1), Seed(2), best_of=9),)
    assert lengths(Format(Structure.CUSTOM, Elimination(best_of=1), links), 2) == {"A": 9}


@given(
    formats=st.lists(
        st.builds(last, st.sampled_from(list(BracketSide)), st.integers(1, 99), st.none() | st.integers(1, 9)),
        max_size=6,
        unique_by=lambda one: (one.side, one.last_rounds),
    ),
    rounds=st.integers(1, 10),
    side=st.sampled_from(list(BracketSide)),
)
def test_the_format_for_the_fewest_rounds_holds_in_any_order(
    formats: list[RoundFormat], rounds: int, side: BracketSide
) -> None:
    for to_go in range(rounds):
        found = length(1000, formats, side, to_go)
        assert found == length(1000, formats[::-1], side, to_go)
        holding = {one.last_rounds or 99: one.best_of for one in formats if one.side is side}
        assert found == next((holding[number] for number in sorted(holding) if number > to_go), 1000)
    nodes = [MatchNode(f"M{n}", side, n, 0, Seed(1), Seed(2)) for n in range(1, rounds + 1)]
    told = [node.best_of for node in with_lengths(nodes, 1000, formats)]
    assert told == [length(1000, formats, side, to_go) for to_go in reversed(range(rounds))]


@pytest.mark.parametrize(
    ("chosen", "place"),
    [
        (single(round_formats=(last(LOWER, 3),)), ("0", "side")),
        (single(round_formats=(last(THIRD, 3),)), ("0", "side")),
        (single(round_formats=(last(UPPER, 3), last(UPPER, 5, 0))), ("1", "lastRounds")),
        (single(round_formats=(last(UPPER, 3, 1001),)), ("0", "lastRounds")),
        (single(round_formats=(last(UPPER, 3, 2), last(UPPER, 5, 2))), ("1",)),
        (single(final_best_of=5, round_formats=(last(UPPER, 3, 1),)), ("0",)),
        (double(final_best_of=5, round_formats=(last(UPPER, 3, 1), last(FINAL, 5))), ("1",)),
        (double(grand_final=GrandFinal.NONE, round_formats=(last(FINAL, 5),)), ("0", "side")),
        (Format(Structure.GSL_GROUP, Elimination(round_formats=(last(FINAL, 5),))), ("0", "side")),
        (Format(Structure.CUSTOM, Elimination(round_formats=(last(UPPER, 5),))), ("0", "side")),
        (Format(Structure.SWISS, Swiss(round_formats=(last(UPPER, 5),))), ("0", "side")),
        (single(round_formats=tuple(last(UPPER, 3, number) for number in range(1, 18))), ()),
    ],
)
def test_formats_of_rounds_that_cannot_be_are_refused(chosen: Format, place: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        require_round_formats(chosen, "roundFormats")
    assert caught.value.path == ("roundFormats", *place)


def test_a_match_can_be_drawn_where_everybody_plays_on_and_the_scoring_allows_it() -> None:
    scorings = tuple(MatchScoring)
    drawn = (False, True, True)
    assert tuple(Format(Structure.SWISS, Swiss(scoring=each)).can_be_drawn for each in scorings) == drawn
    assert tuple(Format(Structure.ROUND_ROBIN, RoundRobin(scoring=each)).can_be_drawn for each in scorings) == drawn
    assert not any(
        Format(Structure.ROUND_ROBIN, RoundRobin(scoring=each, has_draws=False)).can_be_drawn for each in scorings
    )
    assert not any(single(scoring=each).can_be_drawn for each in scorings)
