"""A folder of broken files for every importer: each is refused, and the refusal says where and why."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events import EventFormat, read_event

FOLDER = Path(__file__).parent / "broken"
FILES = ("truncated", "wrong_link", "duplicate_id", "hostile")
# What is put into the hostile file where it says so.
HOSTILE = {"hostile_number": b"9" * 4_000, "hostile_depth": b"[" * 15_000 + b"]" * 15_000}
HOW = ("truncated", "wrong_link", "duplicate_id", *HOSTILE)

NO_JSON = "This is not valid JSON: Input data was truncated"
TOO_DEEP = "The JSON is nested too deeply"
REFUSALS = {
    "blue_alliance": (
        NO_JSON,
        "$[17]: other alliances play here than in the first match of the set",
        "$[18].match_number: another match of the set has the same number",
        "$[3].set_number: has to be a whole number from 1 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "brackets_manager": (
        NO_JSON,
        "$.match[0].round_id: there is no round '77'",
        "Match '0' is there twice",
        "$.match[0].number: has to be a whole number from 1 to 10000, not a huge number",
        TOO_DEEP,
    ),
    "challonge": (
        NO_JSON,
        "Stage 1, match '103', slot 0: The winner of '999' cannot come here: there is no such match",
        "Match '102' is there twice",
        "$.tournament.matches[0].match.round: has to be a whole number from -1000 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "challonge_2": (
        NO_JSON,
        "$.included[6].attributes.winner_id: there is no entrant '99'",
        "Match '101' is there twice",
        "$.included[4].attributes.round: has to be a whole number from -1000 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "matchpoint_event": (
        NO_JSON,
        "Stage 1, match 'C', slot 0: The winner of 'Z' cannot come here: there is no such match",
        "Match 'A' is there twice",
        "This is not an event in the format matchpoint-event-1: Expected `int` <= 10000",
        TOO_DEEP,
    ),
    "matchpoint_event_heats": (
        NO_JSON,
        "Stage 1, round 2, heat 1: by the results before it these play in it: 1, 3",
        "Stage 1, round 1, heat 1 is there twice",
        "Stage 1, plan, heatSize: A heat has 2 to 256 entrants",
        TOO_DEEP,
    ),
    "matchpoint_event_ladder": (
        NO_JSON,
        "Stage 1: the climbers are not the entrants, in their order",
        "Match 'C1' is there twice",
        "Stage 1, plan, reach: That is a number from 1 to 50",
        TOO_DEEP,
    ),
    "matchpoint_rounds": (
        NO_JSON,
        "Round 1 of player 1: There is no player 9",
        "Player 1 is there twice",
        "This is not an event in the format matchpoint-rounds-1: Expected `int` <= 9999",
        TOO_DEEP,
    ),
    "openfootball": (
        NO_JSON,
        "Stage 1, Group A, match 'M1': entrant 1 cannot meet themselves",
        "$.groups[0].standings[2]: the team stands in the table twice",
        "$.matches[0].score.ft[0]: has to be a whole number from 0 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "recorded": (
        NO_JSON,
        "Stage 1, match 'C', slot 0: The winner of 'Z' cannot come here: there is no such match",
        "Match 'A' is there twice",
        "$.entrants: has to be a whole number from 2 to 4096, not a huge number",
        TOO_DEEP,
    ),
    "scalachess": (
        NO_JSON,
        "Stage 1: entrant 9 is not in it",
        "Stage 1: entrant 1 is in round 1 twice",
        "$.games[0][0]: has to be a whole number from 1 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "startgg": (
        NO_JSON,
        "sets.nodes[2].winnerId: entrant '11' does not play in this match",
        "Match '102' is there twice",
        "sets.nodes[0].round: has to be a whole number from -1000 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "startgg_entities": (
        NO_JSON,
        "$.entities.sets[2].entrant1PrereqId: there is no set '999'",
        "$.entities.sets[2].entrant2PrereqId: there is no set '102'",
        "$.entities.sets[0].round: has to be a whole number from -1000 to 1000, not a huge number",
        TOO_DEEP,
    ),
    "trf": (
        "Line 4, column 92: There is no player 4",
        "Line 5, column 92: There is no player 99",
        "Line 5, column 5: Player 1 is there twice",
        "is not a number of rounds; that is a number up to 100",
        "Line 1, column 25001: A line has at most 25,000 characters",
    ),
}


def test_the_folder_has_every_format() -> None:
    files = {path.parent.name: {each.stem for each in path.parent.iterdir()} for path in FOLDER.glob("*/*")}
    assert files == {kind: set(FILES) for kind in REFUSALS}
    kinds = {kind.lower().removesuffix("16").removesuffix("26") for kind in EventFormat}
    assert kinds | {"matchpoint_event_heats", "matchpoint_event_ladder"} == set(REFUSALS)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_broken_file_is_refused(kind: str, how: str) -> None:
    (path,) = (FOLDER / kind).glob(f"{'hostile' if how in HOSTILE else how}.*")
    content = path.read_bytes()
    if how in HOSTILE:
        assert content.count(b"HOSTILE") == 1
        content = content.replace(b'"HOSTILE"', HOSTILE[how]).replace(b"HOSTILE", HOSTILE[how])
    began = time.process_time()
    with pytest.raises(InvalidEventFile) as refusal:
        read_event([content])
    assert time.process_time() - began < 1
    assert REFUSALS[kind][HOW.index(how)] in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 1_000


def test_a_ladder_on_which_too_many_would_have_dropped_is_refused() -> None:
    """Its order is computed over all the time that it was played, so that is bounded."""
    event = msgspec.json.decode((FOLDER / "matchpoint_event_ladder" / "hostile.json").read_bytes())
    (stage,) = event["stages"]
    (group,) = stage["groups"]
    joined = group["climbers"][0]["joined_at"]
    people = range(1, 41)
    event["entrants"] = [{"number": number, "name": f"P{number}"} for number in people]
    group |= {"entrants": list(people), "matches": [], "places": []}
    group["climbers"] = [{"entrant": number, "joined_at": joined} for number in people]
    stage["plan"]["settings"] |= {"reach": 3, "idle_days": 1}
    event["as_of"] = "2199-01-01T00:00:00Z"
    with pytest.raises(InvalidEventFile, match="people would have dropped more than 1,000,000 times"):
        read_event([msgspec.json.encode(event)])
