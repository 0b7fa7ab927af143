"""`python -m bench.peers.ours DATA PORT`: the schema of the comparison, served the way the product serves its own.

Besides, POST /publish makes a change that all subscribers get.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.schema.config import StrawberryConfig

from bench.peers import FOLDER, rows
from bench.peers.schema import TOPIC, Feed, query_type, subscription_type
from cli.api import configuration, spare_collection
from domain.accounts import Accounts
from domain.infra import telemetry
from domain.infra.buckets import Buckets
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.hub import Envelope
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.integrations.broadcast import BroadcastHub
from domain.kernel.clock import SystemClock
from domain.kernel.ids import new_id
from resolvers.services import Services
from schema.errors import HANDLERS
from schema.server.application import Application
from schema.server.documents import Documents
from schema.server.endpoint import Endpoint
from schema.server.execution import Engine
from schema.server.http import GraphQLOverHTTP
from schema.server.meter import Meter
from schema.server.sse import EventStreams
from schema.server.tracing import instrument
from schema.server.websocket import GraphQLOverWebSocket


def create_app(settings: Settings, data: rows.Data) -> Application:
    """The application, made of the same parts as `app.create_app`."""
    clock, cache, hub = SystemClock(), Cache(settings.redis_url), BroadcastHub(settings.redis_url)
    db = Database(settings.database_url, pool_size=settings.database_pool_size)
    services = Services(
        settings=settings,
        db=db,
        clock=clock,
        accounts=Accounts(db, cache, settings, clock),
        presence=Presence(settings.redis_url, hub),
    )
    feed = Feed(data.items)
    schema = strawberry.Schema(
        query=query_type(data),
        subscription=subscription_type(feed),
        exception_handlers=HANDLERS,
        config=StrawberryConfig(enable_experimental_incremental_execution=True),
    )
    instrument(schema)
    meter = Meter(Buckets(settings.redis_url), settings)
    # Nothing is registered, so that no answer is kept: what is compared is how operations are executed.
    documents = Documents(schema, FOLDER / "no_documents")
    endpoint = Endpoint.over(services, documents, Engine(schema), meter, hub)
    streams, socket = EventStreams(endpoint), GraphQLOverWebSocket(endpoint)

    async def publish(_: Request) -> Response:
        feed.number += 1
        await hub.publish(_fact(feed.number))
        return Response(status_code=204)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await hub.start()
        yield
        await streams.drain()
        await socket.drain()
        await hub.stop()
        await meter.close()
        await cache.close()
        await db.close()

    return Application(
        "/graphql",
        GraphQLOverHTTP(endpoint, streams),
        socket,
        routes=[Route("/publish", publish, methods=["POST"])],
        lifespan=lifespan,
    )


def _fact(number: int) -> Envelope:
    return Envelope(
        sequence=number,
        event_id=new_id(),
        name="items.changed",
        subject=new_id(),
        topics=(TOPIC,),
        payload={},
        recorded_at=time.time(),
    )


def main(data: str, port: str) -> None:
    """Serve until terminated."""
    settings = Settings.from_environment()
    telemetry.configure(settings, "api")
    app = create_app(settings, rows.load(Path(data)))
    server = uvicorn.Server(configuration(app, settings, "127.0.0.1", int(port)))
    spare_collection()
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
