from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.rules.placements import Band, placement_bands, placements
from domain.tournaments.rules.progression import NodeStatus, Result, fold
from domain.tournaments.values import GrandFinal, LoserOf, Seed, WinnerOf
from tests.fixtures.profiles import exhaustively

Play = Callable[[MatchGraph, Callable[..., int]], Any]

EVERY_SIZE = [*range(2, 131), 4096]


def favourite(_: object, first: int, second: int) -> int:
    return int(second < first)


def generated(entrants: int) -> list[MatchGraph]:
    graphs = [single_elimination(entrants), *(double_elimination(entrants, final) for final in GrandFinal)]
    return [*graphs, single_elimination(entrants, third_place=True)] if entrants >= 4 else graphs


def assert_ranks_everybody(ranks: dict[int, Band], entrants: int) -> None:
    assert sorted(ranks) == list(range(1, entrants + 1))
    assert Counter(ranks.values()) == {band: band[1] - band[0] + 1 for band in ranks.values()}
    places = [place for low, high in set(ranks.values()) for place in range(low, high + 1)]
    assert sorted(places) == list(range(1, entrants + 1))


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_a_complete_event_ranks_everybody_in_bands(play: Play, entrants: int) -> None:
    chance = random.Random(entrants)
    for graph in generated(entrants):
        event = play(graph, lambda *_: chance.randrange(2))
        ranks = placements(graph, event.results)
        assert_ranks_everybody(ranks, entrants)
        assert ranks[fold(graph, event.results).champion or 0] == (1, 1)


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_while_favourites_win_everybody_finishes_in_the_band_of_the_own_seed(play: Play, entrants: int) -> None:
    for graph in generated(entrants):
        ranks = placements(graph, play(graph, favourite).results)
        assert all(low <= seed <= high for seed, (low, high) in ranks.items())


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_losers_of_one_round_share_a_band_and_later_rounds_rank_higher(entrants: int) -> None:
    for graph in generated(entrants):
        bands = placement_bands(graph)
        by_round: dict[tuple[str, int], set[Band]] = {}
        for node in graph.matches:
            if band := bands[node.key]:
                by_round.setdefault((node.side.value, node.round), set()).add(band)
        assert all(len(shared) == 1 for shared in by_round.values())
        for side in ("UPPER", "LOWER"):
            lows = [min(by_round[key])[0] for key in sorted(by_round) if key[0] == side]
            assert lows == sorted(set(lows), reverse=True)


def test_forty_one_entrants_fill_the_bands_of_lower_rounds() -> None:
    sizes = Counter(band for band in placement_bands(double_elimination(41)).values() if band)
    assert sizes == {
        (2, 2): 1,
        (3, 3): 1,
        (4, 4): 1,
        (5, 6): 2,
        (7, 8): 2,
        (9, 12): 4,
        (13, 16): 4,
        (17, 24): 8,
        (25, 32): 8,
        (33, 41): 9,
    }


def test_single_elimination_leaves_two_thirds_unless_they_play_for_it() -> None:
    shared = placement_bands(single_elimination(4))
    assert shared == {"U1.1": (3, 4), "U1.2": (3, 4), "U2.1": (2, 2)}
    played = placement_bands(single_elimination(4, third_place=True))
    assert played == {"U1.1": None, "U1.2": None, "T1.1": (4, 4), "U2.1": (2, 2)}


def test_the_winner_of_the_match_for_third_place_is_third(play: Play) -> None:
    graph = single_elimination(8, third_place=True)
    ranks = placements(graph, play(graph, lambda node, *sides: 1 - favourite(node, *sides)).results)
    assert [ranks[seed] for seed in (8, 7, 6, 5)] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_without_a_grand_final_the_lower_winner_is_second(play: Play) -> None:
    graph = double_elimination(8, GrandFinal.NONE)
    event = play(graph, favourite)
    assert placement_bands(graph)["U3.1"] is None
    assert [placements(graph, event.results)[seed] for seed in (1, 2, 3, 4)] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_the_loser_of_a_final_that_may_be_reset_is_second_either_way() -> None:
    graph = double_elimination(2)
    assert placement_bands(graph) == {"U1.1": None, "F1.1": None, "F2.1": (2, 2)}
    assert placements(graph, {"U1.1": Result(0), "F1.1": Result(1)}) == {}
    assert placements(graph, {"U1.1": Result(0), "F1.1": Result(0)}) == {1: (1, 1), 2: (2, 2)}
    reset = {"U1.1": Result(0), "F1.1": Result(1), "F2.1": Result(0)}
    assert placements(graph, reset) == {2: (1, 1), 1: (2, 2)}


def test_only_those_who_are_out_have_a_place_while_the_event_runs() -> None:
    graph = double_elimination(8)
    results = {key: Result(0) for key in ("U1.1", "U1.2", "U1.3", "U1.4", "L1.1")}
    assert placements(graph, results) == {5: (7, 8)}


