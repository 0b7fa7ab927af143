"""Single rounds whose answer is known."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from domain.tournaments.errors import NoLegalPairing, PairingTooLarge, RoundUnfinished
from domain.tournaments.rules.rounds import Entry, Field, Kind, Side
from domain.tournaments.rules.swiss import (
    Bye,
    End,
    EventOver,
    Exit,
    Float,
    Method,
    PairedRound,
    Relaxation,
    Seat,
    SideReason,
    Terms,
    pair,
)
from tests.factories.swiss import entrants, pairs_of, played, with_entries, won
from tests.fixtures.processes import ROOT


def paired(field: Field, terms: Terms | None = None) -> PairedRound:
    answer = pair(field, terms or Terms())
    assert isinstance(answer, PairedRound)
    return answer


def boards(field: Field, terms: Terms | None = None) -> list[tuple[int, int]]:
    return [(board.first.number, board.second.number) for board in paired(field, terms).boards]


def forbid(*pairs: tuple[int, int]) -> frozenset[frozenset[int]]:
    return frozenset(map(frozenset, pairs))


def drawn(count: int) -> Field:
    """After a round of byes: sides have not mattered in it, and all have as many points."""
    return with_entries(entrants(count), dict.fromkeys(range(1, count + 1), Entry(Kind.HALF_BYE, 1)))


def changed(field: Field, number: int, **values: Any) -> Field:
    """The field with this player changed, or added as a copy of player 1."""
    players = dict(field.players)
    players[number] = replace(players.get(number, players[1]), number=number, **values)
    return replace(field, players=players)


def without(field: Field, *numbers: int) -> Field:
    """The field after these have left."""
    players = {
        number: replace(player, has_left=number in numbers or player.has_left)
        for number, player in field.players.items()
    }
    return replace(field, players=players)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.SLIDE, [(1, 5), (6, 2), (3, 7), (8, 4)]),
        (Method.FOLD, [(1, 8), (7, 2), (3, 6), (5, 4)]),
        (Method.ADJACENT, [(1, 2), (3, 4), (5, 6), (7, 8)]),
    ],
)
def test_the_first_round_is_what_the_method_asks_for(method: Method, expected: list[tuple[int, int]]) -> None:
    answer = paired(entrants(8), Terms(method))
    assert [(board.first.number, board.second.number) for board in answer.boards] == expected
    assert {board.side_reason for board in answer.boards} == {SideReason.NUMBER}
    assert (answer.number, answer.byes, answer.relaxed, answer.exits) == (1, (), (), {})


def test_the_first_side_of_the_favourite_can_be_drawn() -> None:
    assert boards(entrants(4), Terms(first_side=Side.SECOND)) == [(3, 1), (2, 4)]


def test_winners_meet_winners() -> None:
    field = won(entrants(8), (1, 5), (2, 6), (3, 7), (4, 8))
    assert boards(field) == [(1, 3), (2, 4), (5, 7), (6, 8)]


def test_without_sides_the_higher_ranked_comes_first() -> None:
    field = won(entrants(4), (3, 1), (4, 2))
    answer = paired(field)
    assert [(board.first.number, board.second.number) for board in answer.boards] == [(3, 4), (1, 2)]
    assert {board.side_reason for board in answer.boards} == {None}


def sided(field: Field, *boards: tuple[int, int]) -> Field:
    """The field after a drawn round in which the first of each two had the first side."""
    entries = {number: Entry(Kind.ABSENT) for number in field.players}
    for first, second in boards:
        entries[first] = Entry(Kind.PLAYED, 1, second, Side.FIRST)
        entries[second] = Entry(Kind.PLAYED, 1, first, Side.SECOND)
    return with_entries(field, entries)


def seen_sides(field: Field) -> list[tuple[int, int, SideReason | None]]:
    return [(board.first.number, board.second.number, board.side_reason) for board in paired(field).boards]


def test_who_is_due_different_sides_meets() -> None:
    """By the method alone 1 would meet 3, and 2 would meet 4."""
    field = sided(entrants(4), (1, 2), (3, 4))
    assert seen_sides(field) == [(4, 1, SideReason.BALANCE), (2, 3, SideReason.BALANCE)]


def test_nobody_has_a_side_three_times_in_a_row() -> None:
    """1 and 2 have had the first side as often, but 1 had it in the last two games."""
    field = without(sided(sided(sided(entrants(6), (3, 1), (4, 2)), (1, 4), (2, 3)), (1, 5), (6, 2)), 3, 4, 5, 6)
    assert seen_sides(field) == [(2, 1, SideReason.THIRD_IN_A_ROW)]


def test_who_would_have_a_side_three_times_in_a_row_meets_somebody_else() -> None:
    """All had the sides as often. 1 and 2 had the first in their last two games, so one of them would have it again."""
    field = sided(entrants(20), (5, 1), (6, 2), (3, 7), (4, 8))
    field = sided(field, (9, 1), (10, 2), (11, 3), (12, 4))
    field = sided(field, (1, 13), (2, 14), (15, 3), (16, 4))
    field = sided(field, (1, 17), (2, 18), (3, 19), (4, 20))
    answer = paired(without(field, *range(5, 21)), Terms(Method.ADJACENT))
    assert pairs_of(answer) == forbid((1, 4), (2, 3))


def test_sides_take_turns() -> None:
    """Both have had each side once; 1 began in the last game and 2 did not."""
    field = without(sided(sided(entrants(6), (3, 1), (2, 4)), (1, 5), (6, 2)), 3, 4, 5, 6)
    assert seen_sides(field) == [(2, 1, SideReason.ALTERNATION)]


def test_the_last_difference_is_turned_round() -> None:
    """1 and 2 have had the sides as often, and the first in the last game; in the second game only 2 had the first."""
    field = sided(sided(entrants(10), (1, 3), (4, 2)), (5, 1), (2, 6))
    field = sided(sided(field, (7, 1), (8, 2)), (1, 9), (2, 10))
    assert seen_sides(without(field, *range(3, 11))) == [(1, 2, SideReason.HISTORY)]


def test_the_higher_ranked_has_the_side_that_both_are_due() -> None:
    field = without(sided(entrants(4), (1, 3), (2, 4)), 3, 4)
    assert seen_sides(field) == [(2, 1, SideReason.RANK)]
    field = without(sided(entrants(4), (3, 1), (4, 2)), 3, 4)
    assert seen_sides(field) == [(1, 2, SideReason.RANK)]


def test_the_best_boards_come_first() -> None:
    """By the better one's points, then by both together, then by rank."""
    extra = {1: 4, 2: 4, 3: 4, 4: 2}
    answer = paired(entrants(6), Terms(extra=extra, forbidden=forbid((1, 2), (1, 3))))
    assert [{seat.number for seat in board.seats} for board in answer.boards] == [{2, 3}, {1, 4}, {5, 6}]


