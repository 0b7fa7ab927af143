"""Dispute rooms through the schema: who may do what, who sees them, and the stream of one through the fan-out."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.matches import DecideResult, MatchState
from domain.tournaments import SetStaff
from resolvers.context import Context
from resolvers.services import Services
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.execution import Engine
from schema.server.fanout import Fanout, Member
from schema.server.masking import RequestRefused
from schema.server.outbox import Outbox
from schema.server.parameters import Parameters
from tests.factories.deadlines import Cup, make_cup
from tests.factories.disputes import call_referee, dispute, post, room_of
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import bracket
from tests.fixtures.hub import LocalHub, LocalRelay
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

_STRAWBERRY = build_schema()


async def _world(db: Database) -> tuple[Cup, MatchState, dict[str, Actor]]:
    """A disputed match, and people around it."""
    cup = await make_cup(db, check_in=None)
    state = await dispute(cup)
    (stranger,) = await make_people(db, "stranger")
    first, second = cup.sides(state)
    elsewhere = cup.sides((await bracket(db, cup.tournament.id))["U1.2"])[0]
    people = {"anonymous": ANONYMOUS, "stranger": stranger, "elsewhere": elsewhere, "first": first, "second": second}
    people |= {"referee": cup.referee, "organizer": cup.organizer, "admin": await make_admin(db)}
    return cup, state, people


UNKNOWN = {
    "anonymous": "UNAUTHENTICATED",
    "stranger": "DISPUTE_ROOM_NOT_FOUND",
    "elsewhere": "DISPUTE_ROOM_NOT_FOUND",
}
MATRIX: dict[str, dict[str, str]] = {
    "callReferee": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_YOUR_MATCH",
        "referee": "NOT_YOUR_MATCH",
        "first": "NOT_YOUR_MATCH",
        "elsewhere": "",
    },
    "postDisputeMessage": {**UNKNOWN, **dict.fromkeys(("first", "second", "referee", "organizer", "admin"), "")},
    "takeDispute": {
        **UNKNOWN,
        "first": "OWN_MATCH",
        "second": "OWN_MATCH",
        **dict.fromkeys(("referee", "organizer", "admin"), ""),
    },
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


@pytest.mark.parametrize(
    ("name", "allowed"), [(name, who) for name, row in MATRIX.items() for who, code in row.items() if not code]
)
async def test_access(db: Database, ask: Ask, name: str, allowed: str) -> None:
    """Whoever may not gets the code, and no row has changed; then whoever may gets the payload, and some have."""
    cup, state, people = await _world(db)
    other = (await bracket(db, cup.tournament.id))["U1.2"]
    match = {"matchId": global_id("Match", state.id)}
    inputs: dict[str, dict[str, Any]] = {
        "callReferee": {"matchId": global_id("Match", other.id), "reason": "They are late."},
        "postDisputeMessage": {**match, "text": "Look!", "links": ["https://clips.example/1"]},
        "takeDispute": match,
    }
    given = inputs[name]
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(people[who], name, given))["code"] == code
    assert await every_row(db) == before
    assert await ask.mutate(people[allowed], name, given) == {"__typename": payload_of(name)}
    assert await every_row(db) != before


async def test_what_happens_twice_only_with_another_key(db: Database, ask: Ask) -> None:
    cup, state, people = await _world(db)
    other = (await bracket(db, cup.tournament.id))["U1.2"]
    repeated: list[tuple[str, str, dict[str, Any], str]] = [
        (
            "elsewhere",
            "callReferee",
            {"matchId": global_id("Match", other.id), "reason": "late"},
            "... on CallRefereePayload { room { id } }",
        ),
        (
            "first",
            "postDisputeMessage",
            {"matchId": global_id("Match", state.id), "text": "Look!"},
            "... on PostDisputeMessagePayload { message { sequence text links } }",
        ),
    ]
    for who, name, given, selection in repeated:
        once = {**given, "idempotencyKey": "k"}
        first = await ask.mutate(people[who], name, once, selection)
        assert "code" not in first
        after = await every_row(db)
        assert await ask.mutate(people[who], name, once, selection) == first
        assert await every_row(db) == after
    twice = {"matchId": global_id("Match", state.id), "text": "Look!", "idempotencyKey": "k2"}
    assert (await ask.mutate(people["first"], "postDisputeMessage", twice))["__typename"] == payload_of(
        "postDisputeMessage"
    )
    assert await every_row(db) != after


ROOM = """closedAt takenAt takenBy { username } messageCount viewerCanDecide match { place { key } }
    messages { nodes { sequence kind slot text links author { username } } }"""


def _message(sequence: int, kind: str, slot: int | None, text: str | None, links: list[str], author: str) -> Any:
    """A message as it is shown."""
    said = {"sequence": sequence, "kind": kind, "slot": slot, "text": text, "links": links}
    return {**said, "author": {"username": author}}


async def test_the_room_is_shown_to_those_in_it_alone(db: Database, ask: Ask) -> None:
    cup, state, people = await _world(db)
    await post(db, people["first"], state.id, "Here.", links=("https://clips.example/1",))
    await ask.mutate(people["referee"], "takeDispute", {"matchId": global_id("Match", state.id)})
    seen = await room_of(db, people["first"], state.id)
    assert seen is not None
    room_id = global_id("DisputeRoom", seen.view.id)
    of_match = f"query ($id: ID!) {{ match(id: $id) {{ disputeRoom {{ id {ROOM} }} }} }}"
    of_node = "query ($id: ID!) { node(id: $id) { id } }"
    rooms = f"disputeRooms {{ nodes {{ id {ROOM} }} }}"
    of_event = f"query ($id: ID!) {{ node(id: $id) {{ ... on Tournament {{ {rooms} }} }} }}"
    match_id, event_id = global_id("Match", state.id), global_id("Tournament", cup.tournament.id)
    for who in ("anonymous", "stranger", "elsewhere"):
        assert await ask(people[who], of_match, id=match_id) == {"match": {"disputeRoom": None}}
        assert await ask(people[who], of_node, id=room_id) == {"node": None}
        assert await ask(people[who], of_event, id=event_id) == {"node": {"disputeRooms": None}}
    written = [
        _message(1, "OPENED", 1, "It was 1:2.", [], "player-4"),
        _message(2, "MESSAGE", 0, "Here.", ["https://clips.example/1"], "player-1"),
        _message(3, "TAKEN", None, None, [], "referee"),
    ]
    shown = {
        "id": room_id,
        "closedAt": None,
        "takenAt": "2026-05-01T18:00:00Z",
        "takenBy": {"username": "referee"},
        "messageCount": 3,
        "viewerCanDecide": False,
        "match": {"place": {"key": "U1.1"}},
        "messages": {"nodes": written},
    }
    for who in ("first", "second", "referee", "organizer", "admin"):
        decides = {**shown, "viewerCanDecide": who not in ("first", "second")}
        assert await ask(people[who], of_match, id=match_id) == {"match": {"disputeRoom": decides}}
        assert await ask(people[who], of_node, id=room_id) == {"node": {"id": room_id}}
        nodes = None if who in ("first", "second") else {"nodes": [decides]}
        assert await ask(people[who], of_event, id=event_id) == {"node": {"disputeRooms": nodes}}


SUBSCRIPTION = """subscription ($id: ID!, $after: String) { disputeMessages(matchId: $id, after: $after) {
    __typename
    ... on DisputeMessagesSnapshot { cursor room { closedAt } messages { sequence text } }
    ... on DisputeMessageAdded { cursor message { sequence kind text author { username } } room { closedAt } }
    ... on Resync { reason } } }"""


class Listener:
    """Somebody who follows a room through the fan-out."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.ended: list[Any] = []
        self.slot = Outbox(_never, self._take).slot("", "", is_state=False)
        self.member: Member | None = None

    def _take(self, text: str) -> bool:
        self.heard.append(orjson.loads(text)["data"]["disputeMessages"])
        return True


