"""The job queue: arq behind the port `Jobs`.

arq only makes things prompt. It tries a job once and keeps no results; repeating is up to `domain.infra.inbox`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from domain.infra.inbox import Owed
from domain.kernel.errors import Unavailable

QUEUE = "matchpoint:jobs"
REACT = "react"
_LIMIT_S = 2.0
_AT_ONCE = 16
_NOT_TAKEN = "The job queue did not take the call."


def connect(redis_url: str) -> ArqRedis:
    """A client of the queue. Jobs are JSON, never pickles, so that nothing in Redis can run code here."""
    # Made from the URL, not from arq's settings, which know no names and passwords on unix sockets. Without a socket
    # time-out, for which redis-py uses asyncio.wait_for, which on Python 3.11 can lose the cancellation that ends us.
    pool = ConnectionPool.from_url(redis_url, socket_connect_timeout=_LIMIT_S)
    redis = ArqRedis(pool, job_serializer=orjson.dumps, job_deserializer=orjson.loads, default_queue_name=QUEUE)
    redis.auto_close_connection_pool = True
    return redis


class ArqJobs:
    """Calls workers through Redis."""

    def __init__(self, redis_url: str) -> None:
        self._redis = connect(redis_url)

    async def enqueue(self, owed: Sequence[Owed]) -> None:
        """Ask workers to run reactions soon.

        Raises:
            Unavailable: Redis did not take them all.
        """
        for start in range(0, len(owed), _AT_ONCE):
            await asyncio.gather(*(self._enqueue(one) for one in owed[start : start + _AT_ONCE]))

    async def _enqueue(self, owed: Owed) -> None:
        # A call has a name of its own, because arq keeps the name of one whose worker died for as long as it could run.
        name = f"{owed.event_id}:{owed.consumer}:{owed.attempts}.{owed.calls}"
        try:
            async with asyncio.timeout(_LIMIT_S):
                job = await self._redis.enqueue_job(REACT, str(owed.event_id), owed.consumer, _job_id=name)
                # arq says None for a job that is queued already, and as well when the connection broke before it was.
                is_queued = job is not None or await self._redis.exists(job_key_prefix + name)
        except (OSError, RedisError) as error:
            raise Unavailable(_NOT_TAKEN) from error
        if not is_queued:
            raise Unavailable(_NOT_TAKEN)

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()
