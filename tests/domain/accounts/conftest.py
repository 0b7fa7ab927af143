"""What tests of accounts stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from domain.accounts import Accounts
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.settings import Settings
from tests.factories.accounts import make_accounts
from tests.fixtures.clock import FakeClock


@pytest_asyncio.fixture
async def cache(redis_url: str) -> AsyncIterator[Cache]:
    """The memory all processes of a test share."""
    opened = Cache(redis_url)
    yield opened
    await opened.close()


@pytest.fixture
def accounts(db: Database, cache: Cache, settings: Settings, clock: FakeClock) -> Accounts:
    """Accounts of one process."""
    return make_accounts(db, cache, settings, clock)
