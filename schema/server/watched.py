"""What a process keeps of the database for a while, and drops as soon as the bus says that it changed."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable
from typing import Generic, TypeVar

from domain.infra.hub import EVERY_TOPIC, Envelope
from schema.server.bus import Bus

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# How long something is kept while nothing is heard of what changes.
_UNHEARD_S = 1.0
# What is not kept any more still listens; it is likely to be asked for again.
_MAX_ENTRIES = 10_000
# A value that changes each time while it is read is not kept.
_MAX_READINGS = 3


class Watched(Generic[K, V]):
    """Values by key, each read once for all who ask at a time. What cannot be read is not kept.

    Bounded by the sum of `size_of`, and by `kept_s`, the seconds a value is kept; it is dropped when a fact of one of
    its topics arrives, or may have been missed. Whoever asks after that gets what was read after that.
    """

    def __init__(
        self,
        hub: Bus,
        read: Callable[[K], Awaitable[V]],
        topics_of: Callable[[K, V], Collection[str]],
        *,
        kept_s: Callable[[V], float],
        max_size: int,
        size_of: Callable[[V], int] = lambda _: 1,
    ) -> None:
        self.hub = hub
        self.read = read
        self.topics_of = topics_of
        self.kept_s = kept_s
        self.size_of = size_of
        self._max_size = max_size
        self._size = 0
        self._entries: OrderedDict[K, _Entry[K, V]] = OrderedDict()

    def get(self, key: K) -> asyncio.Future[V]:
        """The value of a key, from a reading that has begun when this returns. It raises what reading raises."""
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(self, key)
        else:
            self._entries.move_to_end(key)
        return asyncio.shield(entry.current())

    def kept(self, key: K) -> V | None:
        """The value of a key, if it is kept."""
        entry = self._entries.get(key)
        if entry is None or entry.reading is None or not entry.reading.done() or not entry.is_fresh():
            return None
        self._entries.move_to_end(key)
        return entry.reading.result()

    def is_being_read(self, key: K) -> bool:
        """Whether whoever asks for it now waits together with others."""
        entry = self._entries.get(key)
        return entry is not None and entry.reading is not None and not entry.reading.done()

    def resize(self, entry: _Entry[K, V], size: int) -> None:
        """Count what an entry holds now, in place of what nobody has asked for the longest."""
        self._size += size - entry.size
        entry.size = size
        while len(self._entries) > 1 and (self._size > self._max_size or len(self._entries) > _MAX_ENTRIES):
            self.drop(next(iter(self._entries.values())))

    def drop(self, entry: _Entry[K, V]) -> None:
        """Forget a key."""
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]
            self._size -= entry.size
            entry.size = 0
            entry.end()


class _Entry(Generic[K, V]):
    """One key: its value while it is known, and the sink that hears of its changes."""

    def __init__(self, owner: Watched[K, V], key: K) -> None:
        self.key = key
        self.size = 0
        self.reading: asyncio.Task[V] | None = None
        self._owner = owner
        self._topics: frozenset[str] = frozenset()
        self._since = 0.0
        self._until = 0.0

    def current(self) -> asyncio.Task[V]:
        """The reading whose value is true for whoever asks now."""
        if self.reading is None or (self.reading.done() and not self.is_fresh()):
            self.reading = asyncio.create_task(self._read())
            self.reading.add_done_callback(self._done)
        return self.reading

    def is_fresh(self) -> bool:
        """Whether what was read may still be used."""
        until = self._until if self._owner.hub.is_connected else min(self._until, self._since + _UNHEARD_S)
        return time.monotonic() < until

    def deliver(self, envelope: Envelope) -> None:
        """The value has changed. Whoever waits for it asked before, and may have it."""
        self.reading = None
        self._owner.resize(self, 0)

    def gap(self) -> None:
        """The value may have changed."""
        self._owner.drop(self)

    def end(self) -> None:
        """Hear no more."""
        self.reading = None
        self._listen(frozenset())

    async def _read(self) -> V:
        owner = self._owner
        for _ in range(_MAX_READINGS):
            since = time.monotonic()
            # Only what has been read says which topics matter. Until then every fact is noted, so that none is missed.
            meanwhile = _Meanwhile()
            owner.hub.attach(EVERY_TOPIC, meanwhile)
            try:
                value = await owner.read(self.key)
            finally:
                owner.hub.detach(EVERY_TOPIC, meanwhile)
            if self.reading is not asyncio.current_task():
                return value  # it changed meanwhile, or is forgotten
            topics, kept_s = frozenset(owner.topics_of(self.key, value)), owner.kept_s(value)
            is_current = not meanwhile.may_have_changed(topics)
            self._listen(topics)
            self._since = self._until = since
            if is_current:
                self._until = since + kept_s
                owner.resize(self, owner.size_of(value))
            if is_current or not kept_s:
                break
        return value

    def _listen(self, topics: frozenset[str]) -> None:
        for topic in topics - self._topics:
            self._owner.hub.attach(topic, self)
        for topic in self._topics - topics:
            self._owner.hub.detach(topic, self)
        self._topics = topics

    def _done(self, reading: asyncio.Task[V]) -> None:
        # A failure is for those who wait; whoever asks next tries again.
        if (reading.cancelled() or reading.exception() is not None) and self.reading is reading:
            self._owner.drop(self)


class _Meanwhile:
    """A sink that notes on which topics something is told while a value is read."""

    def __init__(self) -> None:
        self._topics: set[str] = set()
        self._has_gap = False

    def deliver(self, envelope: Envelope) -> None:
        """Note a fact."""
        self._topics.update(envelope.topics)

    def gap(self) -> None:
        """Note that any may have been missed."""
        self._has_gap = True

    def may_have_changed(self, topics: frozenset[str]) -> bool:
        """Whether something may have been told on one of these."""
        return self._has_gap or not topics.isdisjoint(self._topics)
