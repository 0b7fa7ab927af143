"""What a pair costs, and that fewer pairs are looked at without loss."""

from __future__ import annotations

from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rustworkx import PyGraph, max_weight_matching

from domain.tournaments.rules.rounds import Entry, Kind
from domain.tournaments.rules.swiss import Method, PairedRound, Terms, candidates, matching, pair
from domain.tournaments.rules.swiss.history import pasts
from domain.tournaments.rules.swiss.weights import Costs, place_values
from tests.factories.swiss import Step, entrants, event, pairs_of, played, quality, waiting, with_entries

LIMITS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 50)), min_size=1, max_size=9)


@given(LIMITS)
def test_all_lower_digits_together_never_reach_one_of_a_higher(limits: list[tuple[int, int]]) -> None:
    values, bound = place_values(limits)
    for index, value in enumerate([bound, *values]):
        lower = zip(limits[index:], values[index:], strict=True)
        assert sum(most * pairs * worth for (most, pairs), worth in lower) == value - 1


@pytest.mark.parametrize("relaxed", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_no_pair_has_more_of_a_digit_than_its_limit(seed: int, relaxed: bool) -> None:
    for step in event(Random(seed), 5, 40):
        costs = _costs(step, relaxed=relaxed)
        every = [cost for rank in range(len(costs)) for _, _, cost in costs.of_pairs(rank, range(rank + 1, len(costs)))]
        every += [cost for rank in range(len(costs)) if (cost := costs.of_bye(rank)) is not None]
        for cost in every:
            for value, (most, _) in zip(costs._values, costs._limits(), strict=True):
                digit, cost = divmod(cost, value)  # noqa: PLW2901  (digit by digit)
                assert 0 <= digit <= most
            assert cost == 0


def test_the_largest_event_fits_the_numbers_of_the_algorithm() -> None:
    """4,096 players in their twentieth round, some of whom won everything, always with the first side."""
    entries = {number: Entry(Kind.HALF_BYE, number % 3) for number in range(1, 4097)}
    field = entrants(4096)
    for _ in range(20):
        field = with_entries(field, entries)
    costs = Costs(pasts(field, Terms(), field.players), Terms(), relaxed=False, sides=True)
    assert costs.bound < matching.MAX_WEIGHT


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_weights_do_not_overflow(seed: int) -> None:
    rng = Random(seed)
    edges = [(one, other, rng.randrange(matching.MAX_WEIGHT)) for one in range(30) for other in range(one)]
    graph, other_graph = PyGraph[int, int](multigraph=False), nx.Graph()
    graph.add_nodes_from(range(30))
    graph.add_edges_from(edges)
    other_graph.add_weighted_edges_from(edges)
    weights = {frozenset(edge[:2]): edge[2] for edge in edges}
    ours = max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    theirs = nx.max_weight_matching(other_graph, maxcardinality=True)
    assert sum(weights[frozenset(pair)] for pair in ours) == sum(weights[frozenset(pair)] for pair in theirs)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_the_cheapest_round_costs_what_networkx_finds(seed: int) -> None:
    for step in event(Random(seed), 5, 20):
        for relaxed in (False, True):
            costs = _costs(step, relaxed=relaxed)
            found = matching.cheapest(costs)
            if found is None:
                continue
            prices = {
                (one, other): cost
                for rank in range(len(costs))
                for one, other, cost in costs.of_pairs(rank, range(rank + 1, len(costs)))
            }
            if len(costs) % 2:
                byes = {(rank, len(costs)): costs.of_bye(rank) for rank in range(len(costs))}
                prices |= {pair: cost for pair, cost in byes.items() if cost is not None}
            graph = nx.Graph()
            graph.add_weighted_edges_from((one, other, -cost) for (one, other), cost in prices.items())
            best = nx.max_weight_matching(graph, maxcardinality=True)
            assert sum(prices[edge] for edge in found) == sum(prices[min(edge), max(edge)] for edge in best)


@pytest.mark.parametrize("first_steps", [0, 4])
def test_a_narrow_look_finds_rounds_as_good_as_a_look_at_all_pairs(
    first_steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the first look is so narrow that most rounds need a second one."""
    monkeypatch.setattr(candidates, "FIRST_STEPS", first_steps)
    for seed in range(60):
        monkeypatch.setattr(matching, "COMPLETE", 10**6)
        for step in list(event(Random(seed), 20, 64)):
            _is_as_good_narrowly(step, monkeypatch)


@pytest.mark.parametrize("first_steps", [0, 4])
@pytest.mark.parametrize("size", [120, 151])
def test_a_large_field_is_paired_as_well_as_by_all_pairs(
    size: int, first_steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "FIRST_STEPS", first_steps)
    rng = Random(size)
    field = entrants(size)
    forbidden = frozenset(frozenset(rng.sample(range(1, size + 1), 2)) for _ in range(size))
    for _ in range(10):
        monkeypatch.setattr(matching, "COMPLETE", 10**6)
        terms = Terms(rng.choice(list(Method)), forbidden)
        full = pair(field, terms)
        assert isinstance(full, PairedRound)
        _is_as_good_narrowly(Step(field, terms, full), monkeypatch)
        field = played(field, full, rng)


def test_a_second_look_finds_what_the_first_did_not_look_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """4, 5 and 6 may not meet. To meet 1, 2 and 3 costs 3 * 36; 7 and 8 are nearer, but not at the first look."""
    monkeypatch.setattr(matching, "COMPLETE", 0)
    points = dict(zip(range(1, 13), [20] * 3 + [14] * 3 + [11] * 2 + [5] * 2 + [4] * 2, strict=True))
    paired = pair(entrants(12), Terms(extra=points, forbidden=frozenset({frozenset({4, 5, 6})})))
    assert isinstance(paired, PairedRound)
    assert sum((board.first.points - board.second.points) ** 2 for board in paired.boards) == 36 + 2 * 9


def test_a_group_looks_as_far_as_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty with as many points nobody may meet the next eighteen, but all may meet the twentieth."""
    monkeypatch.setattr(matching, "COMPLETE", 0)
    near = frozenset(frozenset({one, one + step}) for one in range(1, 41) for step in range(1, 19) if one + step <= 40)
    terms = Terms(Method.ADJACENT, extra=dict.fromkeys(range(1, 41), 2), forbidden=near)
    paired = pair(entrants(80), terms)
    assert isinstance(paired, PairedRound)
    assert {board.first.points - board.second.points for board in paired.boards} == {0}


def _is_as_good_narrowly(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "COMPLETE", 0)
    narrow = pair(step.field, step.terms)
    assert isinstance(narrow, PairedRound)
    assert _quality(step, narrow) == _quality(step, step.paired)


def _quality(step: Step, paired: PairedRound) -> tuple[int, ...]:
    bye = next((bye.number for bye in paired.byes if bye.kind is Kind.PAIRING_BYE), None)
    return quality(step, pairs_of(paired), bye)


def _costs(step: Step, *, relaxed: bool) -> Costs:
    return Costs(pasts(step.field, step.terms, waiting(step)), step.terms, relaxed=relaxed, sides=True)
