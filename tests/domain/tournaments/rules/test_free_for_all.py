from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.tournaments.heat_values import Cut, FreeForAll, Games, Reached
from domain.tournaments.rules.free_for_all import (
    MAX_ENTRANTS,
    MAX_GAMES,
    Course,
    Heat,
    Parted,
    Round,
    course,
    draw_heats,
    parted_by_seed,
    points_of,
    require_game,
    require_terms,
    table,
)

FOURS = FreeForAll(heat_size=4, advancing=2, points=(5, 3, 2, 1))

Memory = dict[tuple[int, frozenset[int]], Round[int]]
"""What has been reached, by round and by who was in the heat."""


def so_far(
    seeds: Sequence[int], terms: FreeForAll, memory: Memory, left: Mapping[int, int] | None = None
) -> Course[int]:
    """How an event has gone of which this is known."""
    return course(seeds, terms, lambda number, heat: memory.get((number, frozenset(heat)), {}), left or {})


def open_heats(found: Course[int]) -> list[tuple[int, Heat[int]]]:
    """The heats that are still to be played, with their round."""
    return [(len(found.rounds), heat.entrants) for heat in found.rounds[-1] if not heat.is_over]


def in_order(heat: Sequence[int], games: int = 1) -> Round[int]:
    """The better seed is always before the other."""
    return {entrant: (Reached(place),) * games for place, entrant in enumerate(sorted(heat), start=1)}


def by_chance(heat: Sequence[int], games: int, chance: Random) -> Round[int]:
    """Places by chance, now and then shared."""
    found: dict[int, list[Reached]] = {entrant: [] for entrant in heat}
    for _ in range(games):
        speed = {entrant: chance.randrange(5) for entrant in heat}
        for entrant, games_of in found.items():
            place = 1 + sum(other > speed[entrant] for other in speed.values())
            games_of.append(Reached(place, chance.randrange(3)))
    return {entrant: tuple(games_of) for entrant, games_of in found.items()}


def played(seeds: Sequence[int], terms: FreeForAll, chance: Random | None = None) -> Memory:
    """Everything of an event that is played to its end, its open heats in an order of chance."""
    memory: Memory = {}
    while (heats := open_heats(so_far(seeds, terms, memory))) != []:
        if chance is not None:
            chance.shuffle(heats)
        number, heat = heats[0]
        result = in_order(heat, terms.games) if chance is None else by_chance(heat, terms.games, chance)
        memory[number, frozenset(heat)] = result
    return memory


def heats_of(found: Course[int], number: int) -> tuple[Heat[int], ...]:
    """The heats of a round."""
    return tuple(heat.entrants for heat in found.rounds[number - 1])


