"""The audit suite of GraphQL over HTTP that nobody here wrote (npm graphql-http), audit by audit."""

from __future__ import annotations

from collections import Counter

from tests.conformance.conftest import RunScript
from tests.schema.server.conftest import server, services
from tests.schema.server.small import Server

__all__ = ["server", "services"]


async def test_every_audit_is_ok(server: Server, node: RunScript) -> None:
    results = await node("audit.mjs", server.url)
    assert [result for result in results if result["status"] != "ok"] == []
    assert Counter(result["name"].split()[0] for result in results) == {"MUST": 13, "SHOULD": 23, "MAY": 25}
    assert len({result["id"] for result in results}) == 61
