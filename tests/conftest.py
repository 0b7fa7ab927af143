"""Fixtures everyone may use. Servers start once per run, on unix sockets, and end with it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain import registry
from domain.infra.db import Database
from domain.infra.embedded import PostgreSQL, Valkey
from domain.infra.settings import Allowance, Settings
from tests.fixtures import database, profiles
from tests.fixtures.clock import FakeClock

profiles.use()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have few tests, which is where the long ones are, so that none is left for the end."""
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: sizes[item.path])


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """The PostgreSQL of this run, with the migrated template in it."""
    with tempfile.TemporaryDirectory(prefix="mp-pg-", dir=database.place_in_memory()) as directory:
        server = PostgreSQL(Path(directory), database.UNSAFE_AND_FAST)
        server.start()
        try:
            database.create_template(server)
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """The Valkey of this run."""
    with tempfile.TemporaryDirectory(prefix="mp-vk-", dir=database.place_in_memory()) as directory:
        server = Valkey(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def redis_url(valkey: Valkey) -> str:
    """Where the run's Valkey listens."""
    return valkey.url


@pytest_asyncio.fixture
async def database_url(postgres: PostgreSQL) -> AsyncIterator[str]:
    """A database of this test's own."""
    name = await database.clone(postgres)
    yield postgres.url(name)
    await database.drop(postgres, name)


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """This test's own database, opened."""
    opened = Database(database_url, within=registry.WITHIN)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until advanced."""
    return FakeClock()


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    """Settings of a process on this test's own database."""
    secret_key = "a secret for tests, 32 characters or more"
    # Every test comes from the same address.
    plenty = Allowance(10**9, 10**6)
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key=secret_key,
        user_points=plenty,
        address_points=plenty,
    )
