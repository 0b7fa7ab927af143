"""Whatever holds together as an event either goes on here as it was, or is refused with a stage."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kernel.scoring import MatchScoring
from domain.tournaments import (
    Event,
    EventMatch,
    ImportNotPlayable,
    MatchProgress,
    ReadImport,
    StageFormat,
    read_import,
    write_event_json,
)
from domain.tournaments.rules.tables import Points
from domain.tournaments.values import Seed
from tests.domain.tournaments.exchange.events.random_events import events


def decisive(told: Event) -> Event:
    """The same with results that best-of-ones can have, and points that results bring."""
    stages = []
    for stage in told.stages:
        groups = []
        for group in stage.groups:
            matches = tuple(
                replace(match, points=None, best_of=None, games=(), score=None, shootout=None, winner=match.winner or 0)
                if match.progress is MatchProgress.PLAYED
                else replace(match, points=None, best_of=None, games=(), score=None, shootout=None)
                for match in group.matches
            )
            groups.append(replace(group, matches=matches, byes=(), values={}, places={}))
        points = Points()
        scoring = replace(stage.scoring, win=points.win, draw=points.draw, loss=points.loss)
        planned = stage.planned if stage.format is StageFormat.SWISS else None
        stages.append(replace(stage, groups=tuple(groups), scoring=scoring, best_of=1, tiebreaks=(), planned=planned))
    return replace(told, stages=tuple(stages))


def scored(told: Event, rng: Random, scoring: MatchScoring) -> Event:
    """The same with results by that scoring, in tables drawn if they are level."""
    length = rng.choice([1, 3, 5]) if scoring is MatchScoring.BEST_OF else rng.choice([1, 2, 4])

    def result(match: EventMatch) -> EventMatch:
        if match.progress is not MatchProgress.PLAYED:
            return match
        if scoring is MatchScoring.BEST_OF:
            score = length // 2 + 1, rng.randint(0, length // 2)
        else:
            first = rng.randint(0, length)
            score = (first, rng.randint(0, 99 if scoring is MatchScoring.POINTS else length - first))
        winner = None if score[0] == score[1] else int(score[0] < score[1])
        if match.sources is not None and winner != match.winner:
            # Who goes on in a bracket is told already.
            score, winner = (score[1], score[0]), match.winner
        return replace(match, score=score, winner=winner)

    stages = []
    for stage in told.stages:
        groups = tuple(replace(group, matches=tuple(map(result, group.matches))) for group in stage.groups)
        stages.append(replace(stage, groups=groups, best_of=length, match_scoring=scoring, has_draws=True))
    return replace(told, stages=tuple(stages))


def outcome(told: Event) -> ReadImport | ImportNotPlayable:
    """The event as it goes on here, or why it does not."""
    try:
        return read_import([write_event_json(told)])
    except ImportNotPlayable as error:
        return error


@settings(deadline=None)
@given(events(), st.integers())
def test_any_event_is_playable_or_refused(told: Event, number: int) -> None:
    rng = Random(number)
    for one in (told, decisive(told), *(scored(decisive(told), rng, scoring) for scoring in MatchScoring)):
        found = outcome(one)
        if isinstance(found, ImportNotPlayable):
            note("refused")
            assert 1 <= found.stage <= len(one.stages)
            assert found.path == ("documents",)
        else:
            note(f"playable {sorted({stage.plan.format.settings.scoring for stage in found.stages})}")
            assert_same(one, found)


def assert_same(told: Event, read: ReadImport) -> None:
    """Everybody and every match is where it was, with room for its score."""
    assert read.event == told
    for stage, found in zip(told.stages, read.stages, strict=True):
        matches = {match.key: match for group in stage.groups for match in group.matches}
        assert sorted(node.key for node in found.nodes) == sorted(matches)
        assert sorted(found.field) == sorted(entrant for group in stage.groups for entrant in group.entrants)
        for node in found.nodes:
            match = matches[node.key]
            assert node.best_of is not None
            settings, entered = found.plan.format.settings, found.told[node.key]
            is_best_of = settings.scoring is MatchScoring.BEST_OF
            if match.progress is MatchProgress.PLAYED and match.score is not None:
                assert entered == match
                assert not is_best_of or max(match.score) == node.best_of // 2 + 1
            if match.progress is MatchProgress.PLAYED and match.winner is None:
                assert found.plan.format.can_be_drawn
            if node.group is not None:
                sides = [found.field[source.number - 1] for source in node.sources if isinstance(source, Seed)]
                assert tuple(sides) == match.sides
