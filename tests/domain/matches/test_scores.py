"""Which scores a match can have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.matches.errors import DrawNotPossible, ImpossibleScore
from domain.matches.rules import scores as rules
from domain.matches.values import MatchFormat, Outcome, Result, Verdict


@pytest.mark.parametrize(
    ("best_of", "scores"),
    [
        (3, (1, 1)),
        (3, (0, 0)),
        (3, (2, 2)),
        (3, (3, 0)),
        (3, (-1, 2)),
        (3, (2, -1)),
        (3, (2,)),
        (3, (2, 0, 0)),
        (3, ()),
        (1, (0, 0)),
        (5, (2, 1)),
        (99, (49, 49)),
    ],
)
def test_scores_that_end_no_match(best_of: int, scores: tuple[int, ...]) -> None:
    with pytest.raises(ImpossibleScore) as caught:
        rules.final(MatchFormat(best_of), scores)
    assert (caught.value.code, caught.value.path) == ("IMPOSSIBLE_SCORE", ("scores",))


@given(wins=st.integers(1, 50), first=st.integers(-2, 60), second=st.integers(-2, 60))
def test_a_match_ends_exactly_when_one_side_has_more_than_half(wins: int, first: int, second: int) -> None:
    best_of = 2 * wins - 1
    is_over = max(first, second) == wins and 0 <= min(first, second) < wins
    try:
        assert rules.final(MatchFormat(best_of), (first, second)) == (first, second)
    except ImpossibleScore:
        assert not is_over
    else:
        assert is_over


@pytest.mark.parametrize("scores", [(0, 0), (1, 0), (1, 1), (2, 1), (0, 2)])
def test_scores_while_a_best_of_three_is_played(scores: tuple[int, int]) -> None:
    assert rules.running(MatchFormat(3), scores) == scores


@pytest.mark.parametrize("scores", [(2, 2), (3, 0), (0, -1), (1,), (0, 0, 0)])
def test_no_scores_of_a_best_of_three(scores: tuple[int, ...]) -> None:
    with pytest.raises(ImpossibleScore):
        rules.running(MatchFormat(3), scores)


@pytest.mark.parametrize(
    "played",
    [
        [[3, 1]],
        [[3, 1], [3, 1], [1, 3]],
        [[1, 3], [1, 3]],
        [[3, 3], [3, 1]],
        [[3], [3, 1]],
        [[3, 1, 0], [3, 1]],
        [[-1, 3], [3, 1], [3, 1]],
        [[1_000_001, 3], [3, 1]],
    ],
)
def test_games_that_do_not_add_up(played: list[list[int]]) -> None:
    with pytest.raises(ImpossibleScore):
        rules.games(MatchFormat(3), (2, 0), played)


def test_games_that_add_up() -> None:
    assert rules.games(MatchFormat(3), (2, 1), [[3, 1], [0, 1], [1_000_000, 0]]) == ((3, 1), (0, 1), (1_000_000, 0))
    assert rules.games(MatchFormat(3), (2, 1), ()) == ()


@pytest.mark.parametrize("best_of", [-1, 0, 2, 100, 101])
def test_a_best_of_is_odd_and_at_most_99(best_of: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.checked_best_of(best_of, "finalBestOf")
    assert caught.value.path == ("finalBestOf",)
    assert [rules.checked_best_of(number) for number in (1, 3, 99)] == [1, 3, 99]


POINTS = MatchFormat(1, scoring=MatchScoring.POINTS, can_be_drawn=True)
CUP_TIE = MatchFormat(1, scoring=MatchScoring.POINTS)
FOUR_RACKS = MatchFormat(4, scoring=MatchScoring.PLAY_ALL, can_be_drawn=True)
CHESS = MatchFormat(1, scoring=MatchScoring.PLAY_ALL, can_be_drawn=True)

ANY_SCORES = st.tuples(st.integers(-2, 120), st.integers(-2, 120))


@given(games=st.integers(1, 99), scores=ANY_SCORES)
def test_of_all_games_the_sides_win_no_more_than_there_are(games: int, scores: tuple[int, int]) -> None:
    given = MatchFormat(games, scoring=MatchScoring.PLAY_ALL, can_be_drawn=True)
    try:
        result = rules.checked_result(given, Verdict(scores=scores))
    except ImpossibleScore:
        assert min(scores) < 0 or sum(scores) > games
    else:
        assert min(scores) >= 0 and sum(scores) <= games
        assert result == Result(Outcome.PLAYED, _leader(scores), scores)


@given(scores=st.tuples(st.integers(0, 1_000_000), st.integers(0, 1_000_000)))
def test_points_can_be_as_many_as_anybody_makes(scores: tuple[int, int]) -> None:
    assert rules.running(POINTS, scores) == scores
    assert rules.checked_result(POINTS, Verdict(scores=scores)) == Result(Outcome.PLAYED, _leader(scores), scores)


@given(
    scoring=st.sampled_from([MatchScoring.PLAY_ALL, MatchScoring.POINTS]),
    scores=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    winner=st.sampled_from([None, 0, 1, 2, -1]),
    can_be_drawn=st.booleans(),
)
def test_who_has_won_is_said_once(
    scoring: MatchScoring, scores: tuple[int, int], winner: int | None, can_be_drawn: bool
) -> None:
    given = MatchFormat(1 if scoring is MatchScoring.POINTS else 18, scoring=scoring, can_be_drawn=can_be_drawn)
    needs_winner = scores[0] == scores[1] and not can_be_drawn
    verdict = Verdict(scores=scores, winner=winner)
    if winner is None and needs_winner:
        with pytest.raises(DrawNotPossible) as level:
            rules.checked_result(given, verdict)
        assert (level.value.code, level.value.path) == ("DRAW_NOT_POSSIBLE", ("winnerSlot",))
    elif winner not in (None, 0, 1) or (winner is not None and not needs_winner):
        with pytest.raises(InvalidInput) as caught:
            rules.checked_result(given, verdict)
        assert (type(caught.value), caught.value.path) == (InvalidInput, ("winnerSlot",))
    else:
        assert rules.checked_result(given, verdict).winner == (winner if needs_winner else _leader(scores))


def _leader(scores: tuple[int, int]) -> int | None:
    return None if scores[0] == scores[1] else int(scores[0] < scores[1])


@pytest.mark.parametrize(
    ("given", "scores"),
    [
        (POINTS, (1_000_001, 0)),
        (POINTS, (0, -1)),
        (POINTS, (1,)),
        (FOUR_RACKS, (3, 2)),
        (CHESS, (1, 1)),
        (CHESS, (2, 0)),
    ],
)
def test_scores_that_nobody_can_have(given: MatchFormat, scores: tuple[int, ...]) -> None:
    for check in (rules.running, rules.final):
        with pytest.raises(ImpossibleScore):
            check(given, scores)


def test_a_drawn_game_of_chess_has_been_won_by_neither() -> None:
    assert rules.checked_result(CHESS, Verdict(scores=(0, 0))) == Result(Outcome.PLAYED, None, (0, 0))


def test_all_games_are_told_or_none_and_some_of_them_may_be_level() -> None:
    told = ((5, 1), (2, 2), (0, 7), (3, 3))
    assert rules.games(FOUR_RACKS, (1, 1), told) == told
    for wrong in (told[:3], (*told, (1, 0)), ((5, 1), (2, 2), (0, 7), (3, 4))):
        with pytest.raises(ImpossibleScore):
            rules.games(FOUR_RACKS, (1, 1), wrong)
    with pytest.raises(ImpossibleScore, match="one game"):
        rules.games(POINTS, (2, 1), ((2, 1),))


def test_penalties_decide_a_cup_tie() -> None:
    assert rules.checked_result(CUP_TIE, Verdict(scores=(1, 1), winner=1)) == Result(Outcome.PLAYED, 1, (1, 1))


@pytest.mark.parametrize(
    ("scoring", "best_of", "message"),
    [
        (MatchScoring.POINTS, 3, "one game"),
        (MatchScoring.POINTS, 0, "one game"),
        (MatchScoring.PLAY_ALL, 0, "1 to 99"),
        (MatchScoring.PLAY_ALL, 100, "1 to 99"),
        (MatchScoring.BEST_OF, 4, "odd number"),
        (MatchScoring.BEST_OF, 101, "1 to 99"),
    ],
)
def test_how_many_games_there_can_be_depends_on_the_scoring(scoring: MatchScoring, best_of: int, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        rules.checked_best_of(best_of, "roundFormats", "0", "bestOf", scoring=scoring)
    assert caught.value.path == ("roundFormats", "0", "bestOf")
    assert [rules.checked_best_of(number, scoring=MatchScoring.PLAY_ALL) for number in (1, 4, 99)] == [1, 4, 99]


def test_of_all_games_some_are_told_while_they_are_played() -> None:
    given_format = MatchFormat(4, scoring=MatchScoring.PLAY_ALL, can_be_drawn=True)
    played = ((1, 0), (0, 0))
    assert rules.games(given_format, (1, 0), played, is_over=False) == played
    with pytest.raises(ImpossibleScore, match="All 4 games"):
        rules.games(given_format, (1, 0), played)
    with pytest.raises(ImpossibleScore, match="do not add up"):
        rules.games(given_format, (0, 0), ((0, 0),) * 5, is_over=False)
