"""GraphQL over HTTP: shapes, statuses, media types, bounds."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.infra.telemetry import UNPLANNED
from resolvers.services import Services
from schema.server.documents import Documents, InvalidDocument
from schema.server.incoming import MAX_BODY
from tests.factories.accounts import register
from tests.fixtures.costs import without_cost
from tests.schema.server.conftest import FRIENDS
from tests.schema.server.small import Server, build_schema, serving

NEW = "application/graphql-response+json"
OLD = "application/json"


@pytest_asyncio.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url.removesuffix("/graphql"), timeout=20) as opened:
        yield opened


async def post(client: httpx.AsyncClient, body: Any, accept: str = OLD, **headers: str) -> httpx.Response:
    return await client.post("/graphql", json=body, headers={"accept": accept, **headers})


def said(response: httpx.Response) -> Any:
    """What was answered, without what it has cost."""
    return without_cost(response.json())


def code(response: httpx.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_query_is_answered(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "query H($n: String!) { hello(name: $n) }", "variables": {"n": "you"}})
    assert answer.status_code == 200
    assert said(answer) == {"data": {"hello": "hello you"}}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_query_may_come_by_get(client: httpx.AsyncClient) -> None:
    given = {"query": "query H($n: String!) { hello(name: $n) }", "variables": '{"n": "you"}', "operationName": ""}
    answer = await client.get("/graphql", params=given)
    assert (answer.status_code, said(answer)) == (200, {"data": {"hello": "hello you"}})


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        ("", 200, OLD),
        ("*/*", 200, OLD),
        ("application/*;q=0.5", 200, OLD),
        (NEW, 200, NEW),
        (f"{NEW}, {OLD};q=0.9", 200, NEW),
        (f"{OLD}, {NEW};q=0.9", 200, OLD),
        (f"{NEW}, {OLD}, text/event-stream", 200, NEW),
        (f"{OLD}, {NEW}", 200, NEW),
        ("application/*, text/event-stream", 200, OLD),
        (f"{OLD};q=0, */*", 200, NEW),
        (f"{OLD};q=0.1, {NEW};q=0.1, application/*;q=1", 200, NEW),
        (f"{OLD};q=1.5, {NEW};q=0.1", 200, NEW),
        ("image/png", 406, OLD),
        ("application/*;q=0, */*", 406, OLD),
        (f"{OLD};q=0", 406, OLD),
    ],
)
async def test_the_media_type_is_negotiated(
    client: httpx.AsyncClient, accept: str, status: int, media_type: str
) -> None:
    answer = await post(client, {"query": "{ hello }"}, accept)
    assert answer.status_code == status
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"query": "{ hello"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": 1}}, "BAD_USER_INPUT"),
        ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILED"),
        ({"query": "{ hello }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILED"),
        ({"documentId": "sha256:" + "0" * 64}, "PERSISTED_DOCUMENT_NOT_FOUND"),
        ({"documentId": "whatever"}, "PERSISTED_DOCUMENT_NOT_FOUND"),
        ({"query": "{" + "again{" * 15 + "hello" + "}" * 16}, "DOCUMENT_LIMIT_EXCEEDED"),
    ],
)
async def test_a_document_that_cannot_run_fails_with_a_code_and_without_data(
    client: httpx.AsyncClient, body: dict[str, Any], expected: str
) -> None:
    old, new = await post(client, body, OLD), await post(client, body, NEW)
    assert (old.status_code, new.status_code) == (200, 400)
    assert code(old) == code(new) == expected
    assert "data" not in old.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"1",
        b'"x"',
        b"true",
        b"[]",
        b'[{"query":"{hello}"}]',
        b"{}",
        b'{"query":null}',
        b'{"query":1}',
        b'{"query":{"a":1}}',
        b'{"query":"{hello}","variables":[]}',
        b'{"query":"{hello}","variables":"x"}',
        b'{"query":"{hello}","operationName":1}',
        b'{"query":"{hello}","extensions":[]}',
        b'{"query":"{hello}","documentId":"sha256:00"}',
        b'{"documentId":7}',
        b'{"query":"\xff\xfe"}',
        b'{"query":"\\ud800"}',
        b"{" * 200_000,
        b"[" * 200_000,
        b'{"query":"{hello}","variables":' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
    ],
)
@pytest.mark.parametrize("accept", [OLD, NEW])
async def test_a_malformed_request_answers_400_in_graphql(client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    answer = await client.post("/graphql", content=body, headers={"content-type": OLD, "accept": accept})
    assert answer.status_code == 400
    assert code(answer) == "BAD_REQUEST"
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_malformed_json_in_the_address_answers_400(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get("/graphql", params={"query": "{ hello }", name: "{"})
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=latin-1"],
)
async def test_only_json_is_accepted(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/graphql", content=b'{"query":"{hello}"}', headers={"content-type": content_type})
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_has_a_bound(client: httpx.AsyncClient) -> None:
    padding = b" " * (MAX_BODY - len(b'{"query":"{hello}"}'))
    headers = {"content-type": OLD}
    fits = await client.post("/graphql", content=b'{"query":"{hello}"}' + padding, headers=headers)
    assert fits.status_code == 200
    large = await client.post("/graphql", content=b'{"query":"{hello}"}' + padding + b" ", headers=headers)
    assert (large.status_code, code(large)) == (413, "PAYLOAD_TOO_LARGE")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1024

    chunked = await client.post("/graphql", content=pieces(), headers=headers)
    assert (chunked.status_code, code(chunked)) == (413, "PAYLOAD_TOO_LARGE")


async def test_methods(client: httpx.AsyncClient, server: Server) -> None:
    put = await client.put("/graphql", json={"query": "{ hello }"})
    assert (put.status_code, put.headers["allow"], code(put)) == (405, "GET, POST", "METHOD_NOT_ALLOWED")
    mutation = await client.get("/graphql", params={"query": 'mutation { addCard(input: {text: "x"}) { __typename } }'})
    assert (mutation.status_code, mutation.headers["allow"], code(mutation)) == (405, "POST", "METHOD_NOT_ALLOWED")
    assert server.board.cards == []


async def test_a_subscription_that_accepts_no_stream_is_told_of_both(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "subscription { cardChanges { __typename } }"})
    assert (answer.status_code, code(answer)) == (406, "SUBSCRIPTION_NEEDS_STREAM")
    message = answer.json()["errors"][0]["message"]
    assert "text/event-stream" in message and "graphql-transport-ws" in message


async def test_a_mutation_answers_its_payload_or_a_refusal(client: httpx.AsyncClient) -> None:
    document = """mutation ($text: String!) { addCard(input: {text: $text}) {
        __typename ... on AddCardPayload { card { number text } } ... on UserError { code message } } }"""
    for number in (1, 2, 3):
        answer = await post(client, {"query": document, "variables": {"text": f"card {number}"}})
        card = {"number": number, "text": f"card {number}"}
        assert said(answer) == {"data": {"addCard": {"__typename": "AddCardPayload", "card": card}}}
    answer = await post(client, {"query": document, "variables": {"text": "one too many"}})
    assert said(answer) == {
        "data": {"addCard": {"__typename": "ConflictError", "code": "BOARD_FULL", "message": "The board is full."}}
    }


async def test_refusals_of_queries_carry_their_code_and_data(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ card(number: 0) { text } }"}, NEW)
    assert answer.status_code == 200
    assert said(answer) == {
        "data": {"card": None},
        "errors": [
            {
                "message": "Cards are numbered from 1.",
                "locations": [{"line": 1, "column": 3}],
                "path": ["card"],
                "extensions": {"code": "BAD_USER_INPUT", "inputPath": ["number"]},
            }
        ],
    }
    answer = await post(client, {"query": "{ limited }"})
    assert answer.json()["errors"][0]["extensions"] == {"code": "LIMIT_REACHED", "retryAfterSeconds": 7}


@pytest.mark.parametrize("field", ["wrongType", "null", "cards { broken }"])
async def test_bugs_are_masked_and_logged_once(
    client: httpx.AsyncClient, server: Server, field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.board.cards.append("a card")
    answer = await post(client, {"query": f"{{ {field} }}"}, **{"x-request-id": "quote-me.1"})
    error = answer.json()["errors"][0]
    assert answer.status_code == 200
    assert error["message"] == "Something went wrong on our side. Quote the request id when you report it."
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "quote-me.1"}
    assert "secret" not in answer.text
    assert capsys.readouterr().out.count("unexpected error") == 1


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("query ($k: UUID!) { key(key: $k) }", {"k": "not a key"}),
        ('{ key(key: "not a key") }', {}),
        ("query ($t: DateTime!) { at(time: $t) }", {"t": "yesterday"}),
        ('{ at(time: "yesterday") }', {}),
        ("query ($n: Int!) { card(number: $n) { text } }", {"n": 10**30}),
        ("query ($n: Int) { card(number: $n) { text } }", {"n": None}),
        ('mutation { addCard(input: {text: "x", note: null}) { __typename } }', {}),
        ("mutation ($i: CardInput!) { addCard(input: $i) { __typename } }", {"i": {"text": "x", "note": None}}),
        ("mutation ($i: CardInput!) { addCard(input: $i) { __typename } }", {"i": {"text": "x", "colour": "GREEN"}}),
        ("mutation ($i: CardInput!) { addCard(input: $i) { __typename } }", {"i": {"text": ["x"]}}),
        ("mutation ($i: CardInput!) { addCard(input: $i) { __typename } }", {"i": {"txt": "x"}}),
    ],
)
async def test_wrong_input_is_the_clients_mistake_and_shows_no_python(
    client: httpx.AsyncClient, document: str, variables: dict[str, Any]
) -> None:
    answer = await post(client, {"query": document, "variables": variables})
    assert code(answer) in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")
    for leak in ("hexadecimal", "Maybe[", "isoformat", "Traceback", "object at 0x", "NoneType", "strawberry"):
        assert leak not in answer.text


async def test_at_most_fifty_errors_are_answered(client: httpx.AsyncClient, server: Server) -> None:
    server.board.cards.extend(str(number) for number in range(60))
    answer = await post(client, {"query": "{ cards { number broken } }"})
    assert len(answer.json()["errors"]) == 1  # a null in a list of non-null ends it
    many = " ".join(f"nothing{number}" for number in range(80))
    answer = await post(client, {"query": f"{{ {many} }}"})
    assert len(answer.json()["errors"]) <= 51


async def test_the_request_id_comes_back(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ hello }"}, **{"x-request-id": "abc-1.2_3"})
    assert answer.headers["x-request-id"] == "abc-1.2_3"
    for strange in ("with space", "x" * 65, "a;b", "{}"):
        answer = await post(client, {"query": "{ hello }"}, **{"x-request-id": strange})
        assert answer.headers["x-request-id"] != strange
        assert len(answer.headers["x-request-id"]) == 32


async def test_who_asks_is_known_by_the_token(client: httpx.AsyncClient, services: Services) -> None:
    signed_in = await register(services.accounts, "ada")
    for scheme in ("Bearer", "bearer"):
        answer = await post(client, {"query": "{ viewer }"}, authorization=f"{scheme} {signed_in.tokens.access_token}")
        assert said(answer) == {"data": {"viewer": str(signed_in.user.id)}}
    assert said(await post(client, {"query": "{ viewer }"})) == {"data": {"viewer": None}}


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic YTpi", "", "Bearer a.b.c"])
async def test_a_wrong_credential_is_never_anonymous(client: httpx.AsyncClient, authorization: str) -> None:
    for accept in (OLD, NEW):
        answer = await post(client, {"query": "{ viewer }"}, accept, authorization=authorization)
        assert answer.status_code == 401
        assert code(answer) in ("UNAUTHENTICATED", "TOKEN_INVALID")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_expired_token_says_so(client: httpx.AsyncClient, services: Services) -> None:
    signed_in = await register(services.accounts, "ada")
    services.clock.advance(seconds=services.settings.access_token_ttl_s)  # type: ignore[attr-defined]
    answer = await post(client, {"query": "{ viewer }"}, authorization=f"Bearer {signed_in.tokens.access_token}")
    assert (answer.status_code, code(answer)) == (401, "TOKEN_EXPIRED")


async def test_a_guarded_field_refuses_as_data(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "mutation { sign }"})
    assert answer.json()["data"] is None
    assert code(answer) == "UNAUTHENTICATED"


async def test_other_sites_may_call_only_when_they_are_friends(client: httpx.AsyncClient) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    friend = await client.options("/graphql", headers={"origin": FRIENDS, **asked})
    assert friend.headers["access-control-allow-origin"] == FRIENDS
    stranger = await client.options("/graphql", headers={"origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in stranger.headers


async def test_execution_has_a_ceiling(services: Services) -> None:
    async with (
        serving(services, time_limit_s=0.2) as server,
        httpx.AsyncClient(base_url=server.url.removesuffix("/graphql")) as client,
    ):
        answer = await post(client, {"query": "{ slow(seconds: 5) }"})
        assert (answer.status_code, code(answer)) == (503, "UNAVAILABLE")
        assert said(await post(client, {"query": "{ slow(seconds: 0.01) }"})) == {"data": {"slow": "done"}}


async def test_persisted_documents_are_known_by_their_hash(services: Services, tmp_path: Path) -> None:
    source = "query Hello($n: String!) { hello(name: $n) }\n"
    (tmp_path / "Hello.graphql").write_text(source)
    digest = hashlib.sha256(source.encode()).hexdigest()
    async with (
        serving(services, documents=tmp_path) as server,
        httpx.AsyncClient(base_url=server.url.removesuffix("/graphql")) as client,
    ):
        variables = {"n": "file"}
        for asked in (
            {"documentId": f"sha256:{digest}"},
            {"documentId": digest},
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}},
        ):
            answer = await post(client, {"variables": variables, **asked})
            assert said(answer) == {"data": {"hello": "hello file"}}
        by_get = await client.get("/graphql", params={"documentId": f"sha256:{digest}", "variables": '{"n":"file"}'})
        assert said(by_get) == {"data": {"hello": "hello file"}}

        # A client cannot add one.
        other = "{ hello }"
        hashed = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(other.encode()).hexdigest()}}
        assert said(await post(client, {"query": other, "extensions": hashed})) == {"data": {"hello": "hello world"}}
        assert code(await post(client, {"extensions": hashed})) == "PERSISTED_QUERY_NOT_SUPPORTED"
        # Nor is one run under the name of another.
        altered = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        assert code(await post(client, {"query": other, "extensions": altered})) == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("query A { nothing }", "Cannot query field 'nothing'"),
        ("query A { hello", "Syntax Error"),
        ("query A { hello } query B { hello }", "has 2 operations"),
        ("{" + "again{" * 15 + "hello" + "}" * 16, "levels of fields"),
    ],
)
def test_a_first_party_document_that_cannot_be_served_stops_the_start(tmp_path: Path, source: str, why: str) -> None:
    (tmp_path / "Broken.graphql").write_text(source)
    with pytest.raises(InvalidDocument, match=why) as refused:
        Documents(build_schema(), tmp_path)
    assert "Broken.graphql" in str(refused.value)


async def test_requests_do_not_disturb_each_other(client: httpx.AsyncClient) -> None:
    asked = [post(client, {"query": f'{{ hello(name: "{number}") slow(seconds: 0.05) }}'}) for number in range(20)]
    answers = await asyncio.gather(*asked)
    assert [answer.json()["data"]["hello"] for answer in answers] == [f"hello {number}" for number in range(20)]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_cookie_alone_is_nobody_and_a_form_is_refused(
    client: httpx.AsyncClient, server: Server, services: Services, content_type: str
) -> None:
    """What a page of another site can have a browser send: cookies, GET, and forms."""
    signed_in = await register(services.accounts, "ada")
    token = signed_in.tokens.access_token
    cookies = {"cookie": f"authorization=Bearer {token}; Authorization=Bearer {token}; token={token}; session={token}"}
    asked = await client.get("/graphql", params={"query": "{ viewer }"}, headers=cookies)
    assert said(asked) == {"data": {"viewer": None}}
    signed = await post(client, {"query": "mutation { sign }"}, **cookies)
    assert code(signed) == "UNAUTHENTICATED"
    mutation = 'mutation { addCard(input: {text: "x"}) { __typename } }'
    form = await client.post(
        "/graphql", content=f'{{"query":"{mutation}"}}', headers={**cookies, "content-type": content_type}
    )
    assert (form.status_code, code(form)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    by_get = await client.get("/graphql", params={"query": mutation}, headers=cookies)
    assert (by_get.status_code, code(by_get)) == (405, "METHOD_NOT_ALLOWED")
    assert server.board.cards == []


@pytest.mark.parametrize("batch", [[], [{"query": "{ hello }"}], [{"query": "{ hello }"}] * 2])
async def test_a_batch_is_refused_and_says_so(client: httpx.AsyncClient, batch: list[Any]) -> None:
    answer = await post(client, batch, NEW)
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert "batches are not supported" in answer.json()["errors"][0]["message"]


async def test_a_body_that_comes_too_slowly_is_given_up(services: Services) -> None:
    async with serving(services, body_limit_s=0.2) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.split(":")[2].split("/")[0]))
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {OLD}\r\ncontent-length: 100\r\n\r\n"
        writer.write(head.encode() + b'{"query":')
        async with asyncio.timeout(20):
            said = await reader.read()  # to the end, because the server closes
        assert said.startswith(b"HTTP/1.1 408 ") and b'"REQUEST_TIMEOUT"' in said
        writer.close()


async def test_a_condition_without_a_value_is_the_same_error_each_time(services: Services) -> None:
    asked = {"query": "query($x: Boolean = true) { hello @include(if: $x) }", "variables": {"x": None}}
    async with (
        serving(services) as server,
        httpx.AsyncClient(base_url=server.url.removesuffix("/graphql")) as client,
    ):
        answers = [await post(client, asked) for _ in range(3)]
        assert [said(answer) for answer in answers] == [said(answers[0])] * 3
        assert code(answers[2]) == "BAD_USER_INPUT"


async def test_only_what_may_come_in_parts_is_executed_in_parts(services: Services) -> None:
    runs = UNPLANNED.labels("adhoc", "it comes for the first time")._value
    async with (
        serving(services) as server,
        httpx.AsyncClient(base_url=server.url.removesuffix("/graphql")) as client,
    ):
        before = runs.get()
        for _ in range(3):
            headers = {"accept": "multipart/mixed;incrementalSpec=v0.2, application/json"}
            answer = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
            assert said(answer) == {"data": {"hello": "hello world"}}
        assert runs.get() == before + 1
