"""The job queue: JSON, a name per call, refusals told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from domain.infra.inbox import Owed
from domain.kernel.errors import Unavailable
from domain.kernel.ids import new_id
from workers.queue import QUEUE, REACT, ArqJobs


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = Redis.from_url(redis_url, decode_responses=True)
    await client.flushall()
    yield client
    await client.aclose()


async def test_a_call_is_queued_once_and_a_repeated_call_again(redis: Redis, redis_url: str) -> None:
    jobs, event_id = ArqJobs(redis_url), new_id()
    first = Owed(event_id, "matches.rate")
    await jobs.enqueue([first])
    await jobs.enqueue([first, Owed(event_id, "matches.rate", 0, 2), Owed(event_id, "matches.rate", 1, 1)])
    names = [f"{event_id}:matches.rate:{call}" for call in ("0.1", "0.2", "1.1")]
    assert sorted(await redis.zrange(QUEUE, 0, -1)) == names
    job = orjson.loads(await redis.get(f"arq:job:{names[0]}"))
    assert (job["f"], job["a"], job["k"]) == (REACT, [str(event_id), "matches.rate"], {})
    await jobs.close()


async def test_many_calls_are_all_queued(redis: Redis, redis_url: str) -> None:
    jobs = ArqJobs(redis_url)
    await jobs.enqueue([Owed(new_id(), "matches.rate") for _ in range(100)])
    assert await redis.zcard(QUEUE) == 100
    await jobs.close()


async def test_a_connection_that_breaks_before_a_call_is_queued_is_told(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    there, here = urlsplit(redis_url).path, str(tmp_path / "breaking.sock")

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await reader.read(4096)) and b"MULTI" not in data:
            writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_unix_connection(there)
        await asyncio.wait(
            {
                asyncio.create_task(forward(reader, there_writer)),
                asyncio.create_task(forward(there_reader, writer)),
            }
        )

    async with await asyncio.start_unix_server(connect, here):
        jobs = ArqJobs(f"unix://{here}")
        with pytest.raises(Unavailable):
            await jobs.enqueue([Owed(new_id(), "matches.rate")])
        await jobs.close()
    assert await redis.zcard(QUEUE) == 0


async def test_a_queue_that_is_away_is_unavailable() -> None:
    jobs = ArqJobs("unix:///nowhere/valkey.sock")
    with pytest.raises(Unavailable):
        await jobs.enqueue([Owed(new_id(), "matches.rate"), Owed(new_id(), "matches.rate")])
    await jobs.close()