def test_the_bye_is_a_float_down() -> None:
    """2 and 3 are alike, and 3 is ranked lower, but floated down in the round before."""
    field = won(won(entrants(8), (1, 4), (2, 5), (3, 6), (7, 8)), (7, 2), (4, 3), (1, 5))
    assert paired(without(field, 4, 5, 6, 7, 8)).byes == (Bye(2, 2, Kind.PAIRING_BYE),)


def test_an_odd_group_floats_its_last_one_to_the_first_of_the_next() -> None:
    field = won(drawn(6), (1, 4), (2, 5), (3, 6))
    answer = paired(field)
    assert [tuple(seat.number for seat in board.seats) for board in answer.boards] == [(1, 2), (3, 4), (5, 6)]
    assert answer.boards[1].first == Seat(3, 3, Float.DOWN)
    assert answer.boards[1].second == Seat(4, 1, Float.UP)


def test_who_floated_down_does_not_float_down_again() -> None:
    """1, 2 and 3 have two wins and 4 has one. 3 would float, but met 6, who had no win, in the round before."""
    field = won(entrants(10), (1, 5), (2, 6), (3, 7), (8, 4), (9, 10))
    fresh = won(field, (1, 8), (2, 9), (4, 5))
    field = won(field, (1, 8), (2, 9), (3, 6), (4, 5))
    leaving = range(5, 11)
    assert pairs_of(paired(without(field, *leaving))) == forbid((1, 3), (2, 4))
    fresh = changed(fresh, 3, rounds=fresh.players[1].rounds)
    assert pairs_of(paired(without(fresh, *leaving))) == forbid((1, 2), (3, 4))


