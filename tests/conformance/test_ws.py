"""graphql-transport-ws as other people's clients speak it: graphql-ws of npm, and frames sent by ws."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from domain import accounts
from resolvers.services import Services
from tests.conformance.conftest import RunScript
from tests.factories.accounts import register
from tests.fixtures.hub import envelope
from tests.schema.server.conftest import services
from tests.schema.server.small import Server, serving
from tests.schema.server.test_websocket import nothing_left

__all__ = ["services"]

DOCUMENT = "query Greeting { hello }"
LIMIT_S = 60.0


@pytest_asyncio.fixture
async def server(services: Services, tmp_path: Path) -> AsyncIterator[Server]:
    """A server with a document of its own."""
    (tmp_path / "Greeting.graphql").write_text(DOCUMENT)
    async with serving(services, documents=tmp_path) as running:
        yield running
        await nothing_left(running)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


def _subscribe(payload: Any, key: Any = "1") -> str:
    return json.dumps({"id": key, "type": "subscribe", "payload": payload})


HELLO = {"query": "{ hello }"}
WATCH = {"query": "subscription { cardChanges { __typename } }"}
PING = '{"type":"ping","payload":{"of":"mine"}}'
DEEP = '{"type":"ping","payload":' + '{"a":' * 32 + "1" + "}" * 32 + "}"
CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "hello twice": (4429, {"frames": ['{"type":"connection_init"}']}),
    "subscribe too early": (4401, {"hello": False, "frames": [_subscribe(HELLO)]}),
    "subscribe too early, after an array": (4400, {"hello": False, "frames": ["[]"]}),
    "an id that is taken": (4409, {"frames": [_subscribe(WATCH), _subscribe(WATCH)]}),
    "a long id that is taken": (4409, {"frames": [_subscribe(WATCH, "é" * 128)] * 2}),
    "an id that is too long": (4400, {"frames": [_subscribe(WATCH, "é" * 129)]}),
    "an unknown type": (4400, {"frames": ['{"type":"start"}']}),
    "no JSON": (4400, {"frames": ["hello"]}),
    "binary": (4400, {"frames": [{"hex": b'{"type":"ping"}'.hex()}]}),
    "binary, before hello": (4400, {"hello": False, "frames": [{"hex": b'{"type":"connection_init"}'.hex()}]}),
    "no subprotocol": (4406, {"hello": False, "subprotocol": None, "frames": []}),
    "an array": (4400, {"frames": ["[]"]}),
    "a number": (4400, {"frames": ["5"]}),
    "null": (4400, {"frames": ["null"]}),
    "a string": (4400, {"frames": ['"x"']}),
    "no type": (4400, {"frames": ["{}"]}),
    "a payload that is a string": (4400, {"frames": [_subscribe("{ hello }")]}),
    "a payload that is an array": (4400, {"frames": [_subscribe([HELLO])]}),
    "no payload": (4400, {"frames": ['{"id":"1","type":"subscribe"}']}),
    "an id that is an object": (4400, {"frames": [_subscribe(HELLO, {})]}),
    "an id that is a number": (4400, {"frames": [_subscribe(HELLO, 1)]}),
    "an empty id": (4400, {"frames": [_subscribe(HELLO, "")]}),
    "no id": (4400, {"frames": ['{"type":"complete"}']}),
    "a query that is a number": (4400, {"frames": [_subscribe({"query": 1})]}),
    "variables that are an array": (4400, {"frames": [_subscribe(HELLO | {"variables": []})]}),
    "an operation name that is a number": (4400, {"frames": [_subscribe(HELLO | {"operationName": 1})]}),
    "extensions that are a string": (4400, {"frames": [_subscribe(HELLO | {"extensions": "x"})]}),
    "no document": (4400, {"frames": [_subscribe({})]}),
    "an id that is no text": (
        4400,
        {"frames": [_subscribe({"extensions": {"persistedQuery": 1}})]},
    ),
    "two documents": (4400, {"frames": [_subscribe(HELLO | {"documentId": "x"})]}),
    "nested too deep": (4400, {"frames": [DEEP]}),
    "nested beyond reason": (4400, {"frames": [{"text": "[", "times": 60_000}]}),
    "invalid UTF-8 in a payload": (4400, {"frames": ['{"type":"ping","payload":"\\ud800"}']}),
    "larger than allowed": (1009, {"frames": [{"text": "x", "times": 70_000}]}),
}


@pytest.fixture
async def outcomes(server: Server, node: RunScript) -> dict[str, Any]:
    """What became of every case."""
    found: dict[str, Any] = await node(
        "ws_frames.mjs", server.ws_url, json.dumps({name: case for name, (_, case) in CASES.items()})
    )
    return found


async def test_every_violation_has_its_code_and_a_reason_that_fits(outcomes: dict[str, Any]) -> None:
    assert {name: found.get("code") for name, found in outcomes.items()} == {
        name: code for name, (code, _) in CASES.items()
    }
    assert all(0 < found["bytes"] <= 123 for found in outcomes.values())
    assert all("Traceback" not in found["reason"] and "Error" not in found["reason"] for found in outcomes.values())


async def test_pings_are_echoed_before_and_after_hello(server: Server, node: RunScript) -> None:
    cases = {str(hello): {"hello": hello, "frames": [PING, '{"type":"ping"}']} for hello in (True, False)}
    echoed = [{"type": "pong", "payload": {"of": "mine"}}, {"type": "pong"}]
    assert await node("ws_frames.mjs", server.ws_url, json.dumps(cases)) == {key: {"messages": echoed} for key in cases}


async def test_the_client_runs_what_it_is_given_and_an_error_is_of_its_operation(
    server: Server, node: RunScript
) -> None:
    found = await node(
        "ws_client.mjs",
        server.ws_url,
        "operations",
        json.dumps({"id": hashlib.sha256(DOCUMENT.encode()).hexdigest()}),
    )
    hello = [{"data": {"hello": "hello world"}}]
    errors = {name: found.pop(name) for name in ("syntax", "long", "unknown")}
    assert found == {
        "query": [{"data": {"hello": "hello you"}}],
        "mutation": [{"data": {"addCard": {"card": {"number": 1}}}}],
        "snapshot": {"data": {"cardChanges": {"__typename": "BoardSnapshot", "cursor": "0"}}},
        **dict.fromkeys(("byId", "byBareId", "byApollo", "still"), hello),
    }
    assert {name: [error["extensions"]["code"] for error in each] for name, each in errors.items()} == {
        "syntax": ["GRAPHQL_PARSE_FAILED"],
        "long": ["GRAPHQL_VALIDATION_FAILED"],
        "unknown": ["PERSISTED_DOCUMENT_NOT_FOUND"],
    }


async def test_unsubscribing_frees_the_server_while_the_socket_lives(server: Server, node: RunScript) -> None:
    played = asyncio.ensure_future(node("ws_client.mjs", server.ws_url, "unsubscribe"))
    await until(lambda: {"board:other", "board:main"} == set(server.hub.sinks))
    await server.add_card("leave")
    await until(lambda: {"board:main"} == set(server.hub.sinks))
    assert (server.fanout.groups, server.socket.connections) == (1, 1)
    await server.add_card("done")
    assert await played == "left"


async def test_a_hundred_clients_that_vanish_leave_nothing(server: Server, node: RunScript) -> None:
    played = asyncio.ensure_future(node("ws_client.mjs", server.ws_url, "vanish"))
    await until(lambda: {"board:other", "board:main"} == set(server.hub.sinks))
    assert (server.fanout.groups, server.socket.connections) == (2, 101)
    await server.add_card("vanish")
    await until(lambda: {"board:main"} == set(server.hub.sinks) and server.socket.connections == 1)
    assert (server.fanout.groups, server.socket.held) == (1, 1)
    await server.add_card("done")
    assert await played == 100


async def test_a_client_comes_again_with_new_credentials(server: Server, services: Services, node: RunScript) -> None:
    old, new = [(await register(services.accounts, "ada")).tokens, (await register(services.accounts, "bob")).tokens]
    tokens = json.dumps({"tokens": [old.access_token, new.access_token]})
    played = asyncio.ensure_future(node("ws_client.mjs", server.ws_url, "comesAgain", tokens))
    await until(lambda: "board:main" in server.hub.sinks)
    topic = accounts.session_topic(old.session.id)
    await server.hub.publish(envelope(topic, accounts.SessionRevoked.name))
    assert await played == [[4403, "SESSION_REVOKED"]]


async def test_a_client_that_reads_the_hint_knows_when_to_come_back(server: Server, node: RunScript) -> None:
    played = asyncio.ensure_future(node("ws_client.mjs", server.ws_url, "hint"))
    await until(lambda: "board:other" in server.hub.sinks)
    await server.socket.drain()
    found = await played
    assert (len(found["waited"]), found["code"]) == (2, 1012)  # the test's server never comes back
    assert all(0 <= wait <= 1_000 for wait in found["waited"])


async def test_a_refused_client_is_served_once_there_is_room(services: Services, node: RunScript) -> None:
    narrow = replace(services, settings=replace(services.settings, sockets_per_address=1))
    async with serving(narrow) as server:
        found = await node("ws_client.mjs", server.ws_url, "refused")
        reason = "Your address has 1 connections open; close one, or use one for everything"
        assert found == {"closes": [[1013, reason]] * 2, "answer": [{"data": {"hello": "hello world"}}]}
        await nothing_left(server)
