"""A server of the small schema, with the real accounts behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from domain.accounts import SignedIn
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from resolvers.services import Services
from tests.factories.accounts import make_accounts, register
from tests.fixtures.clock import FakeClock
from tests.fixtures.hub import LocalHub
from tests.schema.server.small import Server, serving

FRIENDS = "https://friends.example"


@pytest_asyncio.fixture
async def services(db: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[Services]:
    """The services of a process."""
    settings = replace(settings, allowed_origins=(FRIENDS,))
    cache, presence = Cache(settings.redis_url), Presence(settings.redis_url, LocalHub())
    yield Services(
        settings=settings,
        db=db,
        clock=clock,
        accounts=make_accounts(db, cache, settings, clock),
        presence=presence,
    )
    await presence.stop()
    await cache.close()


@pytest.fixture
async def ada(services: Services) -> SignedIn:
    """Somebody with a session."""
    return await register(services.accounts, "ada")


@pytest_asyncio.fixture
async def server(services: Services) -> AsyncIterator[Server]:
    """A running server."""
    async with serving(services) as running:
        yield running


@pytest.fixture
def anyio_backend() -> str:
    """asyncio, for clients that ask."""
    return "asyncio"
