"""Event streams and answers in parts as other people's clients read them: graphql-sse and urql of npm."""

from __future__ import annotations

import hashlib
from pathlib import Path

from resolvers.services import Services
from tests.conformance.conftest import RunScript
from tests.schema.server.conftest import services
from tests.schema.server.small import serving
from tests.schema.server.test_sse import nothing_left

__all__ = ["services"]

CARDS = "subscription { cardChanges { ... on BoardSnapshot { cards { text } } } }"
GREETING = "query Greeting { hello }"
ADD = 'mutation { addCard(input: {text: "x"}) { ... on AddCardPayload { card { number } } } }'


async def test_both_clients_understand_everything(services: Services, node: RunScript, tmp_path: Path) -> None:
    (tmp_path / "Greeting.graphql").write_text(GREETING)
    persisted = f"sha256:{hashlib.sha256(GREETING.encode()).hexdigest()}"
    async with serving(services, documents=tmp_path) as server:
        heard = await node("sse_clients.mjs", server.url, CARDS, persisted, "{ hello }", ADD)
        await nothing_left(server)
    hello = {"data": {"hello": "hello world"}}
    snapshot = [{"text": "x"}]
    sse, urql = heard["sse"], heard["urql"]
    assert sse["query"] == sse["persisted"] == hello
    assert sse["mutation"] == {"data": {"addCard": {"card": {"number": 1}}}}
    assert [error["extensions"]["code"] for error in sse["invalid"]["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert sse["subscription"] == [{"data": {"cardChanges": {"cards": snapshot}}}]
    assert urql["query"] == {**hello, "codes": []}
    assert urql["mutation"] == {"data": {"addCard": {"card": {"number": 2}}}, "codes": []}
    assert urql["deferred"][0] == {"hello": "hello world"}
    assert urql["deferred"][-1] == {"hello": "hello world", "slow": "done"}
    assert urql["invalid"] == {"data": None, "codes": ["GRAPHQL_VALIDATION_FAILED"]}
    assert urql["subscription"] == [{"data": {"cardChanges": {"cards": snapshot * 2}}, "codes": []}]
