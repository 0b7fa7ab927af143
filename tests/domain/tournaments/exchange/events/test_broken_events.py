"""Files of other platforms that are wrong: each is refused with the place, within bounds of time and memory."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events import MAX_EVENT_BYTES, read_event, write_event_json
from domain.tournaments.rules.events import reproduce
from tests.domain.tournaments.exchange.events import foreign
from tests.domain.tournaments.exchange.events.foreign import DOCUMENTS, Json, changed, encoded

OWN = json.loads(write_event_json(read_event(encoded(foreign.openfootball()))[1]))
GOOD: dict[str, Json] = {kind: make() for kind, make in DOCUMENTS.items()} | {"MATCHPOINT_EVENT": OWN}
HOSTILE: list[Json] = [
    None,
    True,
    -1,
    0,
    2,
    10**30,
    1.5,
    1e300,
    "",
    "x",
    "\x1b[2J",
    "1",
    "9" * 5_000,
    [],
    [[]],
    {},
    {"id": None},
    [1, 2, 3],
]


def spots(value: Json, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """How to get to every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(spot for step, each in inner for spot in spots(each, (*way, step)))]


SPOTS = {kind: spots(document)[1:] for kind, document in GOOD.items()}


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good document in which values are replaced, removed, repeated or swapped."""
    kind = draw(st.sampled_from(sorted(GOOD)))
    document = deepcopy(GOOD[kind])
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(SPOTS[kind]))
        other = draw(st.sampled_from(SPOTS[kind]))
        try:
            holder = at(document, tuple(way))
            how = draw(st.sampled_from(["hostile", "removed", "repeated", "swapped"]))
            if how == "hostile":
                holder[last] = draw(st.sampled_from(HOSTILE))
            elif how == "removed":
                del holder[last]
            elif how == "repeated" and isinstance(holder, list):
                holder.append(deepcopy(holder[last]))
            else:
                holder[last] = deepcopy(at(GOOD[kind], other))
        except (KeyError, IndexError, TypeError):
            continue
    return json.dumps(document).encode()


def at(document: Json, way: tuple[Any, ...]) -> Json:
    for step in way:
        document = document[step]
    return document


@given(mutated())
@settings(deadline=None, max_examples=300)
def test_whatever_is_changed_is_an_event_or_refused(data: bytes) -> None:
    refusal = ""
    try:
        reproduce(read_event([data])[1])
    except InvalidEventFile as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert len(refusal) < 1_000


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_that_breaks_off_is_refused_with_the_line(kind: str) -> None:
    data = json.dumps(GOOD[kind], indent=1).encode()
    for length in range(1, len(data) - 1, max(1, len(data) // 60)):
        with pytest.raises(InvalidEventFile, match=r"^Line \d+, column \d+: This is not valid JSON"):
            read_event([data[:length]])


def tournament(change: Any) -> list[bytes]:
    return changed(foreign.challonge(), lambda d: change(d["tournament"]))


def played(index: int, **fields: Json) -> list[bytes]:
    return tournament(lambda t: t["matches"][index]["match"].update(fields))


def sets(change: Any) -> list[bytes]:
    return changed(
        foreign.startgg(),
        lambda d: change(d["data"]["event"]["phases"][0]["phaseGroups"]["nodes"][0]["sets"]["nodes"]),
    )


WRONG: list[tuple[list[bytes], str]] = [
    (played(2, player1_prereq_match_id=999), "Stage 1, match '103', slot 0: .* there is no such match"),
    (played(2, player1_prereq_match_id=102), "match '103', slot 1: The winner of '102' is used twice"),
    (played(0, player2_id=None), "Match '101': player2_id and player2_prereq_match_id are both missing"),
    (played(0, player1_id=99), r"\$\.tournament\.matches\[0\]\.match\.player1_id: there is no entrant '99'"),
    (played(0, winner_id=13), r"\$\.tournament\.matches\[0\]\.match\.winner_id: entrant '13' does not play"),
    (played(0, scores_csv="two"), r"\$\.tournament\.matches\[0\]\.match\.scores_csv: has to be a score"),
    (played(0, scores_csv="1-0," * 100), "has 100 games; at most 99"),
    (played(0, state="won"), r"\.state: has to be one of pending, open, complete, not 'won'"),
    (played(0, round="one"), r"\.round: has to be a whole number"),
    (played(0, id=102), "Match '102' is there twice"),
    (played(0, id="x" * 65), r"\.id: has to be an id of 1 to 64 characters"),
    (played(5, winner_id=11), "match '107': This reset is not needed"),
    (tournament(lambda t: t.update(tournament_type="free for all")), "tournament_type: has to be one of"),
    (tournament(lambda t: t.update(matches=[])), r"\$\.tournament: the tournament has no matches"),
    (tournament(lambda t: t.update(matches={})), r"\$\.tournament\.matches: has to be a list"),
    (
        tournament(lambda t: t["participants"][1]["participant"].update(id=11)),
        r"\$\.tournament\.participants\[1\]\.participant: the id '11' is used twice",
    ),
    (
        tournament(lambda t: t["participants"][1]["participant"].update(name="a\nb")),
        r"\$\.tournament\.participants\[1\]\.participant\.name: has characters",
    ),
    (
        changed(foreign.challonge_2(), lambda d: d["included"][6]["attributes"].update(winner_id=None, scores="")),
        "Match '105': Entrant 3 comes out of a match that nobody won",
    ),
    (sets(lambda s: s[2]["slots"][0].update(prereqPlacement=3)), r"sets\.nodes\[2\]\.slots\[0\]\.prereqPlacement"),
    (sets(lambda s: s[2]["slots"].pop()), r"sets\.nodes\[2\]\.slots: has 1 slots; a set has two"),
    (sets(lambda s: s[0].update(state=9)), r"sets\.nodes\[0\]\.state: has to be a state of a set"),
    (sets(lambda s: s[0]["slots"][1].update(entrant=None)), "it is not told who comes here"),
    (sets(lambda s: s[0].update(id=102)), "Match '102' is there twice"),
    (sets(lambda s: s.clear()), r"\$\.data\.event: the event has no sets"),
    (
        changed(foreign.brackets_manager(), lambda d: d["match"][0].update(round_id=77)),
        r"\$\.match\[0\]\.round_id: there is no round '77'",
    ),
    (
        changed(foreign.brackets_manager(), lambda d: d["match"][1].update(number=1)),
        r"\$\.match\[1\]: another match has the same number",
    ),
    (
        changed(foreign.brackets_manager(), lambda d: d["match"][3]["opponent1"].update(position=9)),
        r"\$\.match\[3\]\.opponent1: there is no match 9 in round 1 of the upper bracket",
    ),
    (
        changed(foreign.openfootball(), lambda d: d["matches"][0].update(team2="Peru")),
        "Stage 1, Group A, match 'M1': entrant 1 cannot meet themselves",
    ),
    (
        changed(foreign.scalachess(), lambda d: d["games"][0].__setitem__(3, "2")),
        r"\$\.games\[0\]\[3\]: has to be one of 1, 0, =",
    ),
    (
        changed(foreign.scalachess(), lambda d: d["games"].append(d["games"][0])),
        "Stage 1: entrant 1 is in round 1 twice",
    ),
    (
        changed(foreign.recorded(), lambda d: d["matches"][2].update(p1_from=["victor", "A"])),
        r"\$\.matches\[2\]\.p1_from\[0\]: has to be one of winner, loser",
    ),
    (
        changed(foreign.recorded(), lambda d: d.update(entrants=5)),
        "Stage 1: Seed 5 does not play",
    ),
    ([b"[]"], "of no format that is known"),
    ([b'{"format": "matchpoint-event-2"}'], "of no format that is known"),
    ([b"hello"], "nobody takes part"),
    ([], "There are 0 files"),
    (encoded(foreign.recorded()) * 2, "an event in this format is one"),
    ([b'{"tournament": NaN}'], r"^Line 1, column 16: This is not valid JSON"),
    ([b'{"tournament": "\xff"}'], "not text in UTF-8"),
]
"""Files in which something is wrong, each with what the refusal says."""


@pytest.mark.parametrize(("files", "message"), WRONG)
def test_a_wrong_file_is_refused_with_its_place(files: list[bytes], message: str) -> None:
    with pytest.raises(InvalidEventFile, match=message):
        read_event(files)


def many(count: int) -> bytes:
    """So many matches of Challonge, each after the one before."""
    match = '{"match":{"id":%d,"round":1,"state":"open","player1_prereq_match_id":%d,"player2_prereq_match_id":%d}}'
    listed = ",".join(match % (number, number - 1, number - 2) for number in range(count))
    return f'{{"tournament":{{"tournament_type":"swiss","participants":[],"matches":[{listed}]}}}}'.encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 900_000, "nested too deeply"),
        (b"[" + b"[]," * 1_000_001 + b"]", "more than 1,000,000 objects and lists"),
        (b'{"tournament":"' + b"x" * MAX_EVENT_BYTES + b'"}', "more than 16,777,216 bytes"),
        (b'{"tournament":{"name":"' + b"x" * 10_000_000 + b'"}}', "tournament_type: has to be one of"),
        (b'{"entrants":' + b"9" * 10_000 + b',"matches":[]}', "out of range"),
        (many(100_000), "100,000 entries; at most 60,000"),
        (b'{"games":[' + b"1," * 100_000 + b'1],"ratings":{}}', "100,001 entries; at most 60,000"),
    ],
)
def test_hostile_sizes_are_refused_soon(data: bytes, message: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidEventFile, match=message):
        read_event([data])
    assert time.process_time() - began < 10


def test_long_chains_of_byes_and_of_matches_are_walked_in_linear_time() -> None:
    def one(number: int) -> Json:
        bye = {"prereqType": "bye", "entrant": None}
        before = {"prereqType": "set", "prereqId": number - 1, "prereqPlacement": 1, "entrant": None}
        return {"id": number, "round": 1, "state": 1, "slots": [before, bye]}

    group: Json = {"id": 1, "sets": {"nodes": [one(number) for number in range(1, 5_000)]}}
    group["sets"]["nodes"][0]["slots"][0] = {"prereqType": "bye", "entrant": None}
    event = {"name": "Chain", "entrants": [{"id": 1}], "phases": [{"id": 1, "phaseGroups": [group]}]}
    began = time.process_time()
    with pytest.raises(InvalidEventFile, match="nobody is in it"):
        read_event(encoded({"event": event}))
    assert time.process_time() - began < 5
