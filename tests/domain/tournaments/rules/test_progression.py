from __future__ import annotations

import random
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.errors import ResultNotPossible
from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.progression import (
    EMPTY,
    Advance,
    Bracket,
    NodeStatus,
    Result,
    Sides,
    advance,
    fold,
    opening_slots,
)
from domain.tournaments.values import GrandFinal
from tests.fixtures.profiles import exhaustively

Play = Callable[[MatchGraph, Callable[..., int]], Any]

GRAPHS = st.one_of(
    st.builds(single_elimination, st.integers(4, 20), third_place=st.booleans()),
    st.builds(double_elimination, st.integers(2, 20), st.sampled_from(GrandFinal)),
)
CHANCE = st.randoms(use_true_random=False)


class Rows:
    """Keeps slots and decided matches as a server would, fed by `advance` alone."""

    def __init__(self, graph: MatchGraph) -> None:
        self.graph = graph
        self.slots: dict[str, Sides] = opening_slots(graph)
        self.decided: set[str] = set()
        self.results: dict[str, Result] = {}
        self.not_needed: set[str] = set()
        self.walkovers: dict[str, int | None] = {}
        self.finished = False

    def report(self, key: str, winner_slot: int | None) -> Advance:
        change = advance(self.graph, self.slots, self.decided, key, winner_slot)
        self.results[key] = Result(winner_slot)
        for match, slot, seed in change.fills:
            sides = list(self.slots[match])
            assert sides[slot] is None
            sides[slot] = seed
            self.slots[match] = (sides[0], sides[1])
        self.walkovers.update(change.walkovers)
        self.not_needed.update(change.not_needed)
        self.decided |= {key, *change.not_needed, *self.walkovers}
        self.finished = change.finished
        return change

    def open(self) -> list[str]:
        """The matches that can be played now."""
        return [key for key, sides in self.slots.items() if key not in self.decided and None not in sides]

    def assert_agrees_with(self, bracket: Bracket) -> None:
        assert self.slots == {key: state.sides for key, state in bracket.matches.items()}
        assert self.finished == bracket.complete
        status = {key: state.status for key, state in bracket.matches.items()}
        assert self.not_needed == {key for key, found in status.items() if found is NodeStatus.NOT_NEEDED}
        assert self.decided - self.not_needed == {key for key, found in status.items() if found is NodeStatus.DONE}
        assert set(self.open()) == {key for key, found in status.items() if found is NodeStatus.READY}
        walkovers = {key: state.winner_slot for key, state in bracket.matches.items() if state.walkover}
        assert self.walkovers == walkovers


@exhaustively
@given(GRAPHS, CHANCE, st.sampled_from([0, 10, 50]))
def test_properties_i07_one_result_at_a_time_leads_where_all_at_once_lead(
    graph: MatchGraph, chance: Random, no_show: int
) -> None:
    rows = Rows(graph)
    while ready := rows.open():
        rows.report(chance.choice(ready), None if chance.randrange(100) < no_show else chance.randrange(2))
        rows.assert_agrees_with(fold(graph, rows.results))
    assert rows.finished


@exhaustively
@given(GRAPHS, st.lists(st.sampled_from([0, 1, 1, 0, None]), min_size=64, max_size=64), CHANCE)
def test_properties_i08_the_order_in_which_independent_matches_are_reported_does_not_matter(
    graph: MatchGraph, outcome: list[int | None], chance: Random
) -> None:
    winners = dict(zip((node.key for node in graph.matches), outcome, strict=False))
    in_order, at_random = Rows(graph), Rows(graph)
    while ready := in_order.open():
        in_order.report(ready[0], winners[ready[0]])
    while ready := at_random.open():
        key = chance.choice(ready)
        at_random.report(key, winners[key])
    assert at_random.slots == in_order.slots
    assert (at_random.decided, at_random.walkovers) == (in_order.decided, in_order.walkovers)
    assert fold(graph, at_random.results) == fold(graph, in_order.results)


@exhaustively
@given(GRAPHS, CHANCE)
def test_properties_i07_a_correction_touches_the_dependants_alone_and_undoing_it_restores_everything(
    play: Play, graph: MatchGraph, chance: Random
) -> None:
    results = play(graph, lambda *_: chance.randrange(2)).results
    before = fold(graph, results)
    key = chance.choice(sorted(results))
    later = graph.dependants(key)
    kept = {match: result for match, result in results.items() if match not in later}
    corrected = fold(graph, {**kept, key: Result(1 - (results[key].winner_slot or 0))})
    assert all(
        corrected.matches[match] == before.matches[match] for match in graph.winner_to if match not in (key, *later)
    )
    back = {**kept, key: results[key]}
    assert fold(graph, {**back, **{match: results[match] for match in later if match in results}}) == before


@pytest.mark.parametrize("entrants", [*range(2, 40), 1024])
def test_the_fold_agrees_with_an_event_played_by_counting_losses(play: Play, entrants: int) -> None:
    chance = random.Random(entrants)
    for graph in (double_elimination(entrants), single_elimination(entrants)):
        event = play(graph, lambda *_: chance.randrange(2))
        bracket = fold(graph, event.results)
        assert bracket.champion == event.last_winner
        assert bracket.complete
        assert {node.key: bracket.matches[node.key].sides for node, *_ in event.met} == {
            node.key: (first, second) for node, first, second in event.met
        }


