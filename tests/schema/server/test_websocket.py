"""graphql-transport-ws, frame by frame, and through the real gql client."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from domain import accounts
from domain.accounts.models import UserRole
from domain.infra.db import WriteSession
from domain.infra.settings import Settings
from domain.kernel.actor import Role
from resolvers.services import Services
from schema.server.connection import MAX_OPERATIONS
from schema.server.endpoint import Timing
from schema.server.messages import MAX_MESSAGE
from tests.factories.accounts import register
from tests.fixtures.hub import envelope
from tests.schema.server.conftest import FRIENDS
from tests.schema.server.small import Server, build_schema, serving

PROTOCOL = Subprotocol("graphql-transport-ws")
CARDS = """subscription ($after: String) { cardChanges(after: $after) { __typename
    ... on BoardSnapshot { cursor cards { number text } } ... on CardAdded { cursor card { text } }
    ... on Resync { reason } } }"""


@asynccontextmanager
async def opened(server: Server, **options: Any) -> AsyncIterator[ClientConnection]:
    # Without a bound of its own, so that a client that leaves messages unread can still say goodbye.
    options = {"max_queue": None} | options
    async with connect(server.ws_url, subprotocols=[PROTOCOL], compression=None, **options) as socket:
        yield socket


@asynccontextmanager
async def acknowledged(server: Server, payload: Any = None, **options: Any) -> AsyncIterator[ClientConnection]:
    async with opened(server, **options) as socket:
        await say(socket, type="connection_init", **({} if payload is None else {"payload": payload}))
        assert await heard(socket) == {"type": "connection_ack"}
        yield socket


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def subscribe(socket: ClientConnection, key: str, query: str, **payload: Any) -> None:
    await say(socket, id=key, type="subscribe", payload={"query": query, **payload})


async def heard(socket: ClientConnection) -> Any:
    """The next message, without what its operation has cost."""
    async with asyncio.timeout(20):
        message = json.loads(await socket.recv())
    if isinstance(message.get("payload"), dict):
        message["payload"].pop("extensions", None)
    return message


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason of the close frame that comes next, whatever comes before it."""
    with pytest.raises(ConnectionClosed) as end:
        async with asyncio.timeout(20):
            while True:
                await socket.recv()
    assert end.value.rcvd is not None, "the connection was dropped without a close frame"
    return end.value.rcvd.code, end.value.rcvd.reason


async def nothing_left(server: Server) -> None:
    """Wait until no trace of any connection is left; fails when that takes too long."""
    async with asyncio.timeout(20):
        while server.socket.connections or server.socket.held or server.fanout.groups or server.hub.sinks:
            await asyncio.sleep(0.01)


async def test_a_query_and_a_mutation_over_the_socket(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", "query H($n: String) { hello(name: $n) }", variables={"n": "you"})
        assert await heard(socket) == {"id": "1", "type": "next", "payload": {"data": {"hello": "hello you"}}}
        assert await heard(socket) == {"id": "1", "type": "complete"}
        add = 'mutation { addCard(input: {text: "x"}) { ... on AddCardPayload { card { number } } } }'
        await subscribe(socket, "1", add)
        assert (await heard(socket))["payload"] == {"data": {"addCard": {"card": {"number": 1}}}}


async def test_a_subscription_begins_with_a_snapshot_and_goes_on(server: Server) -> None:
    await server.add_card("first")
    async with acknowledged(server) as socket:
        await subscribe(socket, 'id"with quotes', CARDS)
        snapshot = {"__typename": "BoardSnapshot", "cursor": "1", "cards": [{"number": 1, "text": "first"}]}
        message = await heard(socket)
        assert message == {"id": 'id"with quotes', "type": "next", "payload": {"data": {"cardChanges": snapshot}}}
        await server.add_card("second")
        added = {"__typename": "CardAdded", "cursor": "2", "card": {"text": "second"}}
        assert (await heard(socket))["payload"] == {"data": {"cardChanges": added}}
        await say(socket, id='id"with quotes', type="complete")
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}
        assert server.fanout.groups == 0
    await nothing_left(server)


