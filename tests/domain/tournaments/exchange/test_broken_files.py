"""Files that are wrong: each is refused, and the refusal names the place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange import MAX_FILE_BYTES, MAX_PLAYERS, MAX_ROUNDS, read_rounds, read_trf, write_json
from tests.domain.tournaments.exchange.samples import HEAD, PLAYERS, file, player

FIRST, SECOND, THIRD = 92, 102, 112


@pytest.mark.parametrize(
    ("broken", "line", "column"),
    [
        ({2: player(2, "Bo", ["   3 b 0", "   1 w ="], points="0.5")}, 7, THIRD),
        ({2: player(2, "Bo", ["   3 b 0", "   1 w =", "   1 b +"])}, 5, THIRD),
        ({2: player(2, "Bo", ["   4 b 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: ""}, 4, SECOND),
        ({2: player(2, "Bo", ["   2 b 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["  99 b 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 w 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 - 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 b 1", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 b =", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 b -", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 b  ", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 b L", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   3 b X", "   1 w =", "   4 b +"])}, 5, FIRST + 7),
        ({2: player(2, "Bo", ["   3 b U", "   1 w =", "   4 b +"])}, 5, FIRST + 7),
        ({2: player(2, "Bo", ["0000 - 1", "   1 w =", "   4 b +"])}, 5, FIRST + 7),
        ({2: player(2, "Bo", ["0000 w Z", "   1 w =", "   4 b +"])}, 5, FIRST + 5),
        ({2: player(2, "Bo", ["   3 x 0", "   1 w =", "   4 b +"])}, 5, FIRST + 5),
        ({2: player(2, "Bo", ["  3b b 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["  -3 b 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["   ٣ b 0", "   1 w =", "   4 b +"])}, 5, FIRST),
        ({2: player(2, "Bo", ["  3  b 0", "   1 w =", "   4 b +"]).replace("  3  b 0", " 3  b 0 ")}, 5, FIRST + 4),
        ({2: PLAYERS[2].replace("001    2", "001    1")}, 5, 5),
        ({2: PLAYERS[2].replace("001    2", "001     ")}, 5, 5),
        ({2: PLAYERS[2].replace("001    2", "001    0")}, 5, 5),
        ({2: PLAYERS[2].replace("001    2", "001  2.0")}, 5, 5),
        ({2: PLAYERS[2].replace(" 1900 ", " 19OO ")}, 5, 49),
        ({2: PLAYERS[2].replace(" 1.5 ", " 2.5 ")}, 5, 81),
        ({2: PLAYERS[2].replace(" 1.5 ", " 1.3 ")}, 5, 81),
        ({2: PLAYERS[2].replace(" 1.5 ", " 1,5 ")}, 5, 81),
        ({2: PLAYERS[2].replace("Bo", "B\0")}, 5, 16),
        ({2: "001"}, 5, 5),
        ({2: player(2, "Bo", ["0000 - Z"] * (MAX_ROUNDS + 1))}, 5, FIRST + 10 * MAX_ROUNDS),
    ],
)
def test_a_wrong_player(broken: dict[int, str], line: int, column: int) -> None:
    with pytest.raises(InvalidEventFile) as refusal:
        read_trf(file(broken))
    assert (refusal.value.line, refusal.value.column) == (line, column), refusal.value
    assert str(refusal.value).startswith(f"Line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ("XXR 0", 5),
        ("XXR nine", 5),
        ("142 101", 5),
        ("142 4", 5),
        ("152 X", 5),
        ("XXC white", 5),
        ("XXS W=1 Q=2", 9),
        ("XXS W=x", 5),
        ("XXS WW=1 BW=2", 10),
        ("162  W 1.0    Q 1.0", 15),
        ("162  W 1.25", 6),
        ("162  1.0", 4),
        ("BBW  1.5.5", 1),
        ("240 X 001    1", 5),
        ("240 H        1", 7),
        ("240 H 001   99", 13),
        ("240 H 002    1", 14),
        ("240 H 004    1", 7),
        ("260 002 001    1    2", 9),
        ("260         1    2", 5),
        ("260 001 002    1    x", 21),
        ("XXP 1 99", 7),
        ("XXZ one", 5),
        ("250      01.0     002 0001 0002", 15),
        ("250      01.0 001 002 0002 0001", 28),
        ("XXA   99  1.0", 5),
        ("XXA        1.0", 5),
        ("XXA    1  one", 10),
        ("013 Alphas" + " " * 26 + "   9", 40),
        ("299 W    1.0  1.0  001    1", 1),
        ("212 " + " ".join(["BH"] * 40), 5),
        ("012 " + "x" * 201, 205),
        ("132 " + "x" * 2000, 2001),
    ],
)
def test_a_wrong_line_about_the_event(wrong: str, column: int) -> None:
    with pytest.raises(InvalidEventFile) as refusal:
        read_trf(file(head=[*HEAD, wrong]))
    assert (refusal.value.line, refusal.value.column) == (4, column), refusal.value


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "nobody takes part"),
        (b"012 Nobody\r\n", "nobody takes part"),
        (b"x" * (MAX_FILE_BYTES + 1), "bytes"),
        (b"\n" * 100_000, "Line 100001: There are more than 100,000 lines"),
        (b"XXP" + b" 1" * 12_500, "Line 1, column 25001: A line has at most 25,000 characters"),
        (b"{" + b" " * MAX_FILE_BYTES, "bytes"),
        (file(head=["XXR 2"]), "Line 1, column 5: 3 rounds were paired, but only 2 are planned"),
        (file().replace(b"\r\n", b"\r\n\x00", 1), "does not belong"),
        (b"\xff\xfe0\x000\x001\x00", "does not belong"),
        (b"012 Cup\r\n012 \x81", "Line 2, column 5: The byte 0x81 is neither of UTF-8 nor of Latin-1"),
        ("012 \u009b2J".encode(), "Line 1, column 5: .* does not belong"),
        ("\n".join(player(n, "x", []) for n in range(1, MAX_PLAYERS + 2)).encode(), "more than 4,096 players"),
    ],
)
def test_a_wrong_file(data: bytes, message: str) -> None:
    with pytest.raises(InvalidEventFile, match=message):
        read_rounds(data)


@given(st.integers(0, len(file())), st.integers(0, 255), st.booleans())
@settings(deadline=None, max_examples=300)
def test_whatever_is_cut_or_overwritten_is_read_or_refused(place: int, byte: int, cut: bool) -> None:
    data = file()
    try:
        read_rounds(data[:place] if cut else data[:place] + bytes([byte]) + data[place + 1 :])
    except InvalidEventFile:
        return


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_what_is_no_file_at_all_is_refused(data: bytes) -> None:
    try:
        read_rounds(b"001    1" + data)
    except InvalidEventFile:
        return


def changed(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(write_json(read_trf(file())[1]))
    return told | changes


def players(**changes: Any) -> dict[str, Any]:
    told = changed()
    told["players"][1] |= changes
    return told


def rounds(index: int, **changes: Any) -> dict[str, Any]:
    told = changed()
    told["players"][1]["rounds"][index] |= changes
    return told


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (changed(format="matchpoint-rounds-2"), r"\$\.format"),
        (changed(players=[]), r"\$\.players"),
        (changed(extra=1), "unknown field `extra`"),
        (changed(planned=0), r"\$\.planned"),
        (changed(planned=2), "only 2 are planned"),
        (changed(planned=101), r"\$\.planned"),
        (changed(absences=[{"round": 3, "player": 1, "kind": "HALF_BYE"}]), "Round 3 is there"),
        (changed(absences=[{"round": 4, "player": 9, "kind": "HALF_BYE"}]), "no player 9"),
        (changed(absences=[{"round": 4, "player": 1, "kind": "PLAYED"}]), r"\$\.absences\[0\]\.kind"),
        (changed(forbidden=[{"players": [1, 9]}]), "no player 9"),
        (changed(teams=[{"name": "A", "players": [9]}]), "no player 9"),
        (players(number=1), "Player 1 is there twice"),
        (players(number=10_000), r"\$\.players\[1\]\.number"),
        (players(name="x" * 201), r"\$\.players\[1\]\.name"),
        (players(name="\x1b[2J"), r"\$\.players\[1\]\.name"),
        (players(name="Bo\n"), r"\$\.players\[1\]\.name"),
        (players(rating=-1), r"\$\.players\[1\]\.rating"),
        (players(rounds=[]), "Player 2 has 0 rounds, player 1 has 3"),
        (rounds(0, kind="WON"), r"\$\.players\[1\]\.rounds\[0\]\.kind"),
        (rounds(0, half_points=10_001), r"\$\.players\[1\]\.rounds\[0\]\.half_points"),
        (rounds(0, games=[3, -1]), r"\$\.players\[1\]\.rounds\[0\]\.games"),
        (rounds(0, games=[3, 1]), "Round 1 of player 2: .* do not count the same games"),
        (rounds(0, opponent=4), "Round 1 of player 2: Player 2 met player 4, who met player 1"),
        (rounds(0, opponent=None), "Round 1 of player 2: A game needs an opponent"),
        (rounds(0, kind="HALF_BYE"), "Round 1 of player 2: A round that is HALF_BYE has no opponent"),
        (rounds(1, opponent=2), "Round 2 of player 1: Player 1 met player 2, who met player 2"),
    ],
)
def test_wrong_json(told: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEventFile, match=message):
        read_rounds(json.dumps(told).encode())


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b'{"format": 1}', b"[" * 100_000, b'{"format": "\xff"}', b"\xef\xbb\xbf{"]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidEventFile, match="not an event in the format matchpoint-rounds-1"):
        read_rounds(data)
