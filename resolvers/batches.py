"""When the batches of a request are sent: together, once nothing is on its way and nothing more is asked for.

A loader by itself sends what waits after one turn of the loop, so how loads fall into batches depends on which answer
of the database came first. Here the loaders of a request send in rounds, one for each level of what is asked. The
number of statements then depends on the shape of a document alone, and a field of many rows is never read in two
batches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from aiodataloader import DataLoader, Loader, dispatch_queue_batch, get_chunks

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
S = TypeVar("S")

MAX_BATCH = 1000
# The turns of the loop without a further load after which a level is complete. An answer takes a few turns through
# nested tasks before what is below it is asked for.
_QUIET_TURNS = 8


class Rounds:
    """The rounds of one request. What fetches a batch must not wait for another loader: that would wait for itself."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[DataLoader[Any, Any], None] = {}
        self._on_their_way: set[asyncio.Task[None]] = set()
        self._quiet_turns = 0
        self._is_watching = False

    def loader(
        self,
        source: Callable[[], AbstractAsyncContextManager[S]],
        fetch: Callable[[S, Sequence[K]], Awaitable[Mapping[K, V]]],
    ) -> DataLoader[K, V | None]:
        """A loader of at most one value per key; keys without a value give None.

        Each batch has a source of its own: the session of `db.read`, that of `db.snapshot` where several statements
        must see one instant, or whatever else is asked.
        """

        async def batch(keys: list[K]) -> list[V | None]:
            async with source() as opened:
                found = await fetch(opened, keys)
            return [found.get(key) for key in keys]

        return _RoundLoader(self, batch)

    def join(self, loader: DataLoader[Any, Any]) -> None:
        """Let a loader send with the next round."""
        self._waiting[loader] = None
        self._quiet_turns = 0
        if not self._on_their_way:
            self._watch()

    def _watch(self) -> None:
        if not self._is_watching:
            self._is_watching = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_watching = False
        self._quiet_turns += 1
        if self._quiet_turns < _QUIET_TURNS:
            self._watch()
        else:
            self._send()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for loader in waiting:
            queue, loader._queue = loader._queue, []  # noqa: SLF001  (as aiodataloader's own dispatch does)
            for chunk in get_chunks(queue, MAX_BATCH):
                task = self._loop.create_task(dispatch_queue_batch(loader, list(chunk)))
                self._on_their_way.add(task)
                task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._on_their_way.discard(task)
        if self._waiting and not self._on_their_way:
            self._quiet_turns = 0
            self._watch()


class _RoundLoader(DataLoader[K, V]):
    """A loader that sends with the round of its request."""

    def __init__(self, rounds: Rounds, batch: Callable[[list[K]], Coroutine[Any, Any, list[V]]]) -> None:
        super().__init__(batch)
        self._rounds = rounds

    def do_resolve_reject(self, key: K, future: asyncio.Future[V]) -> None:
        """Let a key wait for the next round."""
        self._queue.append(Loader(key=key, future=future))
        self._rounds.join(self)
