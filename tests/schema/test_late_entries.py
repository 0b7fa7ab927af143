"""Entering a Swiss that runs, in the API."""

from __future__ import annotations

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id, key_of
from domain.tournaments import PublishTournament
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people, run
from tests.factories.tournaments import enter, play_on, start
from tests.schema.conftest import Ask
from tests.schema.test_stages import created

SEEN = """{ tournament(slug: "cup") { status isRegistrationOpen entrantCount stages {
  settings { ... on SwissSettings { roundCount hasLateEntry } }
  groups { standings { seed entrant { name } } } } } }"""
SWISS = {"format": {"swiss": {"bestOf": 1, "rounds": 2, "hasLateEntry": True}}}


async def test_who_enters_between_rounds_stands_in_the_table_at_once(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, late, *people = await make_people(db, "organizer", "late", "ann", "bob", "cid", "dan")
    chosen = "... on CreateTournamentPayload { tournament { id } }"
    found = await ask.mutate(organizer, "createTournament", created("cup", stages=[SWISS], capacity=8), chosen)
    event = key_of(found["tournament"]["id"], "Tournament", "id")
    await run(db, tournaments.publish_tournament, organizer, PublishTournament(event))
    await enter(db, event, *people)
    await start(db, organizer, event)
    seen = (await ask(ANONYMOUS, SEEN))["tournament"]
    assert (seen["isRegistrationOpen"], seen["entrantCount"]) == (True, 4)
    assert seen["stages"][0]["settings"] == {"roundCount": 2, "hasLateEntry": True}
    given = {"tournamentId": global_id("Tournament", event)}
    assert (await ask.mutate(late, "registerEntrant", given))["__typename"] == "RegisterEntrantPayload"
    seen = (await ask(ANONYMOUS, SEEN))["tournament"]
    (group,) = seen["stages"][0]["groups"]
    assert (seen["entrantCount"], [row["seed"] for row in group["standings"]][-1]) == (5, 5)
    everybody = {actor.user_id: actor for actor in (late, *people) if actor.user_id is not None}
    assert await play_on(db, event, everybody) == 4
    seen = (await ask(ANONYMOUS, SEEN))["tournament"]
    assert (seen["status"], seen["isRegistrationOpen"]) == ("FINISHED", False)


async def test_late_entries_want_a_known_number_of_rounds(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [{"format": {"swiss": {"hasLateEntry": True}}}]
    found = await ask.mutate(
        organizer, "createTournament", created("cup", stages=plans), "... on InvalidInputError { path }"
    )
    assert (found["code"], found["path"][-1]) == ("BAD_USER_INPUT", "hasLateEntry")
    assert (await ask(ANONYMOUS, '{ tournament(slug: "cup") { id } }'))["tournament"] is None
