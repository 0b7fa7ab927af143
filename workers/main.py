"""The worker: runs the reactions it is called for and the duties of the clock. When Redis is away, it waits for it."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import UTC
from typing import Any
from uuid import UUID

import structlog
from arq.worker import Worker, func
from redis.exceptions import RedisError

from workers.cron import CRON, Duties
from workers.queue import QUEUE, REACT, connect
from workers.reacting import LIMIT_S, Reactor

POLL_S = 0.02
_HEALTH_S = 10
# A little more than a reaction may take, so that its failure is noted where it is repeated.
_JOB_LIMIT_S = LIMIT_S + 5
_FINISH_S = 3.0
_LONGEST_PAUSE_S = 2.0

_log = structlog.get_logger("worker")


async def work(redis_url: str, reactor: Reactor, duties: Duties, jobs_at_once: int) -> None:
    """Run jobs until cancelled; those under way then have three seconds to finish.

    arq's worker ends when Redis does. Another takes its place; what Redis has forgotten, the relay calls for again.
    """
    pause_s = 0.1
    while True:
        worker = _worker(redis_url, {"reactor": reactor, "duties": duties}, jobs_at_once)
        try:
            await worker.async_run()
        except (OSError, RedisError) as error:
            _log.warning("worker.queue_unavailable", error=repr(error))
        finally:
            await _close(worker)
        pause_s = 0.1 if worker.jobs_complete else min(pause_s * 2, _LONGEST_PAUSE_S)
        await asyncio.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311  (spreads retries, not a secret)


async def react(ctx: dict[str, Any], event_id: str, consumer: str) -> None:
    """The job of the queue."""
    await ctx["reactor"].react(UUID(event_id), consumer)


async def _ready(ctx: dict[str, Any]) -> None:
    del ctx
    _log.info("worker.ready")


def _worker(redis_url: str, ctx: dict[str, Any], jobs_at_once: int) -> Worker:
    redis = connect(redis_url)
    return Worker(
        functions=[func(react, name=REACT)],
        cron_jobs=CRON,
        queue_name=QUEUE,
        redis_pool=redis,
        ctx=ctx,
        on_startup=_ready,
        handle_signals=False,
        max_jobs=jobs_at_once,
        job_timeout=_JOB_LIMIT_S,
        max_tries=1,
        keep_result=0,
        poll_delay=POLL_S,
        health_check_interval=_HEALTH_S,
        job_serializer=redis.job_serializer,
        job_deserializer=redis.job_deserializer,
        timezone=UTC,
        log_results=False,
    )


async def _close(worker: Worker) -> None:
    # Not arq's own close, which stops half-way when Redis does not answer.
    worker.allow_pick_jobs = False
    running = list(worker.tasks.values())
    if running:
        _, late = await asyncio.wait(running, timeout=_FINISH_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    with suppress(OSError, RedisError):
        await worker.pool.delete(worker.health_check_key)
    await worker.pool.aclose()
