"""The rating rules: the published numbers, and replays that equal history told anew."""

from __future__ import annotations

import math
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.games.rules.ratings import NEWCOMER, RatedMatch, Skill, ordinal, rate, replay, with_winner

Duel = tuple[int, int, int]

duels = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 1)).filter(lambda duel: duel[0] != duel[1]),
    min_size=1,
    max_size=25,
)


def told(history: list[tuple[int, Duel]]) -> tuple[list[RatedMatch[int]], dict[int, Skill]]:
    """The matches of a history rated from scratch, and what is believed in the end."""
    known: dict[int, Skill] = {}
    matches = []
    for number, (first, second, winner) in history:
        before = (known.get(first, NEWCOMER), known.get(second, NEWCOMER))
        match = rate(UUID(int=number), (first, second), before, winner)
        known[first], known[second] = match.after
        matches.append(match)
    return matches, known


@pytest.mark.parametrize("winner", [0, 1])
def test_two_sides_by_the_paper(winner: int) -> None:
    """Weng and Lin, algorithm 4 for two teams of one player, written out; beta 25/6, and tau 25/300 added each time."""
    before = (Skill(25.0, 25 / 3), Skill(30.0, 4.0))
    after = rate(UUID(int=1), ("a", "b"), before, winner).after
    variances = [skill.sigma**2 + (25 / 300) ** 2 for skill in before]
    c = math.sqrt(sum(variance + (25 / 6) ** 2 for variance in variances))
    strengths = [math.exp(skill.mu / c) for skill in before]
    wins = strengths[winner] / sum(strengths)
    for side in (0, 1):
        omega = variances[side] / c * (1 - wins if side == winner else wins - 1)
        gamma = math.sqrt(variances[side]) / c
        delta = gamma * variances[side] / c**2 * wins * (1 - wins)
        assert after[side].mu == pytest.approx(before[side].mu + omega)
        assert after[side].sigma == pytest.approx(math.sqrt(variances[side] * (1 - delta)))


def test_ordinal_of_a_newcomer_is_zero() -> None:
    """Nobody is believed to be any good before they play."""
    assert ordinal(NEWCOMER) == 0.0


skills = st.builds(Skill, st.floats(0, 50), st.floats(1, 10))


@given(skills, skills, st.integers(0, 1))
def test_winner_rises_and_loser_falls(one: Skill, other: Skill, winner: int) -> None:
    """A win never lowers and a loss never raises what is believed."""
    before = (one, other)
    match = rate(UUID(int=1), ("a", "b"), before, winner)
    assert match.after[winner].mu >= before[winner].mu
    assert match.after[1 - winner].mu <= before[1 - winner].mu


@given(skills, skills)
def test_the_order_of_the_sides_does_not_matter(one: Skill, other: Skill) -> None:
    """Slot 0 is no advantage."""
    there = rate(UUID(int=1), ("a", "b"), (one, other), 0).after
    back = rate(UUID(int=1), ("b", "a"), (other, one), 1).after
    for straight, reversed_ in zip(there, reversed(back), strict=True):
        assert straight.mu == pytest.approx(reversed_.mu)
        assert straight.sigma == pytest.approx(reversed_.sigma)


@given(duels, st.data())
def test_a_corrected_result_equals_the_corrected_history(history: list[Duel], data: st.DataObject) -> None:
    """Replaying what depends on a corrected match gives, bit for bit, what rating everything anew gives."""
    matches, present = told(list(enumerate(history)))
    wrong = data.draw(st.integers(0, len(history) - 1))
    first, second, winner = history[wrong]
    right = list(history)
    right[wrong] = (first, second, 1 - winner)

    touched = dict(zip(matches[wrong].sides, matches[wrong].before, strict=True))
    again = replay([with_winner(matches[wrong], 1 - winner), *matches[wrong + 1 :]], touched)

    expected_matches, expected = told(list(enumerate(right)))
    assert present | touched == expected
    by_id = {match.match_id: match for match in matches} | {match.match_id: match for match in again}
    assert list(by_id.values()) == expected_matches


@given(duels, st.data())
def test_a_removed_match_equals_the_history_without_it(history: list[Duel], data: st.DataObject) -> None:
    """Replaying what depended on a removed match gives, bit for bit, what rating the others anew gives."""
    matches, present = told(list(enumerate(history)))
    gone = data.draw(st.integers(0, len(history) - 1))
    touched = dict(zip(matches[gone].sides, matches[gone].before, strict=True))
    again = replay(matches[gone + 1 :], touched)

    expected_matches, expected = told([entry for entry in enumerate(history) if entry[0] != gone])
    assert {key: skill for key, skill in (present | touched).items() if key in expected} == expected
    by_id = {match.match_id: match for match in matches if match is not matches[gone]}
    by_id |= {match.match_id: match for match in again}
    assert list(by_id.values()) == expected_matches


def test_matches_among_others_are_left_alone() -> None:
    """Only those who met the touched competitor, directly or through others, are rated again."""
    matches, _ = told(list(enumerate([(0, 1, 0), (2, 3, 0), (1, 4, 0), (4, 5, 0), (2, 3, 1)])))
    touched = dict(zip(matches[0].sides, matches[0].before, strict=True))
    again = replay([with_winner(matches[0], 1), *matches[1:]], touched)
    assert [match.match_id.int for match in again] == [0, 2, 3]
    assert set(touched) == {0, 1, 4, 5}
