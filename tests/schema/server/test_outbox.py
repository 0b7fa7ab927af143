"""What waits on a connection keeps its order, whichever way it goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from schema.server.outbox import Outbox


class Wire:
    """A connection that takes texts at once, or one by one when it is `slow`, or none until it has `room`."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.at_once: list[str] = []
        self.is_quick = True
        self.room = asyncio.Event()
        self.room.set()

    async def send(self, text: str) -> None:
        """Take a text as soon as there is room."""
        await self.room.wait()
        self.sent.append(text)

    def send_now(self, text: str) -> bool:
        """Take a text if it can be taken now."""
        if self.is_quick:
            self.sent.append(text)
            self.at_once.append(text)
        return self.is_quick


@asynccontextmanager
async def running(wire: Wire) -> AsyncIterator[Outbox]:
    """An outbox that waits for something to send."""
    outbox = Outbox(wire.send, wire.send_now)
    task = asyncio.create_task(outbox.run())
    await asyncio.sleep(0)
    yield outbox
    outbox.end()
    await task


async def test_a_payload_goes_out_at_once_when_nothing_waits() -> None:
    wire = Wire()
    async with running(wire) as outbox:
        slot = outbox.slot("<", ">", is_state=False)
        assert slot.send("a")
        assert slot.send("b")
        assert wire.sent == wire.at_once == ["<a>", "<b>"]
        assert outbox.waiting == 0


async def test_a_payload_does_not_overtake_what_waits() -> None:
    wire = Wire()
    async with running(wire) as outbox:
        first, second = (outbox.slot(f"{n}:", "", is_state=False) for n in (1, 2))
        outbox.put("answer")
        assert first.send("a")
        assert second.send("b")
        assert first.send("c")
        assert wire.sent == []
        await asyncio.sleep(0)
        assert wire.sent == ["answer", "1:a", "2:b", "1:c"]
        assert wire.at_once == []


async def test_what_the_connection_does_not_take_now_waits_in_order() -> None:
    wire = Wire()
    wire.is_quick = False
    wire.room.clear()
    async with running(wire) as outbox:
        slot = outbox.slot("", "", is_state=False)
        assert slot.send("a")
        await asyncio.sleep(0)
        wire.is_quick = True
        assert slot.send("b")
        assert wire.sent == []
        wire.room.set()
        for _ in range(3):
            await asyncio.sleep(0)
        assert slot.send("c")
        assert wire.sent == ["a", "b", "c"]
        assert wire.at_once == ["c"]


async def test_a_full_slot_refuses_also_what_would_go_at_once() -> None:
    wire = Wire()
    wire.is_quick = False
    outbox = Outbox(wire.send, wire.send_now)
    slot = outbox.slot("", "", is_state=False)
    while slot.push("x"):
        pass
    assert not slot.send("y")


async def test_whoever_sends_is_called_once_for_what_waits() -> None:
    wire = Wire()
    wire.is_quick = False
    called: list[str] = []
    outbox = Outbox(wire.send, wire.send_now, lambda: called.append("begin"))
    slot = outbox.slot("", "", is_state=False)
    outbox.put("answer")
    assert slot.send("a")
    assert called == ["begin"]
    await outbox.flush()
    assert wire.sent == ["answer", "a"]
    assert slot.send("b")
    assert called == ["begin", "begin"]
    await outbox.flush()
    wire.is_quick = True
    assert slot.send("c")
    assert (wire.sent, called) == (["answer", "a", "b", "c"], ["begin", "begin"])


async def test_nobody_is_called_for_a_connection_that_is_closed() -> None:
    wire = Wire()
    called: list[str] = []
    outbox = Outbox(wire.send, wire.send_now, lambda: called.append("begin"))
    outbox.close()
    outbox.put("answer")
    await outbox.flush()
    assert (wire.sent, called) == ([], [])
