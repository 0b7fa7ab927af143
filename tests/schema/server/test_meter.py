"""What operations cost, over both transports, on a real Valkey."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.infra.buckets import Buckets
from domain.infra.settings import Allowance
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from resolvers.services import Services
from schema.server.clients import Client
from schema.server.documents import Documents
from schema.server.execution import Answer, objects_in
from schema.server.masking import RequestRefused
from schema.server.meter import Meter
from schema.server.parameters import Parameters
from tests.factories.accounts import register
from tests.schema.server.small import NO_DOCUMENTS, Server, build_schema, serving
from tests.schema.server.test_websocket import CARDS, acknowledged, say, subscribe

ADD = 'mutation { addCard(input: {text: "x"}) { ... on AddCardPayload { card { number } } } }'
TEN_LISTS = "{ " + " ".join(f"l{number}: cards {{ number }}" for number in range(10)) + " }"  # 100 objects


@asynccontextmanager
async def limited(services: Services, user: Allowance, address: Allowance) -> AsyncIterator[Server]:
    """A server with these allowances. Its address has used nothing yet."""
    async with Buckets(services.settings.redis_url)._redis as redis:
        await redis.delete("points:address:127.0.0.1")
    settings = replace(services.settings, user_points=user, address_points=address)
    async with serving(replace(services, settings=settings)) as server:
        yield server


async def ask(server: Server, query: str, token: str | None = None) -> httpx.Response:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(timeout=20) as client:
        return await client.post(server.url, json={"query": query}, headers=headers)


def cost(response: httpx.Response) -> tuple[int, int, int, int]:
    found = response.json()["extensions"]["cost"]
    return found["requested"], found["actual"], found["remaining"], found["restoreRate"]


async def whole(socket: Any) -> dict[str, Any]:
    async with asyncio.timeout(20):
        return dict(json.loads(await socket.recv()))


async def test_an_answer_says_what_it_has_cost_and_what_is_left(services: Services) -> None:
    async with limited(services, Allowance(50, 1), Allowance(100, 1)) as server:
        assert cost(await ask(server, "{ hello }")) == (1, 1, 99, 1)
        # Ten objects for ten lists of ten are reserved; two are there, and the rest is given back.
        server.board.cards = ["x"]
        asked = cost(await ask(server, TEN_LISTS))
        assert asked[:2] == (10, 1) and asked[2] in range(98, 101)
        assert cost(await ask(server, ADD))[:2] == (11, 11)
        assert cost(await ask(server, "{ hello }"))[2] in range(86, 100)


async def test_who_has_used_up_the_points_is_told_when_to_come_again(services: Services) -> None:
    async with limited(services, Allowance(50, 1), Allowance(12, 1)) as server:
        assert (await ask(server, "{ hello }")).status_code == 200  # is prepared from now on
        await asyncio.sleep(1.1)
        assert (await ask(server, ADD)).status_code == 200
        answer = await ask(server, ADD)
        assert answer.status_code == 429
        (error,) = answer.json()["errors"]
        assert "data" not in answer.json()
        extensions = error["extensions"]
        assert extensions["code"] == "RATE_LIMITED"
        assert extensions["retryAfterSeconds"] in range(1, 11)
        assert answer.headers["retry-after"] == str(extensions["retryAfterSeconds"])
        left = extensions["cost"].pop("remaining")
        assert left in range(1, 11)
        assert extensions["cost"] == {"requested": 11, "actual": 0, "restoreRate": 1}
        assert server.board.cards == ["x"]  # the refused change did not happen
        assert (await ask(server, "{ hello }")).status_code == 200  # what is small enough still passes


async def test_users_pay_for_themselves_and_strangers_by_address(services: Services) -> None:
    ada, ben = [(await register(services.accounts, name)).tokens.access_token for name in ("ada", "ben")]
    async with limited(services, Allowance(11, 1), Allowance(11, 1)) as server:
        for token in (ada, ben, None):
            assert (await ask(server, ADD, token)).status_code == 200
            assert (await ask(server, ADD, token)).status_code == 429
    assert len(server.board.cards) == 3


async def test_neighbours_in_one_ipv6_network_share_a_bucket(services: Services) -> None:
    settings = replace(services.settings, address_points=Allowance(1, 1))
    meter = Meter(Buckets(settings.redis_url), settings)
    hello = Documents(build_schema(), NO_DOCUMENTS).operation(Parameters(query="{ hello }"))
    network = f"2001:db8:{new_id().int % 0xFFFF:x}:1"
    await meter.charge(hello, Client(address=f"{network}::1"))
    with pytest.raises(RequestRefused):
        await meter.charge(hello, Client(address=f"{network}:ffff::2"))
    await meter.charge(hello, Client(address=f"{network[:-1]}2::1"))
    await meter.close()


async def test_what_needs_more_than_a_bucket_holds_can_never_run(services: Services) -> None:
    async with limited(services, Allowance(9, 1), Allowance(9, 1)) as server:
        answer = await ask(server, TEN_LISTS)
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        assert "10 points" in error["message"] and "can never run" in error["message"]
        assert cost(await ask(server, "{ hello }"))[2] == 8  # and costs nothing


async def test_a_socket_pays_as_well_and_stays_open_when_it_cannot(services: Services) -> None:
    async with limited(services, Allowance(50, 1), Allowance(22, 1)) as server, acknowledged(server) as socket:
        await subscribe(socket, "1", "{ hello }")
        answer = (await whole(socket))["payload"]
        assert answer["extensions"]["cost"] == {"requested": 1, "actual": 1, "remaining": 21, "restoreRate": 1}
        assert (await whole(socket))["type"] == "complete"
        # Following something is paid for once, whatever comes.
        await subscribe(socket, "2", CARDS)
        snapshot = await whole(socket)
        await server.add_card("first")
        for message in (snapshot, await whole(socket)):
            assert message["type"] == "next" and "extensions" not in message["payload"]
        await subscribe(socket, "3", CARDS)
        await whole(socket)
        for key, query in (("4", CARDS), ("5", ADD)):
            await subscribe(socket, key, query)
            refused = await whole(socket)
            assert (refused["id"], refused["type"]) == (key, "error")
            assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert refused["payload"][0]["extensions"]["retryAfterSeconds"] > 0
        assert server.board.cards == ["first"]
        await say(socket, type="ping")
        assert (await whole(socket))["type"] == "pong"
        await server.add_card("second")
        assert {(await whole(socket))["id"] for _ in range(2)} == {"2", "3"}


async def test_without_redis_requests_pass(services: Services) -> None:
    settings = replace(services.settings, redis_url="redis://127.0.0.1:1", address_points=Allowance(5, 1))
    async with serving(replace(services, settings=settings)) as server:
        for _ in range(6):
            assert cost(await ask(server, "{ hello }"))[0] == 1
        assert (await ask(server, "{ a: hello b: hello }")).status_code == 200


async def test_more_than_was_foreseen_is_owed(services: Services) -> None:
    person = Client(actor=Actor(user_id=new_id()))
    settings = replace(services.settings, user_points=Allowance(20, 1))
    meter = Meter(Buckets(settings.redis_url), settings)
    cards = Documents(build_schema(), NO_DOCUMENTS).operation(Parameters(query="{ cards { number } }"))
    charge = await meter.charge(cards, person)
    answer = charge.settled(Answer({"data": {}}, 400))
    assert answer["extensions"]["cost"] == {"requested": 1, "actual": 40, "remaining": 0, "restoreRate": 1}
    with pytest.raises(RequestRefused) as refusal:
        await meter.charge(cards, person)
    assert refusal.value.errors[0]["extensions"]["retryAfterSeconds"] in (20, 21)
    await meter.close()


@pytest.mark.parametrize(
    ("data", "objects"),
    [
        (None, 0),
        ({}, 0),
        ({"a": 1, "b": None, "c": ["x"]}, 0),
        ({"a": {"b": {}}}, 2),
        ({"a": [{"b": [[{"c": 1}, None], [{}]]}, {"b": []}]}, 4),
    ],
)
def test_objects_are_counted(data: object, objects: int) -> None:
    assert objects_in(data) == objects


async def test_documents_that_cannot_be_served_are_paid_for(services: Services) -> None:
    async with limited(services, Allowance(50, 1), Allowance(25, 1)) as server:
        assert cost(await ask(server, "{ hello }"))[2] == 24  # what can be served costs what it asks for
        codes = [(await ask(server, f"{{ nothing{n} }}")).json()["errors"][0]["extensions"]["code"] for n in range(4)]
        assert codes[:2] == ["GRAPHQL_VALIDATION_FAILED"] * 2
        assert codes[-1] == "RATE_LIMITED"
        assert cost(await ask(server, "{ hello }"))[2] < 5  # what is prepared needs no deposit


async def test_apollo_learns_to_send_the_text(services: Services) -> None:
    named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    async with limited(services, Allowance(50, 1), Allowance(100, 1)) as server, httpx.AsyncClient() as client:
        answer = (await client.post(server.url, json=named)).json()
        assert answer["errors"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_SUPPORTED"}
        answer = (await client.post(server.url, json={"documentId": "0" * 64})).json()
        assert answer["errors"][0]["extensions"] == {"code": "PERSISTED_DOCUMENT_NOT_FOUND"}
