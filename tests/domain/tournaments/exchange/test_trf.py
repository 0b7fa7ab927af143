"""Tournament Report Files: what is read from them, and that nothing is lost on the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange import (
    Acceleration,
    FileFormat,
    Forbidden,
    Person,
    RoundsEvent,
    Team,
    read_json,
    read_rounds,
    read_trf,
    write_json,
    write_trf,
)
from domain.tournaments.rules.rounds import Entry, Field, Kind, Scoring, Side
from tests.domain.tournaments.exchange.samples import HEAD, PLAYERS, file, player
from tests.fixtures.random_fields import fields


def event_of(*lines: str) -> RoundsEvent:
    return read_trf("\n".join(lines).encode())[1]


def test_players_and_rounds_are_read() -> None:
    version, event = read_trf(file())
    assert version is FileFormat.TRF16
    assert event.name == "Winter Cup"
    assert event.headers == (("092", "Individual: Swiss-System"),)
    assert (event.field.planned, event.field.finished, event.field.predetermined) == (3, 3, False)
    assert [player.name for player in event.field.players.values()] == ["Ada", "Bo", "Cy", "Dee"]
    assert [player.rating for player in event.field.players.values()] == [2000, 1900, 1800, None]
    assert event.people[1] == Person(sex="m", federation="NED", rank=1)
    assert event.field.players[2].rounds == (
        Entry(Kind.PLAYED, 0, 3, Side.SECOND),
        Entry(Kind.PLAYED, 1, 1, Side.FIRST),
        Entry(Kind.FORFEIT, 2, 4, Side.SECOND),
    )
    assert event.field.players[3].rounds[1] == Entry(Kind.HALF_BYE, 1)
    assert event.field.players[4].rounds[1:] == (
        Entry(Kind.PAIRING_BYE, 2),
        Entry(Kind.FORFEIT, 0, 2, Side.FIRST),
    )


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_end_as_they_like(end: str, mark: bytes) -> None:
    assert read_trf(mark + file(end=end)) == read_trf(file())


@pytest.mark.parametrize(
    ("name", "encoding"), [("Åsé", "utf-8"), ("Åsé", "latin-1"), ("Šaš", "utf-8"), ("Šaš", "cp1252")]
)
def test_names_come_in_utf_8_or_latin_1(name: str, encoding: str) -> None:
    text = file().decode().replace("Ada", name)
    assert read_trf(text.encode(encoding))[1].field.players[1].name == name


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0000 - U", Entry(Kind.PAIRING_BYE, 2)),
        ("0000 - F", Entry(Kind.FULL_BYE, 2)),
        ("0000 - h", Entry(Kind.HALF_BYE, 1)),
        ("0000 - =", Entry(Kind.HALF_BYE, 1)),
        ("       Z", Entry(Kind.ZERO_BYE)),
        ("0000 -  ", Entry(Kind.ABSENT)),
        ("        ", Entry(Kind.ABSENT)),
        ("0000 - -", Entry(Kind.FORFEIT, 0)),
        ("0000 - +", Entry(Kind.FORFEIT, 2)),
    ],
)
def test_rounds_without_an_opponent(code: str, expected: Entry) -> None:
    event = event_of(player(1, "A", [code]), player(2, "B", ["   3 w 1"]), player(3, "C", ["   2 b 0"]))
    assert event.field.players[1].rounds == (expected,)


@pytest.mark.parametrize(
    ("codes", "kind", "points", "rated"),
    [
        ("10", Kind.PLAYED, (2, 0), True),
        ("==", Kind.PLAYED, (1, 1), True),
        ("00", Kind.PLAYED, (0, 0), True),
        ("=0", Kind.PLAYED, (1, 0), True),
        ("wl", Kind.PLAYED, (2, 0), False),
        ("DD", Kind.PLAYED, (1, 1), False),
        ("+-", Kind.FORFEIT, (2, 0), True),
        ("--", Kind.FORFEIT, (0, 0), True),
        ("  ", Kind.OPEN, (0, 0), True),
    ],
)
def test_rounds_with_an_opponent(codes: str, kind: Kind, points: tuple[int, int], rated: bool) -> None:
    field = event_of(player(1, "A", [f"   2 w {codes[0]}"]), player(2, "B", [f"   1 b {codes[1]}"])).field
    assert field.players[1].rounds == (Entry(kind, points[0], 2, Side.FIRST, rated=rated),)
    assert field.players[2].rounds == (Entry(kind, points[1], 1, Side.SECOND, rated=rated),)


def test_rounds_after_the_last_pairing_are_byes_to_come() -> None:
    lines = [
        player(1, "A", ["   2 w 1", "0000 - Z", "0000 - H"]),
        player(2, "B", ["   1 b 0"]),
        player(3, "C", ["0000 - U"]),
    ]
    event = event_of("XXR 5", "XXZ 2", "240 F 004 0001 0003", *lines)
    assert event.field.finished == 1
    assert event.absences == {
        2: {1: Kind.ZERO_BYE, 2: Kind.ZERO_BYE},
        3: {1: Kind.HALF_BYE},
        4: {1: Kind.FULL_BYE, 3: Kind.FULL_BYE},
    }


def test_byes_of_other_lines_fill_rounds_that_are_blank() -> None:
    lines = [player(1, "A", []), player(2, "B", ["   3 w 1"]), player(3, "C", ["   2 b 0"])]
    assert event_of("240 H 001    1", *lines).field.players[1].rounds == (Entry(Kind.HALF_BYE, 1),)


def test_late_entries_and_withdrawals_are_absences() -> None:
    late = player(3, "C", ["        ", "   1 b 0"])
    field = event_of(player(1, "A", ["   2 w 1", "   3 w 1"]), player(2, "B", ["   1 b 0"]), late).field
    assert field.players[3].rounds[0] == Entry(Kind.ABSENT)
    assert field.players[2].rounds[1] == Entry(Kind.ABSENT)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("162  W 3.0    D 1.0    L 0.0    P 1.0", Scoring(6, 2, 0, 6, 0, 2, 6, 2, 0)),
        ("162  W 3.0    D 1.0", Scoring(6, 2, 0, 6, 0, 6, 6, 2, 0)),
        ("162  A 0.5    X 0.5", Scoring(forfeit_loss=1, absence=1)),
        ("XXS W=3 D=1", Scoring(6, 2, 0, 6, 0, 6, 6, 2, 0)),
        ("XXS PAB=.5 ZPB=0 WW=1 BW=1", Scoring(pairing_bye=1)),
        ("BBU  0.5", Scoring(pairing_bye=1)),
    ],
)
def test_scoring_is_read(line: str, expected: Scoring) -> None:
    assert event_of(line, player(1, "A", [])).field.scoring == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("3.0", Scoring(6, 2, 0, 6, 0, 6, 6, 2, 0)),
        ("2.0", Scoring(4, 2, 0, 4, 0, 4, 4, 2, 0)),
        ("1.0", Scoring()),
    ],
)
def test_scoring_is_seen_from_the_points(points: str, expected: Scoring) -> None:
    lines = [player(1, "A", ["   2 w 1"], points=points), player(2, "B", ["   1 b 0"], points="0.0")]
    assert event_of(*lines).field.scoring == expected


def test_points_that_were_not_written_are_counted() -> None:
    lines = [player(1, "A", ["   2 w 1"], points="0.0"), player(2, "B", ["   1 b 0"])]
    assert event_of(*lines).field.players[1].points == 2


def test_byes_to_come_may_be_among_the_points() -> None:
    for points in ("1.0", "1.5"):
        lines = [player(1, "A", ["   2 w 1", "0000 - H"], points=points), player(2, "B", ["   1 b 0"], points="0.0")]
        assert event_of(*lines).field.players[1].points == 2


def test_what_else_pairing_programs_say() -> None:
    lines = [
        "152 B",
        "XXC rank",
        "XXP 1 2",
        "260 001 002    1    2",
        "XXA    1  1.0  0.5",
        "013 Alphas" + " " * 26 + "   2    1",
    ]
    event = event_of(*lines, "250      01.0 001 002 0001 0002", "202 BH/C1,BH", player(1, "A", []), player(2, "B", []))
    assert (event.first_side, event.ranked) == (Side.SECOND, True)
    assert event.forbidden == (Forbidden((1, 2)), Forbidden((1, 2), 1, 2))
    assert event.acceleration == (
        Acceleration(2, 1, 1, 1, 1),
        Acceleration(1, 2, 2, 1, 1),
        Acceleration(2, 1, 2, 1, 2),
    )
    assert event.teams == (Team("Alphas", (2, 1)),)
    assert event.tiebreaks == ("PTS", "BH/C1", "BH")


@pytest.mark.parametrize(
    ("header", "expected"),
    [("092 Round-Robin", True), ("192 FIDE_ROUNDROBIN", True), ("092 Swiss", False), ("092 Open", True)],
)
def test_a_league_is_known_by_its_name_or_because_all_have_met(header: str, expected: bool) -> None:
    lines = [player(1, "A", ["   2 w 1"]), player(2, "B", ["   1 b 0"])]
    assert event_of(header, *lines).field.predetermined is expected
    assert event_of("092 Open", *PLAYERS.values()).field.predetermined is False


def test_lines_of_other_kinds_are_passed_over() -> None:
    more = ["### a comment", "DDD SSSS sTTT", "123456789", "NED    1", "801 whatever"]
    assert read_trf(file(head=[*more, *HEAD])) == read_trf(file())


@given(fields)
@settings(deadline=None)
def test_nothing_is_lost_in_any_format(field: Field) -> None:
    event = replace(
        read_trf(file())[1],
        field=replace(field, planned=field.finished + 2),
        people={1: Person("w", "WGM", "NED", "1234567", "2001/02/03", 1)},
        headers=(("092", "Swiss"), ("132", " " * 87 + "26/03/01")),
        first_side=Side.SECOND,
        ranked=True,
        absences={field.finished + 1: {1: Kind.HALF_BYE, 2: Kind.ZERO_BYE}, field.finished + 2: {2: Kind.FULL_BYE}},
        forbidden=(Forbidden((1, 2)), Forbidden((2, 1), 2, 3)),
        acceleration=(Acceleration(2, 1, 3, 1, 2),),
        tiebreaks=("PTS", "BH/C1"),
        teams=(Team("Ones", (1,)), Team("Twos", (2,))),
    )
    assert read_rounds(write_json(event)) == (FileFormat.JSON, event)
    if _paired(field) < field.finished:
        return  # the last round was not paired, so that a Tournament Report File tells it as byes to come
    assert read_rounds(write_trf(event, FileFormat.TRF16))[1] == event
    assert read_rounds(write_trf(event, FileFormat.TRF26)) == (FileFormat.TRF26, event)


def _paired(field: Field) -> int:
    """The last round in which somebody was paired, or got the bye from the pairing."""
    paired = (Kind.PLAYED, Kind.FORFEIT, Kind.PAIRING_BYE)
    return max(
        (
            index
            for player in field.players.values()
            for index, entry in enumerate(player.rounds, 1)
            if entry.kind in paired
        ),
        default=0,
    )


def test_points_that_no_result_stands_for_are_not_written() -> None:
    event = read_trf(file())[1]
    ada = replace(event.field.players[1], rounds=(Entry(Kind.ABSENT, 5),) * 3)
    odd = replace(event, field=replace(event.field, players={1: ada}), people={})
    with pytest.raises(InvalidEventFile, match=r"Round 1 of player 1 brings 2\.5 points"):
        write_trf(odd)
    assert read_json(write_json(odd)) == odd


def test_lines_are_written_for_programs_that_want_a_return() -> None:
    written = write_trf(read_trf(file())[1])
    assert written.endswith(b"\r\n")
    assert written.replace(b"\r\n", b"").count(b"\n") == 0