async def _never(message: str) -> None:
    raise AssertionError(f"this waited: {message}")


class Room:
    """The stream of the room of a match, as a server runs it."""

    def __init__(self, services: Services, match_id: str) -> None:
        self.hub = LocalHub()
        self.engine = Engine(_STRAWBERRY)
        self.fanout = Fanout(self.engine, self.hub, services)
        self.relay = LocalRelay(services.db, self.hub)
        self._services = services
        self._match_id = match_id
        self._operation = Documents(_STRAWBERRY).operation(Parameters(query=SUBSCRIPTION))

    async def follow(self, actor: Actor, after: str | None = None) -> Listener:
        """Let somebody follow it."""
        given = {"id": self._match_id, "after": after}
        stream, coerced = await self.fanout.stream(
            self._operation,
            given,
            actor,
            lambda: self.engine.stream(self._operation, given, Context(self._services, actor)),
        )
        listener = Listener()
        listener.member = self.fanout.join(
            self._operation, given, coerced, stream, actor, listener.slot, listener.ended.extend
        )
        return listener


async def until(listener: Listener, count: int) -> None:
    """Wait until so many messages have come."""
    async with asyncio.timeout(20):
        while len(listener.heard) < count:
            assert not listener.ended
            await asyncio.sleep(0.01)


