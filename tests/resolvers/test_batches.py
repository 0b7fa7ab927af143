"""Loads fall into batches by what is asked, not by which answer comes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from aiodataloader import DataLoader

from domain.infra.db import ReadSession
from resolvers.batches import MAX_BATCH, Rounds


@asynccontextmanager
async def _no_session() -> AsyncIterator[ReadSession]:
    yield cast("ReadSession", None)


class Source:
    """A table that answers after a while, and remembers each batch it was asked for."""

    def __init__(self, rounds: Rounds, delay_s: float) -> None:
        self.batches: list[list[int]] = []
        self._delay_s = delay_s
        self.loader: DataLoader[int, Any] = rounds.loader(_no_session, self._fetch)

    async def _fetch(self, _: ReadSession, keys: Sequence[int]) -> dict[int, int]:
        self.batches.append(list(keys))
        await asyncio.sleep(self._delay_s)
        return {key: key * 10 for key in keys if key >= 0}


@pytest.mark.parametrize(("first_s", "second_s"), [(0.0, 0.03), (0.03, 0.0), (0.0, 0.0)])
async def test_a_level_below_two_loaders_is_one_batch(first_s: float, second_s: float) -> None:
    rounds = Rounds()
    first, second, below = Source(rounds, first_s), Source(rounds, second_s), Source(rounds, 0.0)

    async def path(source: Source, key: int) -> int | None:
        return cast("int | None", await below.loader.load(await source.loader.load(key)))

    found = await asyncio.gather(path(first, 1), path(second, 2), path(first, 3))

    assert list(found) == [100, 200, 300]
    assert (first.batches, second.batches) == ([[1, 3]], [[2]])
    assert [sorted(batch) for batch in below.batches] == [[10, 20, 30]]


async def test_a_loader_is_asked_again_after_its_round() -> None:
    source = Source(Rounds(), 0.0)
    assert [await source.loader.load(key) for key in (1, 1, -2, 3)] == [10, 10, None, 30]
    assert source.batches == [[1], [-2], [3]]


async def test_a_batch_is_bounded() -> None:
    source = Source(Rounds(), 0.0)
    await source.loader.load_many(range(MAX_BATCH + 1))
    assert [len(batch) for batch in source.batches] == [MAX_BATCH, 1]


async def test_a_failure_reaches_all_who_wait_and_the_next_round_goes_on() -> None:
    rounds = Rounds()

    async def fail(_: ReadSession, keys: Sequence[int]) -> dict[int, int]:
        raise OSError("away")

    failing, source = rounds.loader(_no_session, fail), Source(rounds, 0.0)
    answers = await asyncio.gather(failing.load(1), failing.load(2), source.loader.load(3), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["away", "away", "30"]
    assert await source.loader.load(4) == 40


async def test_who_leaves_does_not_keep_others_waiting() -> None:
    rounds = Rounds()
    slow, quick = Source(rounds, 0.05), Source(rounds, 0.0)
    leaving = asyncio.ensure_future(slow.loader.load(1))
    await asyncio.sleep(0.01)
    leaving.cancel()
    assert await quick.loader.load(2) == 20
