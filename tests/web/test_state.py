"""What the live page makes of what it receives: nothing twice, nothing missed, nothing out of order."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

from domain.tournaments.rules.elimination import double_elimination, single_elimination
from tests.web.brackets import Json, matches_of, rounds_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

REDUCE = """async (messages) => {
  const { EMPTY, champion, entrants, progress, reduce } = await import("/static/state.js");
  const effects = [];
  let state = EMPTY;
  for (const message of messages) {
    const outcome = reduce(state, message);
    state = outcome.state;
    effects.push(outcome.effect);
  }
  return {
    ...state,
    matches: Object.fromEntries(state.matches),
    effects,
    progress: progress(state),
    champion: champion(state),
    entrants: [...entrants(state).values()],
  };
}"""


async def test_changes_in_order_are_taken(bench: Page) -> None:
    first, second = _changed("8", "U1.1", 2, scores=(1, 0)), _changed("9", "U1.1", 3, scores=(2, 0))
    state = await _reduce(bench, _snapshot("7"), first, second)
    assert state["cursor"] == "9"
    assert [slot["score"] for slot in state["matches"]["U1.1"]["slots"]] == [2, 0]
    assert state["matches"]["U1.1"]["place"]["key"] == "U1.1"
    assert (state["gaps"], state["duplicates"], state["effects"]) == (0, 0, [None, None, None])


async def test_deadlines_stay_with_their_match_whichever_comes_first(bench: Page) -> None:
    due = {"id": "U1.1", "checkIn": {"deadlineAt": "2026-05-01T18:10:00Z", "sides": []}, "confirmsAt": None}
    read = {"__typename": "DeadlinesRead", "matches": [due]}
    for messages in ([read, _snapshot("7")], [_snapshot("7"), read], [_snapshot("7"), read, _changed("8", "U1.1", 2)]):
        state = await _reduce(bench, *messages)
        assert state["matches"]["U1.1"]["checkIn"] == due["checkIn"]
        assert "checkIn" not in state["matches"]["U1.2"]
        assert "place" in state["matches"]["U1.1"]
        assert set(state["effects"]) == {None}


async def test_check_ins_are_over_once_nobody_has_to_check_in(bench: Page) -> None:
    due = {"id": "U1.1", "checkIn": {"deadlineAt": None, "sides": []}, "confirmsAt": "2026-05-01T18:10:00Z"}
    read = {"__typename": "DeadlinesRead", "matches": [due]}
    for minutes, kept in ((10, due["checkIn"]), (None, None)):
        again = {**_snapshot("8"), "tournament": {"matchDeadlines": {"checkInMinutes": minutes}}}
        state = await _reduce(bench, _snapshot("7"), read, again)
        assert state["matches"]["U1.1"]["checkIn"] == kept
        assert state["matches"]["U1.1"]["confirmsAt"] == due["confirmsAt"]


async def test_duplicates_are_dropped(bench: Page) -> None:
    first = _changed("8", "U1.1", 2, scores=(1, 0))
    second = _changed("9", "U1.1", 3, scores=(2, 0))
    state = await _reduce(bench, _snapshot("7"), first, second, first, second)
    assert [slot["score"] for slot in state["matches"]["U1.1"]["slots"]] == [2, 0]
    assert (state["cursor"], state["duplicates"], state["gaps"]) == ("9", 2, 0)


async def test_cursors_are_numbers_not_texts(bench: Page) -> None:
    state = await _reduce(bench, _snapshot("9"), _changed("10", "U1.1", 2), _changed("9", "U1.2", 2))
    assert (state["cursor"], state["duplicates"], state["gaps"]) == ("10", 1, 0)


async def test_a_gap_is_counted_and_asked_for_once(bench: Page) -> None:
    late = _changed("10", "U1.2", 2, scores=(0, 1))
    state = await _reduce(bench, _snapshot("7"), late)
    assert (state["cursor"], state["gaps"], state["effects"]) == ("7", 2, [None, "replay"])
    assert state["matches"]["U1.2"]["version"] == 1


async def test_a_replay_fills_the_gap(bench: Page) -> None:
    late = _changed("10", "U1.2", 2)
    state = await _reduce(bench, _snapshot("7"), late, _changed("8", "U1.1", 2), _changed("9", "U1.1", 3), late)
    assert (state["cursor"], state["gaps"], state["duplicates"]) == ("10", 2, 0)
    assert state["effects"] == [None, "replay", None, None, None]
    assert (state["matches"]["U1.1"]["version"], state["matches"]["U1.2"]["version"]) == (3, 2)


async def test_a_gap_that_stays_does_not_stop_the_page(bench: Page) -> None:
    late = _changed("10", "U1.2", 2)
    state = await _reduce(bench, _snapshot("7"), late, late, _changed("11", "U1.1", 2))
    assert (state["cursor"], state["gaps"], state["effects"]) == ("11", 2, [None, "replay", None, None])


async def test_a_resync_announces_a_jump(bench: Page) -> None:
    resync = {"__typename": "Resync", "reason": "SLOW_CLIENT"}
    state = await _reduce(bench, _snapshot("7"), resync, _changed("40", "U1.1", 5), _changed("41", "U1.2", 2))
    assert (state["cursor"], state["gaps"], state["resyncs"], state["mayJump"]) == ("41", 0, 1, False)


async def test_a_snapshot_after_a_resync_replaces_everything(bench: Page) -> None:
    resync = {"__typename": "Resync", "reason": "HISTORY_GONE"}
    state = await _reduce(bench, _snapshot("70"), resync, _snapshot("3", entrants=4))
    assert (state["cursor"], len(state["matches"]), state["resyncs"]) == ("3", 3, 1)


async def test_an_older_snapshot_is_ignored(bench: Page) -> None:
    state = await _reduce(bench, _snapshot("7"), _changed("8", "U1.1", 2, scores=(1, 0)), _snapshot("7"))
    assert (state["cursor"], state["duplicates"]) == ("8", 1)
    assert state["matches"]["U1.1"]["version"] == 2


async def test_a_match_nobody_knows_asks_for_a_reload(bench: Page) -> None:
    state = await _reduce(bench, _snapshot("7"), _changed("8", "U9.9", 1))
    assert (state["cursor"], state["effects"]) == ("8", [None, "reload"])


async def test_a_change_of_the_event_asks_for_a_reload(bench: Page) -> None:
    state = await _reduce(bench, _snapshot("7"), _event("8", status="FINISHED"))
    assert (state["tournament"], state["effects"]) == ({"id": "T", "status": "FINISHED"}, [None, "reload"])


async def test_an_event_before_its_start_has_no_bracket(bench: Page) -> None:
    waiting = {**_snapshot("0"), "bracket": None}
    state = await _reduce(bench, waiting, _event("1", status="RUNNING"))
    assert (state["rounds"], state["matches"], state["effects"]) == ([], {}, [None, "reload"])


async def test_progress_leaves_out_what_is_not_played(bench: Page) -> None:
    snapshot = _snapshot("7", double=True)
    matches = [match for part in snapshot["bracket"]["rounds"] for match in part["matches"]]
    reset = next(match for match in matches if match["place"]["isReset"])
    matches[0].update(status="FINISHED", winnerSlot=0)
    seen = {}
    for status in ("PENDING", "READY", "NOT_NEEDED"):
        reset["status"] = status
        seen[status] = (await _reduce(bench, snapshot))["progress"]
    assert seen == {
        "PENDING": {"done": 1, "all": 14},
        "READY": {"done": 1, "all": 15},
        "NOT_NEEDED": {"done": 1, "all": 14},
    }


CHAMPIONS = {"NOT_NEEDED": "Ada", "PENDING": None, "LIVE": None, "FINISHED": "Bo"}


@pytest.mark.parametrize(("reset", "champion"), CHAMPIONS.items())
async def test_the_champion_is_known_when_nothing_follows(bench: Page, reset: str, champion: str | None) -> None:
    snapshot = _snapshot("7", double=True)
    matches = {match["id"]: match for part in snapshot["bracket"]["rounds"] for match in part["matches"]}
    ada, bo = ({"name": name, "seed": seed, "score": 0} for name, seed in (("Ada", 1), ("Bo", 2)))
    matches["F1.1"].update(status="FINISHED", winnerSlot=0, slots=[ada, bo])
    matches["F2.1"].update(status=reset, winnerSlot=1 if reset == "FINISHED" else None, slots=[ada, bo])
    found = (await _reduce(bench, snapshot))["champion"]
    assert (found["name"] if found else None) == champion


async def test_entrants_know_their_way(bench: Page) -> None:
    advance = _changed("8", "U2.1", 2, names=("Entrant 1", None), seeds=(1, None))
    state = await _reduce(bench, _snapshot("7"), advance)
    ways = {entrant["name"]: entrant["matchIds"] for entrant in state["entrants"]}
    assert (ways["Entrant 1"], ways["Entrant 8"], len(ways)) == (["U1.1", "U2.1"], ["U1.1"], 8)


async def test_waiting_grows_and_is_jittered(bench: Page) -> None:
    waits = await bench.evaluate(
        """async () => {
          const { waitMs } = await import("/static/graphql-ws.js");
          return [0, 1, 2, 6, 20].flatMap((attempt) => [0, 1].map((draw) => waitMs(attempt, () => draw)));
        }"""
    )
    assert waits == [250, 750, 250, 1250, 250, 2250, 250, 30250, 250, 30250]


HINTS = [
    (1012, "Service restart; retry in 2310 ms", 2310),
    (1012, "Connection lifetime reached; retry in 0 ms", 0),
    (1012, "Service restart; retry in 86400000 ms", 30_000),
    (1012, "Service restart", None),
    (1012, "", None),
    (1013, "Too slow; retry in 5 ms", None),
]


@pytest.mark.parametrize(("code", "reason", "wait"), HINTS)
async def test_a_server_that_leaves_says_when_to_come_back(
    bench: Page, code: int, reason: str, wait: int | None
) -> None:
    found = await bench.evaluate(
        """async (event) => (await import("/static/graphql-ws.js")).hintMs(event)""", {"code": code, "reason": reason}
    )
    assert found == wait


async def test_heats_are_taken_at_their_newest_version(bench: Page) -> None:
    read: Json = {"__typename": "HeatsRead", "heats": [_heat("A", 3), _heat("B", 1)]}
    state = await _reduce(bench, _snapshot("7"), read, _heat_changed("8", _heat("B", 2)))
    assert [(heat["id"], heat["version"]) for heat in state["heats"]] == [("A", 3), ("B", 2)]
    # What was asked for earlier and comes later does not take anything back.
    state = await _reduce(bench, _snapshot("7"), read, _heat_changed("8", _heat("B", 2)), read)
    assert [(heat["id"], heat["version"]) for heat in state["heats"]] == [("A", 3), ("B", 2)]
    assert (state["cursor"], state["gaps"], set(state["effects"])) == ("8", 0, {None})


async def test_a_heat_that_is_set_aside_goes_and_one_that_is_new_is_read(bench: Page) -> None:
    read: Json = {"__typename": "HeatsRead", "heats": [_heat("A", 1)]}
    gone, new = _heat_changed("8", _heat("A", 2, "SET_ASIDE")), _heat_changed("9", _heat("C", 2))
    state = await _reduce(bench, _snapshot("7"), read, gone, new)
    assert (state["heats"], state["effects"]) == ([], [None, None, None, "reload"])


def _heat(key: str, version: int, status: str = "LIVE") -> Json:
    return {"id": key, "stage": 1, "round": 1, "number": 1, "version": version, "status": status, "entrants": []}


def _heat_changed(cursor: str, heat: Json) -> Json:
    return {"__typename": "HeatChanged", "cursor": cursor, "heat": heat}


async def _reduce(bench: Page, *messages: Json) -> dict[str, Any]:
    state: dict[str, Any] = await bench.evaluate(REDUCE, list(messages))
    return state


def _snapshot(cursor: str, entrants: int = 8, *, double: bool = False) -> Json:
    graph = double_elimination(entrants) if double else single_elimination(entrants)
    bracket = {"cursor": cursor, "rounds": rounds_of(matches_of(graph))}
    tournament = {"id": "T", "status": "RUNNING"}
    return {"__typename": "BracketSnapshot", "cursor": cursor, "tournament": tournament, "bracket": bracket}


def _event(cursor: str, status: str) -> Json:
    return {"__typename": "TournamentChanged", "cursor": cursor, "tournament": {"id": "T", "status": status}}


def _changed(
    cursor: str,
    match: str,
    version: int,
    scores: tuple[int, int] = (0, 0),
    names: tuple[str | None, str | None] = ("Ada", "Bo"),
    seeds: tuple[int | None, int | None] = (1, 2),
) -> Json:
    slots = [{"name": names[slot], "seed": seeds[slot], "score": scores[slot]} for slot in (0, 1)]
    changed = {"id": match, "version": version, "status": "LIVE", "bestOf": 3, "outcome": None, "winnerSlot": None}
    return {"__typename": "MatchChanged", "cursor": cursor, "match": {**changed, "slots": slots}}
