"""`matchpoint import`: what it prints and writes, and how it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.main import main
from cli.play.files import parse_recording
from cli.play.recording import InvalidRecording
from cli.play.scores import Score
from domain.kernel.scoring import MatchScoring
from domain.tournaments import write_event_json
from tests.domain.tournaments.exchange.events import foreign
from tests.domain.tournaments.exchange.events.foreign import BRACKETS, Json
from tests.factories.imports import of_goals


@pytest.fixture
def cup(tmp_path: Path) -> Path:
    """A cup whose tables lie beside its matches."""
    document = foreign.openfootball()
    path = tmp_path / "cup.json"
    path.write_text(json.dumps({"name": document["name"], "matches": document["matches"]}))
    (tmp_path / "cup.standings.json").write_text(json.dumps({"groups": document["groups"]}))
    return path


def written(folder: Path, document: Json, name: str = "event.json") -> str:
    path = folder / name
    path.write_text(json.dumps(document))
    return str(path)


def test_an_event_is_told_with_its_tables_and_places(cup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(cup)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["Small", "Cup", "2010", "(OPENFOOTBALL):", "6", "entrants,", "7", "matches"]
    assert lines[2:6] == [
        ["Rank", "Name", "PTS", "GD", "GF", "H2H"],
        ["1", "Peru", "4", "2", "2", "0"],
        ["2", "Fiji", "2", "0", "1", "0"],
        ["3", "Chad", "1", "-2", "1", "0"],
    ]
    assert lines[12:15] == [["Place", "Name"], ["1", "Mali"], ["2", "Peru"]]
    assert " ".join(lines[-1]) == "All that the file states is reproduced (2 sides, 6 places, 42 values)."


def test_json_tells_stages_places_and_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = foreign.challonge()
    document["tournament"]["participants"][2]["participant"]["final_rank"] = 4
    assert main(["import", written(tmp_path, document), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in told if key not in ("stages", "placements")} == {
        "event": "Small Cup",
        "format": "CHALLONGE",
        "game": "Chess",
        "entrants": 4,
        "matches": 7,
        "complete": True,
        "compared": {"sides": 14, "places": 4, "values": 0},
        "unchecked": 0,
        "reproduced": False,
        "differences": [{"where": "final places, Cy", "told": "place 4", "ours": "place 3"}],
    }
    assert told["placements"][2] == {
        "low": 3,
        "high": 3,
        "number": 3,
        "name": "Cy",
        "seed": 3,
        "externalId": "13",
        "told": 4,
    }
    assert told["stages"][0]["groups"][0]["places"][3] == {"low": 4, "high": 4, "number": 4, "name": "Dee"}


def test_what_is_written_is_read_again_and_gives_the_same(
    cup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = tmp_path / "ours.json"
    assert main(["import", str(cup), "--write", str(ours), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["import", str(ours), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again == first | {"format": "MATCHPOINT_EVENT"}
    assert main(["import", str(cup), "--write", "-"]) == 0
    assert capsys.readouterr().out.strip() == ours.read_text().strip()


def test_a_table_without_matches_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", written(tmp_path, {"groups": foreign.openfootball()["groups"]})]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.endswith("(0 sides, 0 places, 0 values; for 48 more results are missing).")


def test_a_dash_reads_the_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.dumps(foreign.startgg()).encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert main(["import", "-"]) == 0
    assert capsys.readouterr().out.startswith("Small Cup (STARTGG): 4 entrants, 7 matches")


def test_refusals_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = written(tmp_path, {"tournament": {"matches": [{"match": {"id": None, "state": "open"}}]}})
    missing = str(tmp_path / "none.json")
    good = written(tmp_path, foreign.recorded(), "good.json")
    assert main(["import", broken]) == 2
    assert main(["import", missing]) == 2
    assert main(["import", str(tmp_path)]) == 2
    assert main(["import", good, "--write", str(tmp_path / "none" / "out.json")]) == 2
    problem = "$.tournament.matches[0].match.id: has to be an id of 1 to 64 characters, not nothing."
    assert capsys.readouterr().err.splitlines() == [
        f"matchpoint import: {broken}: {problem}",
        f"matchpoint import: {missing}: cannot be read: No such file or directory.",
        f"matchpoint import: {tmp_path}: is not a file.",
        f"matchpoint import: {tmp_path / 'none' / 'out.json'}: cannot be written: No such file or directory.",
    ]


@pytest.mark.parametrize("kind", [kind for kind in BRACKETS if kind != "RECORDED"])
def test_a_bracket_of_another_platform_is_a_recording_to_play(kind: str) -> None:
    """With the keys of that platform it is what the reduced results are."""
    expected = parse_recording(json.dumps(foreign.recorded()).encode())
    found = parse_recording(json.dumps(BRACKETS[kind]()).encode())
    assert (found.entrants, found.ranks) == (expected.entrants, expected.ranks)
    played = {match.seeds: (match.winner, match.score) for match in found.matches}
    assert played == {match.seeds: (match.winner, match.score) for match in expected.matches}


@pytest.mark.parametrize(("scoring", "games", "best_of"), [("POINTS", None, 1), ("PLAY_ALL", 3, 3)])
def test_a_bracket_is_played_as_it_is_scored(scoring: str, games: int | None, best_of: int) -> None:
    """A level score is no walkover there; which side won what decided it goes with it."""
    event = of_goals(scoring=MatchScoring(scoring), games=games)
    found = parse_recording(write_event_json(event))
    assert found.scoring is MatchScoring(scoring)
    assert [(match.best_of, match.winner, match.score) for match in found.matches] == [
        (best_of, 3, Score((1, 2))),
        (best_of, 3, Score((1, 1), tiebreak_winner=1)),
    ]


def test_what_is_no_finished_bracket_is_not_played() -> None:
    with pytest.raises(
        InvalidRecording, match=r"is not one bracket \(ROUND_ROBIN of 2 groups, ELIMINATION of 1 groups"
    ):
        parse_recording(json.dumps(foreign.openfootball()).encode())
    document = foreign.challonge()
    document["tournament"]["matches"][6]["match"] |= {"state": "open", "winner_id": None}
    with pytest.raises(InvalidRecording, match="only a finished event can be played"):
        parse_recording(json.dumps(document).encode())
