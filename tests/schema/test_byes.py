"""Byes through the schema: who may request which, and how they are shown."""

from __future__ import annotations

from typing import Any

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id, new_id
from domain.tournaments import StaffRole
from tests.factories.games import make_catalogue
from tests.factories.stages import swiss
from tests.factories.teams import make_admin, make_people, run
from tests.factories.tournaments import enter, published, start
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

ACCESS = {"requestByes": {"entrant", "organizer", "staff", "admin"}}
SHOWN = """query ($slug: String!) { tournament(slug: $slug) { stages {
  settings { ... on SwissSettings { halfByes } }
  requestedByes { round kind entrant { name } }
  groups { byes { round kind worthHalfPoints halfPoints earlierCount entrant { name } } }
} } }"""


async def test_byes_are_requested_shown_and_had(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, *players = await make_people(db, "organizer", "ann", "bo", "cy")
    event = await published(db, organizer, structure=None, stages=[swiss(half_byes=2)])
    (ann, *_) = await enter(db, event.id, *players)
    given = {"entrantId": global_id("Entrant", ann.id), "byes": [{"round": 1}, {"round": 2, "kind": "ZERO_BYE"}]}
    chosen = "... on RequestByesPayload { entrant { name } }"
    answer = await ask.mutate(players[0], "requestByes", given, chosen)
    assert answer == {"__typename": "RequestByesPayload", "entrant": {"name": "Ann"}}
    await start(db, organizer, event.id)
    (stage,) = (await ask(ANONYMOUS, SHOWN, slug=event.slug))["tournament"]["stages"]
    bye: dict[str, Any] = {"round": 1, "kind": "HALF_BYE", "entrant": {"name": "Ann"}}
    assert stage == {
        "settings": {"halfByes": 2},
        "requestedByes": [bye, {**bye, "round": 2, "kind": "ZERO_BYE"}],
        "groups": [{"byes": [{**bye, "worthHalfPoints": 1, "halfPoints": 0, "earlierCount": 0}]}],
    }


async def test_who_may_request_byes(db: Database, ask: Ask) -> None:
    """Whoever may not gets the code, and no row has changed."""
    await make_catalogue(db)
    organizer, staff, referee, stranger, entrant = await make_people(
        db, "organizer", "staff", "referee", "stranger", "entrant"
    )
    event = await published(db, organizer, structure=None, stages=[swiss(half_byes=1)])
    for name, role in (("staff", StaffRole.ORGANIZER), ("referee", StaffRole.REFEREE)):
        await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event.id, name, role))
    (entered,) = await enter(db, event.id, entrant)
    given = {"entrantId": global_id("Entrant", entered.id), "byes": [{"round": 1}]}
    before = await every_row(db)
    for actor, code in (
        (ANONYMOUS, "UNAUTHENTICATED"),
        (stranger, "NOT_YOUR_ENTRY"),
        (referee, "NOT_YOUR_ENTRY"),
    ):
        assert (await ask.mutate(actor, "requestByes", given))["code"] == code
    for wrong, code in (
        ({**given, "byes": [{"round": 1}, {"round": 1, "kind": "ZERO_BYE"}]}, "BAD_USER_INPUT"),
        ({**given, "byes": [{"round": number} for number in range(1, 66)]}, "BAD_USER_INPUT"),
        ({**given, "byes": [{"round": 1, "kind": "FULL_BYE"}]}, "NOT_AN_ORGANIZER"),
        ({**given, "byes": [{"round": 1}, {"round": 2}]}, "TOO_MANY_BYES"),
        ({**given, "stage": 2}, "BAD_USER_INPUT"),
        ({**given, "entrantId": global_id("Entrant", new_id())}, "ENTRANT_NOT_FOUND"),
    ):
        assert (await ask.mutate(entrant, "requestByes", wrong))["code"] == code
    assert await every_row(db) == before
    for number, actor in enumerate((entrant, organizer, staff, await make_admin(db)), 1):
        answer = await ask.mutate(actor, "requestByes", {**given, "byes": [{"round": number}]})
        assert answer == {"__typename": "RequestByesPayload"}
