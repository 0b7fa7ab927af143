"""Which scores a match can have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.matches.errors import ImpossibleScore
from domain.matches.rules import scores as rules
from domain.matches.values import MatchFormat


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
