"""Recorded events as files: what is read, and how a broken one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from cli.play.files import MAX_BYTES, parse_recording, read_recording
from cli.play.recording import FromMatch, RecordedMatch
from cli.play.scores import Score, read_score
from tests.cli.recordings import REAL, SMALL, changed, entry, set_in


def matches_of(content: bytes) -> dict[str, RecordedMatch]:
    """The matches of an event by key."""
    return {match.key: match for match in parse_recording(content).matches}


def test_an_event_is_read_with_every_side_winner_and_length() -> None:
    recording = parse_recording(json.dumps(SMALL).encode())

    assert recording.entrants == 6
    assert recording.ranks == {1: 2, 2: 1, 3: 3, 4: 5, 5: 5, 6: 4}
    assert [(match.key, match.seeds, match.winner, match.best_of) for match in recording.matches] == [
        ("A", (4, 5), 4, 3),
        ("B", (3, 6), 6, 3),
        ("C", (1, 4), 1, 3),
        ("F", (4, 3), 3, None),
        ("D", (2, 6), 2, 3),
        ("G", (6, 5), 6, 5),
        ("E", (1, 2), 2, 3),
        ("H", (3, 6), 3, 3),
        ("I", (1, 3), 1, 3),
        ("J", (2, 1), 2, 5),
        ("K", (1, 2), None, None),
    ]
    by_key = {match.key: match for match in recording.matches}
    assert by_key["C"].sources == (1, FromMatch("A", is_winner=True))
    assert by_key["C"].score == Score((2, 1), ((2, 1), (0, 2), (2, 0)))
    assert by_key["F"].round == -1


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("2-1", Score((2, 1))),
        (" 0 - 3 ", Score((0, 3))),
        ("21-19", Score((21, 19))),
        ("88-76", Score((1, 0), ((88, 76),))),
        ("2-1,0-2,2-0", Score((2, 1), ((2, 1), (0, 2), (2, 0)))),
        ("5-3,4-4,6-2", Score((2, 0))),
        ("2-1,", Score((2, 1))),
        ("", None),
        ("0-0", None),
        ("1-1", None),
        ("2-1,1-2", None),
        ("-1-0", None),
        ("0--1", None),
    ],
)
def test_a_score_is_games_won_or_sets_or_no_play(text: str, score: Score | None) -> None:
    assert read_score(text) == score


@pytest.mark.parametrize(
    ("content", "key", "winner", "score"),
    [
        # The organizers decided against the score.
        (set_in("A", scores="1-2"), "A", 4, None),
        (set_in("A", scores=None), "A", 4, None),
        (set_in("A", winner_seed=None), "A", 4, Score((2, 1))),
        # Who went on tells who won.
        (
            changed(lambda e: (entry(e, "A").update(winner_seed=None, scores=""), entry(e, "C").update(p2_seed=4))),
            "A",
            4,
            None,
        ),
        (
            changed(lambda e: (entry(e, "B").update(winner_seed=None, scores=""), entry(e, "F").update(p2_seed=3))),
            "B",
            6,
            None,
        ),
        # Who finished better tells it for a last match, but a second final may just not have been played.
        (set_in("H", winner_seed=None, scores="1-1"), "H", 3, None),
        (set_in("K", winner_seed=1, scores="3-1"), "K", 1, Score((3, 1))),
    ],
)
def test_the_winner_is_found_wherever_it_is_told(content: bytes, key: str, winner: int, score: Score | None) -> None:
    found = matches_of(content)[key]

    assert (found.winner, found.score) == (winner, score)


BROKEN: list[tuple[str, bytes, str]] = [
    ("empty", b"", "line 1, column 1: is not valid JSON (Expecting value); is the file complete?"),
    ("truncated", json.dumps(SMALL).encode()[:700], "line 1, column "),
    ("not text", b"\xff\xfe\x00\x01\x80", "is not JSON text in UTF-8."),
    ("deep", b"[" * 200_000, "is nested too deeply."),
    ("long number", b'{"entrants": ' + b"9" * 5000 + b"}", "is not JSON text in UTF-8."),
    ("list", b"[]", "the file: has to be an object, not a list of 0."),
    (
        "entrants as text",
        changed(lambda e: e.update(entrants="6")),
        "entrants: has to be a whole number from 2 to 4096, not '6'.",
    ),
    (
        "entrants as truth",
        changed(lambda e: e.update(entrants=True)),
        "entrants: has to be a whole number from 2 to 4096, not True.",
    ),
    (
        "too many entrants",
        changed(lambda e: e.update(entrants=10**30)),
        "entrants: has to be a whole number from 2 to 4096",
    ),
    ("a seed without a match", changed(lambda e: e.update(entrants=7)), "matches: seed 7 of 7 does not play."),
    ("no matches", changed(lambda e: e.update(matches=[])), "matches: has to be a list of matches, not a list of 0."),
    (
        "matches as object",
        changed(lambda e: e.update(matches={})),
        "matches: has to be a list of matches, not an object.",
    ),
    ("a match as text", changed(lambda e: e["matches"].insert(2, "A")), "matches[2]: has to be an object, not 'A'."),
    (
        "no id",
        changed(lambda e: e["matches"][2].pop("id")),
        "matches[2].id: has to be an id of 1 to 64 characters, not nothing.",
    ),
    ("duplicate id", changed(lambda e: entry(e, "B").update(id="A")), "match 'A': the id is used twice."),
    ("long id", set_in("A", id="A" * 65), f"matches[2].id: has to be an id of 1 to 64 characters, not '{'A' * 39}…."),
    ("unknown feeder", set_in("C", p2_from=["winner", "Z"]), "match 'C', p2_from: there is no match 'Z'."),
    (
        "wrong feeder",
        set_in("C", p2_from=["victor", "A"]),
        """match 'C', p2_from: has to be ["winner", id] or ["loser", id], not a list of 2.""",
    ),
    (
        "feeder as text",
        set_in("C", p2_from="A"),
        """match 'C', p2_from: has to be ["winner", id] or ["loser", id], not 'A'.""",
    ),
    (
        "a winner in two places",
        set_in("D", p2_from=["winner", "A"]),
        "match 'D', p2: the winner of match 'A' goes to two matches.",
    ),
    ("a seed in two places", set_in("D", p1_seed=1), "match 'D', p1: the seed 1 goes to two matches."),
    (
        "nobody",
        changed(lambda e: entry(e, "A").pop("p1_seed")),
        "match 'A': p1 comes from nowhere: p1_seed and p1_from are both missing.",
    ),
    ("unknown seed", set_in("A", p1_seed=9), "match 'A', p1_seed: has to be a whole number from 1 to 6, not 9."),
    ("a seed as text", set_in("A", p1_seed="4"), "match 'A', p1_seed: has to be a whole number from 1 to 6, not '4'."),
    (
        "a cycle",
        changed(
            lambda e: (entry(e, "E").update(p1_from=["winner", "I"]), entry(e, "J").update(p2_from=["winner", "C"]))
        ),
        "match 'E': waits for itself through other matches.",
    ),
    (
        "another seed than came",
        set_in("C", p2_seed=5),
        "match 'C', p2_seed: is 5, but the winner of match 'A' is seed 4.",
    ),
    (
        "a stranger won",
        set_in("A", winner_seed=1),
        "match 'A', winner_seed: seed 1 cannot have won; seed 4 met seed 5.",
    ),
    (
        "nobody won",
        changed(lambda e: (entry(e, "F").update(winner_seed=None), e.update(final_rank_by_seed={"1": 2}))),
        "match 'F', winner_seed: is missing, and neither scores nor a later match tell who won.",
    ),
    (
        "scores as numbers",
        set_in("A", scores=[2, 1]),
        """match 'A', scores: has to be a text such as "2-1", not a list of 2.""",
    ),
    (
        "scores as words",
        set_in("A", scores="two-one"),
        """match 'A', scores: 'two-one' is not a score such as "2-1" or "2-1,0-2,2-0".""",
    ),
    (
        "round as text",
        set_in("A", round="1"),
        "match 'A', round: has to be a whole number from -10000 to 10000, not '1'.",
    ),
    (
        "no ranks",
        changed(lambda e: e.pop("final_rank_by_seed")),
        "final_rank_by_seed: has to be an object, not nothing.",
    ),
    (
        "empty ranks",
        changed(lambda e: e.update(final_rank_by_seed={})),
        "final_rank_by_seed: has no rank to compare with.",
    ),
    (
        "rank of a stranger",
        changed(lambda e: e["final_rank_by_seed"].update({"7": 1})),
        "final_rank_by_seed['7']: is not a seed; the seeds are 1 to 6.",
    ),
    (
        "rank as text",
        changed(lambda e: e["final_rank_by_seed"].update({"1": "2"})),
        "final_rank_by_seed['1']: has to be a whole number from 1 to 6, not '2'.",
    ),
    ("too large", b" " * (MAX_BYTES + 1), "has 8,388,609 bytes; at most 8,388,608 are read."),
]


@pytest.mark.parametrize(("content", "problem"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_file_is_told_in_one_line(
    content: bytes, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(content)

    status = main(["play", str(path), "--url", "http://127.0.0.1:9"])

    told = capsys.readouterr()
    assert status == 2
    assert told.out == ""
    assert told.err.startswith(f"matchpoint play: {path}: {problem}")
    assert told.err.count("\n") == 1


def test_what_is_no_file_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", str(tmp_path / "none.json")]) == 2
    assert main(["play", str(tmp_path)]) == 2
    assert main(["play", "/dev/zero"]) == 2
    assert main(["play"]) == 2

    assert capsys.readouterr().err.splitlines() == [
        f"matchpoint play: {tmp_path / 'none.json'}: cannot be read: No such file or directory.",
        f"matchpoint play: {tmp_path}: is not a file.",
        "matchpoint play: /dev/zero: is not a file.",
        "matchpoint play: name a FILE to play, or --demo.",
    ]


@pytest.mark.skipif(not REAL.exists(), reason="the recorded event is not on this machine")
def test_the_real_event_is_read() -> None:
    recording = read_recording(REAL)

    assert (recording.entrants, len(recording.matches), len(recording.ranks)) == (41, 81, 41)
    assert all(match.score is not None for match in recording.matches)