def test_the_bye_goes_to_the_lowest_who_had_none() -> None:
    field = entrants(5)
    assert paired(field).byes == (Bye(5, 0, Kind.PAIRING_BYE),)
    field = played(field, paired(field), Random(0), draws=0)
    lowest = min(player.points for player in field.players.values())
    (bye,) = paired(field).byes
    assert bye.number != 5
    assert (bye.points, bye.earlier) == (lowest, 0)


def test_of_equal_points_the_bye_goes_to_who_sat_out_least() -> None:
    field = with_entries(
        entrants(5),
        {
            1: Entry(Kind.PLAYED, 2, 2),
            2: Entry(Kind.PLAYED, 0, 1),
            3: Entry(Kind.PLAYED, 2, 4),
            4: Entry(Kind.PLAYED, 0, 3),
            5: Entry(Kind.ABSENT),
        },
    )
    assert paired(field).byes == (Bye(4, 0, Kind.PAIRING_BYE),)


@pytest.mark.parametrize("entry", [Entry(Kind.FULL_BYE, 2), Entry(Kind.FORFEIT, 2, 3)])
def test_points_of_a_win_without_a_game_count_as_a_bye(entry: Entry) -> None:
    field = with_entries(entrants(3), {1: Entry(Kind.ABSENT), 2: entry, 3: Entry(Kind.FORFEIT, 2, 2)})
    assert paired(field).byes[0].number == 1


def test_a_half_point_bye_keeps_nobody_from_the_bye() -> None:
    field = won(entrants(5), (1, 4), (2, 5))
    field = without(changed(field, 3, rounds=(Entry(Kind.HALF_BYE, 1),)), 4, 5)
    assert paired(field).byes == (Bye(3, 1, Kind.PAIRING_BYE),)


def test_a_forfeited_pairing_may_come_again() -> None:
    field = with_entries(entrants(2), {1: Entry(Kind.FORFEIT, 2, 2), 2: Entry(Kind.FORFEIT, 0, 1)})
    answer = paired(field)
    assert (answer.boards[0].meetings, answer.relaxed) == (0, ())


def test_byes_that_were_agreed_are_kept_apart_from_the_pairing() -> None:
    answer = paired(entrants(6), Terms(byes={1: Kind.HALF_BYE, 2: Kind.ZERO_BYE}))
    assert answer.byes == (Bye(1, 0, Kind.HALF_BYE), Bye(2, 0, Kind.ZERO_BYE))
    assert pairs_of(answer) == forbid((3, 5), (4, 6))


def test_one_who_is_alone_has_the_bye() -> None:
    answer = paired(entrants(2), Terms(byes={1: Kind.HALF_BYE}))
    assert answer.byes == (Bye(2, 0, Kind.PAIRING_BYE), Bye(1, 0, Kind.HALF_BYE))
    assert answer.boards == ()


def test_a_round_of_agreed_byes_only_has_no_boards() -> None:
    answer = paired(entrants(2), Terms(byes=dict.fromkeys((1, 2), Kind.HALF_BYE)))
    assert (answer.boards, len(answer.byes), answer.relaxed) == ((), 2, ())


def test_points_for_pairing_only_split_a_group() -> None:
    assert boards(entrants(8), Terms(extra=dict.fromkeys(range(1, 5), 2))) == [(1, 3), (4, 2), (5, 7), (8, 6)]


def test_ranks_of_the_field_go_before_numbers() -> None:
    ranks = {number: 5 - number for number in range(1, 5)}
    assert pairs_of(paired(entrants(4), Terms(Method.ADJACENT, ranks=ranks))) == forbid((4, 3), (2, 1))
    assert pairs_of(paired(entrants(4), Terms(Method.SLIDE, ranks={1: 2, 2: 3, 3: 1}))) == forbid((3, 2), (1, 4))


def test_the_oldest_rematch_comes_first() -> None:
    field = entrants(4)
    for results in (((1, 4), (2, 3)), ((1, 3), (2, 4)), ((1, 2), (3, 4))):
        field = won(field, *results)
    answer = paired(field)
    assert pairs_of(answer) == forbid((1, 4), (2, 3))
    assert [(board.meetings, board.last_met) for board in answer.boards] == [(1, 1), (1, 1)]
    assert answer.relaxed == (Relaxation.REMATCH,)


