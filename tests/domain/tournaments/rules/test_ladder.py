from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.tournaments.rules.ladder import (
    MAX_CHALLENGES,
    Challenge,
    Climber,
    Ladder,
    Standing,
    require_ladder,
    standing,
    within_reach,
)

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = Ladder(reach=2)


def climbers(field: Sequence[str]) -> list[Climber[str]]:
    return [Climber(one, BEGIN) for one in field]


def won(number: int, day: float, challenger: str, challenged: str) -> Challenge[str]:
    return Challenge(number, BEGIN + day * DAY, challenger, challenged, challenger)


def lost(number: int, day: float, challenger: str, challenged: str) -> Challenge[str]:
    return replace(won(number, day, challenger, challenged), winner=challenged)


def order(field: Sequence[str], fought: Sequence[Challenge[str]], terms: Ladder = TERMS, day: float = 30) -> str:
    return "".join(standing(climbers(field), fought, terms, BEGIN + day * DAY).order)


def test_who_wins_takes_the_place_and_a_loss_changes_nothing() -> None:
    assert order("abcd", [won(1, 1, "c", "a")]) == "cabd"
    assert order("abcd", [lost(1, 1, "c", "a")]) == "abcd"
    assert order("abcd", [replace(won(1, 1, "c", "a"), winner=None)]) == "abcd"
    found = standing(climbers("abcd"), [won(1, 1, "c", "a"), won(2, 2, "d", "a")], TERMS, BEGIN + 3 * DAY)
    assert found.order == ("c", "d", "a", "b")
    assert [(move.number, move.entrant, move.before, move.after) for move in found.moves] == [
        (1, "c", 3, 1),
        (2, "d", 4, 2),
    ]
    assert found.last_played == {"c": BEGIN + DAY, "a": BEGIN + 2 * DAY, "d": BEGIN + 2 * DAY}


def test_what_is_decided_at_one_instant_counts_in_the_order_in_which_it_was_made() -> None:
    assert order("abc", [won(1, 1, "b", "a"), won(2, 1, "c", "a")]) == "bca"
    assert order("abc", [won(2, 1, "b", "a"), won(1, 1, "c", "a")]) == "cba"
    assert order("abc", [won(2, 1, "a", "b"), won(1, 1, "b", "a")]) == "abc"


def test_who_has_come_above_meanwhile_stays_where_they_are() -> None:
    """C has challenged B, and stands above B when they win, because of what both did in between."""
    assert order("abc", [won(1, 1, "c", "a"), won(2, 2, "c", "b")]) == "cab"


def test_those_within_reach_may_be_challenged() -> None:
    assert within_reach("abcd", "d", TERMS) == ("c", "b")
    assert within_reach("abcd", "b", TERMS) == ("a",)
    assert within_reach("abcd", "a", TERMS) == ()
    assert within_reach("abcd", "x", TERMS) == ()


def test_who_is_idle_drops_and_drops_again() -> None:
    terms = Ladder(reach=1, idle_days=2, drop=2)
    fought = [lost(1, 1, "b", "a"), lost(2, 1.5, "d", "c")]
    assert order("abcd", fought, terms, 2.9) == "abcd"
    # A and B have played on day 1 and drop on day 3, past C and D, who drop half a day later.
    assert order("abcd", fought, terms, 3) == "cdab"
    assert order("abcd", fought, terms, 3.5) == "abcd"
    assert order("abcd", fought, terms, 5) == "cdab"
    assert standing(climbers("abcd"), fought, terms, BEGIN + 3 * DAY).next_drop_at == BEGIN + 3.5 * DAY


def test_nobody_passes_who_drops_at_the_same_instant() -> None:
    terms = Ladder(idle_days=2)
    assert order("abcd", [], terms, 9) == "abcd"
    assert order("abcd", [lost(1, 1, "c", "x")], terms, 2) == "cabd"
    assert order("abcd", [lost(1, 1, "c", "x")], replace(terms, drop=9), 2) == "cabd"


def test_who_wins_without_play_is_not_idle_and_who_did_not_come_is() -> None:
    walkover = replace(won(1, 1, "c", "b"), is_played=False)
    found = standing(climbers("abc"), [walkover], TERMS, BEGIN + 2 * DAY)
    assert (found.order, found.last_played) == (("a", "c", "b"), {"c": BEGIN + DAY})


def test_who_comes_later_begins_at_the_bottom_and_who_leaves_is_taken_off() -> None:
    field = [
        Climber("a", BEGIN, BEGIN + 3 * DAY),
        *climbers("bc"),
        Climber("d", BEGIN + 2 * DAY),
    ]
    fought = [won(1, 1, "c", "a"), won(2, 2.5, "d", "a"), won(3, 4, "b", "a")]
    assert [standing(field, fought, TERMS, BEGIN + day * DAY).order for day in (0, 2, 5)] == [
        ("c", "d", "b"),
        ("c", "d", "b"),
        ("c", "d", "b"),
    ]
    assert [standing(field[:3], fought[:1], TERMS, BEGIN + day * DAY).order for day in (2, 3)] == [("c", "b")] * 2


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        (Ladder(reach=0), "reach"),
        (Ladder(reach=51), "reach"),
        (Ladder(idle_days=0), "idleDays"),
        (Ladder(drop=0), "drop"),
        (Ladder(answer_days=0), "answerDays"),
        (Ladder(answer_days=61), "answerDays"),
        (Ladder(rematch_days=-1), "rematchDays"),
    ],
)
def test_settings_out_of_bounds_are_refused(terms: Ladder, path: str) -> None:
    with pytest.raises(InvalidInput, match="That is a number from") as caught:
        require_ladder(terms, "stages", "0", "format")
    assert caught.value.path == ("stages", "0", "format", path)


