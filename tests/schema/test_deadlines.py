"""Deadlines through the schema: who may do what, what is shown, and what viewers of a bracket get."""

from __future__ import annotations

from typing import Any

import pytest

from domain import matches
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id
from domain.matches import ReportResult, StartMatch
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.tournaments import MatchChange
from tests.factories.deadlines import Cup, make_cup, set_deadlines
from tests.factories.disputes import dispute
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import bracket
from tests.fixtures.clock import FakeClock
from tests.fixtures.hub import LocalHub, LocalRelay
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of


async def mutations(cup: Cup) -> dict[str, dict[str, Any]]:
    """Each mutation with an input that changes something."""
    state = (await bracket(cup.db, cup.tournament.id))["U1.1"]
    match = {"matchId": global_id("Match", state.id)}
    event = {"tournamentId": global_id("Tournament", cup.tournament.id)}
    return {
        "setMatchDeadlines": {**event, "checkInMinutes": 20, "confirmationMinutes": 5},
        "checkInToMatch": {**match, "slot": 0},
        "setCheckInDeadline": {**match, "deadlineAt": "2026-05-01T19:00:00Z"},
    }


MATRIX: dict[str, dict[str, str]] = {
    "setMatchDeadlines": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_ORGANIZER",
        "player": "NOT_AN_ORGANIZER",
        "referee": "NOT_AN_ORGANIZER",
        "organizer": "",
        "admin": "",
    },
    "checkInToMatch": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_OFFICIAL",
        "opponent": "NOT_AN_OFFICIAL",
        "player": "",
        "referee": "",
        "organizer": "",
        "admin": "",
    },
    "setCheckInDeadline": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_AN_OFFICIAL",
        "player": "NOT_AN_OFFICIAL",
        "referee": "",
        "organizer": "",
        "admin": "",
    },
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


@pytest.mark.parametrize(
    ("name", "allowed"), [(name, who) for name, row in MATRIX.items() for who, code in row.items() if not code]
)
async def test_access(db: Database, ask: Ask, name: str, allowed: str) -> None:
    """Whoever may not gets the code, and no row has changed; then whoever may gets the payload, and some have."""
    cup = await make_cup(db)
    (stranger,) = await make_people(db, "stranger")
    player, opponent = cup.sides((await bracket(db, cup.tournament.id))["U1.1"])
    people = {"anonymous": ANONYMOUS, "stranger": stranger, "player": player, "opponent": opponent}
    people |= {"referee": cup.referee, "organizer": cup.organizer, "admin": await make_admin(db)}
    given = (await mutations(cup))[name]
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(people[who], name, given))["code"] == code
    assert await every_row(db) == before
    assert await ask.mutate(people[allowed], name, given) == {"__typename": payload_of(name)}
    after = await every_row(db)
    assert after != before
    await ask.mutate(people[allowed], name, given)  # each can be repeated
    assert await every_row(db) == after


async def test_wrong_values_and_wrong_states_have_codes(db: Database, ask: Ask) -> None:
    cup = await make_cup(db)
    given = await mutations(cup)
    final = {"matchId": global_id("Match", (await bracket(db, cup.tournament.id))["U2.1"].id)}
    before = await every_row(db)
    for name, wrong, code in (
        ("setMatchDeadlines", {**given["setMatchDeadlines"], "checkInMinutes": 0}, "BAD_USER_INPUT"),
        ("setMatchDeadlines", {**given["setMatchDeadlines"], "confirmationMinutes": 10081}, "BAD_USER_INPUT"),
        ("checkInToMatch", {**given["checkInToMatch"], "slot": 2}, "BAD_USER_INPUT"),
        ("checkInToMatch", {**given["checkInToMatch"], **final}, "NO_CHECK_IN"),
        ("setCheckInDeadline", {**given["setCheckInDeadline"], **final}, "NO_CHECK_IN"),
        ("setCheckInDeadline", {**given["setCheckInDeadline"], "deadlineAt": "2026-05-01T18:00:00Z"}, "BAD_USER_INPUT"),
    ):
        assert (await ask.mutate(cup.organizer, name, wrong))["code"] == code
    assert await every_row(db) == before


MATCH = """query ($id: ID!) { match(id: $id) {
    status confirmsAt checkIn { openedAt deadlineAt sides { slot checkedInAt } } tournament { matchDeadlines {
    checkInMinutes confirmationMinutes } } } }"""


