"""What a process keeps of the database: shared, bounded, dropped when it changes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from schema.server.watched import Watched
from tests.fixtures.hub import LocalHub, envelope


class Store:
    """Where values are read from; counts how often."""

    def __init__(self) -> None:
        self.values = {"a": 1, "b": 2, "c": 3}
        self.reads: Counter[str] = Counter()
        self.hub = LocalHub()
        self.pause = asyncio.Event()
        self.pause.set()

    async def read(self, key: str) -> int:
        value = self.values[key]
        self.reads[key] += 1
        await self.pause.wait()
        return value

    def watched(self, kept_s: float = 60.0, max_size: int = 2) -> Watched[str, int]:
        return Watched(self.hub, self.read, lambda key, _: [f"topic:{key}"], kept_s=lambda _: kept_s, max_size=max_size)


async def test_all_who_ask_at_a_time_share_one_reading() -> None:
    store = Store()
    watched = store.watched()
    assert await asyncio.gather(*(watched.get("a") for _ in range(10))) == [1] * 10
    assert store.reads == {"a": 1}
    await watched.get("a")
    assert store.reads == {"a": 1}


@pytest.mark.parametrize(
    ("happens", "reads"),
    [
        (lambda hub: hub.publish(envelope("topic:b")), 1),
        (lambda hub: hub.publish(envelope("topic:a")), 2),
        (lambda hub: hub.gap(), 2),
    ],
    ids=["another changes", "it changes", "it may have changed"],
)
async def test_what_may_have_changed_while_it_was_read_first_is_read_again(
    happens: Callable[[LocalHub], Awaitable[None] | None], reads: int
) -> None:
    store = Store()
    watched = store.watched()
    store.pause.clear()
    early = watched.get("a")
    await asyncio.sleep(0)
    assert store.reads == {"a": 1}
    store.values["a"] = 2
    happened = happens(store.hub)
    if happened is not None:
        await happened
    late = watched.get("a")
    store.pause.set()
    # Where nothing says that it changed, the value of before the change is as new as anybody can know.
    assert (await early, await late) == ((1, 1) if reads == 1 else (2, 2))
    assert store.reads == {"a": reads}
    assert {topic: len(sinks) for topic, sinks in store.hub.sinks.items()} == {"topic:a": 1}


async def test_a_value_that_changed_or_may_have_is_read_again() -> None:
    store = Store()
    watched = store.watched()
    assert (await watched.get("a"), await watched.get("b")) == (1, 2)
    store.values = {"a": 10, "b": 20}
    await store.hub.publish(envelope("topic:a"))
    assert (await watched.get("a"), await watched.get("b")) == (10, 2)
    store.hub.gap()
    assert (await watched.get("a"), await watched.get("b")) == (10, 20)


async def test_who_asks_after_a_change_does_not_get_what_was_read_before_it() -> None:
    store = Store()
    watched = store.watched()
    await watched.get("a")
    store.hub.gap()
    store.pause.clear()
    early = watched.get("a")
    await asyncio.sleep(0)
    await store.hub.publish(envelope("topic:a"))  # it is read again
    store.pause.set()
    while "topic:a" not in store.hub.sinks:
        await asyncio.sleep(0)
    store.pause.clear()
    store.values["a"] = 11
    await store.hub.publish(envelope("topic:a"))
    late = watched.get("a")
    await asyncio.sleep(0)
    store.pause.set()
    await early
    assert await late == 11
    assert len(store.hub.sinks["topic:a"]) == 1


async def test_what_is_kept_is_bounded_and_leaves_no_sink() -> None:
    store = Store()
    watched = store.watched(max_size=2)
    for key in ("a", "b", "a", "c"):
        await watched.get(key)
    assert set(store.hub.sinks) == {"topic:a", "topic:c"}
    await watched.get("a")
    assert store.reads == {"a": 1, "b": 1, "c": 1}


async def test_what_cannot_be_read_is_not_kept() -> None:
    store = Store()
    watched = store.watched()
    for _ in range(2):
        with pytest.raises(KeyError):
            await watched.get("nothing")
    store.values["nothing"] = 0
    assert await watched.get("nothing") == 0


async def test_values_age_and_faster_while_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("schema.server.watched.time.monotonic", lambda: now)
    store = Store()
    watched = store.watched(kept_s=60.0)
    await watched.get("a")
    now += 30
    await watched.get("a")
    assert store.reads["a"] == 1
    store.hub.is_connected = False
    await watched.get("a")
    assert store.reads["a"] == 2  # its changes are heard already
    store.hub.is_connected = True
    now += 61
    await watched.get("a")
    assert store.reads["a"] == 3
