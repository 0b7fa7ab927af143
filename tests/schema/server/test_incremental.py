"""`@defer`: in parts for whoever accepts parts, at once for everybody else."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from resolvers.services import Services
from tests.fixtures.costs import without_cost
from tests.schema.server.small import Server, serving
from tests.schema.server.test_websocket import acknowledged, heard, subscribe

DEFERRED = (
    'query { hello ...Rest @defer(label: "rest") } fragment Rest on Query { slow(seconds: 0.02) again { hello } }'
)
WHOLE = {"hello": "hello world", "slow": "done", "again": {"hello": "hello world"}}
PARTS = "multipart/mixed, application/json"


async def asked(server: Server, query: str, accept: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=20) as client:
        return await client.post(server.url, json={"query": query}, headers={"accept": accept})


def parts(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.headers["content-type"] == 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'
    first, *rest = response.text.split("\r\n---")
    assert rest.pop() == "--\r\n"
    found = []
    for part in (first.removeprefix("---"), *rest):
        head, body = part.split("\r\n\r\n")
        assert head == "\r\nContent-Type: application/json; charset=utf-8"
        found.append(json.loads(body))
    return found


async def test_who_accepts_parts_gets_them(server: Server) -> None:
    first, *rest = parts(await asked(server, DEFERRED, PARTS))
    assert without_cost(first) == {
        "data": {"hello": "hello world"},
        "pending": [{"id": "0", "path": [], "label": "rest"}],
        "hasNext": True,
    }
    incremental = [one for part in rest for one in part.get("incremental", [])]
    assert incremental == [{"id": "0", "data": {"slow": "done", "again": {"hello": "hello world"}}}]
    assert [one for part in rest for one in part.get("completed", [])] == [{"id": "0"}]
    assert [part["hasNext"] for part in rest] == [True] * (len(rest) - 1) + [False]
    assert not any("extensions" in part for part in rest)


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "*/*",
        "application/graphql-response+json",
        "multipart/mixed;deferSpec=20220824, application/json",
        "multipart/mixed;q=0, application/json",
    ],
)
async def test_everybody_else_gets_one_answer(server: Server, accept: str) -> None:
    answer = await asked(server, DEFERRED, accept)
    assert without_cost(answer.json()) == {"data": WHOLE}


async def test_what_is_not_deferred_is_one_answer(server: Server) -> None:
    for query in ("{ hello }", "{ hello ... @defer(if: false) { again { hello } } }"):
        answer = await asked(server, query, PARTS)
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.json()["data"]["hello"] == "hello world"
    refused = await asked(server, "{ nothing }", PARTS)
    assert refused.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_lists_may_come_in_parts_too(server: Server) -> None:
    server.board.cards.extend("abc")
    query = "{ cards @stream(initialCount: 1) { text } }"
    first, *rest = parts(await asked(server, query, PARTS))
    assert first["data"] == {"cards": [{"text": "a"}]}
    items = [item for part in rest for one in part.get("incremental", []) for item in one["items"]]
    assert items == [{"text": "b"}, {"text": "c"}]
    whole = await asked(server, query, "application/json")
    assert without_cost(whole.json()) == {"data": {"cards": [{"text": text} for text in "abc"]}}


async def test_over_a_socket_it_is_executed_at_once(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", DEFERRED)
        assert without_cost((await heard(socket))["payload"]) == {"data": WHOLE}
        assert await heard(socket) == {"id": "1", "type": "complete"}


async def test_errors_are_masked_in_every_part(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.board.cards.append("a card")
    answer = await asked(server, "{ hello ... @defer { card(number: 1) { broken } } ... @defer { null } }", PARTS)
    first, *rest = parts(answer)
    assert "errors" not in first and "secret" not in answer.text and "NoneType" not in answer.text
    found = [one for part in rest for name in ("incremental", "completed") for one in part.get(name, [])]
    errors = [error for one in found for error in one.get("errors", [])]
    assert [error["extensions"]["code"] for error in errors] == ["INTERNAL", "INTERNAL"]
    assert all(error["message"].startswith("Something went wrong on our side") for error in errors)
    assert capsys.readouterr().out.count("unexpected error") == 2


async def test_the_rest_has_a_ceiling_of_time(services: Services) -> None:
    async with serving(services, time_limit_s=0.2) as server:
        answer = await asked(server, "{ hello ... @defer { slow(seconds: 5) } }", PARTS)
        *_, last = parts(answer)
        assert last["hasNext"] is False
        assert last["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
