"""By which scoring the results of a stage of a file can stand here: known answers, and the server's own rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.scoring import MatchScoring
from domain.matches.rules.scores import checked_result
from domain.matches.values import MatchFormat, Verdict
from domain.tournaments.rules.events.scoring import NoScoring, StageScoring, scoring_of
from domain.tournaments.rules.events.values import EventGroup, EventMatch, EventStage, Pair, Progress, StageFormat

BEST_OF, PLAY_ALL, POINTS = MatchScoring
Told = tuple[Pair | None, int | None]
"""A score, and the slot that won."""


def stage_of(*results: Told, kind: StageFormat = StageFormat.ROUND_ROBIN, **told: Any) -> EventStage:
    """A stage of matches that were played like this."""
    matches = tuple(
        EventMatch(f"M{number}", 1, progress=Progress.PLAYED, winner=winner, score=score)
        for number, (score, winner) in enumerate(results)
    )
    return replace(EventStage(kind, (EventGroup((1, 2), matches),)), **told)


def matches_of(stage: EventStage) -> tuple[EventMatch, ...]:
    return stage.groups[0].matches


@pytest.mark.parametrize(
    ("results", "scoring", "best_of", "has_draws"),
    [
        ([((2, 1), 0), ((0, 3), 1)], BEST_OF, 5, True),
        ([(None, 0), (None, 1)], BEST_OF, 3, True),
        ([(None, 0), (None, None)], PLAY_ALL, 1, True),
        ([((1, 1), None), ((2, 0), 0)], PLAY_ALL, 2, True),
        ([((0, 0), None), ((0, 1), 1)], PLAY_ALL, 1, True),
        ([((2, 2), 1), ((1, 3), 1)], PLAY_ALL, 4, False),
        ([((1, 1), None), ((2, 1), 0)], POINTS, 1, True),
        ([((3, 3), 1), ((0, 1), 1)], POINTS, 1, False),
        ([((454, 468), 1), (None, None)], POINTS, 1, True),
        ([((51, 3), 0)], PLAY_ALL, 54, True),
    ],
)
def test_the_first_scoring_that_fits_is_found(
    results: list[Told], scoring: MatchScoring, best_of: int, has_draws: bool
) -> None:
    assert scoring_of(stage_of(*results)) == StageScoring(scoring, best_of, has_draws)


@pytest.mark.parametrize(
    ("results", "told", "scoring", "best_of"),
    [
        ([((2, 1), 0)], {"match_scoring": POINTS}, POINTS, 1),
        ([((2, 1), 0)], {"match_scoring": PLAY_ALL}, PLAY_ALL, 3),
        ([((1, 0), 0), ((3, 1), 0)], {"match_scoring": PLAY_ALL}, PLAY_ALL, 4),
        ([((1, 1), None), ((2, 0), 0)], {"best_of": 3}, PLAY_ALL, 3),
        ([((2, 0), 0)], {"best_of": 7}, BEST_OF, 7),
        ([((7, 5), 0)], {"match_scoring": PLAY_ALL, "best_of": 3}, BEST_OF, 3),
        ([((1, 1), None)], {"match_scoring": BEST_OF, "best_of": 999}, PLAY_ALL, 2),
    ],
)
def test_what_the_file_says_comes_first_where_it_fits(
    results: list[Told], told: dict[str, Any], scoring: MatchScoring, best_of: int
) -> None:
    found = scoring_of(stage_of(*results, **told))
    assert (found.scoring, found.best_of) == (scoring, best_of)


@pytest.mark.parametrize(
    ("match", "problem"),
    [
        (EventMatch("X", 1, progress=Progress.PLAYED, winner=0, score=(1, 2)), "1:2 says otherwise who won"),
        (EventMatch("X", 1, progress=Progress.PLAYED, score=(2, 1)), "2:1 says otherwise who won"),
        (EventMatch("X", 1, progress=Progress.PLAYED, winner=0, score=(0, -1)), "0:-1 are no points"),
        (EventMatch("X", 1, progress=Progress.LIVE, score=(-1, 3)), "-1:3 are no points"),
        (EventMatch("X", 1, progress=Progress.PLAYED, winner=0, games=((2, 1),)), "it has games, but no score"),
        (
            EventMatch("X", 1, progress=Progress.PLAYED, winner=0, score=(2, 0), games=((9, 1), (1, 9), (9, 1))),
            "its games do not add up to its score",
        ),
        (
            EventMatch("X", 1, progress=Progress.PLAYED, winner=0, score=(1, 0), games=((9, -1),)),
            "its games have no points that a game can have",
        ),
    ],
)
def test_what_fits_no_scoring_is_refused_with_the_match(match: EventMatch, problem: str) -> None:
    with pytest.raises(NoScoring) as caught:
        scoring_of(EventStage(StageFormat.ROUND_ROBIN, (EventGroup((1, 2), (match,)),)))
    assert f"POINTS (match 'X': {problem})" in str(caught.value)
    assert "BEST_OF (match 'X': " in str(caught.value)


def test_a_draw_beside_a_level_score_with_a_winner_fits_none() -> None:
    with pytest.raises(NoScoring, match=r"POINTS \(match 'M0': it was drawn, where level scores have a winner"):
        scoring_of(stage_of(((1, 1), None), ((4, 4), 0)))


def test_games_that_were_level_may_have_been_played_again_or_decided_otherwise() -> None:
    for score, games in (((2, 1), ((9, 1), (5, 5), (1, 9), (9, 8))), ((2, 1), ((9, 1), (5, 5), (1, 9)))):
        match = EventMatch("X", 1, progress=Progress.PLAYED, winner=0, score=score, games=games)
        assert scoring_of(EventStage(StageFormat.ELIMINATION, (EventGroup((1, 2), (match,)),))).scoring is BEST_OF
    replayed = EventMatch("X", 1, progress=Progress.PLAYED, winner=1, score=(1, 2), games=((1, 1), (1, 2)))
    stage = EventStage(StageFormat.ELIMINATION, (EventGroup((1, 2), (replayed,)),), match_scoring=POINTS)
    assert scoring_of(stage).scoring is POINTS


@pytest.mark.parametrize(("score", "winner"), [((2, 2), 0), ((3, 2), 0)])
def test_points_are_those_of_both_legs_however_level_they_are(score: tuple[int, int], winner: int) -> None:
    legs = ((0, 1), (score[0], 1))
    match = EventMatch("X", 1, progress=Progress.PLAYED, winner=winner, score=score, games=legs)
    stage = EventStage(StageFormat.ELIMINATION, (EventGroup((1, 2), (match,)),), match_scoring=POINTS)
    assert scoring_of(stage).scoring is POINTS
    wrong = replace(match, score=(score[0], 1))
    with pytest.raises(NoScoring, match=r"POINTS \(match 'X': its games do not add up to its score"):
        scoring_of(replace(stage, groups=(EventGroup((1, 2), (wrong,)),)))


def test_one_game_that_can_be_drawn_has_the_score_that_its_winner_tells() -> None:
    stage = stage_of((None, 0), (None, 1), (None, None))
    found = scoring_of(stage)
    assert [found.settled(match).score for match in matches_of(stage)] == [(1, 0), (0, 1), (0, 0)]
    decisive = stage_of((None, 0))
    assert [scoring_of(decisive).settled(match).score for match in matches_of(decisive)] == [None]


@st.composite
def formats(draw: st.DrawFn) -> MatchFormat:
    """Any way in which the matches of a stage are played here."""
    scoring = draw(st.sampled_from(MatchScoring))
    best_of = 1 if scoring is POINTS else draw(st.integers(1, 99))
    if scoring is BEST_OF:
        return MatchFormat(best_of | 1)
    return MatchFormat(best_of, scoring=scoring, can_be_drawn=draw(st.booleans()))


@st.composite
def results(draw: st.DrawFn, played: MatchFormat) -> Told:
    """A result that a match of this format can have."""
    if played.scoring is BEST_OF:
        won, lost = played.best_of // 2 + 1, draw(st.integers(0, played.best_of // 2))
        return draw(st.sampled_from([((won, lost), 0), ((lost, won), 1)]))
    most = 1_000_000 if played.scoring is POINTS else played.best_of
    first = draw(st.integers(0, most))
    second = draw(st.integers(0, most if played.scoring is POINTS else most - first))
    if first != second:
        return (first, second), int(first < second)
    return (first, second), None if played.can_be_drawn else draw(st.sampled_from([0, 1]))


def assert_as_entered(stage: EventStage, found: StageScoring) -> None:
    """The server takes each result when somebody enters it, and it stays what it was."""
    can_be_drawn = found.has_draws and found.scoring is not BEST_OF
    for match in matches_of(stage):
        assert match.score is not None
        given = MatchFormat(found.length(match), 0, found.scoring, can_be_drawn)
        is_broken = match.score[0] == match.score[1] and not can_be_drawn
        entered = checked_result(given, Verdict(scores=match.score, winner=match.winner if is_broken else None))
        assert (entered.winner, entered.scores) == (match.winner, match.score)


@given(st.data())
def test_results_that_matches_here_can_have_stand_by_their_own_scoring(data: st.DataObject) -> None:
    played = data.draw(formats())
    told = data.draw(st.lists(results(played), min_size=1, max_size=6))
    kind = StageFormat.ROUND_ROBIN if played.can_be_drawn else data.draw(st.sampled_from(StageFormat))
    stage = stage_of(
        *told, kind=kind, match_scoring=played.scoring, best_of=played.best_of, has_draws=played.can_be_drawn
    )
    found = scoring_of(stage)
    assert (found.scoring, found.best_of) == (played.scoring, played.best_of)
    assert found.has_draws == played.can_be_drawn
    assert_as_entered(stage, found)


@given(st.data())
def test_results_of_a_file_that_says_nothing_of_them_stand_by_some_scoring(data: st.DataObject) -> None:
    played = data.draw(formats())
    stage = stage_of(*data.draw(st.lists(results(played), min_size=1, max_size=6)))
    found = scoring_of(stage)
    assert scoring_of(stage) == found
    assert_as_entered(stage, found)


@given(st.lists(st.tuples(st.tuples(st.integers(-3, 9), st.integers(-3, 9)), st.sampled_from([None, 0, 1]))))
def test_only_what_nobody_could_enter_is_refused(told: list[Told]) -> None:
    """Of one match at a time: whatever can be entered as points can stand."""
    for score, winner in told:
        stage = stage_of((score, winner))
        assert score is not None
        is_level, is_negative = score[0] == score[1], min(score) < 0
        is_possible = not is_negative and (is_level or winner == int(score[0] < score[1]))
        if is_possible:
            assert_as_entered(stage, scoring_of(stage))
        else:
            with pytest.raises(NoScoring):
                scoring_of(stage)
