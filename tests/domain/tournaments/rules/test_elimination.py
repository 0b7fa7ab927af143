from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest

from domain.tournaments.errors import InvalidGraph
from domain.tournaments.rules.elimination import double_elimination, gsl_group, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.rules.placements import placements
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.rules.validation import validate
from domain.tournaments.values import BracketSide, GrandFinal, LoserOf, Seed, WinnerOf

Play = Callable[[MatchGraph, Callable[..., int]], Any]

EVERY_SIZE = [*range(2, 131), 1023, 1024]

EARLIEST_REMATCH = {4: 2, 8: 3, 16: 4, 32: 5, 64: 7, 128: 8, 256: 9, 512: 11, 1024: 13, 2048: 15, 4096: 16}


def generated(entrants: int) -> list[MatchGraph]:
    graphs = [single_elimination(entrants), *(double_elimination(entrants, final) for final in GrandFinal)]
    return [*graphs, single_elimination(entrants, third_place=True)] if entrants >= 4 else graphs


def slots(entrants: int) -> int:
    return 1 << (entrants - 1).bit_length()


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_every_slot_has_one_source_and_every_source_is_used_once(entrants: int) -> None:
    for graph in generated(entrants):
        validate(graph)
        used = Counter(source for node in graph.matches for source in node.sources)
        assert set(used.values()) == {1}
        assert {source.number for source in used if isinstance(source, Seed)} == set(range(1, entrants + 1))
        ends = [node.key for node in graph.matches if WinnerOf(node.key) not in used]
        assert len(ends) <= 2
        assert len({(node.side, node.round, node.position) for node in graph.matches}) == len(graph.matches)
        before: set[str] = set()
        for node in graph.matches:
            assert all(isinstance(source, Seed) or source.match in before for source in node.sources)
            before.add(node.key)


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_rounds_count_from_one_without_a_gap(entrants: int) -> None:
    for graph in generated(entrants):
        for side in BracketSide:
            rounds = {node.round for node in graph.matches if node.side is side}
            assert rounds == set(range(1, len(rounds) + 1))


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_the_byes_of_round_one_fall_to_the_highest_seeds(entrants: int) -> None:
    graph = single_elimination(entrants)
    first = [node for node in graph.matches if node.round == 1]
    playing = {source.number for node in first for source in node.sources if isinstance(source, Seed)}
    assert playing == set(range(slots(entrants) - entrants + 1, entrants + 1))


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_single_elimination_plays_one_match_less_than_entrants(play: Play, entrants: int) -> None:
    chance = random.Random(entrants)
    for third_place in (False, True) if entrants >= 4 else (False,):
        event = play(single_elimination(entrants, third_place=third_place), lambda *_: chance.randrange(2))
        assert len(event.results) == entrants - 1 + third_place


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_double_elimination_takes_two_losses_from_everybody_but_the_champion(play: Play, entrants: int) -> None:
    chance = random.Random(entrants)
    event = play(double_elimination(entrants, GrandFinal.RESET), lambda *_: chance.randrange(2))
    champion = event.last_winner
    others = [event.losses[seed] for seed in range(1, entrants + 1) if seed != champion]
    assert others == [2] * (entrants - 1)
    assert len(event.results) == 2 * entrants - 2 + event.losses[champion]
    assert event.losses[champion] <= 1


@pytest.mark.parametrize("entrants", [2, 3, 4, 5, 8, 13, 100])
def test_the_reset_is_played_exactly_if_the_lower_side_wins_the_final(play: Play, entrants: int) -> None:
    graph = double_elimination(entrants, GrandFinal.RESET)
    unbeaten = play(graph, lambda *_: 0)
    assert len(unbeaten.results) == 2 * entrants - 2
    lower_wins = play(graph, lambda node, *_: int(node.side is BracketSide.FINAL))
    assert len(lower_wins.results) == 2 * entrants - 1


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_the_grand_final_decides_how_many_matches_there_are(entrants: int) -> None:
    counts = [len(double_elimination(entrants, final).matches) for final in GrandFinal]
    assert counts == [2 * entrants - 3, 2 * entrants - 2, 2 * entrants - 1, 2 * entrants - 2]


