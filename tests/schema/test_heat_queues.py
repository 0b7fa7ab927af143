"""Heats at tables through the schema: who may do what, what is shown of them, and what comes next for a player."""

from __future__ import annotations

from typing import Any

import pytest

from domain import queues
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id, key_of
from domain.queues import MoveHeat
from domain.tournaments import HeatState
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all, heats_of, report
from tests.factories.queues import Hall, state_of, use_tables
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import entrants, started
from tests.factories.venues import add_tables, make_venue
from tests.fixtures.following import Following
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

HEAT_CALL = "id status dueAt begunAt endedAt ending table { number } heat { round number }"
QUEUE = f"""{{ tournament(slug: "spring-cup") {{ queue {{ waitingCount waitingHeatCount calls {{ id }}
  heatCalls {{ {HEAT_CALL} }} waitingHeats {{ estimatedStartAt heat {{ number }} }} }} }} }}"""
MINE = """{ myNextMatch { match { id } }
  myNextHeat { estimatedStartAt call { status table { number } } heat { round number } } }"""


async def make_hall(db: Database) -> Hall:
    """Six in heats of two, at two tables; the first heat is at the first of them."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    venue = await make_venue(db, organizer)
    tables = await add_tables(db, organizer, venue, 2)
    plan = free_for_all(heat_size=2, advancing=1, games=2)
    event, players = await started(db, organizer, 6, structure=None, stages=[plan])
    await use_tables(db, organizer, event.id, venue, tables)
    hall = Hall(organizer, venue, tables, event, players)
    await to_table(db, hall, (await heats_of(db, event.id))[0], 0)
    return hall


async def to_table(db: Database, hall: Hall, heat: HeatState, table: int) -> queues.Call:
    """Put a heat on a table."""
    command = MoveHeat(heat_id=heat.id, table_id=hall.tables[table].id, now=NOW)
    return await run(db, queues.move_heat, hall.organizer, command)


async def player_of(db: Database, hall: Hall, seed: int) -> Actor:
    """Who plays with a seed."""
    (row,) = [row for row in await entrants(db, hall.tournament.id) if row.seed == seed]
    return hall.players[row.participant_id]


async def test_a_queue_shows_heats_beside_matches(db: Database, ask: Ask) -> None:
    hall = await make_hall(db)
    queue = (await ask(ANONYMOUS, QUEUE))["tournament"]["queue"]
    (call,) = queue["heatCalls"]
    key = call.pop("id")
    assert call == {
        "status": "CALLED",
        "dueAt": "2026-05-01T18:05:00Z",
        "begunAt": None,
        "endedAt": None,
        "ending": None,
        "table": {"number": 1},
        "heat": {"round": 1, "number": 1},
    }
    assert (queue["calls"], queue["waitingCount"], queue["waitingHeatCount"]) == ([], 0, 2)
    assert queue["waitingHeats"] == [
        {"estimatedStartAt": "2026-05-01T18:00:00Z", "heat": {"number": 2}},
        {"estimatedStartAt": "2026-05-01T18:20:00Z", "heat": {"number": 3}},
    ]
    again = "query ($id: ID!) { node(id: $id) { __typename ... on HeatCall { status } } }"
    for _ in range(2):
        await report(db, hall.organizer, (await heats_of(db, hall.tournament.id))[0])
    assert await ask(ANONYMOUS, again, id=key) == {"node": {"__typename": "HeatCall", "status": "OVER"}}
    assert (await state_of(db, hall)).calls == []
    # A call of a heat is none of a match, whatever an id says.
    as_match = global_id("MatchCall", key_of(key, "HeatCall", "id"))
    assert await ask(ANONYMOUS, again, id=as_match) == {"node": None}


async def test_my_next_heat(db: Database, ask: Ask) -> None:
    hall = await make_hall(db)
    called, waits = await player_of(db, hall, 1), await player_of(db, hall, 2)
    (stranger,) = await make_people(db, "stranger")
    for who in (ANONYMOUS, stranger):
        assert await ask(who, MINE) == {"myNextMatch": None, "myNextHeat": None}
    assert (await ask(called, MINE))["myNextHeat"] == {
        "estimatedStartAt": None,
        "call": {"status": "CALLED", "table": {"number": 1}},
        "heat": {"round": 1, "number": 1},
    }
    assert await ask(waits, MINE) == {
        "myNextMatch": None,
        "myNextHeat": {"estimatedStartAt": "2026-05-01T18:00:00Z", "call": None, "heat": {"round": 1, "number": 2}},
    }


async def test_who_follows_a_queue_or_plays_hears_of_calls_of_heats(db: Database, ask: Ask) -> None:
    hall = await make_hall(db)
    following = Following(ask.services)
    await following.relay.tell()
    at = global_id("Tournament", hall.tournament.id)
    screen = await following.follow(
        """subscription ($id: ID!) { queueChanges(tournamentId: $id) {
          ... on QueueChanged { call { id } heatCall { status heat { number } } queue { waitingHeatCount } } } }""",
        ANONYMOUS,
        id=at,
    )
    player = await following.follow(
        """subscription ($id: ID!) { myEventChanges(tournamentId: $id) {
          ... on MyEventSnapshot { event { ...Mine } } ... on MyEventChanged { event { ...Mine } } } }
          fragment Mine on MyEvent { call { id } nextHeat { number } heatCall { table { number } } }""",
        await player_of(db, hall, 2),
        id=at,
    )
    assert player.heard[0]["event"] == {"call": None, "nextHeat": {"number": 2}, "heatCall": None}
    await to_table(db, hall, (await heats_of(db, hall.tournament.id))[1], 1)
    await following.relay.tell()
    await screen.has_heard(2)
    await player.has_heard(2)
    assert screen.heard[1] == {
        "call": None,
        "heatCall": {"status": "CALLED", "heat": {"number": 2}},
        "queue": {"waitingHeatCount": 1},
    }
    assert player.heard[1]["event"]["heatCall"] == {"table": {"number": 2}}


MATRIX: dict[str, dict[str, str]] = {
    "moveHeat": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_ORGANIZER",
        "player": "NOT_AN_ORGANIZER",
        "admin": "",
        "organizer": "",
    },
    "freeHeatTable": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_ORGANIZER",
        "player": "NOT_AN_ORGANIZER",
        "admin": "",
        "organizer": "",
    },
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


@pytest.mark.parametrize("name", MATRIX)
async def test_access(db: Database, ask: Ask, name: str) -> None:
    """Whoever may not gets the code, and no row has changed; then an organizer gets the payload, and some have."""
    hall = await make_hall(db)
    first, second, _ = await heats_of(db, hall.tournament.id)
    call = await to_table(db, hall, first, 0)
    (stranger,) = await make_people(db, "stranger")
    people = {
        "anonymous": ANONYMOUS,
        "stranger": stranger,
        "player": await player_of(db, hall, 1),
        "admin": await make_admin(db),
        "organizer": hall.organizer,
    }
    inputs: dict[str, dict[str, Any]] = {
        "moveHeat": {"heatId": global_id("Heat", second.id), "tableId": global_id("Table", hall.tables[1].id)},
        "freeHeatTable": {"callId": global_id("HeatCall", call.id)},
    }
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(people[who], name, inputs[name]))["code"] == code, who
    wrong = {key: global_id("Venue", hall.venue.id) for key in inputs[name]}
    assert (await ask.mutate(hall.organizer, name, wrong))["code"] == "BAD_USER_INPUT"
    # The call of a heat is not to be taken for one of a match.
    as_match = {"callId": global_id("MatchCall", call.id)}
    for mutation in ("answerCall", "freeTable"):
        assert (await ask.mutate(hall.organizer, mutation, as_match))["code"] == "CALL_NOT_FOUND"
    assert await every_row(db) == before
    assert await ask.mutate(hall.organizer, name, inputs[name]) == {"__typename": payload_of(name)}
    assert await every_row(db) != before
