"""Server-sent events, byte for byte: what is sent, what ends a stream, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from domain import accounts
from domain.accounts import SignedIn
from domain.infra.settings import Settings
from resolvers.services import Services
from schema.server.endpoint import Timing
from tests.fixtures.hub import envelope
from tests.schema.server.small import Server, serving
from tests.schema.server.test_fanout import CARDS, SCORES, added, whole

STREAM = "text/event-stream"
MY_CARDS = "subscription { myCards { __typename } }"


class Heard:
    """A stream as it comes, event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._chunks = response.aiter_text()
        self._text = ""

    async def block(self) -> str:
        """The next text up to an empty line."""
        async with asyncio.timeout(20):
            while "\n\n" not in self._text:
                self._text += await anext(self._chunks)
        found, self._text = self._text.split("\n\n", 1)
        return found

    async def next(self) -> Any:
        """The payload of the next event, past comments."""
        while (block := await self.block()) == ":":
            pass
        event, data = block.split("\n")
        assert event == "event: next"
        return json.loads(data.removeprefix("data: "))

    async def change(self) -> Any:
        """The value of the next change."""
        payload = await self.next()
        assert "errors" not in payload, payload
        (value,) = payload["data"].values()
        return value

    async def rest(self) -> str:
        """All that comes until the stream ends."""
        async with asyncio.timeout(20):
            async for chunk in self._chunks:
                self._text += chunk
        return self._text


@asynccontextmanager
async def listening(server: Server, query: str, **headers: str) -> AsyncIterator[Heard]:
    headers = {"accept": STREAM} | headers
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("POST", server.url, json={"query": query}, headers=headers) as response,
    ):
        yield Heard(response)


async def nothing_left(server: Server) -> None:
    async with asyncio.timeout(20):
        while server.streams.open or server.fanout.groups or server.hub.sinks:
            await asyncio.sleep(0.01)
    assert server.streams.users.held == server.streams.addresses.held == 0


def bearer(signed_in: SignedIn) -> str:
    return f"Bearer {signed_in.tokens.access_token}"


async def test_a_stream_begins_with_a_snapshot_and_goes_on_until_its_client_goes(server: Server) -> None:
    await server.add_card("a")
    async with listening(server, CARDS) as heard:
        assert heard.response.status_code == 200
        assert heard.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert heard.response.headers["cache-control"] == "no-store"
        assert await heard.change() == whole("a")
        await server.add_card("b")
        assert await heard.change() == added(2, "b")
        assert (server.streams.open, server.fanout.groups) == (1, 1)
    await nothing_left(server)


async def test_equal_streams_and_sockets_are_one_group(server: Server) -> None:
    async with listening(server, CARDS) as first, listening(server, CARDS) as second:
        for heard in (first, second):
            await heard.change()
        assert server.fanout.groups == 1
        await server.add_card("a")
        assert [await heard.change() for heard in (first, second)] == [added(1, "a")] * 2
    await nothing_left(server)


async def test_a_stream_may_come_by_get_and_name_its_cursor(server: Server) -> None:
    await server.add_card("a")
    await server.add_card("b")
    asked = {"query": CARDS, "variables": '{"after": "1"}'}
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("GET", server.url, params=asked, headers={"accept": STREAM}) as response,
    ):
        assert await Heard(response).change() == added(2, "b")
    await nothing_left(server)


QUERY, MUTATION = "{ hello }", 'mutation { addCard(input: {text: "x"}) { __typename } }'


async def answered(server: Server, query: str, accept: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=20) as client:
        return await client.post(server.url, json={"query": query}, headers={"accept": accept, **headers})


@pytest.mark.parametrize("query", [QUERY, MUTATION])
async def test_who_also_takes_json_gets_json(server: Server, query: str) -> None:
    urql = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream"
    answer = await answered(server, query, f"{urql}, multipart/mixed")
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert list(answer.json()) == ["data", "extensions"]


async def test_who_takes_only_events_gets_one_answer_and_complete(server: Server) -> None:
    answer = await answered(server, QUERY, STREAM)
    assert answer.text.startswith('event: next\ndata: {"data":{"hello":"hello world"},"extensions":{"cost":')
    assert answer.text.endswith("}\n\nevent: complete\ndata:\n\n")
    refused = await answered(server, "{ nothing }", STREAM)
    assert refused.text.startswith('event: next\ndata: {"errors":[') and "GRAPHQL_VALIDATION_FAILED" in refused.text
    assert refused.text.endswith("event: complete\ndata:\n\n") and refused.status_code == 200


async def test_a_refusal_of_the_field_is_an_event_with_its_code(server: Server) -> None:
    answer = await answered(server, MY_CARDS, STREAM)
    assert "UNAUTHENTICATED" in answer.text and answer.text.endswith("event: complete\ndata:\n\n")
    await nothing_left(server)


