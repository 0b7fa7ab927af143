"""Buckets of points on a real Valkey: what is in them, what comes back, and who races for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from domain.infra.buckets import Buckets, Taken
from domain.infra.telemetry import POINTS_UNCHARGED
from domain.kernel.ids import new_id


@pytest_asyncio.fixture
async def buckets(redis_url: str) -> AsyncIterator[Buckets]:
    opened = Buckets(redis_url)
    yield opened
    await opened.close()


@pytest.fixture
def key() -> str:
    """A bucket nobody has used."""
    return new_id().hex


async def test_a_bucket_gives_what_it_holds_and_says_when_to_come_again(buckets: Buckets, key: str) -> None:
    assert await buckets.take(key, 3600, 1, 3000) == Taken(600)
    assert await buckets.take(key, 3600, 1, 600) == Taken(0)
    refused = await buckets.take(key, 3600, 1, 100)
    assert refused.retry_after_s in range(90, 101) and refused.remaining in range(10)
    assert (await buckets.take(key, 3600, 1, 100)).retry_after_s is not None  # a refusal takes nothing


async def test_points_come_back(buckets: Buckets, key: str) -> None:
    assert (await buckets.take(key, 100, 1, 100)).remaining == 0
    retry_after_s = (await buckets.take(key, 100, 1, 3)).retry_after_s
    assert retry_after_s in (1, 2, 3)  # whole seconds, never too early
    await asyncio.sleep(retry_after_s)
    assert (await buckets.take(key, 100, 1, 3)).retry_after_s is None


async def test_what_was_not_used_is_given_back_and_what_was_used_beyond_is_owed(buckets: Buckets, key: str) -> None:
    await buckets.take(key, 1000, 1, 900)
    buckets.give_back(key, 1000, 1, 500)
    assert (await buckets.take(key, 1000, 1, 100)).remaining in range(500, 510)
    buckets.give_back(key, 1000, 1, -2000)
    refused = await buckets.take(key, 1000, 1, 1)
    assert refused.remaining == 0 and refused.retry_after_s in range(1490, 1502)
    buckets.give_back(key, 1000, 1, 10_000)  # it never holds more than its capacity
    assert await buckets.take(key, 1000, 1, 1) == Taken(999)


async def test_a_bucket_that_is_full_again_is_gone(buckets: Buckets, key: str, redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await buckets.take(key, 100, 10, 50)
        assert await redis.pttl(f"points:{key}") in range(1, 5001)
        buckets.give_back(key, 100, 10, 50)
        async with asyncio.timeout(5):  # nobody takes anything any more; they are put back all the same
            while await redis.exists(f"points:{key}"):
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("closes", [False, True])
async def test_what_comes_back_during_a_long_question_is_put_back(
    redis_url: str, key: str, closes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Buckets(redis_url)
    change = slow._change

    async def changed(keys: list[str], args: list[bytes]) -> object:
        await asyncio.sleep(0.2)
        return await change(keys=keys, args=args)

    await slow.take(key, 100, 1, 50)
    monkeypatch.setattr(slow, "_change", changed)
    other = asyncio.create_task(slow.take(f"{key}-other", 100, 1, 1))
    await asyncio.sleep(0.05)  # it is on its way
    slow.give_back(key, 100, 1, 50)
    await other  # nobody takes anything after that
    async with Redis.from_url(redis_url) as redis, asyncio.timeout(5):
        if closes:
            await slow.close()
            assert await redis.exists(f"points:{key}") == 0
        while await redis.exists(f"points:{key}"):
            await asyncio.sleep(0.01)
    await slow.close()


async def test_what_waits_to_be_put_back_is_put_back_at_the_end(redis_url: str, key: str) -> None:
    closing = Buckets(redis_url)
    await closing.take(key, 100, 1, 50)
    closing.give_back(key, 100, 1, 50)
    await closing.close()
    async with Redis.from_url(redis_url) as redis:
        assert await redis.exists(f"points:{key}") == 0


async def test_what_is_asked_for_together_goes_together(
    buckets: Buckets, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    change = buckets._change

    async def counted(keys: list[str], args: list[bytes]) -> object:
        sent.append(len(keys))
        return await change(keys=keys, args=args)

    monkeypatch.setattr(buckets, "_change", counted)
    taken = await asyncio.gather(*(buckets.take(key, 1000, 1, 300) for _ in range(5)))
    assert [each.retry_after_s is None for each in taken] == [True, True, True, False, False]
    for _ in range(3):
        buckets.give_back(key, 1000, 1, 300)
    one, other = await asyncio.gather(buckets.take(key, 1000, 1, 1000), buckets.take(f"{key}-other", 10, 1, 3))
    assert (one, other) == (Taken(0), Taken(7))
    assert sent == [5, 3]


async def test_a_connection_that_redis_has_closed_is_replaced(buckets: Buckets, key: str, redis_url: str) -> None:
    assert await buckets.take(key, 100, 1, 10) == Taken(90)
    async with Redis.from_url(redis_url) as redis:
        await redis.client_kill_filter(_id=str(await buckets._redis.client_id()))
    before = POINTS_UNCHARGED._value.get()
    assert await buckets.take(key, 100, 1, 10) == Taken(80)
    assert POINTS_UNCHARGED._value.get() == before


async def test_who_waits_no_longer_holds_up_nobody(buckets: Buckets, key: str) -> None:
    gone = asyncio.create_task(buckets.take(key, 100, 1, 10))
    stays = asyncio.create_task(buckets.take(key, 100, 1, 10))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).remaining in range(80, 91)


@pytest.mark.parametrize("processes", [1, 4, 64])
async def test_racing_clients_get_what_there_is_and_no_more(redis_url: str, key: str, processes: int) -> None:
    capacity, per_s, points = 500, 50, 7
    opened = [Buckets(redis_url) for _ in range(processes)]
    granted = 0
    began = time.monotonic()

    async def race(client: Buckets) -> None:
        nonlocal granted
        for _ in range(10):
            taken = await client.take(key, capacity, per_s, points)
            granted += points if taken.retry_after_s is None else 0

    await asyncio.gather(*(race(opened[number % processes]) for number in range(64)))
    restored = (time.monotonic() - began) * per_s
    await asyncio.gather(*(each.close() for each in opened))
    assert capacity - points < granted <= capacity + restored + points


async def test_while_redis_is_away_everything_passes_and_is_counted(key: str) -> None:
    away = Buckets("redis://127.0.0.1:1")
    before = POINTS_UNCHARGED._value.get()
    assert [await away.take(key, 10, 1, 8) for _ in range(3)] == [Taken(2)] * 3
    away.give_back(key, 10, 1, 8)
    assert POINTS_UNCHARGED._value.get() == before + 3
    await away.close()
