"""`matchpoint pair`: the next round of an event of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main

SIX = [
    "   2w1    3b1",
    "   1b0    4w=",
    "   4w1    1w0",
    "   3b0    2b=",
    "   6w1 0000-H",
    "   5b0 0000-U",
]


def trf(*lines: str, rows: list[str] = SIX) -> str:
    """A Tournament Report File of these rounds, which are written as opponent, side and result."""
    return "".join(line + "\n" for line in ("012 Friday Open", *lines, *map(_player, range(1, len(rows) + 1), rows)))


def _player(number: int, row: str) -> str:
    cells = row.split() if number else []
    rounds = "".join(
        f"  {cell[:-2]:>4} {cell[-2]} {cell[-1]}" if cell[:4] != "0000" else f"  0000 - {cell[-1]}" for cell in cells
    )
    points = sum({"1": 1.0, "=": 0.5, "H": 0.5, "U": 1.0}.get(cell[-1], 0) for cell in cells)
    head = f"001 {number:>4}      {f'Player {number}':<33} 2000 {'':27}{points:>4} {number:>4}"
    return head + rounds


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "event.trf"
    file.write_text(text)
    return str(file)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["pair", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def meetings(found: dict[str, Any]) -> set[frozenset[int]]:
    return {frozenset({board["first"]["number"], board["second"]["number"]}) for board in found["boards"]}


def test_a_report_file_is_paired(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, written(tmp_path, trf()))
    assert (found["event"], found["format"], found["round"], found["over"]) == ("Friday Open", "TRF16", 3, None)
    assert found["boards"][0] == {
        "board": 1,
        "first": {"number": 1, "name": "Player 1", "points": 2.0, "floated": "DOWN", "isRepeated": False},
        "second": {"number": 5, "name": "Player 5", "points": 1.5, "floated": "UP", "isRepeated": False},
        "sideReason": "BALANCE",
        "meetings": 0,
        "lastMet": None,
    }
    assert meetings(found) == {frozenset({1, 5}), frozenset({2, 3}), frozenset({4, 6})}
    assert (found["byes"], found["relaxed"], found["exits"]) == ([], [], [])


def test_what_the_file_says_of_the_coming_round_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, written(tmp_path, trf("XXP 1 5", "XXZ 6 2")))
    assert {(bye["number"], bye["kind"]) for bye in found["byes"]} == {(6, "ZERO_BYE"), (2, "ZERO_BYE")}
    assert meetings(found) == {frozenset({1, 4}), frozenset({3, 5})}


def test_arguments_add_to_what_the_file_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, trf("XXP 1 5", "XXZ 6"))
    found = answer(capsys, file, "--bye", "2", "--forbidden", "3-5")
    assert [bye["number"] for bye in found["byes"]] == [6, 2]
    assert (meetings(found), found["relaxed"]) == ({frozenset({1, 3}), frozenset({4, 5})}, ["REMATCH"])


@pytest.mark.parametrize(
    ("method", "expected"),
    [("slide", [(1, 3), (2, 4)]), ("fold", [(1, 4), (2, 3)]), ("adjacent", [(1, 2), (3, 4)])],
)
def test_the_method_decides_among_equals(
    method: str, expected: list[tuple[int, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, written(tmp_path, trf(rows=[""] * 4)), "--method", method)
    assert meetings(found) == set(map(frozenset, expected))


def test_json_of_our_own_is_paired(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    players = [{"number": number, "name": f"P{number}"} for number in range(1, 6)]
    file = written(tmp_path, json.dumps({"format": "matchpoint-rounds-1", "players": players}))
    found = answer(capsys, file)
    assert (found["format"], [bye["number"] for bye in found["byes"]]) == ("JSON", [5])


def test_the_side_of_the_favourite_and_points_for_pairing_are_taken_from_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["XXC black1", "XXA    1  1.0", "XXA    2  1.0"]
    found = answer(capsys, written(tmp_path, trf(*lines, rows=[""] * 4)))
    boards = [(board["first"]["number"], board["second"]["number"]) for board in found["boards"]]
    assert boards == [(2, 1), (4, 3)]
    assert [board["first"]["points"] for board in found["boards"]] == [1.0, 0.0]


def test_ranks_of_the_file_decide_where_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    players = [{"number": number, "name": f"P{number}", "rank": rank} for number, rank in enumerate((1, 4, 2, 3), 1)]
    event = {"format": "matchpoint-rounds-1", "players": players}
    for ranked, expected in (
        (False, {frozenset({1, 3}), frozenset({2, 4})}),
        (True, {frozenset({1, 4}), frozenset({2, 3})}),
    ):
        found = answer(capsys, written(tmp_path, json.dumps({**event, "ranked": ranked})))
        assert meetings(found) == expected


def test_who_has_won_or_lost_enough_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, written(tmp_path, trf()), "--wins", "2", "--losses", "2")
    assert found["exits"] == [{"number": 1, "name": "Player 1", "why": "ADVANCED"}]
    assert 1 not in {number for pair in meetings(found) for number in pair}


def test_a_round_robin_goes_by_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, trf(rows=["4w1", "3w1", "2b0", "1b0"]))
    found = answer(capsys, file, "--method", "round-robin")
    boards = [(board["first"]["number"], board["second"]["number"]) for board in found["boards"]]
    assert (found["round"], boards, found["byes"]) == (2, [(4, 3), (1, 2)], [])
    assert main(["pair", file, "--method", "round-robin", "--bye", "1"]) == 2
    assert "takes no other conditions" in capsys.readouterr().err


def test_an_event_that_is_over_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, trf("XXR 2"))
    found = answer(capsys, file)
    assert (found["round"], found["over"], found["boards"]) == (None, "ALL_PLAYED", [])
    assert main(["pair", file]) == 0
    assert capsys.readouterr().out == ("Friday Open is over after 2 rounds: all rounds that were planned are played.\n")


def test_people_read_boards_and_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pair", written(tmp_path, trf("XXZ 6")), "--forbidden", "2-3"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "Friday Open: round 3"
    assert lines[2] == (
        "1 4 Player 4 0.5 1 Player 1 2 4 floats up; 1 floats down;"
        " sides: otherwise one would have the same for the third time in a row"
    )
    assert lines[4:] == [
        "Sits out: 2 Player 2 (0.5), nobody is left to meet.",
        "Sits out: 6 Player 6 (1), as agreed.",
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (trf(), ["--forbidden", "1-x"], "--forbidden 1-x: is not two numbers, as in 3-7."),
        (trf(), ["--forbidden", "2-2"], "--forbidden 2-2: is not two numbers, as in 3-7."),
        (trf(), ["--forbidden", "2-9"], "There is no player 9 in "),
        (trf(), ["--bye", "7"], "There is no player 7 in "),
        (trf(), ["--forbidden", "1-2", "1-3", "1-4", "1-5", "1-6"], "No complete round of 6 players is left"),
        (trf(rows=["2w1", "1b0"]).replace("b 0", "b  "), [], "event.trf: "),
        ("", [], "event.trf: "),
        ('{"format": "other"}', [], "event.trf: "),
    ],
)
def test_what_cannot_be_paired_is_refused_in_one_line(
    text: str, arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pair", written(tmp_path, text), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1


def test_a_game_without_a_result_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = trf(rows=["2w1", "1b0"]).replace("w 1", "w  ").replace("b 0", "b  ")
    assert main(["pair", written(tmp_path, text.replace(" 1.0 ", " 0.0 "))]) == 2
    assert "Player 1 has a game without a result" in capsys.readouterr().err


def test_a_file_that_is_not_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pair", str(tmp_path / "none.trf")]) == 2
    assert "none.trf: cannot be read: No such file or directory." in capsys.readouterr().err
    assert main(["pair", str(tmp_path)]) == 2
    assert "is not a file" in capsys.readouterr().err