async def test_wrong_credentials_and_wrong_requests_have_a_status(server: Server) -> None:
    denied = await answered(server, CARDS, STREAM, authorization="Bearer no")
    assert (denied.status_code, denied.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_INVALID")
    async with httpx.AsyncClient() as client:
        malformed = await client.post(server.url, json=[], headers={"accept": STREAM})
        single = await client.put(server.url, headers={"accept": STREAM})
    assert (malformed.status_code, single.status_code) == (400, 405)
    await nothing_left(server)


async def test_an_idle_stream_shows_that_it_lives(services: Services) -> None:
    async with (
        serving(services, timing=Timing(keep_alive_s=0.05)) as server,
        listening(server, CARDS) as heard,
    ):
        blocks = [await heard.block() for _ in range(5)]
        # One of them is the snapshot, wherever it comes.
        assert blocks.count(":") >= 4


async def test_a_revoked_session_ends_its_streams_with_the_reason(
    server: Server, services: Services, ada: SignedIn
) -> None:
    async with listening(server, MY_CARDS, authorization=bearer(ada)) as heard, listening(server, CARDS) as nobody:
        await heard.change()
        await nobody.change()
        topic = accounts.session_topic(ada.tokens.session.id)
        await server.hub.publish(envelope(topic, name=accounts.SessionRevoked.name))
        assert (await heard.next())["errors"][0]["extensions"]["code"] == "SESSION_REVOKED"
        assert await heard.rest() == "event: complete\ndata:\n\n"
        await server.add_card("a")
        assert await nobody.change() == added(1, "a")
    await nothing_left(server)


async def test_an_expired_token_ends_its_streams(server: Server, services: Services, ada: SignedIn) -> None:
    ttl_s = services.settings.access_token_ttl_s
    services.clock.advance(seconds=ttl_s - 0.3)  # type: ignore[attr-defined]
    async with listening(server, MY_CARDS, authorization=bearer(ada)) as heard:
        *_, failure, complete, _ = (await heard.rest()).split("\n\n")
        assert '"code":"TOKEN_EXPIRED"' in failure and complete == "event: complete\ndata:"
    await nothing_left(server)


async def test_a_drain_ends_streams_so_that_their_clients_come_again(server: Server) -> None:
    async with listening(server, CARDS) as heard:
        await heard.change()
        await server.streams.drain()
        said = (await heard.rest()).removesuffix("\n\n")
        assert said.startswith("retry: ") and 0 <= int(said.removeprefix("retry: ")) <= 10_000
        late = await answered(server, CARDS, STREAM)
        assert (late.status_code, late.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    await nothing_left(server)


async def test_a_server_that_stops_ends_its_streams_first(services: Services) -> None:
    async with serving(services) as server, listening(server, CARDS) as heard:
        await heard.change()
        server.uvicorn.should_exit = True
        assert (await heard.rest()).startswith("retry: ")
        async with asyncio.timeout(20):
            await server.task


async def test_a_stream_does_not_live_forever(services: Services) -> None:
    async with (
        serving(services, timing=Timing(lifetime_s=1.0)) as server,
        listening(server, CARDS) as heard,
    ):
        assert (await heard.rest()).split("\n\n")[-2].startswith("retry: ")
        await nothing_left(server)


async def test_streams_are_counted_per_user_and_per_address(services: Services, ada: SignedIn) -> None:
    settings: Settings = replace(services.settings, sockets_per_user=1, sockets_per_address=2)
    async with serving(replace(services, settings=settings)) as server:
        async with listening(server, MY_CARDS, authorization=bearer(ada)) as mine, listening(server, CARDS) as nobody:
            await mine.change()
            await nobody.change()
            refused = await answered(server, MY_CARDS, STREAM, authorization=bearer(ada))
            assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
                429,
                "TOO_MANY_OPERATIONS",
            )
            async with listening(server, CARDS) as another:
                await another.change()
                assert (await answered(server, CARDS, STREAM)).status_code == 429
        await nothing_left(server)


async def test_a_client_that_reads_nothing_is_dropped(services: Services) -> None:
    timing = Timing(keep_alive_s=0.1, unwritable_s=0.3)
    before = _unread()
    async with serving(services, timing=timing) as server:
        host, port = "127.0.0.1", int(server.url.split(":")[2].split("/")[0])
        body = json.dumps({"query": SCORES}).encode()
        _, writer = await asyncio.open_connection(host, port, limit=1024)
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"
            + f"content-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        async with asyncio.timeout(20):
            while not server.streams.open:
                await asyncio.sleep(0.01)
            number = 0
            while server.streams.open:
                # Every table is a message of two thousand bytes, until the buffers of the system are full.
                for _ in range(100):
                    number += 1
                    await server.set_score(str(number % 200), number)
                await asyncio.sleep(0.02)
        await nothing_left(server)
        writer.close()
    assert _unread() == before + 1


def _unread() -> float:
    return REGISTRY.get_sample_value("matchpoint_slow_closes_total", {"reason": "unread"}) or 0.0
