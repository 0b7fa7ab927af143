"""Buckets of points in Redis: what somebody may use is one number for all processes, by the clock of Redis.

A bucket is kept as the moment at which it will be full again, and is gone when it is. Redis may vanish: then everything
is allowed, and counted as uncharged, because a server that refuses everybody is worse than one that counts nobody.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.infra.telemetry import POINTS_UNCHARGED

_TIMEOUT_S = 0.5
_PAUSE_S = 1.0

# Times are in microseconds, which a double holds exactly. The points asked for move the moment at which the bucket is
# full; they are refused when that is farther away than an empty bucket needs. What is corrected afterwards (ARGV[4] is
# 0) has been used already, so it is never refused.
_CHARGE = """
local capacity, per_s, points = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local next_full = math.max(now, full + points * 1000000 / per_s)
local too_late = next_full - now - capacity * 1000000 / per_s
if ARGV[4] == '1' and too_late > 1 then
  return {math.floor(capacity - (full - now) * per_s / 1000000 + 0.001), math.ceil(too_late / 1000000)}
end
if next_full > now then
  redis.call('SET', KEYS[1], string.format('%.0f', next_full), 'PX', math.ceil((next_full - now) / 1000))
else
  redis.call('DEL', KEYS[1])
end
return {math.floor(capacity - (next_full - now) * per_s / 1000000 + 0.001), 0}
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left in a bucket, and when to ask again; None when the points were taken."""

    remaining: int
    retry_after_s: int | None = None


class Buckets:
    """The buckets of everybody.

    After a failure Redis is left alone for a second, so that requests do not queue for its time-out.
    """

    def __init__(self, url: str) -> None:
        # The limits are set around the calls: redis-py's own lose cancellations on Python 3.11.
        self._redis: Redis = Redis.from_url(url, decode_responses=True)
        self._charge = self._redis.register_script(_CHARGE)
        self._paused_until = 0.0

    async def take(self, key: str, capacity: int, per_s: int, points: int) -> Taken:
        """Take points from a bucket, all of them or none."""
        answer = await self._charged(key, capacity, per_s, points, may_refuse=True)
        if answer is None:
            POINTS_UNCHARGED.inc()
            return Taken(max(0, capacity - points))
        remaining, wait_s = answer
        return Taken(max(0, remaining), wait_s or None)

    async def give_back(self, key: str, capacity: int, per_s: int, points: int) -> None:
        """Put back points that were taken and not used. A negative number takes more, whatever is left."""
        await self._charged(key, capacity, per_s, -points, may_refuse=False)

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()

    async def _charged(
        self, key: str, capacity: int, per_s: int, points: int, *, may_refuse: bool
    ) -> tuple[int, int] | None:
        if time.monotonic() >= self._paused_until:
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    remaining, wait_s = await self._charge(
                        keys=[f"points:{key}"], args=[capacity, per_s, points, int(may_refuse)]
                    )
            except (RedisError, OSError):
                self._paused_until = time.monotonic() + _PAUSE_S
            else:
                return int(remaining), int(wait_s)
        return None