def test_no_more_rematches_than_needed() -> None:
    """1 has met everybody else, so one pair meets again; the others need not."""
    field = won(entrants(6), (1, 2))
    for other in (3, 4, 5, 6):
        field = won(field, (1, other))
    answer = paired(field)
    assert [board.meetings for board in answer.boards] == [1, 0, 0]
    assert answer.boards[0].last_met == 1


def test_a_rematch_comes_before_a_second_bye() -> None:
    """3 alone may have the bye, and 1 and 2 have met."""
    field = with_entries(entrants(3), {1: Entry(Kind.PLAYED, 2, 2), 2: Entry(Kind.PLAYED, 0, 1), 3: Entry(Kind.ABSENT)})
    full = {1: Entry(Kind.FULL_BYE, 2), 2: Entry(Kind.PAIRING_BYE, 2), 3: Entry(Kind.ABSENT)}
    answer = paired(with_entries(field, full))
    assert (answer.byes, answer.relaxed) == ((Bye(3, 0, Kind.PAIRING_BYE),), (Relaxation.REMATCH,))


def test_a_second_bye_comes_when_everybody_had_one() -> None:
    field = entrants(3)
    rng = Random(1)
    for _ in range(3):
        answer = paired(field)
        assert answer.relaxed == ()
        field = played(field, answer, rng)
    answer = paired(field)
    assert answer.relaxed == (Relaxation.REMATCH, Relaxation.SECOND_BYE)
    assert answer.byes[0].earlier == 1
    assert answer.boards[0].meetings == 1


def test_forbidden_pairs_stay_forbidden() -> None:
    assert pairs_of(paired(entrants(4), Terms(forbidden=forbid((1, 3), (2, 3))))) == forbid((1, 2), (3, 4))
    field = won(entrants(4), (1, 2), (3, 4))
    answer = paired(field, Terms(forbidden=forbid((1, 3), (1, 4))))
    assert (pairs_of(answer), answer.relaxed) == (forbid((1, 2), (3, 4)), (Relaxation.REMATCH,))


@pytest.mark.parametrize("count", [2, 3, 4, 5, 9, 130])
def test_without_a_legal_pairing_there_is_an_error(count: int) -> None:
    everything = forbid(*combinations(range(1, count + 1), 2))
    with pytest.raises(NoLegalPairing) as refusal:
        pair(entrants(count), Terms(forbidden=everything))
    assert refusal.value.players == count
    assert refusal.value.code == "NO_LEGAL_PAIRING"


def test_one_whom_nobody_may_meet_has_no_round_in_an_even_field() -> None:
    alone = forbid(*((1, other) for other in range(2, 7)))
    with pytest.raises(NoLegalPairing):
        pair(entrants(6), Terms(forbidden=alone))
    assert paired(entrants(5), Terms(forbidden=forbid(*((1, other) for other in range(2, 6))))).byes[0].number == 1


def test_a_game_without_a_result_stops_the_next_round() -> None:
    field = with_entries(entrants(2), {1: Entry(Kind.OPEN, 0, 2), 2: Entry(Kind.OPEN, 0, 1)})
    with pytest.raises(RoundUnfinished) as refusal:
        pair(field)
    assert refusal.value.number == 1


@pytest.mark.parametrize(
    "terms",
    [
        Terms(byes={9: Kind.HALF_BYE}),
        Terms(extra={9: 1}),
        Terms(ranks={9: 1}),
        Terms(forbidden=frozenset({frozenset({1, 9})})),
    ],
)
def test_who_does_not_exist_is_refused(terms: Terms) -> None:
    with pytest.raises(InvalidInput, match="There is no player 9"):
        pair(entrants(4), terms)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_are_no_event(count: int) -> None:
    assert pair(entrants(count)) == EventOver(0, End.TOO_FEW, {})


def test_everybody_leaving_ends_the_event() -> None:
    field = won(entrants(3), (1, 2))
    over = pair(without(field, 1, 2))
    assert over == EventOver(1, End.TOO_FEW, {1: Exit.LEFT, 2: Exit.LEFT})