@pytest.mark.parametrize("entrants", EVERY_SIZE)
def test_nobody_plays_twice_in_a_round(play: Play, entrants: int) -> None:
    chance = random.Random(entrants)
    for graph in generated(entrants):
        event = play(graph, lambda *_: chance.randrange(2))
        seats = Counter((node.side, node.round, seed) for node, *sides in event.met for seed in sides)
        assert max(seats.values()) == 1


@pytest.mark.parametrize(("size", "bound"), EARLIEST_REMATCH.items())
def test_the_drop_order_puts_rematches_off_to_the_published_round(size: int, bound: int) -> None:
    assert earliest_rematch_round(double_elimination(size)) == bound


@pytest.mark.parametrize("entrants", [n for n in EVERY_SIZE if n > 2])
def test_byes_never_bring_a_rematch_forward(entrants: int) -> None:
    size = slots(entrants)
    round_one_is_all_byes = entrants <= size * 3 // 4
    found = earliest_rematch_round(double_elimination(entrants))
    assert found is not None
    assert found + round_one_is_all_byes >= EARLIEST_REMATCH[size]


@pytest.mark.parametrize("entrants", range(3, 9))
def test_the_rematch_bound_is_what_playing_every_possible_event_finds(play: Play, entrants: int) -> None:
    graph = double_elimination(entrants, GrandFinal.NONE)
    keys = [node.key for node in graph.matches]
    earliest = 99
    for outcome in product((0, 1), repeat=len(keys)):
        winners = dict(zip(keys, outcome, strict=True))
        pairs: set[frozenset[int]] = set()
        for node, *sides in play(graph, lambda node, *_, winners=winners: winners[node.key]).met:
            if node.side is BracketSide.LOWER and frozenset(sides) in pairs:
                earliest = min(earliest, node.round)
            pairs.add(frozenset(sides))
    assert earliest == earliest_rematch_round(graph)


def test_dropping_straight_down_lets_semi_final_opponents_meet_at_once() -> None:
    upper = [Link(f"U{n}", Seed(n), Seed(9 - n)) for n in (1, 4, 2, 3)]
    semis = [Link("S1", WinnerOf("U1"), WinnerOf("U4")), Link("S2", WinnerOf("U2"), WinnerOf("U3"))]
    first = [Link("L1", LoserOf("U1"), LoserOf("U4")), Link("L2", LoserOf("U2"), LoserOf("U3"))]
    drops = [Link("D1", LoserOf("S1"), WinnerOf("L1")), Link("D2", LoserOf("S2"), WinnerOf("L2"))]
    ends = [
        Link("UF", WinnerOf("S1"), WinnerOf("S2")),
        Link("M", WinnerOf("D1"), WinnerOf("D2")),
        Link("LF", LoserOf("UF"), WinnerOf("M")),
        Link("GF", WinnerOf("UF"), WinnerOf("LF")),
    ]
    assert earliest_rematch_round(from_links(8, [*upper, *semis, *first, *drops, *ends])) == 2


def test_single_elimination_has_no_lower_round_for_a_rematch() -> None:
    assert earliest_rematch_round(single_elimination(8)) is None


def test_two_entrants_go_from_one_match_straight_to_the_grand_final() -> None:
    first, final, reset = double_elimination(2).matches
    assert first.sources == (Seed(1), Seed(2))
    assert final.sources == (WinnerOf(first.key), LoserOf(first.key))
    assert (final.side, final.is_reset) == (BracketSide.FINAL, False)
    assert reset.sources == (WinnerOf(final.key), LoserOf(final.key))
    assert reset.is_reset


