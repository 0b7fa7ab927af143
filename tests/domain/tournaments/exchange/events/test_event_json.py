"""Our own JSON for whole events: nothing is lost, and what is wrong has a place."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange import read_trf
from domain.tournaments.exchange.events import (
    EventFormat,
    checked,
    read_event,
    read_event_json,
    write_event_json,
)
from domain.tournaments.rules.events import Event, reproduce
from domain.tournaments.rules.tiebreaks import parse_tiebreaks, standings
from tests.domain.tournaments.exchange.events import foreign
from tests.domain.tournaments.exchange.events.foreign import DOCUMENTS, Json, encoded
from tests.domain.tournaments.exchange.events.random_events import events
from tests.domain.tournaments.exchange.samples import HEAD, file


@given(events())
@settings(deadline=None)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    written = write_event_json(checked(event))
    again = read_event_json(written)
    assert again == event
    assert write_event_json(again) == written
    assert reproduce(again) == reproduce(event)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_an_event_of_another_platform_comes_back(kind: str) -> None:
    event = read_event(encoded(DOCUMENTS[kind]()))[1]
    assert read_event([write_event_json(event)]) == (EventFormat.MATCHPOINT_EVENT, event)


def test_a_tournament_report_file_keeps_its_standings() -> None:
    """Byes, forfeits and sides included: every tie-break is what it was."""
    data = file(head=[*HEAD, "202 PTS,DE"])
    kind, event = read_event([data])
    assert kind is EventFormat.TRF26
    order = parse_tiebreaks("PTS,DE,BH/C1,BH,SB,PS,WIN,WON,BPG,BWG,REP,KS")
    field = reproduce(event).groups[0][0].field
    assert field is not None
    assert standings(field, order) == standings(read_trf(data)[1].field, order)
    assert reproduce(event).differences == ()
    assert reproduce(event).compared["places"] == 1


def stored(change: Any) -> bytes:
    told = json.loads(write_event_json(read_event(encoded(foreign.recorded()))[1]))
    change(told)
    return json.dumps(told).encode()


def match(told: Json, index: int) -> Json:
    return told["stages"][0]["groups"][0]["matches"][index]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(extra=1), "unknown field `extra`"),
        (lambda d: d.update(entrants=[]), "There are 0 entrants"),
        (lambda d: d.update(stages=[]), "There are 0 stages"),
        (lambda d: d["entrants"][1].update(number=1), "Entrant 1 is there twice"),
        (lambda d: d["entrants"][1].update(name="\x1b[2J"), r"\$\.entrants\[1\]\.name|entrants\[\.\.\.\]\.name"),
        (lambda d: d["stages"][0].update(format="LEAGUE"), r"format"),
        (lambda d: d["stages"][0].update(format="LADDER"), "Stage 1: a LADDER needs its plan"),
        (lambda d: d["stages"][0].update(tiebreaks=["XX"]), "Stage 1: 'XX' is not a tie-break"),
        (lambda d: d["stages"][0]["groups"][0]["entrants"].append(9), "Stage 1: there is no entrant 9"),
        (lambda d: d["stages"][0]["groups"][0]["entrants"].append(1), "Stage 1: entrant 1 is in it twice"),
        (lambda d: d["stages"].append(deepcopy(d["stages"][0])), "Match 'A' is there twice"),
        (lambda d: d["stages"][0].update(groups=[]), "Stage 1 has 0 groups"),
        (
            lambda d: d["stages"][0]["groups"][0].update(origins=[{"stage": 1, "group": 1, "place": 1}] * 4),
            "nobody can come from group 1 of stage 1",
        ),
        (
            lambda d: d["stages"][0]["groups"][0].update(values=[{"entrant": 1, "values": {"SB": "1"}}]),
            "a bracket has no tie-breaks",
        ),
        (
            lambda d: d["stages"][0]["groups"][0].update(values=[{"entrant": 1, "values": {"SB": "1/0"}}]),
            "values",
        ),
        (
            lambda d: d["stages"][0]["groups"][0].update(byes=[{"round": 1, "entrant": 1, "kind": "HALF_BYE"}]),
            "byes are for tables",
        ),
        (lambda d: match(d, 0).update(sources=[{"seed": 1}, {}]), r"\$\.stages\[0\]\.groups\[0\]\.matches\[0\]"),
        (
            lambda d: match(d, 0).update(sources=[{"seed": 1}, {"seed": 1}]),
            "match 'A', slot 1: The seed 1 is used twice",
        ),
        (lambda d: match(d, 2).update(sources=[{"winner": "A"}, {"winner": "Z"}]), "there is no such match"),
        (
            lambda d: (
                match(d, 0).update(sources=[{"seed": 1}, {"winner": "G"}]),
                match(d, 3).update(sources=[{"loser": "A"}, {"seed": 4}]),
            ),
            "waits for itself",
        ),
        (lambda d: match(d, 0).update(winner=None, progress="PLAYED"), "match 'A': it was played, but nobody has won"),
        (lambda d: match(d, 0).update(progress="OPEN"), "match 'A': it has a winner, but is not decided"),
        (
            lambda d: match(d, 0).update(winner=None, progress="OPEN"),
            "match 'C': The sides of this match are not known",
        ),
        (lambda d: match(d, 0).update(sides=[1, 1]), "entrant 1 cannot meet themselves"),
        (lambda d: match(d, 5).update(winner=0), "match 'G': This reset is not needed"),
        (lambda d: match(d, 0).update(points=[1, 1]), "points are for tables"),
        (lambda d: d["stages"][0].update(format="SWISS"), "in a table sides do not come out of matches"),
        (lambda d: match(d, 0).update(best_of=2), "Best of 2"),
        (lambda d: match(d, 0).update(score=[10**9, 0]), "score"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_place(change: Any, message: str) -> None:
    with pytest.raises(InvalidEventFile, match=message):
        read_event([stored(change)])