def test_after_the_last_planned_round_there_is_none() -> None:
    field = replace(won(entrants(4), (1, 3), (2, 4)), planned=1)
    assert pair(field) == EventOver(1, End.ALL_PLAYED, {})


def test_three_wins_in_three_losses_out() -> None:
    """Sixteen teams: in five rounds eight are through and eight are out, and who is done plays no more."""
    field, terms, rng = entrants(16), Terms(Method.FOLD, wins_to_advance=3, losses_to_leave=3), Random(3)
    sizes = []
    while isinstance(answer := pair(field, terms), PairedRound):
        assert {seat.points for board in answer.boards for seat in board.seats if seat.floated} == set()
        assert not {seat.number for board in answer.boards for seat in board.seats} & answer.exits.keys()
        sizes.append(len(answer.boards))
        field = played(field, answer, rng, draws=0)
    assert sizes == [8, 8, 8, 6, 3]
    assert (answer.after, answer.reason) == (5, End.TOO_FEW)
    assert Counter(answer.exits.values()) == {Exit.ADVANCED: 8, Exit.ELIMINATED: 8}


def test_alone_among_equals_plays_across() -> None:
    """After two rounds of four teams, two wins in: 1 is through, 4 is out, and of the others nobody else is left."""
    field = won(won(entrants(4), (1, 3), (2, 4)), (1, 2), (3, 4))
    answer = paired(field, Terms(wins_to_advance=2, losses_to_leave=2))
    assert (pairs_of(answer), answer.exits) == (forbid((2, 3)), {1: Exit.ADVANCED, 4: Exit.ELIMINATED})
    field = won(entrants(6), (1, 4), (2, 5), (3, 6))
    answer = paired(field, Terms(wins_to_advance=2, losses_to_leave=2))
    assert [board.first.floated for board in answer.boards] == [None, Float.DOWN, None]


def test_a_bye_counts_as_a_win_for_who_advances() -> None:
    field = with_entries(
        entrants(3), {1: Entry(Kind.PLAYED, 2, 2), 2: Entry(Kind.PLAYED, 0, 1), 3: Entry(Kind.PAIRING_BYE, 2)}
    )
    over = pair(field, Terms(wins_to_advance=1))
    assert over == EventOver(1, End.TOO_FEW, {1: Exit.ADVANCED, 3: Exit.ADVANCED})


def test_leaving_and_coming_back_brings_nothing() -> None:
    """Who had the bye, left and comes back has missed rounds without points, and is not given the bye again."""
    field, rng = entrants(5), Random(5)
    field = played(field, paired(field), rng)
    assert field.players[5].rounds == (Entry(Kind.PAIRING_BYE, 2),)
    away = without(field, 5)
    for _ in range(2):
        away = played(away, paired(away), rng)
    back = changed(away, 5, has_left=False)
    assert back.players[5].points == 2
    for _ in range(2):
        answer = paired(back)
        assert (answer.byes[0].number == 5, answer.byes[0].earlier) == (False, 0)
        back = played(back, answer, rng)


def test_a_late_entry_is_paired_by_the_points_of_its_byes() -> None:
    field = won(drawn(4), (1, 3), (2, 4))
    answer = paired(changed(field, 5, rounds=(Entry(Kind.HALF_BYE, 1),) * 2))
    assert {seat.points for board in answer.boards for seat in board.seats if seat.number == 5} == {2}


def test_another_process_pairs_the_same() -> None:
    """Hashing differs between processes; the answer must not."""
    code = (
        "from random import Random\n"
        "from tests.factories.swiss import event\n"
        "print([step.paired for step in event(Random(1), 40, 64)])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert "PairedRound" in printed.pop()


def test_more_players_than_can_be_paired_are_refused() -> None:
    with pytest.raises(InvalidInput, match="At most 4096"):
        pair(entrants(4097))


def test_more_forbidden_pairs_than_can_be_looked_at_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Too many pairs"):
        pair(entrants(2001), Terms(forbidden=frozenset({frozenset(range(1, 2002))})))


def test_a_large_field_without_a_simple_round_is_refused() -> None:
    alone = forbid(*((1, other) for other in range(2, 1201)))
    with pytest.raises(PairingTooLarge):
        pair(entrants(1200), Terms(forbidden=alone))
