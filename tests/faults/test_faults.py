"""Kill -9 in the middle of a played event: same placements, each rating once, no notification twice, no silent gap."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import redis

from tests.faults.house import MATCHES, House, assert_everything_once, outcome
from tests.fixtures.processes import eventually


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One house for all faults of this module; it repairs itself after each."""
    with tempfile.TemporaryDirectory(prefix="mp-house-") as directory:
        running = House(Path(directory))
        running.start()
        try:
            yield running
        finally:
            assert running.stop() == []


def _ask(house: House, statement: str, *arguments: object) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(house.environment("DATABASE_URL").replace("+asyncpg", ""))
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    return asyncio.run(ask())


def _can_ask(house: House) -> bool:
    try:
        return bool(_ask(house, "SELECT true"))
    except (OSError, asyncpg.PostgresError):
        return False


def _played(house: House) -> int:
    """How many matches of the running event are over."""
    if not _can_ask(house):
        return 0
    return int(
        _ask(
            house,
            "SELECT count(*) FROM matches m JOIN tournaments t ON t.id = m.owner_id "
            "WHERE t.status = 'RUNNING' AND m.status = 'FINISHED'",
        )
    )


def _forget_everything(house: House) -> None:
    with redis.Redis.from_url(house.environment("REDIS_URL")) as connection:
        connection.flushall()


FAULTS: dict[str, Callable[[House], None]] = {
    "api": lambda house: house.kill("api"),
    "relay": lambda house: house.kill("relay"),
    "worker": lambda house: house.kill("worker"),
    "valkey": lambda house: house.kill("valkey"),
    "postgresql": lambda house: house.kill("postgresql"),
    "redis_emptied": _forget_everything,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_event_ends_as_if_nothing_had_happened(house: House, fault: str) -> None:
    player = house.play()
    try:
        assert eventually(lambda: _played(house) >= 3 or player.poll() is not None)
        FAULTS[fault](house)
        ended = outcome(player)
    finally:
        player.kill()
    assert (ended["matches"], ended["placements_equal"], ended["gaps"]) == (MATCHES, True, 0)
    slug = ended["slug"]

    def all_is_done() -> bool:
        owed = "SELECT count(*) FROM inbox WHERE done_at IS NULL"
        unsent = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        return _can_ask(house) and _ask(house, owed) == 0 and _ask(house, unsent) == 0

    assert eventually(all_is_done)
    assert_everything_once(partial(_ask, house), slug)
