"""What it takes to refuse a document of an application with a key, whatever the reason, and to serve one.

Requests of each kind take turns, in this process and without a network, so that whatever else the machine does falls on
all of them alike.
"""

from __future__ import annotations

import statistics
import time
from contextlib import suppress
from typing import Any

from bench.event import open_database
from bench.server import System
from domain import partners
from domain.accounts import Accounts
from domain.infra.buckets import Buckets
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.integrations.broadcast import BroadcastHub
from domain.kernel.clock import SystemClock
from domain.partners import RevokeDocument
from resolvers.services import Services
from schema.root import build_schema
from schema.server.clients import Client
from schema.server.documents import Documents
from schema.server.masking import RequestRefused
from schema.server.meter import Meter
from schema.server.parameters import Parameters, digest
from schema.server.registry import Registry
from schema.server.viewer import ApiKeys
from tests.factories.partners import cast, make_key, make_partner, publish
from tests.factories.teams import NOW, run

_ROUNDS = 2_000
_WARM_UP = 50
_SERVED, _REVOKED, _FOREIGN = (f"query {name} {{ __typename }}" for name in ("Served", "Revoked", "Foreign"))


async def measure(system: System) -> dict[str, Any]:
    """Medians and 99th percentiles, in microseconds of CPU, of finding a document or refusing it."""
    db = open_database(system.database_url)
    settings = Settings(database_url=system.database_url, redis_url=system.redis_url, secret_key="x" * 32)
    clock, cache, hub = SystemClock(), Cache(settings.redis_url), BroadcastHub(settings.redis_url)
    services = Services(
        settings=settings,
        db=db,
        clock=clock,
        accounts=Accounts(db, cache, settings, clock),
        presence=Presence(settings.redis_url, hub),
    )
    meter = Meter(Buckets(settings.redis_url), settings)
    await hub.start()
    try:
        secret = await _prepared(db)
        keys = ApiKeys(services, hub, meter)
        registry = Registry(Documents(build_schema()), services, hub)
        client = Client(partner=await keys.still(secret))
        return await _timed(registry, client)
    finally:
        await meter.close()
        await hub.stop()
        await cache.close()
        await db.close()


async def _timed(registry: Registry, client: Client) -> dict[str, Any]:
    asked = {
        "unregistered": Parameters(document_id=digest("nothing")),
        "altered": Parameters(document_id=f"{digest(_SERVED)[:-1]}0"),
        "revoked": Parameters(document_id=digest(_REVOKED)),
        "foreign": Parameters(document_id=digest(_FOREIGN)),
        "registered": Parameters(document_id=digest(_SERVED)),
        "free_text": Parameters(query="{ __typename }"),
    }
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for round_ in range(_WARM_UP + _ROUNDS):
        for name, parameters in asked.items():
            began = time.process_time_ns()
            with suppress(RequestRefused):
                await registry.operation(parameters, client)
            if round_ >= _WARM_UP:
                taken[name].append((time.process_time_ns() - began) / 1000)
    return {
        name: {"median_us": statistics.median(each), "p99_us": round(sorted(each)[int(len(each) * 0.99)], 1)}
        for name, each in taken.items()
    }


async def _prepared(db: Database) -> str:
    """Two partners, one of which has a key, a served document and a revoked one; the answer is the key."""
    admin, manager, _, partner = await cast(db)
    _, secret = await make_key(db, manager, partner.id)
    release = await publish(db, manager, partner.id, "1.0", _SERVED, _REVOKED)
    async with db.read() as session:
        found = (await partners.documents_of_releases(session, [release.id]))[release.id]
    revoked = next(row.id for row in found if row.source == _REVOKED)
    await run(db, partners.revoke_document, manager, RevokeDocument(document_id=revoked, reason="old", now=NOW))
    other = await make_partner(db, admin, "stranger", "other")
    await publish(db, admin, other.id, "1.0", _FOREIGN)
    return secret