Played = tuple[int, Ladder, list[Challenge[int]]]


@st.composite
def played(draw: st.DrawFn, idle: bool = True) -> Played:
    """A ladder, its terms, and challenges in reach of each other at their instants, several of them at some."""
    size = draw(st.integers(2, 12))
    idle_days = draw(st.none() | st.integers(1, 4)) if idle else None
    terms = Ladder(reach=draw(st.integers(1, 4)), idle_days=idle_days, drop=draw(st.integers(1, 3)))
    field, fought = seats(size), list[Challenge[int]]()
    hour = 0
    for number in range(1, draw(st.integers(0, 14)) + 1):
        hour += draw(st.integers(0, 30))
        at = BEGIN + timedelta(hours=hour)
        now = standing(field, fought, terms, at).order
        below = draw(st.integers(1, size - 1))
        above = draw(st.integers(max(0, below - terms.reach), below - 1))
        sides = now[below], now[above]
        winner = draw(st.sampled_from([*sides, None]))
        fought.append(Challenge(number, at, *sides, winner, is_played=winner is not None and draw(st.booleans())))
    return size, terms, fought


def seats(size: int) -> list[Climber[int]]:
    return [Climber(seed, BEGIN) for seed in range(1, size + 1)]


def result(game: Played, fought: Sequence[Challenge[int]] | None = None, day: int = 20) -> Standing[int]:
    size, terms, given = game
    return standing(seats(size), given if fought is None else fought, terms, BEGIN + day * DAY)


@given(played(), st.randoms())
def test_everybody_has_a_rung_of_their_own_whatever_the_order_of_the_facts(game: Played, random: Random) -> None:
    found = result(game)
    assert sorted(found.order) == list(range(1, game[0] + 1))
    shuffled = random.sample(game[2], len(game[2]))
    assert result(game, shuffled) == found


@given(played(idle=False))
def test_a_win_moves_the_winner_to_the_place_and_those_in_between_by_one(game: Played) -> None:
    size, terms, fought = game
    for number, challenge in enumerate(fought):
        before = list(standing(seats(size), fought[:number], terms, challenge.at).order)
        after = list(standing(seats(size), fought[: number + 1], terms, challenge.at).order)
        below, above = before.index(challenge.challenger), before.index(challenge.challenged)
        if challenge.winner == challenge.challenger and above < below:
            assert after == [
                *before[:above],
                challenge.challenger,
                *before[above:below],
                *before[below + 1 :],
            ]
        else:
            assert after == before


@given(played(idle=False))
def test_matches_of_four_different_people_may_be_reported_in_any_order(game: Played) -> None:
    fought = game[2]
    for first, second in pairwise(fought):
        if len({first.challenger, first.challenged, second.challenger, second.challenged}) == 4:
            swapped = [
                replace(first, at=second.at, number=second.number),
                replace(second, at=first.at, number=first.number),
            ]
            rest = [each for each in fought if each not in (first, second)]
            assert result(game, [*rest, *swapped]).order == result(game).order


@given(played(), st.data())
def test_a_correction_taken_back_leads_to_the_identical_ladder(game: Played, data: st.DataObject) -> None:
    fought = game[2]
    if not fought:
        return
    number = data.draw(st.integers(0, len(fought) - 1))
    one = fought[number]
    other = data.draw(st.sampled_from([one.challenger, one.challenged, None]))
    corrected = [*fought[:number], replace(one, winner=other), *fought[number + 1 :]]
    assert sorted(result(game, corrected).order) == sorted(result(game).order)
    back = [*corrected[:number], replace(corrected[number], winner=one.winner), *corrected[number + 1 :]]
    assert result(game, back) == result(game)


@given(played(), st.lists(st.integers(0, 20), max_size=6))
def test_the_order_at_an_instant_is_the_same_whenever_it_is_asked_for(game: Played, days: list[int]) -> None:
    """What has happened by then is told by the facts until then alone, and by the clock."""
    for day in days:
        until = [each for each in game[2] if each.at <= BEGIN + day * DAY]
        again = standing(seats(game[0]), until, game[1], BEGIN + day * DAY)
        assert result(game, until, day).order == again.order
        if until == game[2]:
            assert result(game, day=day) == again


@given(played(), st.data())
def test_who_leaves_changes_the_order_of_nobody_else(game: Played, data: st.DataObject) -> None:
    """Where nobody drops while idle, the others stand to each other as they did."""
    size, terms, fought = game
    terms = replace(terms, idle_days=None)
    leaving = data.draw(st.integers(1, size))
    end = fought[-1].at if fought else BEGIN
    field = [Climber(seed, BEGIN, end if seed == leaving else None) for seed in range(1, size + 1)]
    stayed = standing(seats(size), fought, terms, end).order
    assert standing(field, fought, terms, end).order == tuple(seed for seed in stayed if seed != leaving)


def test_a_full_ladder_of_a_season_takes_bounded_time() -> None:
    """4,096 rungs, as many challenges as there can be, and everybody dropping each week for three months."""
    random, size = Random(1), 4096
    fought = []
    for number in range(1, MAX_CHALLENGES + 1):
        below = random.randint(2, size)
        at = BEGIN + number * 90 * DAY / MAX_CHALLENGES
        fought.append(Challenge(number, at, below, max(1, below - random.randint(1, 3)), below))
    began = process_time()
    found = standing(seats(size), fought, Ladder(idle_days=7), BEGIN + 90 * DAY)
    assert len(set(found.order)) == size
    assert process_time() - began < 5
