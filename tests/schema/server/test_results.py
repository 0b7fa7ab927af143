"""Answers to everybody: kept, validated by whoever has them, paid for once, and never somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.accounts import SignedIn
from domain.infra.settings import Allowance
from resolvers.services import Services
from schema.server.parameters import digest
from tests.schema.server.small import Server, serving
from tests.schema.server.test_sse import bearer

COUNT = "query Count($number: Int! = 1) { card(number: $number) { text count } }"
MINE = "query Mine { viewer card(number: 1) { isMine count } }"
BROKEN = "query Broken { card(number: 1) { count broken } }"
SLOW = "query Slow { slow(seconds: 0.3) card(number: 1) { count } }"
ADD = 'mutation Add { addCard(input: {text: "x"}) { __typename } }'


@dataclass
class Asking:
    """A server with documents of its own, and a client of it."""

    server: Server
    client: httpx.AsyncClient

    async def get(self, source: str, variables: str = "", **headers: str) -> httpx.Response:
        parameters = {"documentId": digest(source), "variables": variables}
        return await self.client.get(self.server.url, params=parameters, headers=headers)

    async def post(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        return await self.client.post(self.server.url, json=body, headers=headers)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for source in (COUNT, MINE, BROKEN, SLOW, ADD):
        (tmp_path / f"{source.split()[1].partition('(')[0]}.graphql").write_text(source)
    return tmp_path


@pytest_asyncio.fixture
async def asking(services: Services, documents: Path) -> AsyncIterator[Asking]:
    async with serving(services, documents) as server, httpx.AsyncClient(timeout=20) as client:
        server.board.cards = ["x", "y"]
        yield Asking(server, client)


async def test_what_everybody_may_know_is_made_once(asking: Asking) -> None:
    first = await asking.get(COUNT)
    assert first.json() == {"data": {"card": {"text": "x", "count": 1}}}
    assert first.headers["cache-control"] == "public, max-age=2"
    assert {"Accept", "Authorization", "Origin", "X-Api-Key"} <= set(first.headers["vary"].split(", "))
    again = await asking.get(COUNT)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    # By whatever way the same is asked.
    for body in ({"documentId": digest(COUNT)}, {"query": COUNT}, {"query": COUNT, "variables": {}}):
        posted = await asking.post(body)
        assert posted.content == first.content
        assert posted.headers["cache-control"] == "no-store"
        assert "etag" not in posted.headers
    assert (await asking.get(COUNT, '{"number": 2}')).json() == {"data": {"card": {"text": "y", "count": 2}}}
    assert (await asking.get(COUNT, '{"number": 1}')).json() == {"data": {"card": {"text": "x", "count": 3}}}


async def test_who_has_an_answer_is_told_that_it_still_holds(asking: Asking) -> None:
    first = await asking.get(COUNT)
    etag = first.headers["etag"]
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        same = await asking.get(COUNT, **{"if-none-match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
        assert same.headers["cache-control"] == "public, max-age=2"
    for unknown in ('"other"', "", "W/"):
        assert (await asking.get(COUNT, **{"if-none-match": unknown})).status_code == 200
    assert (await asking.post({"query": COUNT}, **{"if-none-match": etag})).status_code == 200
    await asking.server.add_card("z")  # told on the topic of the board
    assert (await asking.get(COUNT, **{"if-none-match": etag})).status_code == 200


async def test_who_is_signed_in_neither_gets_nor_leaves_an_answer(asking: Asking, ada: SignedIn) -> None:
    token = {"authorization": bearer(ada)}
    mine = await asking.get(MINE, **token)
    assert mine.json()["data"]["viewer"] == str(ada.tokens.session.user_id)
    assert mine.json()["data"]["card"]["isMine"] is True
    assert mine.headers["cache-control"] == "no-store"
    assert "etag" not in mine.headers
    nobodys = await asking.get(MINE)
    assert nobodys.json() == {"data": {"viewer": None, "card": {"isMine": False, "count": 2}}}
    later = await asking.get(MINE, **token, **{"if-none-match": nobodys.headers["etag"]})
    assert later.json()["data"] == {"viewer": str(ada.tokens.session.user_id), "card": {"isMine": True, "count": 3}}
    assert (await asking.get(MINE)).content == nobodys.content


async def test_who_shows_a_token_that_does_not_hold_gets_nothing(asking: Asking) -> None:
    await asking.get(COUNT)
    refused = await asking.get(COUNT, authorization="Bearer nonsense")
    assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")
    refused = await asking.get(COUNT, **{"x-api-key": "mp_nonsense"})
    assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")


async def test_what_failed_is_not_kept(asking: Asking) -> None:
    for count in (1, 2):
        answer = await asking.get(BROKEN)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert answer.json()["errors"][0]["path"] == ["card", "broken"]
        assert asking.server.board.executions == count
    refused = await asking.get(COUNT, '{"number": "x"}')
    assert refused.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_documents_of_ones_own_and_long_variables_are_not_kept(asking: Asking) -> None:
    own = COUNT.replace("Count", "Own")
    for _ in range(2):
        answer = await asking.post({"query": own})
        assert answer.json()["extensions"]["cost"]["actual"] == 1
    long = {"number": 1, "padding": "x" * 2_000}
    for _ in range(2):
        await asking.post({"query": COUNT, "variables": long})
    assert asking.server.board.executions == 4


async def test_changes_are_never_kept(asking: Asking) -> None:
    asking.server.board.cards = []
    for count in (1, 2):
        await asking.post({"query": ADD})
        assert len(asking.server.board.cards) == count
    assert (await asking.get(ADD)).status_code == 405


async def test_all_who_ask_at_once_share_an_answer_and_one_pays(services: Services, documents: Path) -> None:
    settings = replace(services.settings, address_points=Allowance(3, 1))
    async with serving(replace(services, settings=settings), documents) as server, httpx.AsyncClient() as client:
        server.board.cards = ["x"]
        asking = Asking(server, client)
        answers = await asyncio.gather(*(asking.get(SLOW) for _ in range(20)))
        assert {answer.content for answer in answers} == {b'{"data":{"slow":"done","card":{"count":1}}}'}
        # What has to be made costs, what is kept does not, also those who have nothing left.
        numbers = iter(range(1, 1_000))
        while (made := await asking.get(COUNT, f'{{"number": 1, "n": {next(numbers)}}}')).status_code == 200:
            pass
        assert (made.status_code, made.headers["cache-control"]) == (429, "no-store")
        assert (await asking.get(SLOW)).status_code == 200


async def test_a_reader_of_events_gets_it_as_one(asking: Asking) -> None:
    whole = await asking.get(COUNT)
    events = await asking.get(COUNT, accept="text/event-stream")
    assert f"data: {whole.text}\n" in events.text
