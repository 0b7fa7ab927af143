"""Guests through the schema: entered, shown wherever somebody competes, and read by their ids."""

from __future__ import annotations

from typing import Any

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id, new_id
from domain.tournaments import StaffRole, Structure
from tests.factories.games import make_catalogue
from tests.factories.teams import make_admin, make_people, run
from tests.factories.tournaments import enter, make_tournament, published, row_of, start
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

ACCESS = {"addGuests": {"organizer", "staff", "admin"}}
SHOWN = "participant { __typename ... on Guest { id name } ... on User { username } }"
EVENT = f"""query ($slug: String!) {{ tournament(slug: $slug) {{
  isRegistrationOpen
  entrants {{ nodes {{ name {SHOWN} players {{ username }} }} }}
  bracket {{ rounds {{ matches {{ slots {{ {SHOWN} }} }} }} }}
}} }}"""
NODE = "query ($id: ID!) { node(id: $id) { __typename ... on Guest { name } } }"
ADDED = "... on AddGuestsPayload { tournament { entrantCount } }"


async def test_guests_are_shown_wherever_somebody_competes(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    event = await published(db, organizer, structure=Structure.SINGLE_ELIMINATION)
    await enter(db, event.id, ann)
    given = {"tournamentId": global_id("Tournament", event.id), "names": ["Bo"], "idempotencyKey": "k"}
    answer = await ask.mutate(organizer, "addGuests", given, ADDED)
    assert answer == {"__typename": "AddGuestsPayload", "tournament": {"entrantCount": 2}}
    after = await every_row(db)
    assert await ask.mutate(organizer, "addGuests", given, ADDED) == answer
    assert await every_row(db) == after
    again = await ask.mutate(organizer, "addGuests", {**given, "idempotencyKey": "l"})
    assert again == {"__typename": "ConflictError", "code": "ALREADY_REGISTERED"}
    assert await every_row(db) == after
    await start(db, organizer, event.id)
    found = (await ask(ANONYMOUS, EVENT, slug=event.slug))["tournament"]
    user, guest = (entrant["participant"] for entrant in found["entrants"]["nodes"])
    assert (user, guest) == (
        {"__typename": "User", "username": "ann"},
        {"__typename": "Guest", "id": guest["id"], "name": "Bo"},
    )
    assert found["entrants"]["nodes"][1]["players"] == []
    slots: list[dict[str, Any]] = found["bracket"]["rounds"][0]["matches"][0]["slots"]
    assert [slot["participant"] for slot in slots] == [user, guest]
    assert (await ask(ANONYMOUS, NODE, id=guest["id"]))["node"] == {"__typename": "Guest", "name": "Bo"}


async def test_who_may_add_guests(db: Database, ask: Ask) -> None:
    """Whoever may not gets the code, and no row has changed."""
    await make_catalogue(db)
    organizer, staff, referee, stranger, entrant = await make_people(
        db, "organizer", "staff", "referee", "stranger", "entrant"
    )
    event = await published(db, organizer)
    for name, role in (("staff", StaffRole.ORGANIZER), ("referee", StaffRole.REFEREE)):
        await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event.id, name, role))
    await enter(db, event.id, entrant)
    given = {"tournamentId": global_id("Tournament", event.id)}
    before = await every_row(db)
    for actor, code in (
        (ANONYMOUS, "UNAUTHENTICATED"),
        (stranger, "NOT_AN_ORGANIZER"),
        (entrant, "NOT_AN_ORGANIZER"),
        (referee, "NOT_AN_ORGANIZER"),
    ):
        assert (await ask.mutate(actor, "addGuests", {**given, "names": ["Bo"]}))["code"] == code
    for wrong, code in (
        ({**given, "names": []}, "BAD_USER_INPUT"),
        ({**given, "names": ["Bo", "bo"]}, "ALREADY_REGISTERED"),
        ({**given, "names": [f"guest {number}" for number in range(64)]}, "TOURNAMENT_FULL"),
        ({"tournamentId": global_id("Tournament", new_id()), "names": ["Bo"]}, "TOURNAMENT_NOT_FOUND"),
        ({"tournamentId": "nonsense", "names": ["Bo"]}, "BAD_USER_INPUT"),
    ):
        assert (await ask.mutate(organizer, "addGuests", wrong))["code"] == code
    assert await every_row(db) == before
    for number, actor in enumerate((organizer, staff, await make_admin(db)), 1):
        answer = await ask.mutate(actor, "addGuests", {**given, "names": [f"guest {number}"]}, ADDED)
        assert answer["tournament"]["entrantCount"] == number + 1


async def test_a_node_is_a_guest_only_where_one_can_be_seen(db: Database, ask: Ask) -> None:
    """Neither a user's entrant is one, nor that of an event that somebody else keeps to themselves."""
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    event = await published(db, organizer)
    (entrant,) = await enter(db, event.id, ann)
    assert (await ask(organizer, NODE, id=global_id("Guest", entrant.id)))["node"] is None
    assert (await row_of(db, event.id)).entrant_count == 1


async def test_registration_is_never_open_for_an_event_of_guests(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    create = {
        "slug": "bar-night",
        "name": "Bar Night",
        "game": "nine-ball",
        "entrantKind": "GUEST",
        "structure": "DOUBLE_ELIMINATION",
        "startsAt": "2026-05-01T20:00:00Z",
    }
    made = await ask.mutate(
        organizer, "createTournament", create, "... on CreateTournamentPayload { tournament { id entrantKind } }"
    )
    assert made["tournament"]["entrantKind"] == "GUEST"
    await ask.mutate(organizer, "publishTournament", {"tournamentId": made["tournament"]["id"]})
    assert (await ask(ANONYMOUS, EVENT, slug="bar-night"))["tournament"]["isRegistrationOpen"] is False
    for slug, is_open in (("spring-cup", True), ("draft", False)):
        await (published if is_open else make_tournament)(db, organizer, slug)
        found = (await ask(organizer, EVENT, slug=slug))["tournament"]
        assert found["isRegistrationOpen"] is is_open
