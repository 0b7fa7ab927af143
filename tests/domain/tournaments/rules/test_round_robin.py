from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, permutations
from random import Random

import pytest

from domain.kernel.errors import InvalidInput
from domain.tournaments.errors import RoundUnfinished
from domain.tournaments.rules.round_robin import Fixtures, berger_round, next_round, rounds_needed
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player
from domain.tournaments.rules.swiss import End, EventOver, Exit, PairedRound
from tests.factories.swiss import entrants, pairs_of, played, with_entries, won

SIZES = [*range(2, 21), 33, 64, 101]


def cycle(players: int, start: int = 1) -> list[Fixtures]:
    return [berger_round(players, number) for number in range(start, start + rounds_needed(players))]


def test_six_play_by_the_table_that_chess_prints() -> None:
    assert [fixtures.games for fixtures in cycle(6)] == [
        ((1, 6), (2, 5), (3, 4)),
        ((6, 4), (5, 3), (1, 2)),
        ((2, 6), (3, 1), (4, 5)),
        ((6, 5), (1, 4), (2, 3)),
        ((3, 6), (4, 2), (5, 1)),
    ]


def test_five_play_by_the_same_table_and_sit_out_in_turn() -> None:
    assert [fixtures.sits_out for fixtures in cycle(5)] == [1, 4, 2, 5, 3]
    assert cycle(5)[0].games == ((2, 5), (3, 4))


@pytest.mark.parametrize("players", SIZES)
def test_everybody_meets_everybody_once(players: int) -> None:
    met = [frozenset(game) for fixtures in cycle(players) for game in fixtures.games]
    assert Counter(met) == Counter(map(frozenset, combinations(range(1, players + 1), 2)))


@pytest.mark.parametrize("players", SIZES)
def test_in_a_round_everybody_has_one_place(players: int) -> None:
    for fixtures in cycle(players):
        seated = [player for game in fixtures.games for player in game]
        seated += [] if fixtures.sits_out is None else [fixtures.sits_out]
        assert sorted(seated) == list(range(1, players + 1))


@pytest.mark.parametrize("players", SIZES)
def test_sides_are_even(players: int) -> None:
    first, second = (Counter(game[side] for each in cycle(players) for game in each.games) for side in (0, 1))
    assert {abs(first[player] - second[player]) for player in range(1, players + 1)} == {(players - 1) % 2}


@pytest.mark.parametrize("players", SIZES)
def test_where_the_number_is_odd_everybody_sits_out_once(players: int) -> None:
    idle = [fixtures.sits_out for fixtures in cycle(players)]
    if players % 2:
        assert sorted(player for player in idle if player) == list(range(1, players + 1))
    else:
        assert set(idle) == {None}


@pytest.mark.parametrize("players", SIZES)
def test_two_cycles_have_each_pair_once_each_way(players: int) -> None:
    both = [*cycle(players), *cycle(players, 1 + rounds_needed(players))]
    assert len(both) == rounds_needed(players, 2)
    met = Counter(game for fixtures in both for game in fixtures.games)
    assert met == Counter(permutations(range(1, players + 1), 2))


def test_the_largest_event_has_its_rounds_one_by_one() -> None:
    assert rounds_needed(4096) == 4095
    assert len({player for game in berger_round(4096, 4095).games for player in game}) == 4096


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("cycles", [1, 2])
def test_an_event_is_played_to_its_end(size: int, cycles: int) -> None:
    field, rng = replace(entrants(size), planned=rounds_needed(size, cycles)), Random(size)
    met: Counter[frozenset[int]] = Counter()
    while isinstance(paired := next_round(field), PairedRound):
        met.update(pairs_of(paired))
        assert [bye.kind for bye in paired.byes] == [Kind.ZERO_BYE] * (size % 2)
        field = played(field, paired, rng)
    assert paired == EventOver(rounds_needed(size, cycles), End.ALL_PLAYED, {})
    assert set(met.values()) == {cycles}
    assert len(met) == size * (size - 1) // 2


def test_numbers_need_not_be_without_gaps() -> None:
    players = {number: Player(number, str(number)) for number in (30, 7, 12, 20)}
    paired = next_round(Field(players))
    assert isinstance(paired, PairedRound)
    assert [(board.first.number, board.second.number) for board in paired.boards] == [(7, 30), (12, 20)]


def test_who_has_left_keeps_their_place() -> None:
    field = entrants(4)
    left = replace(field, players={**field.players, 4: replace(field.players[4], has_left=True)})
    paired = next_round(left)
    assert isinstance(paired, PairedRound)
    assert (pairs_of(paired), paired.exits) == (pairs_of_table(4, 1), {4: Exit.LEFT})
    alone = {number: replace(player, has_left=number > 1) for number, player in field.players.items()}
    assert isinstance(next_round(replace(field, players=alone)), EventOver)


def pairs_of_table(size: int, number: int) -> frozenset[frozenset[int]]:
    return frozenset(map(frozenset, berger_round(size, number).games))


def test_rounds_that_were_made_otherwise_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Players 4 and 3 have met in round 1"):
        next_round(won(entrants(4), (1, 2), (3, 4)))


def test_a_game_without_a_result_stops_the_next_round() -> None:
    field = with_entries(entrants(2), {1: Entry(Kind.OPEN, 0, 2), 2: Entry(Kind.OPEN, 0, 1)})
    with pytest.raises(RoundUnfinished):
        next_round(field)


def test_more_players_than_can_be_paired_are_refused() -> None:
    with pytest.raises(InvalidInput, match="At most 4096"):
        next_round(entrants(4097))


@pytest.mark.parametrize(("players", "number"), [(1, 1), (4097, 1), (4, 0)])
def test_what_is_no_round_is_refused(players: int, number: int) -> None:
    with pytest.raises(ValueError, match=r"cannot meet|no round"):
        berger_round(players, number)
