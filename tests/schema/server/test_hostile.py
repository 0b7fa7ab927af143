"""Whatever is sent, the answer is GraphQL: never 5xx, every error with a code.

`HYPOTHESIS_PROFILE=fuzz` (`make fuzz`) tries ten thousand mutations instead of a few hundred.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.hostile import BODIES, DOCUMENTS, as_body
from schema import root
from schema.server.decoding import MAX_DEPTH
from schema.server.http import GraphQLOverHTTP
from tests.fixtures.asgi import Said, ask, endpoint
from tests.schema.server import small

ACCEPTED = ["application/json", "application/graphql-response+json", "*/*"]
EXAMPLES = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else 300


@pytest.fixture(scope="module")
def product() -> GraphQLOverHTTP:
    """The endpoint with the schema of the product."""
    return endpoint(root.build_schema())


def check_refusal(said: Said, *allowed: int) -> None:
    assert said.status in allowed
    assert said.codes and "INTERNAL" not in said.codes
    assert "data" not in orjson.loads(said.body)
    assert said.headers["content-type"].split(";")[0] in ACCEPTED


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("name", BODIES)
async def test_a_hostile_body_is_refused_in_graphql(product: GraphQLOverHTTP, name: str, accept: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
    said = await ask(product, BODIES[name], headers=headers)
    check_refusal(said, 413 if name == "too large" else 400)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hostile_document_is_refused_in_graphql(product: GraphQLOverHTTP, name: str) -> None:
    check_refusal(await ask(product, as_body(DOCUMENTS[name])), 200, 400)
    headers = [(b"content-type", b"application/json"), (b"accept", b"application/graphql-response+json")]
    check_refusal(await ask(product, as_body(DOCUMENTS[name]), headers=headers), 400)


@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_the_depth_of_json_is_bounded_in_the_address_too(product: GraphQLOverHTTP, name: str) -> None:
    for depth, fits in ((MAX_DEPTH, True), (MAX_DEPTH + 1, False)):
        nested = '{"a":' * depth + "1" + "}" * depth
        query_string = f"query={quote('{ __typename }')}&{name}={quote(nested)}".encode()
        said = await ask(product, method="GET", query_string=query_string, headers=[])
        body = orjson.dumps({"query": "{ __typename }"})[:-1] + f',"{name}":{nested}}}'.encode()
        posted = await ask(product, body)
        if fits:
            assert said.status == 200
        else:
            for refused in (said, posted):
                check_refusal(refused, 400)
                assert b"nested at most 32 levels deep" in refused.body


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    slow = endpoint(small.build_schema(), body_limit_s=0.05)
    said = await ask(slow, b'{"query":', is_whole=False)
    check_refusal(said, 408)
    assert said.headers["connection"] == "close"


VALID = orjson.dumps(
    {
        "query": "query H($n: String!, $t: DateTime) { hello(name: $n) again { hello } at(time: $t) }",
        "operationName": "H",
        "variables": {"n": "you", "t": "2026-01-01T00:00:00Z", "more": [1, {"a": None}]},
        "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}},
    }
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(["query", "documentId", "operationName", "variables", "extensions", "persistedQuery"])


@st.composite
def flipped(draw: st.DrawFn) -> bytes:
    body = bytearray(VALID)
    for place, byte in draw(st.lists(st.tuples(st.integers(0, len(body) - 1), st.integers(0, 255)), max_size=8)):
        body[place] = byte
    return bytes(body)


@st.composite
def cut(draw: st.DrawFn) -> bytes:
    first, last = draw(st.integers(0, len(VALID))), draw(st.integers(0, len(VALID)))
    return VALID[:first] + VALID[last:]


@st.composite
def retyped(draw: st.DrawFn) -> bytes:
    value: dict[str, Any] = orjson.loads(VALID)
    value |= draw(st.dictionaries(NAMES, JSON, max_size=3))
    return json.dumps(value).encode()  # numbers of any size, which orjson does not write


@st.composite
def nested(draw: st.DrawFn) -> bytes:
    depth = draw(st.integers(0, 400))
    opening, closing = draw(st.sampled_from([(b"[", b"]"), (b'{"a":', b"}")]))
    inner = opening * depth + b"1" + closing * draw(st.sampled_from([depth, 0, depth + 1]))
    return VALID[:-1] + b',"' + draw(NAMES).encode() + b'":' + inner + b"}"


@st.composite
def doubled(draw: st.DrawFn) -> bytes:
    again = orjson.dumps(draw(st.text(max_size=10) | st.integers(0, 9) | st.none()))
    return VALID[:-1] + b',"' + draw(NAMES).encode() + b'":' + again + b"}"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    tokens = '{ } ( ) [ ] : ! $ @ ... | & = query mutation subscription fragment on hello again name n "x" 1 1.5 null'
    text = " ".join(draw(st.lists(st.sampled_from(tokens.split()), max_size=30)))
    return as_body(text if draw(st.booleans()) else "{ hello } " + text)


BODY = flipped() | cut() | retyped() | nested() | doubled() | documents() | st.binary(max_size=200)
_SMALL = endpoint(small.build_schema())


@settings(max_examples=EXAMPLES, derandomize=EXAMPLES < 10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(BODY, st.sampled_from(ACCEPTED))
def test_no_mutation_of_a_body_gets_more_than_a_coded_error(body: bytes, accept: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
    said = asyncio.run(ask(_SMALL, body, headers=headers))
    assert said.status < 500
    answer = orjson.loads(said.body)
    assert "data" in answer or said.codes
    assert "INTERNAL" not in said.codes
