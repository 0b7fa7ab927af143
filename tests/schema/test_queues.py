"""Venues and queues through the schema: who may do what, what is shown, and the stream of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from domain import matches, venues
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.matches import StartMatch
from domain.queues import CallView, NoTables
from domain.tournaments import TournamentNotFound
from resolvers import queues as resolve
from resolvers.context import Context
from tests.factories.queues import Hall, answer, call_next, make_hall, use_tables
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import bracket, entrants, make_tournament, started
from tests.factories.venues import add_tables
from tests.fixtures.database import counted_statements
from tests.fixtures.following import Following, executions
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of


@dataclass
class World:
    """A hall in which one match was called, and people around it."""

    hall: Hall
    call: CallView
    people: dict[str, Actor]


async def make_world(db: Database) -> World:
    """Two tables, one of them with a call; the manager runs the venue, the organizer it and the event."""
    hall = await make_hall(db, 4, 1)
    (call,) = await call_next(db, hall)
    (spare,) = await add_tables(db, hall.organizer, hall.venue, 1)
    tables = [*hall.tables, spare]
    await use_tables(db, hall.organizer, hall.tournament.id, hall.venue, tables)
    stranger, manager = await make_people(db, "stranger", "manager")
    let = venues.SetVenueManager(venue_id=hall.venue.id, username="manager", is_manager=True)
    await run(db, venues.set_venue_manager, hall.organizer, let)
    state = (await bracket(db, hall.tournament.id))["U1.1"]
    player = hall.players[state.slots[0].participant_id or hall.venue.id]
    people = {
        "anonymous": ANONYMOUS,
        "stranger": stranger,
        "player": player,
        "manager": manager,
        "organizer": hall.organizer,
        "admin": await make_admin(db),
    }
    return World(Hall(hall.organizer, hall.venue, tables, hall.tournament, hall.players), call, people)


async def mutations(db: Database, world: World) -> dict[str, dict[str, Any]]:
    """Each mutation with an input that changes something."""
    hall, found = world.hall, await bracket(db, world.hall.tournament.id)
    venue = {"venueId": global_id("Venue", hall.venue.id)}
    event = {"tournamentId": global_id("Tournament", hall.tournament.id)}
    table, spare = ({"tableId": global_id("Table", one.id)} for one in hall.tables)
    other = {"matchId": global_id("Match", found["U1.2"].id)}
    (first, *_) = await entrants(db, hall.tournament.id)
    call = {"callId": global_id("MatchCall", world.call.id)}
    return {
        "createVenue": {"slug": "new-hall", "name": "New Hall", "position": {"latitude": 1, "longitude": 2}},
        "updateVenue": {**venue, "version": 1, "name": "Renamed"},
        "setVenueManager": {**venue, "username": "stranger", "isManager": True},
        "addTable": {**venue, "name": "Show", "isStream": True},
        "updateTable": {**table, "version": 1, "status": "CLOSED"},
        "setTournamentTables": {**event, **venue, "tableIds": [spare["tableId"]], "isAutomatic": True},
        "featureMatch": {**other, "isFeatured": True},
        "setAccessNeed": {"entrantId": global_id("Entrant", first.id), "isNeeded": True},
        "callNext": event,
        "answerCall": call,
        "moveMatch": {**other, **spare},
        "freeTable": call,
    }


ANYBODY = {"anonymous": "UNAUTHENTICATED", "stranger": ""}
VENUE = {
    "anonymous": "UNAUTHENTICATED",
    "stranger": "NOT_VENUE_MANAGER",
    "player": "NOT_VENUE_MANAGER",
    "organizer": "",
    "manager": "",
    "admin": "",
}
EVENT = {
    "anonymous": "UNAUTHENTICATED",
    "stranger": "NOT_AN_ORGANIZER",
    "player": "NOT_AN_ORGANIZER",
    "manager": "NOT_AN_ORGANIZER",
    "organizer": "",
    "admin": "",
}
MATRIX: dict[str, dict[str, str]] = {
    "createVenue": ANYBODY,
    "updateVenue": VENUE,
    "setVenueManager": VENUE,
    "addTable": VENUE,
    "updateTable": VENUE,
    "setTournamentTables": EVENT,
    "featureMatch": EVENT,
    "setAccessNeed": EVENT,
    "callNext": EVENT,
    "answerCall": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_YOUR_CALL",
        "manager": "NOT_YOUR_CALL",
        "player": "",
        "organizer": "",
        "admin": "",
    },
    "moveMatch": EVENT,
    "freeTable": EVENT,
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


@pytest.mark.parametrize("name", MATRIX)
async def test_access(db: Database, ask: Ask, name: str) -> None:
    """Whoever may not gets the code, and no row has changed; then whoever may last gets the payload, and some have."""
    world = await make_world(db)
    given = (await mutations(db, world))[name]
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(world.people[who], name, given))["code"] == code
    assert await every_row(db) == before
    *_, last = ACCESS[name] - {"admin"}
    assert await ask.mutate(world.people[last], name, given) == {"__typename": payload_of(name)}
    assert await every_row(db) != before


async def test_what_happens_twice_only_with_another_key(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    given = await mutations(db, world)
    for name, selection in (
        ("createVenue", "... on CreateVenuePayload { venue { id } }"),
        ("addTable", "... on AddTablePayload { table { id number } }"),
        ("callNext", "... on CallNextPayload { queue { calls { id } } }"),
    ):
        once = {**given[name], "idempotencyKey": f"{name}-1"}
        first = await ask.mutate(world.hall.organizer, name, once, selection)
        after = await every_row(db)
        assert await ask.mutate(world.hall.organizer, name, once, selection) == first
        assert await every_row(db) == after


async def test_a_venue_and_its_queue_are_shown(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    answered = await answer(db, world.people["player"], world.call)
    document = """{
      venue(slug: "old-hall") {
        name position { latitude } viewerCanManage owner { username } managers { username }
        tables { number name isStream isAccessible status version }
        tournaments {
          slug
          queue {
            isAutomatic answerSeconds noShow waitingCount venue { slug } tables { number }
            calls { id status answeredSlots answerDueAt table { number } match { place { key } } }
            waiting { isFeatured estimatedStartAt match { status place { key } } }
          }
        }
      }
      venues { nodes { slug } }
    }"""
    plain = {"name": None, "isStream": False, "isAccessible": False, "status": "OPEN", "version": 1}
    call_id = global_id("MatchCall", answered.id)
    assert await ask(world.people["manager"], document) == {
        "venue": {
            "name": "Old Hall",
            "position": None,
            "viewerCanManage": True,
            "owner": {"username": "organizer"},
            "managers": [{"username": "organizer"}, {"username": "manager"}],
            "tables": [{"number": 1, **plain}, {"number": 2, **plain}],
            "tournaments": [
                {
                    "slug": "spring-cup",
                    "queue": {
                        "isAutomatic": False,
                        "answerSeconds": 300,
                        "noShow": "REQUEUE",
                        "waitingCount": 2,
                        "venue": {"slug": "old-hall"},
                        "tables": [{"number": 1}, {"number": 2}],
                        "calls": [
                            {
                                "id": call_id,
                                "status": "CALLED",
                                "answeredSlots": [0],
                                "answerDueAt": "2026-05-01T18:05:00Z",
                                "table": {"number": 1},
                                "match": {"place": {"key": "U1.1"}},
                            }
                        ],
                        "waiting": [
                            {
                                "isFeatured": False,
                                "estimatedStartAt": "2026-05-01T18:00:00Z",
                                "match": {"status": "READY", "place": {"key": "U1.2"}},
                            },
                            {
                                "isFeatured": False,
                                "estimatedStartAt": "2026-05-01T18:20:00Z",
                                "match": {"status": "PENDING", "place": {"key": "U2.1"}},
                            },
                        ],
                    },
                }
            ],
        },
        "venues": {"nodes": [{"slug": "old-hall"}]},
    }
    kinds = "... on MatchCall { status } ... on Venue { slug } ... on Table { number }"
    again = f"query ($id: ID!) {{ node(id: $id) {{ {kinds} }} }}"
    for id_, expected in (
        (call_id, {"status": "CALLED"}),
        (global_id("Venue", world.hall.venue.id), {"slug": "old-hall"}),
        (global_id("Table", world.hall.tables[1].id), {"number": 2}),
    ):
        assert await ask(ANONYMOUS, again, id=id_) == {"node": expected}


async def test_my_next_match(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    document = "{ myNextMatch { estimatedStartAt call { table { number } } match { place { key } } } }"
    second = (await bracket(db, world.hall.tournament.id))["U1.2"]
    waits = world.hall.players[second.slots[1].participant_id or world.hall.venue.id]
    for who in (ANONYMOUS, world.people["stranger"]):
        assert await ask(who, document) == {"myNextMatch": None}
    assert await ask(world.people["player"], document) == {
        "myNextMatch": {
            "estimatedStartAt": None,
            "call": {"table": {"number": 1}},
            "match": {"place": {"key": "U1.1"}},
        }
    }
    assert await ask(waits, document) == {
        "myNextMatch": {
            "estimatedStartAt": "2026-05-01T18:00:00Z",
            "call": None,
            "match": {"place": {"key": "U1.2"}},
        }
    }
    await run(db, matches.start_match, waits, StartMatch(second.id, second.version, NOW))
    elsewhere = (await ask(waits, document))["myNextMatch"]
    assert elsewhere == {"estimatedStartAt": None, "call": {"table": None}, "match": {"place": {"key": "U1.2"}}}


async def test_changes_that_come_together_read_the_queue_once(db: Database, ask: Ask) -> None:
    hall = await make_hall(db, 16, 8)
    following = Following(ask.services)
    document = """subscription ($id: ID!) { queueChanges(tournamentId: $id) {
      ... on QueueSnapshot { sequence queue { waitingCount } }
      ... on QueueChanged { sequence call { status } queue { waitingCount calls { status } } } } }"""
    await following.relay.tell()
    screen = await following.follow(document, ANONYMOUS, id=global_id("Tournament", hall.tournament.id))
    assert screen.heard[0]["queue"] == {"waitingCount": 15}
    await call_next(db, hall)
    before = executions()
    with counted_statements(db) as statements:
        await following.relay.tell()
        await screen.has_heard(2)
        once = len(statements)
    assert executions() - before == 1
    assert (screen.heard[1]["sequence"], screen.heard[1]["queue"]["waitingCount"]) == (9, 7)
    assert len(screen.heard[1]["queue"]["calls"]) == 8
    # One for the facts, and what one reading takes.
    with counted_statements(db) as statements:
        await ask(ANONYMOUS, '{ tournament(slug: "spring-cup") { queue { waitingCount } } }')
    assert once - 1 <= len(statements)


async def test_the_queue_of_a_draft_is_for_its_organizers(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    hall = world.hall
    draft = await make_tournament(db, hall.organizer, "draft-cup")
    await use_tables(db, hall.organizer, draft.id, hall.venue, hall.tables)
    stranger, organizer = (Context(ask.services, world.people[who]) for who in ("stranger", "organizer"))
    with pytest.raises(TournamentNotFound):
        await resolve.queue_changes(stranger, draft.id)
    stream = await resolve.queue_changes(organizer, draft.id)
    (change,) = await stream.snapshot(organizer)
    assert (change.version, stream.audience) == (1, f"user:{hall.organizer.user_id}")
    with pytest.raises(TournamentNotFound):
        await stream.snapshot(stranger)
    other, _ = await started(db, hall.organizer, 2, "other-cup")
    with pytest.raises(NoTables):
        await resolve.queue_changes(organizer, other.id)
    assert await ask(ANONYMOUS, '{ tournament(slug: "draft-cup") { queue { waitingCount } } }') == {"tournament": None}


async def test_wrong_ids_and_slots_are_refused(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    before = await every_row(db)
    given = await mutations(db, world)
    player = world.people["player"]
    for name, wrong in (
        ("answerCall", {**given["answerCall"], "slot": 2}),
        ("answerCall", {"callId": given["callNext"]["tournamentId"]}),
        ("moveMatch", {**given["moveMatch"], "tableId": given["updateVenue"]["venueId"]}),
    ):
        assert (await ask.mutate(player, name, wrong))["code"] == "BAD_USER_INPUT"
    assert await every_row(db) == before
