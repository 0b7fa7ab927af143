"""Stages: groups, who goes on from which to which, and who finishes where in all of it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.errors import InvalidStages
from domain.tournaments.rules.formats import Elimination, Format, RoundRobin, Swiss, graph_of
from domain.tournaments.rules.groups import group_graph, group_name, members
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.rules.stages import (
    Ranked,
    StagePlan,
    arrivals,
    by_merit,
    event_places,
    moved_up,
    passed_on,
    short_stage,
    sizes,
    validate,
)
from domain.tournaments.rules.swiss import Exit
from domain.tournaments.rules.swiss_rounds import playing_no_more
from domain.tournaments.rules.tables import Game, Group, Ranking, group_order, table
from domain.tournaments.values import Seed, Structure
from tests.factories.stages import knockout, round_robin
from tests.fixtures.brackets import assert_ranking
from tests.fixtures.profiles import exhaustively


@exhaustively
@given(st.integers(1, 8), st.integers(2, 6), st.integers(0, 7), st.integers(1, 3))
def test_properties_i01_i13_everybody_meets_everybody_of_their_group(
    groups: int, size: int, more: int, cycles: int
) -> None:
    entrants = groups * size + more % groups
    graph = group_graph(entrants, groups, cycles)
    seeds = members(entrants, groups)
    assert sorted(seed for group in seeds.values() for seed in group) == list(range(1, entrants + 1))
    assert max(map(len, seeds.values())) - min(map(len, seeds.values())) <= 1
    met: Counter[frozenset[int]] = Counter()
    busy: Counter[tuple[int, int]] = Counter()
    for node in graph.matches:
        pair = [source.number for source in node.sources if isinstance(source, Seed)]
        met[frozenset(pair)] += 1
        busy.update((node.round, seed) for seed in pair)
    assert met == Counter({frozenset(pair): cycles for group in seeds.values() for pair in combinations(group, 2)})
    assert set(busy.values()) == {1}
    assert len({node.key for node in graph.matches}) == len(graph.matches)


def test_names_of_groups() -> None:
    assert [group_name(number) for number in (1, 26, 27, 52, 53, 703)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]


def order_of(groups: int, size: int) -> list[Ranked[str]]:
    """All winners, all seconds and so on, called by group and rank."""
    return [
        Ranked(f"{group_name(group)}{rank}", group) for rank in range(1, size + 1) for group in range(1, groups + 1)
    ]


def test_the_best_thirds_are_those_after_all_firsts_and_seconds() -> None:
    plans = [round_robin(group_count=6), knockout(StageSource(1, 1, 2), StageSource(1, 13, 16, is_overall=True))]
    validate(plans, 24)
    assert sizes(plans, 24) == [24, 16]
    going = arrivals(plans[1], {1: order_of(6, 4)})
    assert set(going[:6]) == {f"{group_name(group)}1" for group in range(1, 7)}
    assert set(going[6:12]) == {f"{group_name(group)}2" for group in range(1, 7)}
    assert set(going[12:]) == {"A3", "B3", "C3", "D3"}
    assert passed_on(plans[1].sources[1], order_of(6, 4)) == [(name, 3) for name in ("A3", "B3", "C3", "D3")]


def test_single_groups_send_to_a_play_off() -> None:
    """The seconds of groups 2 and 3 play off; the winner joins the others."""
    play_off = knockout(StageSource(1, 2, 2, groups=(2, 3)))
    plans = [
        round_robin(group_count=3),
        play_off,
        knockout(StageSource(1, 1, 1), StageSource(1, 2, 2, groups=(1,)), StageSource(2, 1, 1)),
    ]
    validate(plans, 9)
    assert sizes(plans, 9) == [9, 2, 5]
    assert set(arrivals(play_off, {1: order_of(3, 3)})) == {"B2", "C2"}
    going = arrivals(plans[2], {1: order_of(3, 3), 2: [Ranked("C2"), Ranked("B2")]})
    assert set(going[:3]) == {"A1", "B1", "C1"} and going[3:] == ("A2", "C2")


@given(st.integers(1, 4), st.integers(2, 5), st.integers(1, 5), st.booleans())
def test_as_many_arrive_as_sizes_say(groups: int, size: int, cut: int, overall: bool) -> None:
    total = groups * size
    ranks = total if overall else size
    low = min(cut, ranks - 1)
    plans = [
        round_robin(group_count=groups),
        knockout(StageSource(1, 1, low, overall)),
        knockout(StageSource(1, low + 1, ranks, overall)),
    ]
    first, second = (arrivals(plan, {1: order_of(groups, size)}) for plan in plans[1:])
    assert sizes(plans, total) == [total, len(first), len(second)]
    assert sorted([*first, *second]) == sorted(ranked.entrant for ranked in order_of(groups, size))
    problem = short_stage(plans, total)
    assert (problem is None) == (len(first) >= 2 and len(second) >= 2)
    if problem is None:
        validate(plans, total)


SINGLE = Format(Structure.SINGLE_ELIMINATION, Elimination())
WRONG: list[tuple[list[StagePlan], list[tuple[int, str]]]] = [
    ([], [(1, "stages")]),
    ([round_robin()] * 17, [(1, "stages")]),
    ([knockout(StageSource(1, 1, 2))], [(1, "sources")]),
    ([round_robin(), round_robin()], [(2, "sources")]),
    ([round_robin(), knockout(StageSource(2, 1, 2))], [(2, "sources")]),
    ([round_robin(), knockout(StageSource(3, 1, 2)), knockout(StageSource(1, 1, 2))], [(2, "sources")]),
    ([round_robin(), knockout(StageSource(1, 0, 2))], [(2, "sources")]),
    ([round_robin(), knockout(StageSource(1, 3, 2))], [(2, "sources")]),
    ([round_robin(group_count=4), knockout(StageSource(1, 1, 3))], [(2, "sources")]),
    ([round_robin(), knockout(StageSource(1, 1, 1))], [(2, "format")]),
    ([round_robin(), knockout(StageSource(1, 1, 3)), knockout(StageSource(1, 3, 4))], [(3, "sources")]),
    ([round_robin(group_count=5)], [(1, "format")]),
    (
        [round_robin(group_count=2), knockout(StageSource(1, 1, 2, groups=(3,)))],
        [(2, "sources")],
    ),
    (
        [round_robin(group_count=2), knockout(StageSource(1, 1, 2, is_overall=True, groups=(1,)))],
        [(2, "sources"), (2, "sources")],
    ),
    (
        [
            round_robin(group_count=2),
            knockout(StageSource(1, 1, 2, groups=(1,))),
            knockout(StageSource(1, 5, 8, is_overall=True)),
        ],
        [(2, "sources")],
    ),
]


@pytest.mark.parametrize(("plans", "places"), WRONG, ids=range(len(WRONG)))
def test_stages_that_do_not_fit_together(plans: list[StagePlan], places: list[tuple[int, str]]) -> None:
    with pytest.raises(InvalidStages) as caught:
        validate(plans, 8)
    assert [(problem.stage, problem.field) for problem in caught.value.problems] == places


def test_a_group_of_hundreds_is_refused() -> None:
    validate([round_robin()], 141)
    with pytest.raises(InvalidStages):
        validate([round_robin()], 142)


def test_who_goes_on_finishes_before_who_stays() -> None:
    first, second = StageSource(1, 1, 2), StageSource(1, 3, 4)
    assert by_merit({1: (), 2: (first,), 3: (second,)}) == [2, 3, 1]
    # Silver has two stages, and all of it comes after gold.
    assert by_merit({1: (), 2: (first,), 3: (second,), 4: (StageSource(3, 1, 2),)}) == [2, 4, 3, 1]
    # Whom a last chance lets into the main stage plays for the best places.
    assert by_merit({1: (), 2: (second,), 3: (first, StageSource(2, 1, 1))}) == [3, 2, 1]


def test_places_go_on_where_a_stage_ends() -> None:
    groups = {name: (rank, rank + 1) for rank, names in ((1, "ab"), (3, "cd"), (5, "ef")) for name in names}
    final = {"b": (1, 1), "a": (2, 2)}
    found = event_places([final, groups])
    assert found == {"b": (1, 1), "a": (2, 2), "c": (3, 4), "d": (3, 4), "e": (5, 6), "f": (5, 6)}


@exhaustively
@given(st.data())
def test_properties_i04_i08_a_table_ranks_everybody_whatever_the_order_of_the_matches(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    graph = graph_of(Format(Structure.ROUND_ROBIN, RoundRobin()), count)
    games = []
    for node in graph.matches:
        first, second = (source.number for source in node.sources if isinstance(source, Seed))
        winner = data.draw(st.sampled_from([0, 1, None]))
        scores = (2, 1) if winner == 0 else (1, 2)
        games.append(
            Game(node.round, (first, second), True, winner is not None, winner, scores if winner is not None else None)
        )
    group = Group(list(range(1, count + 1)), games)
    shuffled = Group(data.draw(st.permutations(group.seeds)), data.draw(st.permutations(games)))
    assert table(group, Ranking()) == table(shuffled, Ranking())
    order, bands = group_order([group], Ranking())
    assert sorted(order) == list(range(1, count + 1))
    assert_ranking(bands, count)
    assert [bands[seed] for seed in order] == sorted(bands.values())


@given(st.data(), st.integers(1, 5), st.integers(1, 6), st.booleans())
def test_whoever_is_there_takes_the_place_of_who_has_left(
    data: st.DataObject, groups: int, size: int, is_overall: bool
) -> None:
    order = order_of(groups, size)
    names = [ranked.entrant for ranked in order]
    left = data.draw(st.sets(st.sampled_from(names)))
    source = StageSource(1, 1, data.draw(st.integers(1, size)), is_overall)
    before = [name for name, _ in passed_on(source, order)]
    after = [name for name, _ in passed_on(source, moved_up(order, left))]
    assert len(after) == len(before)
    group_of = {ranked.entrant: None if is_overall else ranked.group for ranked in order}
    for gone in left.intersection(after):
        # Nobody who is there stays behind where somebody goes on who is not.
        assert {name for name in names if group_of[name] == group_of[gone]} - left <= set(after)
    assert set(before) - left <= set(after)
    assert moved_up(order, ()) == order


def test_a_match_that_is_open_is_no_loss() -> None:
    group = Group([1, 2], [Game(1, (1, 2), is_over=False)], is_predetermined=False)
    assert playing_no_more(Swiss(losses_to_leave=1), group) == {}
    lost = Game(1, (1, 2), is_over=True, is_played=True, winner=0)
    over = Group([1, 2], [lost], left=[1], is_predetermined=False)
    assert playing_no_more(Swiss(losses_to_leave=1), over) == {1: Exit.LEFT, 2: Exit.ELIMINATED}
