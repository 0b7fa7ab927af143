"""Signing keys: made ahead, published before they sign, gone when nothing needs them."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from domain.accounts import TokenInvalid
from domain.accounts.commands.signing import KeyRing
from domain.accounts.models import SigningKey
from domain.infra.db import Database
from domain.infra.security import SecretKeyMismatch, TokenKey, key_id, new_token_key
from domain.infra.settings import Settings
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements

DAY = timedelta(days=1)


@pytest.fixture
def daily(settings: Settings) -> Settings:
    """A new key every day."""
    return replace(settings, signing_key_ttl_s=86400)


async def rows(db: Database) -> list[SigningKey]:
    async with db.read() as session:
        return list(await session.scalars(select(SigningKey).order_by(SigningKey.signs_from)))


def spans(keys: list[SigningKey], start: datetime) -> list[tuple[timedelta, timedelta, timedelta]]:
    return [(key.signs_from - start, key.signs_until - start, key.published_until - start) for key in keys]


async def published(ring: KeyRing) -> list[str]:
    return [key["kid"] for key in await ring.published()]


async def test_the_life_of_a_key(db: Database, daily: Settings, clock: FakeClock) -> None:
    start, ring = clock.now(), KeyRing(db, daily, clock)
    first = await ring.sign({"n": 1}, "test")
    grace = timedelta(minutes=11)
    assert spans(await rows(db), start) == [(timedelta(0), DAY, DAY + grace)]
    assert await published(ring) == [key_id(first)]

    clock.advance(hours=22, minutes=59)
    assert key_id(await ring.sign({"n": 2}, "test")) == key_id(first)
    assert len(await published(ring)) == 1

    # An hour before the end the next key is made and published, but does not sign yet.
    clock.advance(minutes=1)
    assert key_id(await ring.sign({"n": 3}, "test")) == key_id(first)
    one, two = await published(ring)
    assert one == key_id(first)
    assert spans(await rows(db), start) == [(timedelta(0), DAY, DAY + grace), (DAY, 2 * DAY, 2 * DAY + grace)]

    clock.advance(hours=1)
    second = await ring.sign({"n": 4}, "test")
    assert key_id(second) == two
    assert await published(ring) == [one, two]
    assert await ring.verify(first, "test") == {"n": 1}

    # All tokens of the first key have run out now.
    clock.advance(minutes=11)
    assert await published(ring) == [two]
    with pytest.raises(TokenInvalid):
        await ring.verify(first, "test")
    assert await ring.verify(second, "test") == {"n": 4}
    await ring.rotate()
    assert [str(key.id) for key in await rows(db)] == [two]


async def test_after_a_long_sleep_a_new_key_signs_from_now(db: Database, daily: Settings, clock: FakeClock) -> None:
    ring = KeyRing(db, daily, clock)
    old = await ring.sign({}, "test")
    clock.advance(days=40)
    new = await ring.sign({}, "test")
    (only,) = await rows(db)
    assert (str(only.id), only.signs_from) == (key_id(new), clock.now())
    assert key_id(old) != key_id(new)


async def test_processes_that_start_at_once_agree_on_one_key(
    db: Database, database_url: str, daily: Settings, clock: FakeClock
) -> None:
    databases = [Database(database_url) for _ in range(4)]
    rings = [KeyRing(opened, daily, clock) for opened in databases]
    tokens = await asyncio.gather(*(ring.sign({}, "test") for ring in rings))
    assert len({key_id(token) for token in tokens}) == 1
    clock.advance(hours=23)
    await asyncio.gather(*(ring.rotate() for ring in rings))
    assert len(await rows(db)) == 2
    for opened in databases:
        await opened.close()


async def test_clocks_tick_and_differ(db: Database, daily: Settings, clock: FakeClock) -> None:
    class Ticking(FakeClock):
        def now(self) -> datetime:
            self.advance(milliseconds=1)
            return super().now()

    ahead, behind = KeyRing(db, daily, Ticking(clock.now())), KeyRing(db, daily, clock)
    token = await ahead.sign({"n": 1}, "test")
    assert key_id(await behind.sign({}, "test")) == key_id(token)
    assert await behind.verify(token, "test") == {"n": 1}
    assert len(await rows(db)) == 1


async def test_a_process_learns_of_a_key_it_has_not_seen(db: Database, daily: Settings, clock: FakeClock) -> None:
    here, there = KeyRing(db, daily, clock), KeyRing(db, daily, clock)
    await here.sign({}, "test")
    await there.sign({}, "test")
    clock.advance(hours=23)
    await there.rotate()
    clock.advance(seconds=30, hours=1)
    await here.verify(await here.sign({}, "test"), "test")
    assert await here.verify(await there.sign({"n": 1}, "test"), "test") == {"n": 1}


async def test_the_private_half_is_sealed(db: Database, daily: Settings, clock: FakeClock) -> None:
    await KeyRing(db, daily, clock).sign({}, "test")
    (key,) = await rows(db)
    assert b"PRIVATE KEY" not in key.private_key
    assert set(key.public_key) == {"kty", "crv", "x"}
    stranger = KeyRing(db, replace(daily, secret_key="another secret of 32 characters or more"), clock)
    with pytest.raises(SecretKeyMismatch):
        await stranger.sign({}, "test")


@pytest.mark.parametrize("header", [{"crit": 5}, {"crit": ["exp"]}, {"jku": "https://example.org/keys"}])
async def test_a_header_with_more_than_we_write(
    db: Database, daily: Settings, clock: FakeClock, header: dict[str, object]
) -> None:
    """It names a key of ours, so only what it asks for beyond that is wrong with it."""
    ring = KeyRing(db, daily, clock)
    head, claims, signature = (await ring.sign({}, "test")).split(".")
    written = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    other = urlsafe_b64encode(json.dumps({**written, **header}).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        await ring.verify(f"{other}.{claims}.{signature}", "test")


async def test_a_flood_of_unknown_keys_reads_once_a_second(db: Database, daily: Settings, clock: FakeClock) -> None:
    ring = KeyRing(db, daily, clock)
    await ring.sign({}, "test")
    forged = TokenKey("no such key", new_token_key()[1]).sign({}, "test")
    clock.advance(seconds=2)
    with counted_statements(db) as statements:
        for _ in range(10):
            with pytest.raises(TokenInvalid):
                await ring.verify(forged, "test")
    assert len(statements) == 1


async def test_what_was_verified_is_remembered_no_longer_than_its_key(
    db: Database, daily: Settings, clock: FakeClock
) -> None:
    ring = KeyRing(db, daily, clock)
    token = await ring.sign({"n": 1}, "test")
    for _ in range(2):
        assert await ring.verify(token, "test") == {"n": 1}
        with pytest.raises(TokenInvalid):
            await ring.verify(token, "another kind")
        with pytest.raises(TokenInvalid):
            await ring.verify(token[:-4] + "AAAA", "test")
    async with db.read() as session:
        await session.execute(delete(SigningKey))
    clock.advance(minutes=1)
    with pytest.raises(TokenInvalid):
        await ring.verify(token, "test")
