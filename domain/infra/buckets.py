"""Buckets of points in Redis: what somebody may use is one number for all processes, by the clock of Redis.

A bucket is kept as the moment at which it will be full again, and is gone when it is. Redis may vanish: then everything
is allowed, and counted as uncharged, because a server that refuses everybody is worse than one that counts nobody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import cast

import orjson
from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError

from domain.infra.telemetry import POINTS_UNCHARGED

_TIMEOUT_S = 0.5
_PAUSE_S = 1.0
# How long points that come back wait for a charge to go with.
_LATER_S = 0.05

# Times are in microseconds, which a double holds exactly. The points asked for move the moment at which the bucket is
# full; they are refused when that is farther away than an empty bucket needs. What is corrected afterwards has been
# used already, so it may not be refused.
_CHANGE = """
local changes, fulls, answers = cjson.decode(ARGV[1]), {}, {}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for index, key in ipairs(KEYS) do
  local capacity, per_s, points, may_refuse = unpack(changes[index])
  local full = fulls[key] or math.max(now, tonumber(redis.call('GET', key) or 0))
  local next_full = math.max(now, full + points * 1000000 / per_s)
  local too_late = next_full - now - capacity * 1000000 / per_s
  local wait_s = 0
  if may_refuse and too_late > 1 then
    next_full, wait_s = full, math.ceil(too_late / 1000000)
  end
  fulls[key] = next_full
  answers[index] = {math.floor(capacity - (next_full - now) * per_s / 1000000 + 0.001), wait_s}
end
for key, full in pairs(fulls) do
  if full > now then
    redis.call('SET', key, string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
  else
    redis.call('DEL', key)
  end
end
return answers
"""


class Taken(Struct, frozen=True):
    """What is left in a bucket, and when to ask again; None when the points were taken."""

    remaining: int
    retry_after_s: int | None = None


class _Bucket(Struct, frozen=True):
    """A bucket: how much it holds, and how much comes back each second."""

    key: str
    capacity: int
    per_s: int


class _Wish(Struct, frozen=True):
    """Points that somebody waits for. The answer is what is left and when to ask again, or None without Redis."""

    bucket: _Bucket
    points: int
    answer: asyncio.Future[tuple[int, int] | None]


class Buckets:
    """The buckets of everybody.

    One question to Redis is on its way at a time; what is asked for meanwhile goes together in the next, and points
    that come back go with those that are asked for. After a failure Redis is left alone for a second, so that requests
    do not queue for its time-out.
    """

    def __init__(self, url: str) -> None:
        # The limits are set around the calls: redis-py's own lose cancellations on Python 3.11.
        self._redis: Redis = Redis.from_url(
            url, single_connection_client=True, retry=Retry(NoBackoff(), 1), retry_on_error=[Disconnected]
        )
        self._change = self._redis.register_script(_CHANGE)
        self._paused_until = 0.0
        self._wishes: list[_Wish] = []
        self._returned: dict[_Bucket, int] = {}
        self._return_timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    async def take(self, key: str, capacity: int, per_s: int, points: int) -> Taken:
        """Take points from a bucket, all of them or none."""
        answer = None
        if time.monotonic() >= self._paused_until:
            wish = _Wish(_Bucket(key, capacity, per_s), points, asyncio.get_running_loop().create_future())
            self._wishes.append(wish)
            self._send_soon()
            answer = await wish.answer
        if answer is None:
            POINTS_UNCHARGED.inc()
            return Taken(max(0, capacity - points))
        remaining, wait_s = answer
        return Taken(max(0, remaining), wait_s or None)

    def give_back(self, key: str, capacity: int, per_s: int, points: int) -> None:
        """Put back points that were taken and not used. A negative number takes more, whatever is left.

        Whoever takes points here from now on finds it done; other processes do in a moment.
        """
        bucket = _Bucket(key, capacity, per_s)
        self._returned[bucket] = self._returned.get(bucket, 0) + points
        if self._return_timer is None:
            self._return_timer = asyncio.get_running_loop().call_later(_LATER_S, self._return)

    async def close(self) -> None:
        """Put back what is left to put back, and close the connection."""
        if self._return_timer is not None:
            self._return_timer.cancel()
            self._return()
        while self._sending is not None:
            await self._sending
        await self._redis.aclose()

    def _return(self) -> None:
        self._return_timer = None
        if self._returned:
            self._send_soon()

    def _send_soon(self) -> None:
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        wishes, self._wishes = self._wishes, []
        returned, self._returned = self._returned, {}
        answers: Sequence[tuple[int, int] | None] = [None] * len(wishes)
        try:
            answers = await self._answers(wishes, returned) or answers
        finally:
            for wish, answer in zip(wishes, answers, strict=True):
                if not wish.answer.done():
                    wish.answer.set_result(answer)
            self._sending = None
            # Points that came back meanwhile may have had their moment while this was on its way.
            if self._wishes or (self._returned and self._return_timer is None):
                self._send_soon()

    async def _answers(
        self, wishes: Sequence[_Wish], returned: Mapping[_Bucket, int]
    ) -> Sequence[tuple[int, int]] | None:
        """The answer to each wish; None when Redis gives none."""
        if time.monotonic() < self._paused_until:
            return None
        changes = [(bucket, -points, False) for bucket, points in returned.items()]
        changes += [(wish.bucket, wish.points, True) for wish in wishes]
        told = [(bucket.capacity, bucket.per_s, points, may_refuse) for bucket, points, may_refuse in changes]
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                answers = await self._change(
                    keys=[f"points:{bucket.key}" for bucket, *_ in changes], args=[orjson.dumps(told)]
                )
        except (RedisError, OSError):
            self._paused_until = time.monotonic() + _PAUSE_S
            return None
        return cast("Sequence[tuple[int, int]]", answers[len(returned) :])