async def test_a_room_is_followed_resumed_and_left_when_rights_end(db: Database, ask: Ask) -> None:
    cup, state, people = await _world(db)
    room = Room(ask.services, global_id("Match", state.id))
    await room.relay.tell()
    player, referee = await room.follow(people["first"]), await room.follow(people["referee"])
    for listener in (player, referee):
        await until(listener, 1)
        assert listener.heard[0] == {
            "__typename": "DisputeMessagesSnapshot",
            "cursor": "1",
            "room": {"closedAt": None},
            "messages": [{"sequence": 1, "text": "It was 1:2."}],
        }
    await post(db, people["organizer"], state.id, "We look at it.")
    await room.relay.tell()
    for listener in (player, referee):
        await until(listener, 2)
        assert listener.heard[1] == {
            "__typename": "DisputeMessageAdded",
            "cursor": "2",
            "message": {
                "sequence": 2,
                "kind": "MESSAGE",
                "text": "We look at it.",
                "author": {"username": "organizer"},
            },
            "room": {"closedAt": None},
        }
    no_more = SetStaff(cup.tournament.id, "referee", role=None)
    await run(db, tournaments.set_staff, cup.organizer, no_more)
    await post(db, people["second"], state.id, "Not for the former referee.")
    decide = DecideResult(state.id, state.version, (2, 0), NOW)
    await run(db, matches.decide_result, people["organizer"], decide)
    await room.relay.tell()
    await until(player, 4)
    assert [one["cursor"] for one in player.heard] == ["1", "2", "3", "4"]
    assert player.heard[3]["message"]["kind"] == "CLOSED"
    async with asyncio.timeout(20):
        while not referee.ended:
            await asyncio.sleep(0.01)
    assert len(referee.heard) == 2
    assert [one["extensions"]["code"] for one in referee.ended] == ["DISPUTE_ROOM_NOT_FOUND"]
    resumed = await room.follow(people["second"], "2")
    await until(resumed, 2)
    assert [one["cursor"] for one in resumed.heard] == ["3", "4"]
    wrong = await room.follow(people["second"], "99")
    await until(wrong, 2)
    assert [one["__typename"] for one in wrong.heard] == ["Resync", "DisputeMessagesSnapshot"]
    for listener in (player, resumed, wrong):
        assert listener.member is not None
        listener.member.leave()


async def test_nobody_else_can_follow_it(db: Database, ask: Ask) -> None:
    cup, state, people = await _world(db)
    room = Room(ask.services, global_id("Match", state.id))
    refusals = {"anonymous": "UNAUTHENTICATED", "stranger": "DISPUTE_ROOM_NOT_FOUND"}
    for who, code in {**refusals, "elsewhere": "DISPUTE_ROOM_NOT_FOUND"}.items():
        with pytest.raises(RequestRefused) as refused:
            await room.follow(people[who])
        assert refused.value.code == code
    other = (await bracket(db, cup.tournament.id))["U1.2"]
    quiet = Room(ask.services, global_id("Match", other.id))
    with pytest.raises(RequestRefused):  # there is none yet
        await quiet.follow(people["elsewhere"])
    await call_referee(db, people["elsewhere"], other.id)
    listener = await quiet.follow(people["elsewhere"])
    await until(listener, 1)
    assert listener.member is not None
    listener.member.leave()