def test_a_match_goes_from_pending_over_ready_to_done() -> None:
    graph = single_elimination(4)
    bracket = fold(graph, {"U1.1": Result(0)})
    assert [bracket.matches[key].status for key in ("U1.1", "U1.2", "U2.1")] == ["DONE", "READY", "PENDING"]
    assert bracket.matches["U2.1"].sides == (1, None)
    assert (bracket.champion, bracket.complete) == (None, False)


def test_the_event_is_not_over_while_the_match_for_third_place_is_open() -> None:
    rows = Rows(single_elimination(4, third_place=True))
    for key in ("U1.1", "U1.2", "U2.1"):
        assert not rows.report(key, 0).finished
    assert fold(rows.graph, rows.results).champion == 1
    assert rows.report("T1.1", 0).finished


def test_the_reset_falls_away_when_the_unbeaten_side_wins() -> None:
    rows = Rows(double_elimination(2))
    assert rows.report("U1.1", 0) == Advance((("F1.1", 0, 1), ("F1.1", 1, 2)), (), (), False)
    assert rows.report("F1.1", 0) == Advance((), (), ("F2.1",), True)
    bracket = fold(rows.graph, rows.results)
    assert bracket.matches["F2.1"].status is NodeStatus.NOT_NEEDED
    assert bracket.champion == 1


def test_the_reset_is_played_when_the_lower_side_wins() -> None:
    rows = Rows(double_elimination(2))
    rows.report("U1.1", 0)
    assert rows.report("F1.1", 1) == Advance((("F2.1", 0, 2), ("F2.1", 1, 1)), (), (), False)
    assert rows.report("F2.1", 1) == Advance((), (), (), True)
    assert fold(rows.graph, rows.results).champion == 1


def test_when_neither_side_turns_up_the_next_opponents_go_on_by_walkover() -> None:
    rows = Rows(single_elimination(4, third_place=True))
    assert rows.report("U1.1", None) == Advance((("U2.1", 0, EMPTY), ("T1.1", 0, EMPTY)), (), (), False)
    decided = rows.report("U1.2", 0)
    assert decided == Advance((("U2.1", 1, 2), ("T1.1", 1, 3)), (("U2.1", 1), ("T1.1", 1)), (), True)
    assert fold(rows.graph, rows.results).champion == 2


def test_walkovers_run_on_through_as_many_matches_as_stand_empty() -> None:
    rows = Rows(single_elimination(8))
    for key in ("U1.1", "U1.2", "U1.3"):
        rows.report(key, None)
    assert rows.slots["U3.1"] == (EMPTY, None)
    decided = rows.report("U1.4", 1)
    assert decided == Advance((("U2.2", 1, 6), ("U3.1", 1, 6)), (("U2.2", 1), ("U3.1", 1)), (), True)


def test_when_nobody_ever_turns_up_the_event_ends_without_a_champion() -> None:
    rows = Rows(double_elimination(8))
    while ready := rows.open():
        rows.report(ready[0], None)
    bracket = fold(rows.graph, rows.results)
    assert (bracket.complete, bracket.champion) == (True, None)
    assert rows.not_needed == {"F2.1"}


def test_two_entrants_who_both_stay_away_decide_everything_once() -> None:
    rows = Rows(double_elimination(2))
    fills = (("F1.1", 0, EMPTY), ("F1.1", 1, EMPTY))
    assert rows.report("U1.1", None) == Advance(fills, (("F1.1", None),), ("F2.1",), True)


def test_a_final_won_by_walkover_needs_no_reset() -> None:
    rows = Rows(double_elimination(3))
    rows.report("U1.2", 0)
    rows.report("U2.1", None)
    assert rows.finished
    assert rows.not_needed == {"F2.1"}
    assert fold(rows.graph, rows.results).champion == 3


IMPOSSIBLE = [
    ({"nope": Result(0)}, "no such match"),
    ({"U2.1": Result(0)}, "not known yet"),
    ({"U1.1": Result(0), "U2.1": Result(0)}, "not known yet"),
    ({"U1.1": Result(2)}, "no slot 2"),
    ({"U1.1": Result(-1)}, "no slot -1"),
    ({"U1.1": Result(None), "U1.2": Result(0), "U2.1": Result(0)}, "by walkover"),
]


@pytest.mark.parametrize(("results", "why"), IMPOSSIBLE)
def test_a_result_that_cannot_be_is_refused(results: dict[str, Result], why: str) -> None:
    with pytest.raises(ResultNotPossible, match=why):
        fold(single_elimination(4), results)


def test_a_walkover_may_be_reported_as_what_it_is() -> None:
    results = {"U1.1": Result(None), "U1.2": Result(0), "U2.1": Result(1)}
    assert fold(single_elimination(4), results) == fold(single_elimination(4), {**results, "U1.2": Result(0)})
    assert fold(single_elimination(4), results).champion == 2


def test_a_reset_that_is_not_needed_takes_no_result() -> None:
    with pytest.raises(ResultNotPossible, match="not needed"):
        fold(double_elimination(2), {"U1.1": Result(0), "F1.1": Result(0), "F2.1": Result(0)})


@pytest.mark.parametrize(
    ("key", "winner_slot", "why"),
    [("nope", 0, "no such match"), ("U1.1", 0, "already decided"), ("U2.1", 0, "not known yet"), ("U1.2", 7, "slot 7")],
)
def test_a_report_that_cannot_be_is_refused(key: str, winner_slot: int, why: str) -> None:
    rows = Rows(single_elimination(4))
    rows.report("U1.1", 0)
    with pytest.raises(ResultNotPossible, match=why) as refusal:
        rows.report(key, winner_slot)
    assert (refusal.value.match, refusal.value.code) == (key, "RESULT_NOT_POSSIBLE")