def test_four_entrants_give_the_textbook_double_elimination() -> None:
    graph = double_elimination(4, GrandFinal.SINGLE)
    assert {node.key: node.sources for node in graph.matches} == {
        "U1.1": (Seed(1), Seed(4)),
        "U1.2": (Seed(2), Seed(3)),
        "U2.1": (WinnerOf("U1.1"), WinnerOf("U1.2")),
        "L1.1": (LoserOf("U1.1"), LoserOf("U1.2")),
        "L2.1": (LoserOf("U2.1"), WinnerOf("L1.1")),
        "F1.1": (WinnerOf("U2.1"), WinnerOf("L2.1")),
    }


@pytest.mark.parametrize("entrants", [-1, 0, 1, 4097])
def test_a_number_of_entrants_that_no_bracket_takes_is_refused(entrants: int) -> None:
    for build in (single_elimination, double_elimination):
        with pytest.raises(InvalidGraph, match="2 to 4096"):
            build(entrants)


def test_third_place_needs_two_losing_semi_finalists() -> None:
    with pytest.raises(InvalidGraph, match="at least 4"):
        single_elimination(3, third_place=True)


def test_the_best_seeds_are_kept_apart_for_as_long_as_possible(play: Play) -> None:
    event = play(single_elimination(64), lambda _, first, second: int(second < first))
    rounds = {frozenset(sides): node.round for node, *sides in event.met}
    assert all(rounds.get(frozenset(pair), 6) >= 5 for pair in combinations((1, 2, 3, 4), 2))
    assert rounds[frozenset((1, 2))] == 6


def test_the_upper_winner_begins_a_final_with_advantage_games_ahead() -> None:
    graph = double_elimination(5, GrandFinal.ADVANTAGE, advantage=2)
    assert {node.key: node.advantage for node in graph.matches if node.advantage} == {"F1.1": 2}
    assert graph.match("F1.1").sources == (WinnerOf("U3.1"), WinnerOf("L3.1"))


def test_the_lowest_seeds_play_each_other_below_while_the_others_play_above() -> None:
    graph = double_elimination(8, GrandFinal.SINGLE, lower_starters=4)
    assert {node.key: node.sources for node in graph.matches} == {
        "U1.1": (Seed(1), Seed(4)),
        "U1.2": (Seed(2), Seed(3)),
        "L1.1": (Seed(8), Seed(5)),
        "L1.2": (Seed(7), Seed(6)),
        "L2.1": (LoserOf("U1.2"), WinnerOf("L1.1")),
        "L2.2": (LoserOf("U1.1"), WinnerOf("L1.2")),
        "U2.1": (WinnerOf("U1.1"), WinnerOf("U1.2")),
        "L3.1": (WinnerOf("L2.1"), WinnerOf("L2.2")),
        "L4.1": (LoserOf("U2.1"), WinnerOf("L3.1")),
        "F1.1": (WinnerOf("U2.1"), WinnerOf("L4.1")),
    }


@pytest.mark.parametrize("lower_starters", [-1, 7, 8])
def test_at_least_two_start_above(lower_starters: int) -> None:
    with pytest.raises(InvalidGraph, match="0 to 6 can start in the lower bracket"):
        double_elimination(8, lower_starters=lower_starters)


def test_a_gsl_group_has_five_matches_and_four_places(play: Play) -> None:
    graph = gsl_group()
    assert {node.key: node.sources for node in graph.matches} == {
        "U1.1": (Seed(1), Seed(4)),
        "U1.2": (Seed(2), Seed(3)),
        "U2.1": (WinnerOf("U1.1"), WinnerOf("U1.2")),
        "L1.1": (LoserOf("U1.1"), LoserOf("U1.2")),
        "L2.1": (LoserOf("U2.1"), WinnerOf("L1.1")),
    }
    favourites = play(graph, lambda _, first, second: int(second < first))
    assert placements(graph, favourites.results) == {seed: (seed, seed) for seed in (1, 2, 3, 4)}
