"""The composition root of the API: settings in, an ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from domain import registry
from domain.accounts import Accounts
from domain.infra.buckets import Buckets
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.infra.telemetry import count_tasks
from domain.integrations.broadcast import BroadcastHub
from domain.kernel.clock import SystemClock
from resolvers.services import Services
from schema.root import build_schema
from schema.server import pages
from schema.server.application import Application
from schema.server.documents import Documents
from schema.server.endpoint import Endpoint
from schema.server.execution import Engine
from schema.server.http import GraphQLOverHTTP
from schema.server.meter import Meter
from schema.server.sse import EventStreams
from schema.server.tracing import instrument
from schema.server.websocket import GraphQLOverWebSocket

_GRAPHQL = "/graphql"


def create_app(settings: Settings) -> Application:
    """The application. Nothing is connected until it starts.

    Raises:
        InvalidDocument: a first-party document does not fit the schema.
    """
    clock = SystemClock()
    db = Database(settings.database_url, pool_size=settings.database_pool_size, within=registry.WITHIN)
    cache = Cache(settings.redis_url)
    hub = BroadcastHub(settings.redis_url)
    services = Services(
        settings=settings,
        db=db,
        clock=clock,
        accounts=Accounts(db, cache, settings, clock),
        presence=Presence(settings.redis_url, hub),
    )
    schema = build_schema()
    instrument(schema)
    meter = Meter(Buckets(settings.redis_url), settings)
    documents = Documents(schema)
    endpoint = Endpoint.over(services, documents, Engine(schema), meter, hub)
    streams = EventStreams(endpoint)
    http = GraphQLOverHTTP(endpoint, streams)
    socket = GraphQLOverWebSocket(endpoint)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        count_tasks()
        await hub.start()
        services.presence.start()
        endpoint.usage.start()
        yield
        await streams.drain()
        await socket.drain()
        await services.presence.stop()
        await endpoint.usage.stop()
        await hub.stop()
        await meter.close()
        await cache.close()
        await db.close()

    across_origins = partial(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=("GET", "POST"),
        allow_headers=("authorization", "content-type", "x-api-key", "x-request-id"),
        expose_headers=("x-request-id", "retry-after"),
        max_age=86_400,
    )
    return Application(
        _GRAPHQL,
        across_origins(http),
        socket,
        routes=pages.routes(services, hub, documents.ids),
        middleware=[Middleware(across_origins)],
        lifespan=lifespan,
    )
