"""Redis as a cache: what is lost costs a question to PostgreSQL, and a server that does not answer costs little."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

_TIMEOUT_S = 0.5
_PAUSE_S = 1.0


class CacheUnavailable(Exception):
    """Redis did not take a value."""


class Cache:
    """Short texts that live for seconds. Reads and fills never fail; `put` does, because what it says must be heard.

    After a failure reads and fills leave Redis alone for a second, so that requests do not queue for its time-out.
    """

    def __init__(self, url: str) -> None:
        # The limits are set around the calls: redis-py's own lose cancellations on Python 3.11.
        self._redis: Redis = Redis.from_url(url, decode_responses=True)
        self._paused_until = 0.0

    async def get(self, *keys: str) -> Sequence[str | None]:
        """The value of each key; None for what is not there, and for all when Redis does not answer."""
        if time.monotonic() >= self._paused_until:
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    return list(await self._redis.mget(keys))
            except (RedisError, OSError):
                self._paused_until = time.monotonic() + _PAUSE_S
        return [None] * len(keys)

    async def fill(self, ttl_s: int, **values: str) -> None:
        """Set each key that is not there; what someone `put` meanwhile stays."""
        if time.monotonic() < self._paused_until:
            return
        try:
            async with asyncio.timeout(_TIMEOUT_S), self._redis.pipeline(transaction=False) as pipeline:
                for key, value in values.items():
                    pipeline.set(key, value, ex=ttl_s, nx=True)
                await pipeline.execute()
        except (RedisError, OSError):
            self._paused_until = time.monotonic() + _PAUSE_S

    async def put(self, ttl_s: int, **values: str) -> None:
        """Set each key, whatever it was.

        Raises:
            CacheUnavailable: Redis did not take them all.
        """
        if not values:
            return
        try:
            async with asyncio.timeout(_TIMEOUT_S), self._redis.pipeline(transaction=False) as pipeline:
                for key, value in values.items():
                    pipeline.set(key, value, ex=ttl_s)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            raise CacheUnavailable from error

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()
