"""Real events, read from beside the repository; skipped where that folder is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.tournaments.exchange.events import EventFormat, read_event, read_event_json, write_event_json
from domain.tournaments.rules.events import reproduce

EVENTS = Path(__file__).resolve().parents[6] / "shared" / "data" / "brackets"
CUP = "openfootball_2014_worldcup"


def files(*names: str) -> list[bytes]:
    paths = [EVENTS / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip(f"{names[0]} is not here")
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize(
    ("names", "kind", "compared", "placed"),
    [
        (["challonge_41_entrants.json"], EventFormat.RECORDED, {"sides": 162, "places": 41, "values": 0}, 41),
        (["brackets_viewer_demo_db_16.json"], EventFormat.BRACKETS_MANAGER, {"sides": 16, "places": 0, "values": 0}, 0),
        (
            [f"{CUP}.json", f"{CUP}.groups.json", f"{CUP}.standings.json"],
            EventFormat.OPENFOOTBALL,
            {"sides": 32, "places": 32, "values": 224},
            32,
        ),
        (
            ["real_uzchess_cup_2025_round_robin.json"],
            EventFormat.SCALACHESS,
            {"sides": 0, "places": 0, "values": 60},
            10,
        ),
    ],
)
def test_all_that_the_files_state_is_reproduced(
    names: list[str], kind: EventFormat, compared: dict[str, int], placed: int
) -> None:
    found, event = read_event(files(*names))
    reproduced = reproduce(event)
    assert found is kind
    assert reproduced.differences == ()
    assert reproduced.compared == compared
    assert len(reproduced.placements) == placed
    assert read_event_json(write_event_json(event)) == event


def test_the_world_cup_ends_as_it_did() -> None:
    event = read_event(files(f"{CUP}.json", f"{CUP}.standings.json"))[1]
    names = {entrant.number: entrant.name for entrant in event.entrants}
    found = reproduce(event)
    placed = {names[number]: band for number, band in found.placements.items()}
    first = {name: band for name, band in placed.items() if band[1] <= 4}
    assert first == {"Germany": (1, 1), "Argentina": (2, 2), "Netherlands": (3, 3), "Brazil": (4, 4)}
    assert sorted(name for name, band in placed.items() if band == (5, 8)) == [
        "Belgium",
        "Colombia",
        "Costa Rica",
        "France",
    ]
    assert [group.standings.unbroken for group in found.groups[0] if group.standings] == [()] * 8


def test_a_bracket_under_way_is_where_it_was_stored() -> None:
    data = files("brackets_viewer_demo_db_16.json")
    event = read_event(data)[1]
    bracket = reproduce(event).groups[0][0].bracket
    assert bracket is not None
    stored = {str(match["id"]): match for match in json.loads(data[0])["match"]}
    ids = {entrant.number: int(entrant.external_id) for entrant in event.entrants}
    entrants = event.stages[0].groups[0].entrants
    for key, state in bracket.matches.items():
        told = [(stored[key][name] or {}).get("id") for name in ("opponent1", "opponent2")]
        ours = [None if not seed else ids[entrants[seed - 1]] for seed in state.sides]
        # The last slot is open there, and one entrant is left for it.
        assert ours == ([13, 14] if told == [13, None] else told)
    assert len(bracket.matches) == len(
        [match for match in stored.values() if match["opponent1"] and match["opponent2"]]
    )
