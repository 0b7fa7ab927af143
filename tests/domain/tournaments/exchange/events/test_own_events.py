"""Events of our own server as files: what goes beyond those of others comes back, and what is wrong has a place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.tournaments import ImportNotPlayable, read_import
from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events import read_event, write_event_json
from domain.tournaments.rules.events import reproduce
from tests.domain.tournaments.exchange.events import own
from tests.domain.tournaments.exchange.events.foreign import Json, recorded
from tests.domain.tournaments.exchange.events.own import BEGIN, DAY

MAKERS = {"heats": own.heats, "ladder": own.ladder, "groups": own.groups}


@pytest.mark.parametrize("kind", MAKERS)
def test_an_event_of_our_own_comes_back_and_its_places_are_ours(kind: str) -> None:
    event = MAKERS[kind]()
    assert read_event([write_event_json(event)])[1] == event
    found = reproduce(event)
    assert (found.differences, found.unchecked) == ((), 0)
    assert found.compared["places"] == sum(len(group.places) for stage in event.stages for group in stage.groups)


@pytest.mark.parametrize(
    ("kind", "told", "ours"),
    [
        ("heats", {4: 4}, "stage 1, Player 4: the file says place 4, the rules say place 3."),
        ("ladder", {1: 1}, "stage 1, Player 1: the file says place 1, the rules say place 2."),
        ("groups", {4: 1}, "stage 1, A, Player 4: the file says place 1, the rules say place 2."),
    ],
)
def test_a_place_that_is_not_ours_is_a_difference(kind: str, told: dict[int, int], ours: str) -> None:
    event = MAKERS[kind]()
    stage, *later = event.stages
    group, *others = stage.groups
    changed = replace(stage, groups=(replace(group, places={**group.places, **told}), *others))
    assert [str(each) for each in reproduce(replace(event, stages=(changed, *later))).differences] == [ours]


def test_the_order_of_a_ladder_is_that_of_the_instant_which_the_file_tells() -> None:
    """Who has not played for a week has dropped by then, and after the end nobody drops."""
    event = own.ladder()
    later = replace(event, as_of=BEGIN + 10 * DAY)
    assert {number: low for number, (low, _) in reproduce(later).groups[0][0].bands.items()} == {3: 1, 2: 2, 1: 3, 4: 4}
    (stage,) = event.stages
    ended = replace(stage, groups=(replace(stage.groups[0], closed_at=BEGIN + 5 * DAY),))
    closed = replace(event, stages=(ended,), as_of=None)
    assert reproduce(closed).groups[0][0].bands == reproduce(event).groups[0][0].bands


def test_files_of_before_are_read_and_those_of_later_refused() -> None:
    told = json.loads(write_event_json(read_event([json.dumps(recorded()).encode()])[1]))
    assert told.pop("revision") == 2
    assert read_event([json.dumps(told).encode()])[1].stages[0].plan is None
    with pytest.raises(InvalidEventFile, match=r"^\$\.revision: matchpoint-event-1 is read up to revision 2, and this"):
        read_event([json.dumps({**told, "revision": 3, "more": 1}).encode()])


def stage_of(told: Json) -> Json:
    """The first stage."""
    return told["stages"][0]


def group_of(told: Json) -> Json:
    """Its first group."""
    return stage_of(told)["groups"][0]


def settings_of(told: Json) -> Json:
    """The settings of its plan."""
    return stage_of(told)["plan"]["settings"]


Change = Callable[[Json], object]
WRONG: dict[str, list[tuple[Change, str]]] = {
    "heats": [
        (lambda d: stage_of(d).pop("plan"), "Stage 1: a FREE_FOR_ALL needs its plan"),
        (lambda d: settings_of(d).update(heat_size=10**30), "Stage 1, plan, heatSize: A heat has 2 to 256 entrants"),
        (lambda d: settings_of(d).update(heat_size="3"), r"\$\.stages\[0\]\.plan: Expected `int`, got `str`"),
        (lambda d: settings_of(d).update(laps=3), r"\$\.stages\[0\]\.plan\.settings: there is no 'laps' in it"),
        (lambda d: stage_of(d)["plan"].update(structure="RACE"), "plan.structure"),
        (lambda d: stage_of(d).update(format="LADDER"), "Stage 1"),
        (lambda d: stage_of(d).update(best_of=3), "Stage 1: its `best_of` is not what its plan says"),
        (lambda d: group_of(d).update(left=[]), "heat 2: somebody who has not left has another number of games"),
        (lambda d: group_of(d).update(left=[{"entrant": 9, "round": 1}]), "entrant 9 is not in it"),
        (lambda d: group_of(d)["heats"].pop(), "Stage 1, round 2, heat 1: by the results before it these play in it"),
        (
            lambda d: group_of(d)["heats"].append({"round": 7, "number": 1, "results": [{"entrant": 1}]}),
            "Stage 1, round 7, heat 1: by the results before it there is no such heat",
        ),
        (lambda d: group_of(d)["heats"][0].update(results=[]), "Stage 1, round 1, heat 1: nobody is in it"),
        (
            lambda d: group_of(d)["heats"][0]["results"].append({"entrant": 1}),
            r"\$\.stages\[0\]\.groups\[0\]\.heats\[0\]: somebody is in it twice",
        ),
        (
            lambda d: group_of(d)["heats"][0]["results"][0].update(games=[[2, 5]]),
            "Stage 1, round 1, heat 1, game 1: The places are not those of a ranking",
        ),
        (
            lambda d: group_of(d)["heats"][0]["results"][0].update(games=[[1, -5]]),
            "Stage 1, round 1, heat 1, game 1: Scores are whole numbers",
        ),
        (lambda d: group_of(d).update(matches=[{"key": "A"}]), "match 'A': a free-for-all has heats instead"),
        (lambda d: stage_of(d)["groups"].append(group_of(d)), "entrant 1 is in it twice"),
    ],
    "ladder": [
        (lambda d: d.pop("as_of"), "Stage 1: a ladder that goes on needs `as_of`"),
        (lambda d: d.update(as_of="2026-05-01T18:00:00"), "timezone"),
        (lambda d: d.update(as_of="9999-01-01T00:00:00Z"), "Stage 1: times on a ladder are from 1970 to 2200"),
        (lambda d: group_of(d)["climbers"].reverse(), "the climbers are not the entrants, in their order"),
        (
            lambda d: group_of(d)["climbers"][3].update(left_at="2026-01-01T00:00:00Z"),
            "entrant 4 left before they joined",
        ),
        (lambda d: group_of(d)["matches"][0].pop("made_at"), "match 'C1': it is not told when the challenge was made"),
        (lambda d: group_of(d)["matches"][0].pop("finished_at"), "match 'C1': it is not told when it was decided"),
        (
            lambda d: group_of(d)["matches"][0].update(finished_at="2026-01-01T00:00:00Z"),
            "match 'C1': it was decided before the challenge was made",
        ),
        (lambda d: group_of(d)["matches"][0].pop("winner"), "match 'C1': it was played, but nobody has won"),
        (lambda d: group_of(d)["matches"][0].update(sides=[2, 9]), "entrant 9 is not in it"),
        (
            lambda d: group_of(d)["matches"][0].update(sides=[2, None]),
            "match 'C1': in a challenge both sides are known",
        ),
        (lambda d: group_of(d)["matches"][0].update(round=1), "match 'C1': a challenge has neither points nor a round"),
        (lambda d: group_of(d)["matches"][2].update(progress="NOT_NEEDED"), "match 'C3': a challenge is played, or"),
        (lambda d: settings_of(d).update(reach=0), "Stage 1, plan, reach: That is a number from 1 to 50"),
        (lambda d: group_of(d).update(heats=[{"round": 1, "number": 1, "results": []}]), "are for a FREE_FOR_ALL"),
        (lambda d: group_of(d).update(byes=[{"round": 1, "entrant": 1, "kind": "ABSENT"}]), "byes are for tables"),
    ],
    "groups": [
        (lambda d: d["stages"][1].pop("plan"), "Stage 2 has 0 groups"),
        (lambda d: stage_of(d).pop("plan"), "Stage 1 has no plan; either all stages have one, or none"),
        (lambda d: group_of(d).update(seeds=[1, 2]), "Stage 1: the seeds of its groups are not 1 to 4"),
        (lambda d: group_of(d).update(seeds=[1]), "Stage 1: a group has not as many seeds as entrants"),
        (lambda d: settings_of(d).update(group_count=3), "Stage 1"),
        (lambda d: settings_of(d)["ranking"].update(tiebreaks="PTS"), "Stage 1: its `tiebreaks` is not what its plan"),
        (lambda d: d["stages"][1]["plan"]["sources"][0].update(stage=2), "Stage 2, plan: It takes its entrants from"),
        (lambda d: d["stages"][1]["plan"]["sources"][0].update(high=7), "Stage 2, plan: Stage 1 has the ranks"),
        (lambda d: d["stages"][1]["plan"]["sources"][0].update(rank=7), r"plan\.sources\[0\]: there is no 'rank'"),
        (lambda d: group_of(d)["matches"][0].update(progress="CALLED_OFF", winner=None), "every match is needed"),
        (lambda d: group_of(d)["matches"][0].update(is_disqualification=True), "it is no forfeit"),
        (lambda d: group_of(d)["matches"][0].update(round=99_999), "round"),
        (lambda d: group_of(d).update(closed_at="2026-05-01T18:00:00Z"), "are for a LADDER"),
    ],
}


@pytest.mark.parametrize(
    ("kind", "change", "message"), [(kind, *each) for kind, changes in WRONG.items() for each in changes]
)
def test_what_does_not_hold_together_is_refused_with_its_place(kind: str, change: Change, message: str) -> None:
    told = json.loads(write_event_json(MAKERS[kind]()))
    change(told)
    with pytest.raises(InvalidEventFile, match=message):
        read_event([json.dumps(told).encode()])


def test_a_bracket_is_the_one_of_its_plan() -> None:
    event = own.bracket()
    assert read_event([write_event_json(event)])[1] == event
    told = json.loads(write_event_json(event))
    group_of(told)["matches"][0]["sources"].reverse()
    with pytest.raises(InvalidEventFile, match=r"Stage 1, match 'U1\.1': it is missing or has other sources"):
        read_event([json.dumps(told).encode()])


def test_what_cannot_go_on_here_is_refused_with_its_stage() -> None:
    """A stage that has begun before the one that it takes its entrants from is over, and one in which others are."""
    waiting = replace(own.groups(), stages=(replace(own.groups().stages[0], groups=()), own.groups().stages[1]))
    too_long = own.bracket(score=(4, 0))
    for event, message in (
        (waiting, "Stage 1 cannot be imported: nobody is in it yet"),
        (own.finals(1, 2, is_over=False), "Stage 2 cannot be imported: it has begun, but stage 1"),
        (own.finals(1, 3), "Stage 2 cannot be imported: others are in it than come into it by its plan"),
        (too_long, "Stage 1 cannot be imported: by its plan its matches are scored as BEST_OF, but match 'U1.1'"),
    ):
        with pytest.raises(ImportNotPlayable) as caught:
            read_import([write_event_json(event)])
        assert message in caught.value.message, caught.value.message
    assert len(read_import([write_event_json(own.finals(1, 2))]).stages) == 2
