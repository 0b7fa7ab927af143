from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.tournaments.rules.free_for_all import (
    MAX_ENTRANTS,
    Cut,
    Heat,
    Reached,
    Terms,
    draw_heats,
    next_heats,
    placements,
    table,
)

FOURS = Terms(heat_size=4, advancing=2, points=(5, 3, 2, 1))


def played(heats: tuple[Heat[int], ...], chance: Random) -> dict[int, Reached]:
    """Places by chance, now and then shared, reported in an order of chance."""
    results: list[tuple[int, Reached]] = []
    for heat in heats:
        speed = {entrant: chance.randrange(5) for entrant in heat}
        results += [
            (entrant, Reached(1 + sum(other > speed[entrant] for other in speed.values()), chance.randrange(3)))
            for entrant in heat
        ]
    chance.shuffle(results)
    return dict(results)


def in_order(heats: tuple[Heat[int], ...] | None) -> dict[int, Reached]:
    """The better seed is always before the other."""
    return {entrant: Reached(place) for heat in heats or () for place, entrant in enumerate(sorted(heat), start=1)}


@st.composite
def all_terms(draw: st.DrawFn) -> Terms:
    size = draw(st.integers(2, 9))
    points = sorted(draw(st.lists(st.integers(0, 20), max_size=size)), reverse=True)
    advancing, per_score = draw(st.integers(1, size // 2)), draw(st.integers(0, 3))
    return Terms(size, advancing, tuple(points), per_score, draw(st.sampled_from(Cut)))


def test_seeds_go_to_the_heats_forwards_and_backwards() -> None:
    assert draw_heats(range(1, 11), 4) == ((1, 6, 7), (2, 5, 8), (3, 4, 9, 10))


def test_ten_play_in_three_heats_then_in_two_then_in_one() -> None:
    """By place alone: three winners, then three seconds, are the seeds of the next round."""
    seeds = range(1, 11)
    first = in_order(next_heats(seeds, [], FOURS))
    second = next_heats(seeds, [first], FOURS)
    assert second == ((1, 4, 5), (2, 3, 6))
    third = next_heats(seeds, [first, in_order(second)], FOURS)
    assert third == ((1, 2, 3, 4),)
    rounds = [first, in_order(second), in_order(third)]
    assert next_heats(seeds, rounds, FOURS) is None
    assert placements(seeds, rounds[:1], FOURS) == {7: (7, 9), 8: (7, 9), 9: (7, 9), 10: (10, 10)}
    assert placements(seeds, rounds, FOURS) == {
        **{seed: (seed, seed) for seed in range(1, 5)},
        **dict.fromkeys((5, 6), (5, 6)),
        **dict.fromkeys((7, 8, 9), (7, 9)),
        10: (10, 10),
    }


def test_points_for_scores_count_and_the_best_of_all_heats_may_go_on() -> None:
    terms = Terms(heat_size=3, advancing=1, points=(3, 1), per_score=2, cut=Cut.OVERALL)
    results = {
        1: Reached(1, 0),
        4: Reached(2, 4),
        5: Reached(3, 1),
        2: Reached(1, 1),
        3: Reached(2, 2),
        6: Reached(3, 0),
    }
    assert draw_heats(range(1, 7), 3) == ((1, 4, 5), (2, 3, 6))
    lines = table(results, range(1, 7), terms)
    assert [(line.entrant, line.points, line.rank) for line in lines] == [
        *((4, 9, 1), (2, 5, 2), (3, 5, 3), (1, 3, 4), (5, 2, 5), (6, 0, 6))
    ]
    assert next_heats(range(1, 7), [results], terms) == ((4, 2),)


@given(st.integers(2, 60), all_terms(), st.integers(0, 2**32))
def test_an_event_ends_and_ranks_everybody(entrants: int, terms: Terms, draw: int) -> None:
    """Nobody is twice in a round, heats are even, fewer play each round, and the places are a whole ranking."""
    seeds, chance, playing = range(entrants), Random(draw), entrants + 1
    rounds: list[dict[int, Reached]] = []
    while (heats := next_heats(seeds, rounds, terms)) is not None:
        field = [entrant for heat in heats for entrant in heat]
        assert len(set(field)) == len(field) < playing
        assert max(map(len, heats)) - min(map(len, heats)) <= 1 and max(map(len, heats)) <= terms.heat_size
        playing = len(field)
        rounds.append(played(heats, chance))
        again = [dict(sorted(results.items())) for results in rounds]
        assert next_heats(seeds, again, terms) == next_heats(seeds, rounds, terms)
    found = placements(seeds, rounds, terms)
    assert sorted(found) == list(seeds)
    bands = sorted(set(found.values()))
    assert [place for low, high in bands for place in range(low, high + 1)] == list(range(1, entrants + 1))
    assert all(list(found.values()).count((low, high)) == high - low + 1 for low, high in bands)


def test_the_largest_field_is_played_to_its_end() -> None:
    terms = Terms(heat_size=16, advancing=8, points=tuple(range(16, 0, -1)))
    rounds: list[dict[int, Reached]] = []
    while (heats := next_heats(range(MAX_ENTRANTS), rounds, terms)) is not None:
        rounds.append(in_order(heats))
    assert len(rounds) == 9
    assert placements(range(MAX_ENTRANTS), rounds, terms)[0] == (1, 1)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Terms(1, 1, ()), "A heat has 2"),
        (Terms(4, 0, ()), "at least one"),
        (Terms(4, 3, ()), "at most half"),
        (Terms(4, 2, (1, 2)), "none for more"),
        (Terms(2, 1, (3, 2, 1)), "no more places"),
        (Terms(4, 2, (-1,)), "whole numbers from 0"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms: Terms, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        next_heats(range(4), [], terms)


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ({0: 1, 1: 2}, "everybody"),
        ({0: 1, 1: 2, 2: 3, 3: 4}, "nobody else"),
        ({0: 1, 1: 2, 2: 2, 5: 4}, "nobody else"),
        ({0: 1, 1: 1, 2: 2}, "not those of a ranking"),
        ({0: 2, 1: 3, 2: 4}, "not those of a ranking"),
    ],
)
def test_results_that_make_no_sense_are_refused(places: dict[int, int], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        next_heats(range(3), [{entrant: Reached(place) for entrant, place in places.items()}], FOURS)


def test_nothing_comes_after_the_last_round_and_nobody_plays_alone_or_twice() -> None:
    final = {0: Reached(1), 1: Reached(2)}
    with pytest.raises(InvalidInput, match="after the last"):
        next_heats(range(2), [final, final], FOURS)
    for field in ([0], [0, 0], range(MAX_ENTRANTS + 1)):
        with pytest.raises(InvalidInput, match="each of them once"):
            next_heats(field, [], FOURS)
    with pytest.raises(InvalidInput, match="Scores"):
        next_heats(range(2), [{0: Reached(1, -1), 1: Reached(2)}], FOURS)
