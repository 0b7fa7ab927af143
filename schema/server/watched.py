"""What a process keeps of the database for a while, and drops as soon as the bus says that it changed."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from domain.infra.hub import Envelope
from schema.server.bus import Bus

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# How long something is kept while nothing is heard of what changes.
_UNHEARD_S = 1.0


class Watched(Generic[K, V]):
    """Values by key, each read once for all who ask at a time. What cannot be read is not kept.

    Bounded by the sum of `size_of`, and by time; a value is dropped when a fact of its topic arrives, or may have been
    missed. Whoever asks after that gets what was read after that.
    """

    def __init__(
        self,
        hub: Bus,
        read: Callable[[K], Awaitable[V]],
        topic_of: Callable[[K, V], str],
        *,
        kept_s: float,
        max_size: int,
        size_of: Callable[[V], int] = lambda _: 1,
    ) -> None:
        self.hub = hub
        self.read = read
        self.topic_of = topic_of
        self._kept_s = kept_s
        self._max_size = max_size
        self._size_of = size_of
        self._size = 0
        self._entries: OrderedDict[K, _Entry[K, V]] = OrderedDict()

    async def get(self, key: K) -> V:
        """The value of a key. Raises what reading raises."""
        entry = self._entries.get(key)
        kept_s = self._kept_s if self.hub.is_connected else _UNHEARD_S
        if entry is not None and entry.since + kept_s < time.monotonic():
            self.drop(entry)
            entry = None
        if entry is None:
            entry = self._entries[key] = _Entry(self, key)
        else:
            self._entries.move_to_end(key)
        return await asyncio.shield(entry.reading)

    def keep(self, entry: _Entry[K, V], value: V) -> None:
        """Count what was read, in place of what nobody has asked for the longest."""
        if entry.is_dropped:
            return
        entry.size = self._size_of(value)
        self._size += entry.size
        while self._size > self._max_size and len(self._entries) > 1:
            self.drop(next(iter(self._entries.values())))

    def drop(self, entry: _Entry[K, V]) -> None:
        """Read the value again when it is asked for the next time."""
        if not entry.is_dropped:
            del self._entries[entry.key]
            self._size -= entry.size
            entry.end()


class _Entry(Generic[K, V]):
    """One value, and the sink that hears of its changes."""

    def __init__(self, owner: Watched[K, V], key: K) -> None:
        self.key = key
        self.since = time.monotonic()
        self.size = 0
        self.is_dropped = False
        self._owner = owner
        self._topic: str | None = None
        self.reading = asyncio.ensure_future(self._read())
        self.reading.add_done_callback(self._done)

    def deliver(self, envelope: Envelope) -> None:
        """The value has changed."""
        self._owner.drop(self)

    def gap(self) -> None:
        """The value may have changed."""
        self._owner.drop(self)

    def end(self) -> None:
        """Hear no more."""
        self.is_dropped = True
        if self._topic is not None:
            self._owner.hub.detach(self._topic, self)
            self._topic = None

    async def _read(self) -> V:
        owner = self._owner
        topic = owner.topic_of(self.key, await owner.read(self.key))
        if not self.is_dropped:
            self._topic = topic
            owner.hub.attach(topic, self)
        # Read again now that changes are heard, so that none falls in between.
        value = await owner.read(self.key)
        owner.keep(self, value)
        return value

    def _done(self, reading: asyncio.Future[V]) -> None:
        # A failure is for those who wait; whoever asks next tries again.
        if reading.cancelled() or reading.exception() is not None:
            self._owner.drop(self)
