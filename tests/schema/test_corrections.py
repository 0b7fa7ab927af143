"""Corrections through the schema: what an organizer is shown before, is refused, and gets."""

from __future__ import annotations

from typing import Any

from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.ids import global_id
from domain.tournaments import Structure
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people
from tests.factories.tournaments import bracket, play, started
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

EFFECTS = """effects {
  effect isPlaySetAside match { version place { key } } before { seed } after { seed }
}"""
PAYLOAD = f"... on CorrectMatchPayload {{ isForceNeeded match {{ version winnerSlot outcome status }} {EFFECTS} }}"
REFUSED = f"... on ResultInUseError {{ message {EFFECTS} }}"
SELECTED = f"{PAYLOAD} {REFUSED}"


def told(answer: Any) -> list[tuple[Any, ...]]:
    """The effects of an answer, in short."""
    return [
        (
            one["match"]["place"]["key"],
            one["effect"],
            one["isPlaySetAside"],
            [entrant["seed"] for entrant in one["before"]],
            [entrant["seed"] for entrant in one["after"]],
        )
        for one in answer["effects"]
    ]


async def make_event(db: Database) -> tuple[Actor, Any]:
    """An event of four with everything but the match for third place played, favourites winning, and its organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, players = await started(
        db, organizer, 4, "cup", structure=Structure.SINGLE_ELIMINATION, has_third_place_match=True
    )
    for key in ("U1.1", "U1.2", "U2.1"):
        await play(db, (await bracket(db, event.id))[key], players, 0)
    return organizer, event


async def given(db: Database, event: Any, **more: Any) -> dict[str, Any]:
    """An input that lets the other side have won the first match."""
    state = (await bracket(db, event.id))["U1.1"]
    wrong = {"scores": [0, 2]} if "outcome" not in more else {}
    return {
        "matchId": global_id("Match", state.id),
        "version": state.version,
        "reason": "seen on video",
        **wrong,
        **more,
    }


async def test_a_correction_is_tried_refused_forced_and_taken_back(db: Database, ask: Ask) -> None:
    organizer, event = await make_event(db)
    before = await every_row(db)
    reset = [("T1.1", "RESEAT", False, [4, 3], [1, 3]), ("U2.1", "RESET", True, [1, 2], [4, 2])]

    dry = await ask.mutate(
        organizer, "correctMatch", await given(db, event, dryRun=True, idempotencyKey="dry"), SELECTED
    )
    assert (told(dry), dry["isForceNeeded"], dry["match"]["winnerSlot"]) == (reset, True, 0)
    assert await every_row(db) == before

    refusal = await ask.mutate(organizer, "correctMatch", await given(db, event), SELECTED)
    assert (refusal["__typename"], refusal["code"], told(refusal)) == ("ResultInUseError", "RESULT_IN_USE", [reset[1]])
    assert refusal["message"] == (
        "This would set aside what was played or decided in U2.1. Repeat it with `force` if that is meant."
    )
    assert await every_row(db) == before

    command = await given(db, event, force=True, idempotencyKey="forced")
    done = await ask.mutate(organizer, "correctMatch", command, SELECTED)
    assert (told(done), done["isForceNeeded"]) == (reset, True)
    assert done["match"] == {"version": 4, "winnerSlot": 1, "outcome": "PLAYED", "status": "FINISHED"}
    after = await every_row(db)
    assert await ask.mutate(organizer, "correctMatch", command, SELECTED) == done
    assert await every_row(db) == after

    back = await ask.mutate(organizer, "correctMatch", await given(db, event, scores=[2, 0]), SELECTED)
    assert (told(back), back["isForceNeeded"]) == (
        [("T1.1", "RESEAT", False, [1, 3], [4, 3]), ("U2.1", "REPLAY", False, [4, 2], [1, 2])],
        False,
    )


async def test_nobody_goes_on_only_when_that_is_said(db: Database, ask: Ask) -> None:
    organizer, event = await make_event(db)
    before = await every_row(db)
    unclear: list[dict[str, Any]] = [
        {"outcome": "WALKOVER"},
        {"outcome": "WALKOVER", "winnerSlot": 0, "isDoubleWalkover": True},
        {"scores": [2, 0], "isDoubleWalkover": True},
    ]
    for wrong in unclear:
        answer = await ask.mutate(
            organizer, "correctMatch", await given(db, event, **wrong), "... on InvalidInputError { path }"
        )
        assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT", "path": ["winnerSlot"]}
    for wrong, code, path in (
        ({"scores": None}, "IMPOSSIBLE_SCORE", ["scores"]),
        ({"scores": [2, 0], "winnerSlot": 0}, "BAD_USER_INPUT", ["winnerSlot"]),
        ({"outcome": "WALKOVER", "winnerSlot": 0, "scores": [2, 0]}, "BAD_USER_INPUT", ["scores"]),
        ({"outcome": "WALKOVER", "winnerSlot": 7}, "BAD_USER_INPUT", ["winnerSlot"]),
        ({"reason": " "}, "BAD_USER_INPUT", ["reason"]),
    ):
        answer = await ask.mutate(
            organizer, "correctMatch", await given(db, event, **wrong), "... on InvalidInputError { path }"
        )
        assert answer == {"__typename": "InvalidInputError", "code": code, "path": path}
    assert await every_row(db) == before
    nobody = await given(db, event, outcome="WALKOVER", isDoubleWalkover=True, force=True)
    done = await ask.mutate(organizer, "correctMatch", nobody, SELECTED)
    assert done["match"] == {"version": 4, "winnerSlot": None, "outcome": "WALKOVER", "status": "FINISHED"}
    assert told(done) == [("T1.1", "RESEAT", False, [4, 3], [3]), ("U2.1", "RESET", True, [1, 2], [2])]
