"""`matchpoint standings`: what it prints, and how it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.main import main
from domain.tournaments.exchange import read_trf, write_json, write_trf
from tests.domain.tournaments.exchange.samples import HEAD, file, player


@pytest.fixture
def trf(tmp_path: Path) -> Path:
    path = tmp_path / "event.trf"
    path.write_bytes(file())
    return path


def test_the_table_has_a_column_for_each_tiebreak(trf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standings", str(trf), "--tiebreaks", "PTS,BH/C1,SB,ARO"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["Winter", "Cup:", "after", "3", "rounds,", "swiss,", "rules", "of", "2026"],
        ["Rank", "No.", "Name", "PTS", "BH/C1", "SB", "ARO"],
        ["1", "1", "Ada", "2.5", "3.0", "3.25", "-"],
        ["2", "2", "Bo", "1.5", "4.0", "2.25", "-"],
        ["2", "3", "Cy", "1.5", "4.0", "2.25", "-"],
        ["4", "4", "Dee", "1.0", "3.5", "1.00", "-"],
        ["Still", "tied:", "2,", "3"],
        ["Left", "out,", "because", "a", "player", "has", "no", "rating:", "ARO"],
    ]


def test_json_tells_ranks_values_and_why(trf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standings", str(trf), "--tiebreaks", "PTS,BH/C1", "--json", "--rule-year", "2024"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in told if key != "standings"} == {
        "event": "Winter Cup",
        "format": "TRF16",
        "rounds": 3,
        "system": "swiss",
        "ruleYear": 2024,
        "tiebreaks": ["PTS", "BH/C1"],
        "dropped": [],
        "unbroken": [[2, 3]],
    }
    ranks = [(row["rank"], row["number"], row["name"], row["rating"]) for row in told["standings"]]
    assert ranks == [(1, 1, "Ada", 2000), (2, 2, "Bo", 1900), (2, 3, "Cy", 1800), (4, 4, "Dee", None)]
    third = told["standings"][2]
    assert third["values"] == {"PTS": "1.5", "BH/C1": "4.0"}
    assert third["explanations"]["BH/C1"] == {
        "note": "",
        "terms": [
            {"round": 1, "opponent": 2, "value": "1.5", "why": "their points", "cut": False},
            {"round": 2, "opponent": None, "value": "1.5", "why": "half-bye: own points (16.4)", "cut": True},
            {"round": 3, "opponent": 1, "value": "2.5", "why": "their points", "cut": False},
        ],
    }


def test_all_formats_give_the_same(trf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event = read_trf(trf.read_bytes())[1]
    others = {"event.json": write_json(event), "new.trf": write_trf(event)}
    main(["standings", str(trf)])
    expected = capsys.readouterr().out
    for name, data in others.items():
        (tmp_path / name).write_bytes(data)
        assert main(["standings", str(tmp_path / name)]) == 0
        assert capsys.readouterr().out == expected


def test_the_tiebreaks_of_the_file_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "event.trf"
    path.write_bytes(file(head=[*HEAD, "202 DE,SB"]))
    assert main(["standings", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tiebreaks"] == ["PTS", "DE", "SB"]


def test_standings_after_an_earlier_round(trf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standings", str(trf), "--rounds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rounds"] == 1
    assert [(row["rank"], row["number"]) for row in told["standings"]] == [(1, 1), (1, 3), (3, 2), (3, 4)]


def test_a_round_that_is_paired_but_not_begun_does_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "event.trf"
    lines = [
        player(1, "A", ["   2 w 1", "   3 w  "], points="1.0"),
        player(2, "B", ["   1 b 0", "0000 - U"], points="0.0"),
        player(3, "C", ["0000 - U", "   1 b  "], points="1.0"),
    ]
    path.write_text("\n".join(["092 Swiss", "XXR 3", *lines]))
    assert main(["standings", str(path), "--tiebreaks", "PTS,BH", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rounds"] == 1
    assert {row["number"]: row["values"]["PTS"] for row in told["standings"]} == {1: "1.0", 2: "0.0", 3: "1.0"}
    assert main(["standings", str(path), "--rounds", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["number"]: row["values"]["PTS"] for row in told["standings"]} == {1: "1.0", 2: "1.0", 3: "1.0"}


def test_the_system_can_be_said(trf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a league the forfeit is a game: 2 has the points of 4, and of 1 and 3."""
    assert main(["standings", str(trf), "--system", "round-robin", "--tiebreaks", "SB", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["system"] == "round-robin"
    assert {row["number"]: row["values"]["SB"] for row in told["standings"]}[2] == "2.25"


def test_a_dash_reads_the_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(file())))
    assert main(["standings", "-"]) == 0
    assert capsys.readouterr().out.startswith("Winter Cup")


def test_values_are_decimals_that_are_exact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "event.trf"
    lines = [player(1, "A", ["   2 w 1", "   2 b ="]), player(2, "B", ["   1 b 0", "   1 w ="])]
    path.write_text("\n".join(["092 Swiss", *lines]))
    assert main(["standings", str(path), "--tiebreaks", "PTS,SB,AOB,BPG", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["standings"]
    assert [row["values"] for row in rows] == [
        {"PTS": "1.5", "SB": "0.75", "AOB": "3.00", "BPG": "1"},
        {"PTS": "0.5", "SB": "0.75", "AOB": "1.00", "BPG": "1"},
    ]


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (b"001    x", [], "event.trf: Line 1, column 5: 'x' is not a starting rank; that is a number up to 9999.\n"),
        (b"", [], "event.trf: There is no line 001, so nobody takes part.\n"),
        (file(), ["--tiebreaks", "ELO"], "matchpoint standings: 'ELO' is not a tie-break that is known; these are "),
        (file(), ["--rounds", "4"], "matchpoint standings: --rounds is from 0 to 3, the rounds that the file has.\n"),
        (file(head=["202 EDET/P"]), [], "Choose with --tiebreaks.\n"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(
    content: bytes, arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "event.trf"
    path.write_bytes(content)
    assert main(["standings", str(path), *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert said in printed.err


def test_what_is_no_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standings", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith(": is not a file.\n")
    assert main(["standings", str(tmp_path / "none.trf")]) == 2
    assert capsys.readouterr().err.endswith(": cannot be read: No such file or directory.\n")


@pytest.mark.parametrize("arguments", [[], ["event.trf", "--rule-year", "2025"], ["event.trf", "--system", "knockout"]])
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["standings", *arguments])
    assert refusal.value.code == 2
