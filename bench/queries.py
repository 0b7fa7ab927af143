"""What it costs to read a bracket over HTTP: CPU per request, and statements per request."""

from __future__ import annotations

import time
from typing import Any, cast

import httpx

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
from tests.fixtures.database import counted_statements

DOCUMENT = """query Bracket($slug: String!) { tournament(slug: $slug) { bracket { rounds { name matches {
  id status bestOf slots { name seed score } } } } } }"""
_REQUESTS = 200
_SCHEMA = build_schema()


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
                    "statements_of_first_request": await _statements(db, slug),
                    "statements_per_request": await _statements(db, slug),
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


async def _statements(db: Database, slug: str) -> int:
    """Statements of one request; executed in this process, where they can be seen."""
    settings = Settings(database_url="", redis_url="", secret_key="")
    # Nothing about accounts or viewers is asked for, so there is neither.
    services = Services(
        settings=settings,
        db=db,
        clock=SystemClock(),
        accounts=cast("Accounts", None),
        presence=cast("Presence", None),
    )
    context = Context(services=services)
    with counted_statements(db) as statements:
        answer = await _SCHEMA.execute(DOCUMENT, variable_values={"slug": slug}, context_value=context)
    if answer.errors:
        raise RuntimeError(str(answer.errors))
    return len(statements)