@exhaustively
@given(st.integers(2, 24), st.sampled_from(GrandFinal), st.randoms(use_true_random=False), st.integers(0, 60))
def test_properties_i04_a_place_once_taken_never_changes(
    play: Play, entrants: int, final: GrandFinal, chance: random.Random, reported: int
) -> None:
    graph = double_elimination(entrants, final)
    results = play(graph, lambda *_: chance.randrange(2)).results
    so_far = dict(list(results.items())[:reported])
    early, late = placements(graph, so_far), placements(graph, results)
    assert {seed: late[seed] for seed in early} == early


@exhaustively
@given(
    st.integers(2, 16), st.sampled_from(GrandFinal), st.randoms(use_true_random=False), st.sampled_from([10, 50, 100])
)
def test_properties_i04_everybody_is_ranked_even_when_both_sides_of_matches_stay_away(
    entrants: int, final: GrandFinal, chance: random.Random, no_show: int
) -> None:
    graph = double_elimination(entrants, final)
    results: dict[str, Result] = {}
    while not (bracket := fold(graph, results)).complete:
        ready = [key for key, state in bracket.matches.items() if state.status is NodeStatus.READY]
        results[ready[0]] = Result(None if chance.randrange(100) < no_show else chance.randrange(2))
    assert_ranks_everybody(placements(graph, results), entrants)


def test_places_close_up_above_two_who_both_stayed_away() -> None:
    graph = single_elimination(4)
    results = {"U1.1": Result(None), "U1.2": Result(0)}
    assert placements(graph, results) == {2: (1, 1), 1: (2, 4), 4: (2, 4), 3: (2, 4)}


def test_two_who_stay_away_in_the_upper_bracket_rank_with_those_who_lose_twice() -> None:
    graph = double_elimination(4)
    assert placements(graph, {"U1.1": Result(None)}) == {1: (3, 4), 4: (3, 4)}


def test_two_who_stay_away_do_not_share_the_places_of_a_later_round() -> None:
    graph = double_elimination(8)
    assert placements(graph, {"U1.1": Result(None)}) == {1: (6, 8), 8: (6, 8)}


def test_a_reset_may_list_the_loser_of_the_final_first() -> None:
    links = [
        Link("U", Seed(1), Seed(2)),
        Link("F", LoserOf("U"), WinnerOf("U")),
        Link("R", LoserOf("F"), WinnerOf("F")),
    ]
    graph = from_links(2, links)
    assert placements(graph, {"U": Result(0), "F": Result(1)}) == {1: (1, 1), 2: (2, 2)}
    assert placements(graph, {"U": Result(0), "F": Result(0), "R": Result(1)}) == {2: (1, 1), 1: (2, 2)}


def test_a_branch_stands_at_the_best_of_the_places_that_lead_into_it() -> None:
    quarters = [Link(f"Q{n}", Seed(n), Seed(9 - n)) for n in (1, 4, 2, 3)]
    semis = [Link("S1", WinnerOf("Q1"), WinnerOf("Q4")), Link("S2", WinnerOf("Q2"), WinnerOf("Q3"))]
    second_chance = [Link("C1", LoserOf("Q1"), LoserOf("Q4")), Link("C2", LoserOf("S1"), WinnerOf("C1"))]
    graph = from_links(8, [*quarters, *semis, *second_chance, Link("F", WinnerOf("S1"), WinnerOf("S2"))])
    bands = {key: band for key, band in placement_bands(graph).items() if band}
    assert bands == {"F": (2, 2), "S2": (3, 3), "C2": (5, 5), "C1": (6, 6), "Q2": (7, 8), "Q3": (7, 8)}


def test_a_consolation_bracket_ranks_where_its_entrants_lost() -> None:
    quarters = [Link(f"Q{n}", Seed(n), Seed(9 - n)) for n in (1, 4, 2, 3)]
    main = [
        Link("S1", WinnerOf("Q1"), WinnerOf("Q4")),
        Link("S2", WinnerOf("Q2"), WinnerOf("Q3")),
        Link("F", WinnerOf("S1"), WinnerOf("S2")),
    ]
    consolation = [
        Link("C1", LoserOf("Q1"), LoserOf("Q4")),
        Link("C2", LoserOf("Q2"), LoserOf("Q3")),
        Link("FIFTH", WinnerOf("C1"), WinnerOf("C2")),
        Link("SEVENTH", LoserOf("C1"), LoserOf("C2")),
    ]
    graph = from_links(8, [*quarters, *main, *consolation])
    bands = {key: band for key, band in placement_bands(graph).items() if band}
    assert bands == {"F": (2, 2), "S1": (3, 4), "S2": (3, 4), "FIFTH": (6, 6), "SEVENTH": (8, 8)}
    assert placements(graph, {"Q1": Result(0), "Q4": Result(0), "C1": Result(0)}) == {}


def test_each_rung_of_a_ladder_is_a_place_of_its_own() -> None:
    graph = from_links(
        4, [Link("A", Seed(3), Seed(4)), Link("B", Seed(2), WinnerOf("A")), Link("C", Seed(1), WinnerOf("B"))]
    )
    assert placement_bands(graph) == {"A": (4, 4), "B": (3, 3), "C": (2, 2)}