@pytest.mark.parametrize("frame", ["", "x", "[]", "5", "null", '"x"', "{}", '{"type":1}', '{"type":null}', "{" * 1000])
@pytest.mark.parametrize("is_acknowledged", [False, True])
async def test_junk_closes_with_4400(
    server: Server, frame: str, is_acknowledged: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    async with acknowledged(server) if is_acknowledged else opened(server) as socket:
        await socket.send(frame)
        assert (await closed(socket))[0] == 4400
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "message",
    [
        {"type": "unknown"},
        {"type": "next", "id": "1", "payload": {}},
        {"type": "connection_ack"},
        {"type": "ping", "payload": "x"},
        {"type": "pong", "payload": []},
        {"type": "complete"},
        {"type": "complete", "id": 1},
        {"type": "subscribe"},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": {}, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "x" * 129, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": None, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "1", "payload": "{ hello }"},
        {"type": "subscribe", "id": "1", "payload": ["{ hello }"]},
        {"type": "subscribe", "id": "1", "payload": {}},
        {"type": "subscribe", "id": "1", "payload": {"query": 1}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "operationName": 1}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "extensions": "x"}},
    ],
)
async def test_a_message_of_another_shape_closes_with_4400(server: Server, message: dict[str, Any]) -> None:
    async with acknowledged(server) as socket:
        await say(socket, **message)
        code, reason = await closed(socket)
        assert code == 4400
        assert 0 < len(reason.encode()) <= 123


async def test_binary_messages_close_with_4400(server: Server) -> None:
    async with opened(server) as socket:
        await socket.send(b'{"type":"connection_init"}')
        assert await closed(socket) == (4400, "Messages are text")


