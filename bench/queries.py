"""What it costs to read a bracket over HTTP: CPU per request, and statements per request."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import httpx
from graphql import OperationType

from bench.event import open_database, start_event
from bench.server import System
from domain.accounts import Accounts
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.kernel.clock import SystemClock
from resolvers.context import Context
from resolvers.services import Services
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.execution import Engine
from schema.server.parameters import Parameters
from tests.fixtures.database import counted_statements

DOCUMENT = """query Bracket($slug: String!) { tournament(slug: $slug) { bracket { rounds { name matches {
  id status bestOf slots { name seed score } } } } } }"""
_REQUESTS = 200
_SCHEMA = build_schema()
_DOCUMENTS, _ENGINE = Documents(_SCHEMA), Engine(_SCHEMA)


async def measure(system: System) -> dict[str, Any]:
    """Brackets of 16, 64 and 256 entrants."""
    db = open_database(system.database_url)
    results = {}
    try:
        async with httpx.AsyncClient(base_url=system.url, timeout=30) as client:
            for entrants in (16, 64, 256):
                slug = f"bench-{entrants}"
                await start_event(db, entrants, slug)
                results[f"{entrants}_entrants"] = await _requests(system, client, slug) | {
                    "statements_of_first_request": await statements_of(db, DOCUMENT, {"slug": slug}),
                    "statements_per_request": await statements_of(db, DOCUMENT, {"slug": slug}),
                }
    finally:
        await db.close()
    return results


async def _requests(system: System, client: httpx.AsyncClient, slug: str) -> dict[str, Any]:
    body = {"query": DOCUMENT, "variables": {"slug": slug}}
    size = 0
    for _ in range(10):
        size = len((await client.post("/graphql", json=body)).raise_for_status().content)
    cpu, began = system.api.cpu_s(), time.perf_counter()
    for _ in range(_REQUESTS):
        (await client.post("/graphql", json=body)).raise_for_status()
    return {
        "server_cpu_ms_per_request": round((system.api.cpu_s() - cpu) / _REQUESTS * 1000, 2),
        "wall_ms_per_request": round((time.perf_counter() - began) / _REQUESTS * 1000, 2),
        "bytes": size,
    }


async def statements_of(db: Database, document: str, variables: Mapping[str, Any]) -> int:
    """Statements of one request, or of the first message of a subscription; executed in this process, where they can
    be seen.
    """
    # Nothing about accounts or viewers is asked for, so there is neither.
    services = Services(
        settings=Settings(database_url="", redis_url="", secret_key=""),
        db=db,
        clock=SystemClock(),
        accounts=cast("Accounts", None),
        presence=cast("Presence", None),
    )
    operation = _DOCUMENTS.operation(Parameters(query=document))
    context = Context(services=services)
    with counted_statements(db) as statements:
        root = None
        if operation.kind is OperationType.SUBSCRIPTION:
            stream, _ = await _ENGINE.stream(operation, dict(variables), context)
            root = (await stream.snapshot(Context(services=services)))[0].value
        answer = await _ENGINE.answer(operation, dict(variables), context, root)
    if "errors" in answer.body:
        raise RuntimeError(str(answer.body["errors"]))
    return len(statements)
