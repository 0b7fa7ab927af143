"""Claims of guests through the schema: who makes, sees, answers and withdraws one, and where the answer shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain import accounts, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id, new_id
from domain.tournaments import StaffRole, Structure
from domain.tournaments.commands.guests import AddGuests
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import enter, entrants, published
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

ACCESS = {
    "claimGuest": {"organizer", "staff", "referee", "stranger", "admin"},
    "answerGuestClaim": {"organizer", "staff", "admin"},
    "withdrawGuestClaim": {"claimer"},
}
CLAIM = "claim { id status closedAt user { username } entrant { name claimedBy { username } } tournament { slug } }"
MADE = f"... on ClaimGuestPayload {{ {CLAIM} }}"
ANSWERED = f"... on AnswerGuestClaimPayload {{ {CLAIM} }}"
WITHDRAWN = f"... on WithdrawGuestClaimPayload {{ {CLAIM} }}"
SEEN = """query ($slug: String!, $claim: ID!) {
  tournament(slug: $slug) {
    entrants { nodes { name claimedBy { username } } }
    guestClaims { nodes { id user { username } entrant { name } } }
  }
  node(id: $claim) { __typename }
}"""
OWN = "{ viewer { guestClaims { nodes { id status } } user { claimedEntrants { nodes { name } } } } }"
OF_USER = """query ($slug: String!) { tournament(slug: $slug) { entrants { nodes {
  claimedBy { username claimedEntrants { nodes { name } } }
} } } }"""


async def _bar_night(db: Database, organizer: Actor, *names: str) -> list[str]:
    """The ids of the guests of an event."""
    await make_catalogue(db)
    event = await published(db, organizer, "bar-night", structure=Structure.SINGLE_ELIMINATION)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, names, NOW))
    return [global_id("Entrant", one.id) for one in await entrants(db, event.id)]


async def _claim(ask: Ask, actor: Actor, guest: str) -> str:
    """The id of a claim that somebody makes."""
    claim: str = (await ask.mutate(actor, "claimGuest", {"entrantId": guest}, MADE))["claim"]["id"]
    return claim


async def test_a_claim_from_the_question_to_the_answer(db: Database, ask: Ask) -> None:
    """A repeat with the same key answers the same claim; before the answer only both sides know of it."""
    organizer, ann, eve = await make_people(db, "organizer", "ann", "eve")
    bo, _ = await _bar_night(db, organizer, "Bo", "Cy")
    given = {"entrantId": bo, "idempotencyKey": "k"}
    made = (await ask.mutate(ann, "claimGuest", given, MADE))["claim"]
    after = await every_row(db)
    assert (await ask.mutate(ann, "claimGuest", given, MADE))["claim"] == made
    assert await every_row(db) == after
    assert made == {
        "id": made["id"],
        "status": "OPEN",
        "closedAt": None,
        "user": {"username": "ann"},
        "entrant": {"name": "Bo", "claimedBy": None},
        "tournament": {"slug": "bar-night"},
    }
    listed = {"nodes": [{"id": made["id"], "user": {"username": "ann"}, "entrant": {"name": "Bo"}}]}
    for actor, claims, node in (
        (ANONYMOUS, None, None),
        (eve, None, None),
        (ann, None, {"__typename": "GuestClaim"}),
        (organizer, listed, {"__typename": "GuestClaim"}),
    ):
        seen = await ask(actor, SEEN, slug="bar-night", claim=made["id"])
        assert (seen["tournament"]["guestClaims"], seen["node"]) == (claims, node)
    assert (await ask(ann, OWN))["viewer"]["guestClaims"] == {"nodes": [{"id": made["id"], "status": "OPEN"}]}
    answered = await ask.mutate(organizer, "answerGuestClaim", {"claimId": made["id"], "accept": True}, ANSWERED)
    assert answered["claim"]["status"] == "ACCEPTED"
    assert answered["claim"]["entrant"] == {"name": "Bo", "claimedBy": {"username": "ann"}}
    seen = await ask(ANONYMOUS, SEEN, slug="bar-night", claim=made["id"])
    assert seen["tournament"]["entrants"]["nodes"] == [
        {"name": "Bo", "claimedBy": {"username": "ann"}},
        {"name": "Cy", "claimedBy": None},
    ]
    assert (await ask(ann, OWN))["viewer"] == {
        "guestClaims": {"nodes": []},
        "user": {"claimedEntrants": {"nodes": [{"name": "Bo"}]}},
    }


async def test_who_keeps_their_profile_to_themselves_is_shown_where_they_played_and_not_where_else(
    db: Database, ask: Ask
) -> None:
    """Like others who play in public: by name in the event, without the list of their events."""
    organizer, ann = await make_people(db, "organizer", "ann")
    (bo,) = await _bar_night(db, organizer, "Bo")
    await ask.mutate(organizer, "answerGuestClaim", {"claimId": await _claim(ask, ann, bo), "accept": True})

    async def seen(actor: Actor) -> Any:
        return (await ask(actor, OF_USER, slug="bar-night"))["tournament"]["entrants"]["nodes"][0]["claimedBy"]

    known = {"username": "ann", "claimedEntrants": {"nodes": [{"name": "Bo"}]}}
    assert await seen(ANONYMOUS) == await seen(ann) == known
    await run(db, accounts.update_preferences, ann, accounts.UpdatePreferences(is_profile_public=False))
    assert await seen(ann) == known
    assert await seen(ANONYMOUS) == await seen(organizer) == {"username": "ann", "claimedEntrants": {"nodes": []}}


async def test_who_may_claim_a_guest(db: Database, ask: Ask) -> None:
    """Everybody who is signed in and not in the event. Whoever may not gets the code, and no row has changed."""
    organizer, staff, referee, stranger, player = await make_people(
        db, "organizer", "staff", "referee", "stranger", "player"
    )
    guests = await _bar_night(db, organizer, "A", "B", "C", "D", "E")
    event = await _event_id(db)
    for name, role in (("staff", StaffRole.ORGANIZER), ("referee", StaffRole.REFEREE)):
        await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event, name, role))
    (entered,) = await enter(db, event, player)
    before = await every_row(db)
    for actor, guest, code in (
        (ANONYMOUS, guests[0], "UNAUTHENTICATED"),
        (player, guests[0], "ALREADY_REGISTERED"),
        (stranger, global_id("Entrant", entered.id), "NOT_A_GUEST"),
        (stranger, global_id("Entrant", new_id()), "ENTRANT_NOT_FOUND"),
        (stranger, "nonsense", "BAD_USER_INPUT"),
    ):
        assert (await ask.mutate(actor, "claimGuest", {"entrantId": guest}))["code"] == code
    assert await every_row(db) == before
    for actor, guest in zip((organizer, staff, referee, stranger, await make_admin(db)), guests, strict=True):
        assert await _claim(ask, actor, guest)


async def _event_id(db: Database) -> UUID:
    async with db.read() as session:
        found = await tournaments.tournament_by_slug(session, "bar-night")
    assert found is not None
    return found.id


async def test_who_may_answer_and_withdraw_a_claim(db: Database, ask: Ask) -> None:
    """Whoever may not gets the code, and no row has changed."""
    organizer, staff, referee, stranger, claimer = await make_people(
        db, "organizer", "staff", "referee", "stranger", "claimer"
    )
    admin = await make_admin(db)
    first, second = await _bar_night(db, organizer, "A", "B")
    event = await _event_id(db)
    for name, role in (("staff", StaffRole.ORGANIZER), ("referee", StaffRole.REFEREE)):
        await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event, name, role))
    asked, own = await _claim(ask, claimer, first), await _claim(ask, organizer, second)
    before = await every_row(db)
    for actor, claim, code in (
        (ANONYMOUS, asked, "UNAUTHENTICATED"),
        *((actor, asked, "NOT_AN_ORGANIZER") for actor in (referee, stranger, claimer)),
        (organizer, own, "OWN_CLAIM"),
        (organizer, global_id("GuestClaim", new_id()), "GUEST_CLAIM_NOT_FOUND"),
        (organizer, "nonsense", "BAD_USER_INPUT"),
    ):
        assert (await ask.mutate(actor, "answerGuestClaim", {"claimId": claim, "accept": True}))["code"] == code
    for actor, claim, code in (
        (ANONYMOUS, asked, "UNAUTHENTICATED"),
        *((actor, asked, "NOT_YOUR_CLAIM") for actor in (organizer, staff, referee, stranger, admin)),
        (claimer, global_id("GuestClaim", new_id()), "GUEST_CLAIM_NOT_FOUND"),
        (claimer, "nonsense", "BAD_USER_INPUT"),
    ):
        assert (await ask.mutate(actor, "withdrawGuestClaim", {"claimId": claim}))["code"] == code
    assert await every_row(db) == before
    for actor in (organizer, staff, admin):
        declined = await ask.mutate(actor, "answerGuestClaim", {"claimId": asked, "accept": False}, ANSWERED)
        assert declined["claim"]["status"] == "DECLINED"
        asked = await _claim(ask, claimer, first)
    taken_back = await ask.mutate(claimer, "withdrawGuestClaim", {"claimId": asked}, WITHDRAWN)
    assert taken_back["claim"]["status"] == "WITHDRAWN"
    after = await every_row(db)
    for name, actor, more in (("withdrawGuestClaim", claimer, {}), ("answerGuestClaim", staff, {"accept": True})):
        assert (await ask.mutate(actor, name, {"claimId": asked, **more}))["code"] == "CLAIM_CLOSED"
    assert await every_row(db) == after