async def test_invalid_utf8_closes_with_1007(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    async with opened(server) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert (await closed(socket))[0] == 1007
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("size", [MAX_MESSAGE + 1, 100 * 1024, 1024 * 1024])
@pytest.mark.parametrize("is_text", [True, False])
async def test_large_messages_end_cleanly(
    server: Server, size: int, is_text: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened(server) as socket:
        await socket.send("x" * size if is_text else b"x" * size)
        assert (await closed(socket))[0] in (1009, 4400)
    await nothing_left(server)
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_the_order_of_messages_is_held(server: Server) -> None:
    async with opened(server) as socket:
        await subscribe(socket, "1", "{ hello }")
        assert await closed(socket) == (4401, "Unauthorized")
    async with acknowledged(server) as socket:
        await say(socket, type="connection_init")
        assert await closed(socket) == (4429, "Too many initialisation requests")
    async with acknowledged(server) as socket:
        await subscribe(socket, "one", CARDS)
        await subscribe(socket, "one", CARDS)
        assert await closed(socket) == (4409, "Subscriber for one already exists")
    async with acknowledged(server) as socket:
        await subscribe(socket, "é" * 128, CARDS)
        await subscribe(socket, "é" * 128, CARDS)
        code, reason = await closed(socket)
        assert (code, len(reason.encode())) in [(4409, 122), (4409, 123)]
    await nothing_left(server)


async def test_an_id_is_free_again_after_complete(server: Server) -> None:
    async with acknowledged(server) as socket:
        for _ in range(3):
            await subscribe(socket, "1", CARDS)
            assert (await heard(socket))["type"] == "next"
            await say(socket, type="complete", id="1")
        await say(socket, type="complete", id="never seen")
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}


async def test_the_subprotocol_must_be_the_one(server: Server) -> None:
    for offered in (None, [Subprotocol("graphql-ws")]):
        async with connect(server.ws_url, subprotocols=offered) as socket:
            assert await closed(socket) == (4406, "Subprotocol not acceptable")


async def test_initialisation_has_a_time_limit(services: Services) -> None:
    async with serving(services, timing=Timing(init_s=0.1)) as server, opened(server) as socket:
        assert await closed(socket) == (4408, "Connection initialisation timeout")


async def test_pings_are_answered_before_and_after_the_acknowledgement(server: Server) -> None:
    async with opened(server) as socket:
        await say(socket, type="ping", payload={"deep": [1, None]})
        assert await heard(socket) == {"type": "pong", "payload": {"deep": [1, None]}}
        await say(socket, type="pong")
        await say(socket, type="connection_init", payload=None)
        assert await heard(socket) == {"type": "connection_ack"}
        await socket.send('{"type":"ping","payload":{"a":' + "[" * 500 + "]" * 500 + "}}")
        assert (await closed(socket))[0] == 4400


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ hello"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing" + "g" * 500 + " }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription ($after: String!) { cardChanges(after: $after) { __typename } }"}, "BAD_USER_INPUT"),
        ({"query": 'subscription { cardChanges(after: "x") { __typename } }'}, "BAD_USER_INPUT"),
        ({"query": "subscription { myCards { __typename } }"}, "UNAUTHENTICATED"),
        ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILED"),
        ({"query": "subscription { cardChanges { __typename } scores { __typename } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"documentId": "sha256:" + "0" * 64}, "PERSISTED_DOCUMENT_NOT_FOUND"),
        ({"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}}, "PERSISTED_QUERY_NOT_SUPPORTED"),
        ({"query": "{ hello }", "extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}}, "BAD_REQUEST"),
    ],
)
async def test_what_is_wrong_with_an_operation_leaves_the_socket_open(
    server: Server, payload: dict[str, Any], code: str
) -> None:
    async with acknowledged(server) as socket:
        await say(socket, id="1", type="subscribe", payload=payload)
        message = await heard(socket)
        assert (message["id"], message["type"]) == ("1", "error")
        assert message["payload"][0]["extensions"]["code"] == code
        await subscribe(socket, "1", "{ hello }")
        assert (await heard(socket))["payload"] == {"data": {"hello": "hello world"}}
    await nothing_left(server)


async def test_a_socket_has_at_most_fifty_operations(server: Server) -> None:
    async with acknowledged(server) as socket:
        for number in range(MAX_OPERATIONS + 1):
            await subscribe(socket, str(number), CARDS)
        messages = [await heard(socket) for _ in range(MAX_OPERATIONS + 1)]
        refused = [message for message in messages if message["type"] == "error"]
        assert [message["id"] for message in refused] == [str(MAX_OPERATIONS)]
        assert refused[0]["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"


async def test_a_mutation_counts_until_it_is_done(server: Server) -> None:
    gate, running = asyncio.Event(), asyncio.Semaphore(0)

    async def wait() -> None:
        running.release()
        await gate.wait()

    server.board.before_read = wait
    async with acknowledged(server) as socket:
        for number in range(MAX_OPERATIONS):
            await subscribe(socket, str(number), 'mutation { addCard(input: {text: "x"}) { __typename } }')
        for number in range(MAX_OPERATIONS):
            await asyncio.wait_for(running.acquire(), 20)
            await say(socket, id=str(number), type="complete")
        await subscribe(socket, "one more", "{ hello }")
        message = await heard(socket)
        assert (message["id"], message["type"]) == ("one more", "error")
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        gate.set()
        async with asyncio.timeout(20):
            while server.socket.mutations:
                await asyncio.sleep(0.01)
        await subscribe(socket, "one more", "{ hello }")
        assert (await heard(socket))["payload"] == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize("name", ["Authorization", "authorization", "accessToken"])
async def test_the_token_comes_with_the_initialisation(server: Server, services: Services, name: str) -> None:
    signed_in = await register(services.accounts, "ada")
    token = signed_in.tokens.access_token
    async with acknowledged(server, {name: token if name == "accessToken" else f"Bearer {token}"}) as socket:
        await subscribe(socket, "1", "{ viewer }")
        assert (await heard(socket))["payload"] == {"data": {"viewer": str(signed_in.user.id)}}


@pytest.mark.parametrize(
    ("payload", "code", "reason"),
    [
        ({"Authorization": "Bearer nonsense"}, 4403, "TOKEN_INVALID"),
        ({"accessToken": "nonsense"}, 4403, "TOKEN_INVALID"),
        ({"authorization": "Basic YTpi"}, 4403, "UNAUTHENTICATED"),
        ({"authorization": ""}, 4403, "UNAUTHENTICATED"),
        ({"authorization": 1}, 4400, "`authorization` is a string"),
        ([], 4400, "A payload is an object"),
    ],
)
async def test_a_wrong_token_is_never_anonymous(server: Server, payload: Any, code: int, reason: str) -> None:
    async with opened(server) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert await closed(socket) == (code, reason)
    await nothing_left(server)


async def test_the_socket_closes_when_the_token_runs_out(server: Server, services: Services) -> None:
    token = (await register(services.accounts, "ada")).tokens.access_token
    services.clock.advance(seconds=services.settings.access_token_ttl_s - 0.3)  # type: ignore[attr-defined]
    async with acknowledged(server, {"accessToken": token}) as socket:
        assert await closed(socket) == (4403, "TOKEN_EXPIRED")
    async with opened(server) as socket:
        services.clock.advance(seconds=1)  # type: ignore[attr-defined]
        await say(socket, type="connection_init", payload={"accessToken": token})
        assert await closed(socket) == (4403, "TOKEN_EXPIRED")
    await nothing_left(server)


async def test_the_socket_closes_when_the_session_is_revoked(server: Server, services: Services) -> None:
    mine, other = await register(services.accounts, "ada"), await register(services.accounts, "bob")
    session_id = mine.tokens.session.id
    async with (
        acknowledged(server, {"accessToken": mine.tokens.access_token}) as socket,
        acknowledged(server, {"accessToken": other.tokens.access_token}) as untouched,
    ):
        revoked = accounts.SessionRevoked.name
        await server.hub.publish(envelope(accounts.session_topic(session_id), revoked))
        assert await closed(socket) == (4403, "SESSION_REVOKED")
        await say(untouched, type="ping")
        assert await heard(untouched) == {"type": "pong"}


async def test_after_a_gap_the_session_is_asked_for_again(server: Server, services: Services) -> None:
    signed_in = await register(services.accounts, "ada")
    async with (
        acknowledged(server, {"accessToken": signed_in.tokens.access_token}) as socket,
        acknowledged(server) as anonymous,
    ):
        server.hub.gap()
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}
        await services.accounts.forget_sessions([signed_in.tokens.session.id])
        server.hub.gap()
        assert await closed(socket) == (4403, "SESSION_REVOKED")
        await say(anonymous, type="ping")
        assert await heard(anonymous) == {"type": "pong"}


async def test_changed_roles_close_the_socket(server: Server, services: Services) -> None:
    signed_in = await register(services.accounts, "ada")
    async with acknowledged(server, {"accessToken": signed_in.tokens.access_token}) as socket:
        await services.db.transaction(lambda session: _make_coach(session, signed_in.user.id))
        await services.accounts.forget_roles(signed_in.user.id)
        await server.hub.publish(
            envelope(accounts.session_topic(signed_in.tokens.session.id), "accounts.roles_changed")
        )
        assert await closed(socket) == (4403, "ROLES_CHANGED")


async def _make_coach(session: WriteSession, user_id: UUID) -> None:
    session.add(UserRole(user_id=user_id, role=Role.COACH))


async def test_origins(server: Server, settings: Settings) -> None:
    same = server.url.removesuffix("/graphql")
    for origin in (same, FRIENDS, settings.public_url, None):
        async with acknowledged(server, origin=origin):
            pass
    for origin in ("https://evil.example", "null", same + "1", "http://[", ""):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(server, origin=origin):
                pass
        assert refused.value.response.status_code == 403


async def test_a_mutation_that_began_is_finished_when_the_client_leaves(server: Server) -> None:
    began = asyncio.Event()

    async def note() -> None:
        began.set()

    server.board.before_read = note
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", 'mutation { addCard(input: {text: "x"}) { __typename } }')
        async with asyncio.timeout(20):
            await began.wait()
        socket.transport.abort()
    async with asyncio.timeout(20):
        while not server.board.cards:
            await asyncio.sleep(0.01)
    await nothing_left(server)


async def test_a_drain_asks_clients_to_come_again(server: Server) -> None:
    async with acknowledged(server) as first, opened(server) as second:
        await subscribe(first, "1", CARDS)
        await heard(first)
        await server.socket.drain()
        for socket in (first, second):
            code, reason = await closed(socket)
            assert code == 1012
            assert re.fullmatch(r"Service restart; retry in \d{1,4} ms", reason)
    await nothing_left(server)


async def test_the_real_gql_client(server: Server, services: Services) -> None:
    token = (await register(services.accounts, "ada")).tokens.access_token
    transport = WebsocketsTransport(
        url=server.ws_url,
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        init_payload={"Authorization": f"Bearer {token}"},
    )
    async with Client(transport=transport, schema=build_schema().as_str()) as session:
        assert (await session.execute(gql("{ hello }"))) == {"hello": "hello world"}
        with pytest.raises(TransportQueryError, match="Cards are numbered from 1"):
            await session.execute(gql("{ card(number: 0) { text } }"))
        received = []
        async for answer in session.subscribe(gql("subscription { myCards { ... on CardAdded { card { text } } } }")):
            received.append(answer["myCards"])
            if len(received) == 3:
                break
            await server.add_card(f"card {len(received)}")
        assert received == [{}, {"card": {"text": "card 1"}}, {"card": {"text": "card 2"}}]
    await nothing_left(server)


async def test_a_client_that_does_not_read_is_let_go(services: Services) -> None:
    async with serving(services, timing=Timing(unwritable_s=2.5)) as server:
        server.board.scores = {f"table {number}": (1, 0) for number in range(200)}
        async with acknowledged(server, max_queue=1) as socket:
            for number in range(40):
                await subscribe(socket, str(number), SCORES)
            socket.transport.pause_reading()
            async with asyncio.timeout(20):
                while server.socket.connections:
                    await asyncio.sleep(0.05)
            socket.transport.resume_reading()
            assert await closed(socket) == (1013, "Too slow")
        await nothing_left(server)


SCORES = """subscription { scores { ... on Scores { scores { table version points padding } }
    ... on Score { table version points } } }"""