@st.composite
def all_terms(draw: st.DrawFn) -> FreeForAll:
    size = draw(st.integers(2, 9))
    points = sorted(draw(st.lists(st.integers(0, 20), max_size=size)), reverse=True)
    advancing, per_score = draw(st.integers(1, size // 2)), draw(st.integers(0, 3))
    games = draw(st.integers(1, 3))
    return FreeForAll(size, advancing, tuple(points), per_score, draw(st.sampled_from(Cut)), games)


def assert_ranking(places: Mapping[int, tuple[int, int]], entrants: Sequence[int]) -> None:
    """The places are a whole ranking of everybody."""
    assert sorted(places) == sorted(entrants)
    bands = Counter(places.values())
    low = 1
    for band in sorted(bands):
        assert band == (low, low + bands[band] - 1)
        low += bands[band]


def test_seeds_go_to_the_heats_forwards_and_backwards() -> None:
    assert draw_heats(range(1, 11), 4) == ((1, 6, 7), (2, 5, 8), (3, 4, 9, 10))


def test_ten_play_in_three_heats_then_in_two_then_in_one() -> None:
    """By place alone: three winners, then three seconds, are the seeds of the next round."""
    seeds = range(1, 11)
    found = so_far(seeds, FOURS, played(seeds, FOURS))
    assert [heats_of(found, number) for number in (2, 3)] == [((1, 4, 5), (2, 3, 6)), ((1, 2, 3, 4),)]
    assert found.is_over
    assert found.places == {
        **{seed: (seed, seed) for seed in range(1, 5)},
        **dict.fromkeys((5, 6), (5, 6)),
        **dict.fromkeys((7, 8, 9), (7, 9)),
        10: (10, 10),
    }
    first = {(1, frozenset(heat)): in_order(heat) for heat in heats_of(found, 1)}
    assert not so_far(seeds, FOURS, first).is_over
    assert so_far(seeds, FOURS, first).places == {7: (7, 9), 8: (7, 9), 9: (7, 9), 10: (10, 10)}


def test_points_for_scores_count_and_the_best_of_all_heats_may_go_on() -> None:
    terms = FreeForAll(heat_size=3, advancing=1, points=(3, 1), per_score=2, cut=Cut.OVERALL)
    reached = {1: (1, 0), 4: (2, 4), 5: (3, 1), 2: (1, 1), 3: (2, 2), 6: (3, 0)}
    results: dict[int, Games] = {seed: (Reached(*each),) for seed, each in reached.items()}
    lines = table(results, range(1, 7), terms)
    assert [(line.entrant, line.points, line.rank) for line in lines] == [
        *((4, 9, 1), (2, 5, 2), (3, 5, 3), (1, 3, 4), (5, 2, 5), (6, 0, 6))
    ]
    memory: Memory = {(1, frozenset(heat)): {seed: results[seed] for seed in heat} for heat in ((1, 4, 5), (2, 3, 6))}
    assert heats_of(so_far(range(1, 7), terms, memory), 2) == ((4, 2),)


def test_the_games_of_a_heat_add_up_and_the_best_places_part_equals() -> None:
    terms = FreeForAll(heat_size=4, advancing=2, points=(4, 3, 2), games=3)
    results: dict[int, Games] = {
        1: (Reached(2), Reached(2), Reached(2)),
        2: (Reached(1), Reached(3), Reached(2, 5)),
        3: (Reached(3), Reached(1), Reached(2, 1)),
        4: (Reached(4), Reached(4), Reached(1)),
    }
    assert [(line.entrant, line.points, line.rank) for line in table(results, range(1, 5), terms)] == [
        *((2, 9, 1), (3, 9, 2), (1, 9, 3), (4, 4, 4))
    ]


def test_who_leaves_is_behind_those_who_played_and_takes_no_place_of_the_next_round() -> None:
    seeds = range(1, 9)
    memory: Memory = {
        (1, frozenset(heat)): in_order(heat) for heat in draw_heats(seeds, 4)
    }  # 1, 4, 5, 8 and 2, 3, 6, 7
    before = so_far(seeds, FOURS, memory)
    assert heats_of(before, 2) == ((1, 2, 3, 4),)
    after = so_far(seeds, FOURS, memory, {1: 1})
    assert heats_of(after, 2) == ((2, 3, 4, 5),)
    # What they reached stands: first of those who leave after the first round.
    assert (after.places[1], after.places[6]) == ((5, 5), (6, 6))
    away: Memory = {**memory, (1, frozenset({1, 4, 5, 8})): {1: (), **in_order((4, 5, 8))}}
    last = so_far(seeds, FOURS, away, {1: 1})
    assert last.places[1] == (8, 8)
    assert not so_far(seeds, FOURS, away).rounds[0][0].is_over


def test_one_who_is_left_has_won_and_nobody_may_be_left() -> None:
    seeds = range(1, 6)
    left = dict.fromkeys(range(1, 5), 1)
    alone: Memory = {(1, frozenset({1, 4, 5})): {5: (Reached(1),)}}
    found = so_far(seeds, FOURS, alone, left)
    assert (found.is_over, found.places[5]) == (True, (1, 1))
    assert_ranking(found.places, seeds)
    nobody = so_far(seeds, FOURS, {}, {**left, 5: 1})
    assert nobody.is_over
    assert nobody.places == dict.fromkeys(seeds, (1, 5))


@given(st.integers(2, 60), all_terms(), st.integers(0, 2**32))
def test_an_event_ends_and_ranks_everybody(entrants: int, terms: FreeForAll, draw: int) -> None:
    """Nobody is twice in a round, heats are even, and fewer play each round."""
    seeds = range(entrants)
    found = so_far(seeds, terms, played(seeds, terms, Random(draw)))
    playing = entrants + 1
    for number in range(1, len(found.rounds) + 1):
        sizes = list(map(len, heats_of(found, number)))
        field = [entrant for heat in heats_of(found, number) for entrant in heat]
        assert len(set(field)) == len(field) < playing
        assert max(sizes) - min(sizes) <= 1 and max(sizes) <= terms.heat_size
        playing = len(field)
    assert_ranking(found.places, seeds)


@given(st.integers(2, 40), all_terms(), st.integers(0, 2**32))
def test_the_order_in_which_heats_come_in_changes_nothing(entrants: int, terms: FreeForAll, draw: int) -> None:
    seeds, chance = range(entrants), Random(draw)
    memory = played(seeds, terms, chance)
    arriving = list(memory.items())
    chance.shuffle(arriving)
    assert so_far(seeds, terms, dict(arriving)) == so_far(seeds, terms, memory)
    # A round is drawn when all heats of the one before are over, and not earlier.
    known: Memory = {}
    for key, results in sorted(arriving, key=lambda each: each[0][0]):
        assert key in {(number, frozenset(heat)) for number, heat in open_heats(so_far(seeds, terms, known))}
        known[key] = results


@given(st.integers(3, 40), all_terms(), st.integers(0, 2**32))
def test_whoever_leaves_changes_nobodys_points_and_no_order_of_others(
    entrants: int, terms: FreeForAll, draw: int
) -> None:
    """At any point of an event: what was drawn stays, the others stand as they did, and it still ends in a ranking."""
    seeds, chance = range(entrants), Random(draw)
    memory: Memory = {}
    left: dict[int, int] = {}
    while (heats := open_heats(before := so_far(seeds, terms, memory, left))) != []:
        number, heat = chance.choice(heats)
        if chance.random() < 0.3:
            leaver = chance.choice([entrant for entrant in heat if entrant not in left])
            left[leaver] = number
            after = so_far(seeds, terms, memory, left)
            for old, new in zip(before.rounds, after.rounds, strict=False):
                assert [each.entrants for each in old] == [each.entrants for each in new]
                results, again = (
                    {entrant: games for each in drawn for entrant, games in each.results.items()}
                    for drawn in (old, new)
                )
                assert {e: points_of(games, terms) for e, games in results.items()} == {
                    e: points_of(games, terms) for e, games in again.items()
                }
            certain = {entrant: place for entrant, place in before.places.items() if entrant != leaver}
            assert certain.items() <= after.places.items()
        else:
            staying = [entrant for entrant in heat if entrant not in left]
            gone: Round[int] = {entrant: () for entrant in heat if entrant in left}
            memory[number, frozenset(heat)] = {**gone, **by_chance(staying, terms.games, chance)}
    assert_ranking(before.places, seeds)
    for number, through in enumerate(before.through, start=1):
        assert not [entrant for entrant in through if left.get(entrant, number + 1) <= number]


@given(st.integers(2, 40), all_terms(), st.integers(0, 2**32))
def test_another_result_and_back_is_as_it_was(entrants: int, terms: FreeForAll, draw: int) -> None:
    seeds, chance = range(entrants), Random(draw)
    memory = played(seeds, terms, chance)
    before = so_far(seeds, terms, memory)
    key = chance.choice(list(memory))
    other = {**memory, key: by_chance(sorted(key[1]), terms.games, chance)}
    changed = so_far(seeds, terms, other)
    assert changed.rounds[: key[0] - 1] == before.rounds[: key[0] - 1]
    assert so_far(seeds, terms, {**other, key: memory[key]}) == before


@given(st.integers(2, 30), all_terms(), st.integers(0, 10**6))
def test_a_cut_by_seed_is_told_of_whoever_is_level_with_one_who_went_on(
    entrants: int, terms: FreeForAll, draw: int
) -> None:
    """Checked pair by pair: those level in one heat, or with one cut for all, of whom one went on and one did not."""
    seeds = range(1, entrants + 1)
    found = so_far(seeds, terms, played(seeds, terms, Random(draw)))
    pairs = set()
    for number, (drawn, through) in enumerate(zip(found.rounds[:-1], found.through, strict=False), start=1):
        groups = [heat.results for heat in drawn]
        if terms.cut is Cut.OVERALL:
            groups = [{entrant: games for heat in drawn for entrant, games in heat.results.items()}]
        for results in groups:
            ranks = {line.entrant: line.rank for line in table(results, seeds, terms)}
            pairs |= {
                (number, one, other)
                for one in ranks.keys() & set(through)
                for other in ranks.keys() - set(through)
                if ranks[one] == ranks[other]
            }
    cuts = list(parted_by_seed(found, seeds, terms))
    assert {(cut.round, one, other) for cut in cuts for one in cut.went_on for other in cut.stayed} == pairs
    assert all(max(cut.went_on) < min(cut.stayed) for cut in cuts if cut.round == 1)


def test_who_was_absent_is_behind_all_others_and_gets_nothing() -> None:
    game = {1: Reached(3, is_absent=True), 2: Reached(2), 3: Reached(3, is_absent=True), 4: Reached(1)}
    require_game(game, range(1, 5), "results")
    results = {entrant: (reached,) for entrant, reached in game.items()}
    lines = table(results, range(1, 5), FOURS)
    assert [(line.entrant, line.points, line.rank) for line in lines] == [(4, 5, 1), (2, 3, 2), (1, 0, 3), (3, 0, 3)]
    nobody = {entrant: Reached(1, is_absent=True) for entrant in range(1, 5)}
    require_game(nobody, range(1, 5), "results")
    assert {points_of((reached,), FOURS) for reached in nobody.values()} == {0}


def test_who_has_left_was_not_parted_by_seed() -> None:
    terms = FreeForAll(3, 1, ())
    level = {(1, frozenset((1, 4))): {1: (Reached(1),), 4: (Reached(1),)}, (1, frozenset((2, 3))): in_order((2, 3))}
    found = so_far(range(1, 5), terms, level)
    assert list(parted_by_seed(found, range(1, 5), terms)) == [Parted(1, (1,), (4,))]
    gone = so_far(range(1, 5), terms, level, {4: 1})
    assert list(parted_by_seed(gone, range(1, 5), terms, {4: 1})) == []


def test_the_largest_field_is_played_to_its_end() -> None:
    terms = FreeForAll(heat_size=16, advancing=8, points=tuple(range(16, 0, -1)))
    memory: Memory = {}
    for _ in range(9):
        for number, heat in open_heats(so_far(range(MAX_ENTRANTS), terms, memory)):
            memory[number, frozenset(heat)] = in_order(heat)
    found = so_far(range(MAX_ENTRANTS), terms, memory)
    assert (found.is_over, len(found.rounds), found.places[0]) == (True, 9, (1, 1))


@pytest.mark.parametrize(
    ("terms", "field", "why"),
    [
        (FreeForAll(1, 1, ()), "heatSize", "A heat has 2"),
        (FreeForAll(257, 1, ()), "heatSize", "A heat has 2"),
        (FreeForAll(4, 0, ()), "advancing", "at least one"),
        (FreeForAll(4, 3, ()), "advancing", "at most half"),
        (FreeForAll(4, 2, (1, 2)), "points", "none for more"),
        (FreeForAll(2, 1, (3, 2, 1)), "points", "no more places"),
        (FreeForAll(4, 2, (-1,)), "points", "whole numbers from 0"),
        (FreeForAll(4, 2, (), per_score=101), "perScore", "0 to 100"),
        (FreeForAll(4, 2, (), games=0), "gamesPerHeat", "1 to 20"),
        (FreeForAll(4, 2, (), games=MAX_GAMES + 1), "gamesPerHeat", "1 to 20"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms: FreeForAll, field: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        require_terms(terms, "stages", "0")
    assert caught.value.path == ("stages", "0", field)


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ({0: 1, 1: 2}, "everybody"),
        ({0: 1, 1: 2, 2: 3, 3: 4}, "nobody else"),
        ({0: 1, 1: 2, 2: 2, 5: 4}, "nobody else"),
        ({0: 1, 1: 1, 2: 2}, "not those of a ranking"),
        ({0: 2, 1: 3, 2: 4}, "not those of a ranking"),
        ({0: 0, 1: 2, 2: 3}, "not those of a ranking"),
    ],
)
def test_results_that_make_no_sense_are_refused(places: dict[int, int], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        require_game({entrant: Reached(place) for entrant, place in places.items()}, range(3))


@pytest.mark.parametrize("score", [-1, 1_000_001])
def test_scores_are_bounded(score: int) -> None:
    with pytest.raises(InvalidInput, match="Scores"):
        require_game({0: Reached(1, score), 1: Reached(2)}, range(2))
