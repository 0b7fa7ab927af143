"""What holds in every round of a Swiss event. `HYPOTHESIS_PROFILE=fuzz` (`make fuzz`) plays 2,000 events."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rustworkx import PyGraph, max_weight_matching

from domain.tournaments.rules.rounds import Kind, Side
from domain.tournaments.rules.swiss import Board, Float, PairedRound, Relaxation, SideReason, pair
from tests.factories.swiss import (
    Pairs,
    Step,
    all_rounds,
    can_be_complete,
    earlier_byes,
    entrants,
    event,
    gaps,
    is_bye_needed,
    met,
    pairs_of,
    played,
    quality,
    waiting,
)
from tests.fixtures.profiles import exhaustively, on_events

SEEDS = st.integers(0, 2**32)


@on_events
@given(SEEDS)
def test_properties_i01_i09_every_round_is_as_good_as_can_be(seed: int) -> None:
    for step in event(Random(seed)):
        _everybody_has_one_place(step)
        _nothing_is_allowed_without_need(step)
        _the_bye_goes_to_who_is_due_it(step)
        _gaps_are_the_least(step)
        _what_is_said_is_so(step)


@exhaustively
@given(SEEDS)
def test_properties_i09_small_rounds_are_the_best_of_all(seed: int) -> None:
    for step in event(Random(seed), 5, 8):
        if len(waiting(step)) <= 8:
            best = min(quality(step, pairs, bye) for pairs, bye in all_rounds(step))
            assert quality(step, pairs_of(step.paired), _bye(step.paired)) == best


@on_events
@given(SEEDS)
def test_properties_i10_the_order_of_the_players_does_not_count(seed: int) -> None:
    rng = Random(seed)
    for step in event(rng):
        shuffled = list(step.field.players.items())
        rng.shuffle(shuffled)
        assert pair(replace(step.field, players=dict(shuffled)), step.terms) == step.paired


def _everybody_has_one_place(step: Step) -> None:
    seated = [seat.number for board in step.paired.boards for seat in board.seats]
    seated += [bye.number for bye in step.paired.byes]
    assert sorted(seated) == sorted({*waiting(step), *step.terms.byes})
    assert not pairs_of(step.paired) & step.terms.forbidden


def _nothing_is_allowed_without_need(step: Step) -> None:
    has_rematch = any(met(step.field, *pair) for pair in pairs_of(step.paired))
    bye = _bye(step.paired)
    is_second_bye = bye is not None and earlier_byes(step.field, bye) > 0
    assert (Relaxation.REMATCH in step.paired.relaxed) is has_rematch
    assert (Relaxation.SECOND_BYE in step.paired.relaxed) is is_second_bye
    assert (bye is not None) is is_bye_needed(step)
    if has_rematch:
        assert not can_be_complete(step, rematches=False, second_byes=is_second_bye)
    if is_second_bye:
        assert not can_be_complete(step, rematches=True, second_byes=False)


def _the_bye_goes_to_who_is_due_it(step: Step) -> None:
    bye = _bye(step.paired)
    if bye is None or step.paired.relaxed:
        return
    players = step.field.players

    def due(number: int) -> tuple[int, int]:
        return players[number].points, sum(not entry.is_played for entry in players[number].rounds)

    before = {number for number in waiting(step) if due(number) < due(bye)}
    assert not can_be_complete(step, rematches=False, second_byes=False, bye=before)


def _gaps_are_the_least(step: Step) -> None:
    """Against the exact least, and against weights that add up, which let a lower criterion outweigh a higher one."""
    if step.paired.relaxed:
        return
    points = {number: player.points for number, player in step.field.players.items()}
    squares = _best_by(step, lambda one, other: -((points[one] - points[other]) ** 2))
    sums = _best_by(step, lambda one, other: 20 - abs(points[one] - points[other]) - abs(one - other) / len(points))
    assert gaps(step, pairs_of(step.paired)) == gaps(step, squares) <= gaps(step, sums)


def _best_by(step: Step, weight: object) -> Pairs:
    assert callable(weight)
    bye = _bye(step.paired)
    numbers = [number for number in waiting(step) if number != bye]
    graph: PyGraph[int, int] = PyGraph(multigraph=False)
    graph.add_nodes_from(numbers)
    graph.add_edges_from(
        [
            (index, after, round(1000 * weight(one, other)))
            for index, one in enumerate(numbers)
            for after, other in enumerate(numbers[index + 1 :], index + 1)
            if not met(step.field, one, other) and frozenset({one, other}) not in step.terms.forbidden
        ]
    )
    found = max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return frozenset(frozenset({numbers[one], numbers[other]}) for one, other in found)


def _what_is_said_is_so(step: Step) -> None:
    players = step.field.players
    for board in step.paired.boards:
        for seat, opponent in zip(board.seats, board.seats[::-1], strict=True):
            assert seat.points == players[seat.number].points
            assert seat.floated is _float(seat.points, opponent.points)
            assert seat.is_repeated is (seat.floated is not None and _last_float(step, seat.number) is seat.floated)
        rounds = met(step.field, board.first.number, board.second.number)
        assert (board.meetings, board.last_met) == (len(rounds), max(rounds, default=None))
        _sides_are_given_for_the_reason(step, board)


def _float(own: int, other: int) -> Float | None:
    return None if own == other else Float.DOWN if own > other else Float.UP


def _last_float(step: Step, number: int) -> Float | None:
    players = step.field.players
    last = players[number].rounds[-1]
    if last.kind is Kind.PAIRING_BYE:
        return Float.DOWN
    if last.opponent is None:
        return None
    before = [sum(entry.points for entry in players[n].rounds[:-1]) for n in (number, last.opponent)]
    return _float(*before)


def _sides_are_given_for_the_reason(step: Step, board: Board) -> None:
    first, second = (_sides(step, seat.number) for seat in board.seats)
    as_they_are = [[*first, Side.FIRST], [*second, Side.SECOND]]
    turned = [[*first, Side.SECOND], [*second, Side.FIRST]]
    kept = [[measure(each) for each in (as_they_are, turned)] for measure in (_thirds, _imbalance, _repeats)]
    decided = [index for index, (here, there) in enumerate(kept) if here != there]
    if decided:
        here, there = kept[decided[0]]
        assert here < there
        expected = (SideReason.THIRD_IN_A_ROW, SideReason.BALANCE, SideReason.ALTERNATION)[decided[0]]
        assert board.side_reason is expected
    else:
        assert board.side_reason in (SideReason.HISTORY, SideReason.RANK, SideReason.NUMBER)
        assert (board.side_reason is SideReason.NUMBER) is (not first)


def _sides(step: Step, number: int) -> list[Side]:
    return [entry.side for entry in step.field.players[number].rounds if entry.is_played and entry.side]


def _thirds(both: list[list[Side]]) -> int:
    return sum(len(sides) > 2 and len(set(sides[-3:])) == 1 for sides in both)


def _imbalance(both: list[list[Side]]) -> int:
    return sum((sides.count(Side.FIRST) - sides.count(Side.SECOND)) ** 2 for sides in both)


def _repeats(both: list[list[Side]]) -> int:
    return sum(len(sides) > 1 and len(set(sides[-2:])) == 1 for sides in both)


def _bye(paired: PairedRound) -> int | None:
    return next((bye.number for bye in paired.byes if bye.kind is Kind.PAIRING_BYE), None)


@pytest.mark.parametrize("size", [2, 4, 6, 10, 16, 24])
def test_half_of_the_rounds_never_need_a_rematch(size: int) -> None:
    """With n even and r <= n / 2 - 1 rounds played, everybody may meet half of the others, so a round is left."""
    rng = Random(size)
    field = entrants(size)
    for _ in range(size // 2):
        paired = pair(field)
        assert isinstance(paired, PairedRound)
        assert (len(paired.boards), paired.byes, paired.relaxed) == (size // 2, (), ())
        field = played(field, paired, rng)
