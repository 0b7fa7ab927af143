"""Limits on what may have to be waited for."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import suppress
from contextvars import ContextVar

import pytest

from schema.server.waiting import within

_PLACE: ContextVar[str] = ContextVar("place")


class _Timers:
    """Counts the timers that a loop is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        loop = asyncio.get_running_loop()
        call_at = loop.call_at

        def counted(*args: object, **named: object) -> object:
            self.count += 1
            return call_at(*args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(loop, "call_at", counted)


async def test_what_answers_at_once_needs_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = _Timers(monkeypatch)

    async def answer() -> int:
        return 7

    assert await within(10, answer()) == 7
    assert timers.count == 0


async def test_what_fails_at_once_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = _Timers(monkeypatch)

    async def failure() -> int:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await within(10, failure())
    assert timers.count == 0


async def test_what_waits_gets_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = _Timers(monkeypatch)
    first: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    second: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answer() -> int:
        _PLACE.set("inside")
        total = await first
        await asyncio.sleep(0)
        with suppress(KeyError):
            total += await second
        return total

    waiting = asyncio.create_task(within(10, answer()))
    await asyncio.sleep(0)
    first.set_result(3)
    await asyncio.sleep(0)
    second.set_exception(KeyError("nothing"))
    assert await waiting == 3
    assert timers.count == 1


async def test_it_runs_in_the_task_and_the_context_of_its_caller() -> None:
    async def answer() -> asyncio.Task[object] | None:
        _PLACE.set("inside")
        await asyncio.sleep(0)
        return asyncio.current_task()

    assert await within(10, answer()) is asyncio.current_task()
    assert _PLACE.get() == "inside"


async def test_what_takes_too_long_is_cancelled() -> None:
    ended: list[str] = []

    async def answer() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # also the way out may wait
            ended.append("cancelled")

    with pytest.raises(TimeoutError):
        await within(0, answer())
    assert ended == ["cancelled"]


async def test_what_is_cancelled_waits_for_no_collector() -> None:
    class Thing:
        """Whatever the coroutine holds."""

    async def answer() -> None:
        thing = Thing()
        things.append(weakref.ref(thing))
        await asyncio.Event().wait()

    things: list[weakref.ref[Thing]] = []
    gc.disable()
    try:
        waiting = asyncio.create_task(within(10, answer()))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        del waiting
        await asyncio.sleep(0)
        assert [thing() for thing in things] == [None]
    finally:
        gc.enable()


async def test_a_cancellation_from_outside_is_no_time_out() -> None:
    begun = asyncio.Event()

    async def answer() -> None:
        begun.set()
        await asyncio.Event().wait()

    waiting = asyncio.create_task(within(10, answer()))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