async def test_everybody_sees_until_when_and_who_is_there(db: Database, ask: Ask) -> None:
    cup = await make_cup(db, confirmation=15)
    found = await bracket(db, cup.tournament.id)
    id_ = global_id("Match", found["U1.1"].id)
    first, second = cup.sides(found["U1.1"])
    await ask.mutate(first, "checkInToMatch", {"matchId": id_})
    shown = (await ask(ANONYMOUS, MATCH, id=id_))["match"]
    assert shown == {
        "status": "READY",
        "confirmsAt": None,
        "checkIn": {
            "openedAt": "2026-05-01T18:00:00Z",
            "deadlineAt": "2026-05-01T18:10:00Z",
            "sides": [{"slot": 0, "checkedInAt": "2026-05-01T18:00:00Z"}, {"slot": 1, "checkedInAt": None}],
        },
        "tournament": {"matchDeadlines": {"checkInMinutes": 10, "confirmationMinutes": 15}},
    }
    selection = "... on CheckInToMatchPayload { match { status version } }"
    begun = (await ask.mutate(second, "checkInToMatch", {"matchId": id_}, selection))["match"]
    assert begun["status"] == "LIVE"
    report = ReportResult(found["U1.1"].id, begun["version"], (2, 0), NOW)
    await run(db, matches.report_result, first, report)
    shown = (await ask(ANONYMOUS, MATCH, id=id_))["match"]
    assert shown["confirmsAt"] == "2026-05-01T18:15:00Z"
    final = (await ask(ANONYMOUS, MATCH, id=global_id("Match", found["U2.1"].id)))["match"]
    assert final["checkIn"] is None


async def test_viewers_of_a_bracket_get_each_check_in(db: Database, ask: Ask) -> None:
    cup = await make_cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    relay = LocalRelay(db, LocalHub())
    await relay.tell()
    for player in cup.sides(state):
        await ask.mutate(player, "checkInToMatch", {"matchId": global_id("Match", state.id)})
    ctx = Context(ask.services, ANONYMOUS)
    stream = await resolve.bracket_changes(ctx, cup.tournament.id, None)
    told = [fact for fact in await relay.tell() if stream.topics[0] in fact.topics]
    changes = [change.value for fact in told for change in await stream.changes(ctx, fact)]
    versions = [change.state.version for change in changes if isinstance(change, MatchChange)]
    assert versions == [state.version + 1, state.version + 2, state.version + 3]  # two sides, and play begins


ATTENTION = """query ($id: ID!, $minutes: Int!) { node(id: $id) { ... on Tournament {
    attention(minutes: $minutes) { reason beganWaitingAt match { place { key } } } } } }"""


async def test_officials_see_what_takes_too_long(db: Database, ask: Ask, clock: FakeClock) -> None:
    cup = await make_cup(db, 8, check_in=None)
    found = await bracket(db, cup.tournament.id)
    begin = StartMatch(found["U1.3"].id, found["U1.3"].version, NOW)
    await run(db, matches.start_match, cup.sides(found["U1.3"])[0], begin)
    report = ReportResult(found["U1.2"].id, found["U1.2"].version, (2, 0), NOW)
    await run(db, matches.report_result, cup.sides(found["U1.2"])[0], report)
    await dispute(cup, "U1.1")
    (stranger,) = await make_people(db, "stranger")
    id_ = global_id("Tournament", cup.tournament.id)

    async def seen(actor: Actor, minutes: int = 30) -> Any:
        rows = (await ask(actor, ATTENTION, id=id_, minutes=minutes))["node"]["attention"]
        return None if rows is None else {row["match"]["place"]["key"]: row["reason"] for row in rows}

    for actor in (ANONYMOUS, stranger, *cup.sides(found["U1.1"])):
        assert await seen(actor) is None
    assert await seen(cup.referee) == {"U1.1": "DISPUTED"}
    clock.advance(minutes=30)
    everything = {"U1.1": "DISPUTED", "U1.2": "UNCONFIRMED", "U1.3": "WITHOUT_REPORT"}
    assert await seen(cup.organizer) == everything
    assert await seen(cup.organizer, 31) == {"U1.1": "DISPUTED"}
    for wrong in (-1, 10081):
        error = await ask.error(cup.referee, ATTENTION, id=id_, minutes=wrong)
        assert isinstance(error, InvalidInput)


async def test_without_deadlines_there_are_none(db: Database, ask: Ask) -> None:
    cup = await make_cup(db, check_in=None)
    fields = "matchDeadlines { checkInMinutes confirmationMinutes }"
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on Tournament {{ {fields} }} }} }}"
    nothing = {"node": {"matchDeadlines": {"checkInMinutes": None, "confirmationMinutes": None}}}
    id_ = global_id("Tournament", cup.tournament.id)
    assert await ask(ANONYMOUS, document, id=id_) == nothing
    await set_deadlines(db, cup.organizer, cup.tournament.id, None, 30)
    shown = await ask(ANONYMOUS, document, id=id_)
    assert shown == {"node": {"matchDeadlines": {"checkInMinutes": None, "confirmationMinutes": 30}}}
