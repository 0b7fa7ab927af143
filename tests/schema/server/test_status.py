"""Statuses: the whole table in both profiles, as rows and as clients meet them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.infra.settings import InvalidSetting, Settings
from resolvers.services import Services
from schema.server.masking import Code, RequestRefused
from schema.server.negotiation import JSON, RESPONSE_JSON
from schema.server.status import CredentialsRefused, ParametersRefused, Profile, Statuses
from tests.schema.server.small import serving

# By code: in `audit` under response+json, in `audit` under json, in `draft` under both.
EXPECTED = {
    "BAD_REQUEST": (400, 400, 400),
    "BAD_USER_INPUT": (400, 200, 422),
    "DOCUMENT_LIMIT_EXCEEDED": (400, 200, 422),
    "GRAPHQL_PARSE_FAILED": (400, 200, 400),
    "GRAPHQL_VALIDATION_FAILED": (400, 200, 422),
    "HEADERS_TOO_LARGE": (431, 431, 431),
    "INTERNAL": (500, 500, 500),
    "INTROSPECTION_DISABLED": (400, 200, 422),
    "METHOD_NOT_ALLOWED": (405, 405, 405),
    "NOT_ACCEPTABLE": (406, 406, 406),
    "OPERATION_RESOLUTION_FAILED": (400, 200, 422),
    "PAYLOAD_TOO_LARGE": (413, 413, 413),
    "PERSISTED_DOCUMENT_NOT_FOUND": (400, 200, 422),
    "PERSISTED_QUERY_NOT_SUPPORTED": (400, 200, 422),
    "QUERY_TOO_COMPLEX": (400, 200, 422),
    "RATE_LIMITED": (429, 429, 429),
    "REQUEST_TIMEOUT": (408, 408, 408),
    "SCOPE_MISSING": (403, 403, 403),
    "SUBSCRIPTION_NEEDS_STREAM": (406, 406, 406),
    "TOO_MANY_OPERATIONS": (429, 429, 429),
    "UNAUTHENTICATED": (401, 200, 401),
    "UNAVAILABLE": (503, 503, 503),
    "UNSUPPORTED_MEDIA_TYPE": (415, 415, 415),
    "URI_TOO_LONG": (414, 414, 414),
    "A_REFUSAL_OF_THE_DOMAIN": (400, 200, 422),
}


def test_every_code_has_its_statuses() -> None:
    assert EXPECTED.keys() >= set(Code)


@pytest.mark.parametrize("code", EXPECTED)
def test_the_table(code: str) -> None:
    check_row(RequestRefused(code, "no"), *EXPECTED[code])


def test_what_one_code_does_not_tell_apart() -> None:
    check_row(CredentialsRefused("TOKEN_EXPIRED", "no"), 401, 401, 401)
    check_row(ParametersRefused(Code.BAD_REQUEST, "no"), 400, 400, 422)


def check_row(refused: RequestRefused, audit: int, audit_json: int, draft: int) -> None:
    statuses = Statuses(Profile.AUDIT)
    assert statuses.of_refusal(refused, RESPONSE_JSON) == (audit, RESPONSE_JSON)
    assert statuses.of_refusal(refused, JSON) == (audit_json, JSON)
    for accepted in (JSON, RESPONSE_JSON):
        assert Statuses(Profile.DRAFT).of_refusal(refused, accepted) == (draft, RESPONSE_JSON)


def test_answers_of_what_ran() -> None:
    assert [Statuses(Profile.AUDIT).of_answer(has_errors=each) for each in (False, True)] == [200, 200]
    assert [Statuses(Profile.DRAFT).of_answer(has_errors=each) for each in (False, True)] == [200, 294]


NAMED = "query H($n: String!) { hello(name: $n) }"
# What is posted, and its status in `audit` under response+json, in `audit` under json, and in `draft`.
REQUESTS: list[tuple[Any, tuple[int, int, int]]] = [
    ({"query": "{ hello }"}, (200, 200, 200)),
    ({"query": "{ card(number: 0) { text } }"}, (200, 200, 294)),
    ({"query": "{ null }"}, (200, 200, 294)),
    ({"query": "{"}, (400, 200, 400)),
    ({"query": "{ nothing }"}, (400, 200, 422)),
    ({"query": "{ hello }", "operationName": "Other"}, (400, 200, 422)),
    ({"query": "query A { hello } query B { hello }"}, (400, 200, 422)),
    ({"query": NAMED}, (400, 200, 422)),
    ({"query": NAMED, "variables": {"n": 7}}, (400, 200, 422)),
    ({"documentId": "sha256:" + "0" * 64}, (400, 200, 422)),
    ({"query": "{ hello }", "variables": [7]}, (400, 400, 422)),
    ({"qeury": "{ hello }"}, (400, 400, 422)),
    ([{"query": "{ hello }"}], (400, 400, 422)),
    (b"NONSENSE", (400, 400, 400)),
    (b'{"query":', (400, 400, 400)),
    ({"query": "subscription { cardChanges { __typename } }"}, (406, 406, 406)),
]


@asynccontextmanager
async def asking(services: Services, profile: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = replace(services.settings, http_status_profile=profile)
    async with (
        serving(replace(services, settings=settings)) as server,
        httpx.AsyncClient(base_url=server.url.removesuffix("/graphql")) as client,
    ):
        yield client


@pytest.mark.parametrize("profile", ["audit", "draft"])
async def test_clients_meet_the_table(services: Services, profile: str) -> None:
    async with asking(services, profile) as client:
        for body, (audit, audit_json, draft) in REQUESTS:
            given = {"content": body} if isinstance(body, bytes) else {"json": body}
            for accepted, in_audit in ((RESPONSE_JSON, audit), (JSON, audit_json)):
                headers = {"accept": accepted, "content-type": JSON}
                answer = await client.post("/graphql", headers=headers, **given)
                status = in_audit if profile == "audit" else draft
                labelled = RESPONSE_JSON if profile == "draft" and status >= 300 else accepted
                said = (answer.status_code, answer.headers["content-type"])
                assert said == (status, f"{labelled}; charset=utf-8"), body
                if status not in (200, 294):
                    assert "data" not in answer.json() and answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("profile", ["audit", "draft"])
async def test_statuses_that_are_the_same_in_both_profiles(services: Services, profile: str) -> None:
    async with asking(services, profile) as client:
        mutation = {"query": 'mutation { addCard(input: {text: "x"}) { __typename } }'}
        answers = {
            405: await client.get("/graphql", params=mutation),
            415: await client.post("/graphql", content=b"{}", headers={"content-type": "text/plain"}),
            406: await client.post("/graphql", json={"query": "{ hello }"}, headers={"accept": "image/png"}),
            413: await client.post("/graphql", content=b" " * 300_000, headers={"content-type": JSON}),
            414: await client.get("/graphql", params={"query": "{ hello }" + " " * 20_000}),
            431: await client.post("/graphql", json={"query": "{ hello }"}, headers={"x-long": "x" * 40_000}),
            401: await client.post("/graphql", json={"query": "{ hello }"}, headers={"authorization": "Bearer no"}),
        }
        assert {status: answer.status_code for status, answer in answers.items()} == {one: one for one in answers}
        assert answers[405].headers["allow"] == "POST"
        assert answers[401].headers["www-authenticate"] == "Bearer"


def test_the_profile_is_one_of_two() -> None:
    needed = {"DATABASE_URL": "postgresql+asyncpg://x", "REDIS_URL": "redis://x", "SECRET_KEY": "x" * 32}
    assert Settings.from_environment(needed).http_status_profile == "audit"
    assert Settings.from_environment(needed | {"HTTP_STATUS_PROFILE": "draft"}).http_status_profile == "draft"
    with pytest.raises(InvalidSetting, match="HTTP_STATUS_PROFILE must be audit or draft"):
        Settings.from_environment(needed | {"HTTP_STATUS_PROFILE": "strict"})
