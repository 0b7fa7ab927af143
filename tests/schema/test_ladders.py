"""Ladders in the API: as a stage, its rungs, challenges and moves, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from tests.factories.games import make_catalogue
from tests.factories.ladders import DAY, Hall, make_ladder
from tests.factories.teams import NOW, make_admin, make_people
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of
from tests.schema.test_stages import created

PAGE = """query ($slug: String!, $first: Int! = 100, $after: String) { tournament(slug: $slug) { stages {
  structure status
  settings { ... on LadderSettings { bestOf reach idleDays drop answerDays rematchDays hasLateEntry } }
  groups { standings { rank } rounds { matches { place { key group side round } } } }
  ladder { closedAt nextDropAt
    rungs(first: $first, after: $after) {
      nodes { rank isInChallenge lastPlayedAt entrant { name } } pageInfo { hasNextPage endCursor } }
    challenges { nodes { madeAt answerDueAt challenger { name } challenged { name } match { status } } }
    moves(first: $first, after: $after) {
      nodes { movedAt before after entrant { name } match { place { key } } } pageInfo { hasNextPage endCursor } }
    challengeableByViewer { rank entrant { id name } } } } } }"""


async def hall_of(db: Database, size: int = 12, **settings: Any) -> Hall:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    return await make_ladder(db, organizer, size, "cup", **settings)


async def seen(ask: Ask, actor: Actor = ANONYMOUS, **variables: Any) -> Any:
    """The stage that is a ladder."""
    ((stage),) = (await ask(actor, PAGE, slug="cup", **variables))["tournament"]["stages"]
    return stage


def names(rungs: Any) -> list[int]:
    """Who they are, by their numbers as they entered."""
    return [int(rung["entrant"]["name"].rpartition("-")[2]) for rung in rungs]


async def test_a_ladder_of_twelve(db: Database, ask: Ask, clock: FakeClock) -> None:
    hall = await hall_of(db, idle_days=7, drop=2)

    async def challenge(challenger: int, challenged: int, key: str = "1") -> Any:
        opponent = global_id("Entrant", (await hall.entrant(challenged)).id)
        given = {"opponentEntrantId": opponent, "idempotencyKey": f"{challenger}-{challenged}-{key}"}
        chosen = "... on ChallengeOnLadderPayload { match { id version status slots { seed name } place { key } } }"
        return await ask.mutate(hall.player(challenger), "challengeOnLadder", given, chosen)

    made = await challenge(12, 9)
    assert made["match"]["slots"] == [{"seed": 12, "name": "Cup-12"}, {"seed": 9, "name": "Cup-9"}]
    assert (made["match"]["status"], made["match"]["place"]) == ("READY", {"key": "C1"})
    rows = await every_row(db)
    assert await challenge(12, 9) == made
    for challenger, challenged, code in (
        (12, 8, "OUT_OF_REACH"),
        (3, 4, "OUT_OF_REACH"),
        (12, 10, "CHALLENGE_IS_OPEN"),
        (11, 9, "CHALLENGE_IS_OPEN"),
    ):
        assert await challenge(challenger, challenged) == {"__typename": "ConflictError", "code": code}
    assert await every_row(db) == rows

    await challenge(5, 2)
    for match in await hall.states():
        await hall.play(match, 0, clock.now())
    assert (await challenge(2, 5))["code"] == "REMATCH_TOO_SOON"
    clock.advance(days=2)
    await challenge(4, 2)
    stage = await seen(ask, hall.player(11))
    assert (stage["structure"], stage["status"]) == ("LADDER", "RUNNING")
    assert stage["settings"] == {
        "bestOf": 1,
        "reach": 3,
        "idleDays": 7,
        "drop": 2,
        "answerDays": 7,
        "rematchDays": 1,
        "hasLateEntry": False,
    }
    (group,) = stage["groups"]
    assert group["standings"] == []
    (challenges,) = group["rounds"]
    assert [match["place"]["key"] for match in challenges["matches"]] == ["C1", "C2", "C3"]
    ladder = stage["ladder"]
    assert names(ladder["rungs"]["nodes"]) == [1, 5, 2, 3, 4, 6, 7, 8, 12, 9, 10, 11]
    assert ladder["rungs"]["nodes"][2] == {
        "rank": 3,
        "isInChallenge": True,
        "lastPlayedAt": NOW.isoformat().replace("+00:00", "Z"),
        "entrant": {"name": "Cup-2"},
    }
    assert ladder["rungs"]["nodes"][0]["lastPlayedAt"] is None
    assert ladder["challenges"]["nodes"] == [
        {
            "madeAt": "2026-05-03T18:00:00Z",
            "answerDueAt": "2026-05-10T18:00:00Z",
            "challenger": {"name": "Cup-4"},
            "challenged": {"name": "Cup-2"},
            "match": {"status": "READY"},
        }
    ]
    assert [
        (move["before"], move["after"], move["entrant"]["name"], move["match"]["place"]["key"])
        for move in ladder["moves"]["nodes"]
    ] == [(5, 2, "Cup-5", "C2"), (12, 9, "Cup-12", "C1")]
    assert names(ladder["challengeableByViewer"]) == [10, 9, 12]
    assert (ladder["closedAt"], ladder["nextDropAt"]) == (None, "2026-05-08T18:00:00Z")
    assert names((await seen(ask, hall.organizer))["ladder"]["challengeableByViewer"]) == []

    # Page by page there is everybody once.
    first = (await seen(ask, first=5))["ladder"]["rungs"]
    second = (await seen(ask, first=5, after=first["pageInfo"]["endCursor"]))["ladder"]["rungs"]
    third = (await seen(ask, first=5, after=second["pageInfo"]["endCursor"]))["ladder"]["rungs"]
    assert [each["pageInfo"]["hasNextPage"] for each in (first, second, third)] == [True, True, False]
    assert names([rung for each in (first, second, third) for rung in each["nodes"]]) == names(ladder["rungs"]["nodes"])

    # A week without play: those who have played did so at the start as well, so that all drop at one instant.
    clock.advance(days=5)
    assert names((await seen(ask))["ladder"]["rungs"]["nodes"]) == [1, 5, 2, 3, 4, 6, 7, 8, 12, 9, 10, 11]


async def test_moves_come_page_by_page_the_newest_first(db: Database, ask: Ask) -> None:
    hall = await hall_of(db, 6)
    for challenger, challenged in ((2, 1), (3, 1), (4, 1)):
        await hall.fought(challenger, challenged)
    moves = (await seen(ask, first=2))["ladder"]["moves"]
    assert (names(moves["nodes"]), moves["pageInfo"]["hasNextPage"]) == ([4, 3], True)
    more = (await seen(ask, first=2, after=moves["pageInfo"]["endCursor"]))["ladder"]["moves"]
    assert (names(more["nodes"]), more["pageInfo"]["hasNextPage"]) == ([2], False)


async def test_a_cursor_of_another_list_is_refused(db: Database, ask: Ask) -> None:
    await hall_of(db, 3)
    error = await ask.error(ANONYMOUS, PAGE, slug="cup", after="WyJ4Il0")
    assert getattr(error, "path", None) == ("after",)


async def test_a_ladder_takes_the_same_statements_for_any_number_of_rungs_and_challenges(
    db: Database, ask: Ask
) -> None:
    hall = await hall_of(db, 16)
    with counted_statements(db) as few:
        await seen(ask, hall.player(9))
    for challenger in range(2, 17, 2):
        await hall.fought(challenger, challenger - 1)
    with counted_statements(db) as many:
        await seen(ask, hall.player(9))
    assert len(many) <= len(few) + 2


SETTINGS = [
    ({"reach": 0}, ["stages", "0", "reach"]),
    ({"reach": 51}, ["stages", "0", "reach"]),
    ({"idleDays": 0}, ["stages", "0", "idleDays"]),
    ({"drop": 0}, ["stages", "0", "drop"]),
    ({"answerDays": 0}, ["stages", "0", "answerDays"]),
    ({"rematchDays": 366}, ["stages", "0", "rematchDays"]),
    ({"bestOf": 2}, ["stages", "0", "bestOf"]),
    ({"endsAt": "2026-04-30T18:00:00Z"}, ["stages", "0", "endsAt"]),
]


@pytest.mark.parametrize(("terms", "path"), SETTINGS)
async def test_settings_that_make_no_sense_are_refused_with_their_place(
    db: Database, ask: Ask, terms: dict[str, Any], path: list[str]
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    stages = [
        {"format": {"ladder": terms}},
        {"format": {"singleElimination": {}}, "sources": [{"stage": 1, "fromRank": 1, "toRank": 4}]},
    ]
    before = await every_row(db)
    found = await ask.mutate(
        organizer,
        "createTournament",
        created("cup", stages=stages, capacity=8),
        "... on InvalidInputError { path }",
    )
    assert (found["code"], found["path"]) == ("BAD_USER_INPUT", path)
    assert await every_row(db) == before


async def test_a_ladder_is_created_from_its_settings_or_by_its_structure_alone(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    chosen = """... on CreateTournamentPayload { tournament { structure bestOf stages { ladder { closedAt }
      settings { ... on LadderSettings { reach idleDays hasLateEntry } } } } }"""
    given = [{"format": {"ladder": {"reach": 5, "idleDays": 14, "hasLateEntry": True}}}]
    found = await ask.mutate(organizer, "createTournament", created("cup", stages=given, capacity=4096), chosen)
    assert found["tournament"]["stages"] == [
        {"ladder": None, "settings": {"reach": 5, "idleDays": 14, "hasLateEntry": True}}
    ]
    plain = created("plain", structure="LADDER", bestOf=5, capacity=8)
    found = (await ask.mutate(organizer, "createTournament", plain, chosen))["tournament"]
    assert (found["structure"], found["bestOf"]) == ("LADDER", 5)


async def test_when_a_ladder_ends_is_shown_and_changed(db: Database, ask: Ask) -> None:
    hall = await hall_of(db, 3, ends_at=NOW + 30 * DAY)
    document = '{ tournament(slug: "cup") { stages { settings { ... on LadderSettings { endsAt } } } } }'

    async def end() -> str | None:
        (stage,) = (await ask(ANONYMOUS, document))["tournament"]["stages"]
        found: str | None = stage["settings"]["endsAt"]
        return found

    assert await end() == "2026-05-31T18:00:00Z"
    given = {"tournamentId": global_id("Tournament", hall.event.id), "stage": 1}
    for at in ("2026-06-30T18:00:00Z", None):
        await ask.mutate(hall.organizer, "setLadderEnd", {**given, "endsAt": at})
        assert await end() == at
    found = await ask.mutate(hall.organizer, "setLadderEnd", {**given, "endsAt": "2026-05-01T18:00:00Z"})
    assert (found["code"], await end()) == ("BAD_USER_INPUT", None)


async def test_a_dry_run_of_a_correction_tells_who_stands_where_then(db: Database, ask: Ask) -> None:
    hall = await hall_of(db, 4)
    match = await hall.fought(3, 1)
    given = {
        "matchId": global_id("Match", match.id),
        "version": match.version,
        "scores": [0, 1],
        "reason": "Typed the wrong way round.",
        "dryRun": True,
    }
    chosen = """... on CorrectMatchPayload { isForceNeeded effects { effect }
      rungChanges { before after entrant { name } } }"""
    found = await ask.mutate(hall.organizer, "correctMatch", given, chosen)
    assert (found["isForceNeeded"], found["effects"]) == (False, [])
    changes = [(change["entrant"]["name"], change["before"], change["after"]) for change in found["rungChanges"]]
    assert changes == [("Cup-1", 2, 1), ("Cup-2", 3, 2), ("Cup-3", 1, 3)]
    assert await hall.order() == [3, 1, 2, 4]


async def test_who_enters_a_ladder_that_runs_sees_that_they_can(db: Database, ask: Ask) -> None:
    hall = await hall_of(db, 3, has_late_entry=True)
    (late,) = await make_people(db, "late")
    document = '{ tournament(slug: "cup") { isRegistrationOpen entrantCount } }'
    assert (await ask(ANONYMOUS, document))["tournament"] == {"isRegistrationOpen": True, "entrantCount": 3}
    given = {"tournamentId": global_id("Tournament", hall.event.id)}
    assert (await ask.mutate(late, "registerEntrant", given))["__typename"] == "RegisterEntrantPayload"
    assert len((await seen(ask))["ladder"]["rungs"]["nodes"]) == 4
    await hall.finish()
    assert (await ask(ANONYMOUS, document))["tournament"]["isRegistrationOpen"] is False


MATRIX: dict[str, dict[str, str]] = {
    "challengeOnLadder": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_ON_LADDER",
        "admin": "NOT_ON_LADDER",
        "organizer": "NOT_ON_LADDER",
        "other": "OUT_OF_REACH",
        "challenger": "CHALLENGE_IS_OPEN",
        "free": "",
    },
    "withdrawChallenge": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_ON_LADDER",
        "other": "NOT_ON_LADDER",
        "free": "NOT_ON_LADDER",
        "admin": "",
        "organizer": "",
        "challenger": "",
    },
    "setLadderEnd": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_ORGANIZER",
        "other": "NOT_AN_ORGANIZER",
        "free": "NOT_AN_ORGANIZER",
        "challenger": "NOT_AN_ORGANIZER",
        "admin": "",
        "organizer": "",
    },
    "finishStage": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_ORGANIZER",
        "other": "NOT_AN_ORGANIZER",
        "free": "NOT_AN_ORGANIZER",
        "challenger": "NOT_AN_ORGANIZER",
        "admin": "",
        "organizer": "",
    },
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


@pytest.mark.parametrize("name", MATRIX)
async def test_access(db: Database, ask: Ask, name: str) -> None:
    """Whoever may not gets the code, and no row has changed; then whoever may last gets the payload, and some have."""
    hall = await hall_of(db, 5)
    match = await hall.challenge(4, 2)
    (stranger,) = await make_people(db, "stranger")
    people = {
        "anonymous": ANONYMOUS,
        "stranger": stranger,
        "admin": await make_admin(db),
        "organizer": hall.organizer,
        "other": hall.player(5),
        "challenger": hall.player(4),
        "free": hall.player(3),
    }
    opponent = await hall.entrant(1)
    inputs: dict[str, dict[str, Any]] = {
        "challengeOnLadder": {"opponentEntrantId": global_id("Entrant", opponent.id), "idempotencyKey": "once"},
        "withdrawChallenge": {"matchId": global_id("Match", match.id), "version": 1},
        "setLadderEnd": {
            "tournamentId": global_id("Tournament", hall.event.id),
            "stage": 1,
            "endsAt": "2026-06-01T18:00:00Z",
        },
        "finishStage": {"tournamentId": global_id("Tournament", hall.event.id), "stage": 1},
    }
    given = inputs[name]
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(people[who], name, given))["code"] == code, who
    assert await every_row(db) == before
    *_, last = [who for who in MATRIX[name] if who in ACCESS[name] and who != "admin"]
    assert await ask.mutate(people[last], name, given) == {"__typename": payload_of(name)}
    assert await every_row(db) != before
