"""What waits to be sent on one connection: bounded, and sent by one task, so that a slow client slows nobody else.

Thousands of connections have nothing that waits, so none of this takes room before it is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from domain.infra.telemetry import HUB_DROPPED, HUB_OUTBOXES, HUB_WAITING

MAX_PENDING = 256
# Characters that wait: of answers, before no more requests are read; of everything, before a client that takes nothing
# is let go.
MAX_ANSWERS = 256 * 1024
MAX_WAITING = 4 * 1024 * 1024
_LOW_WATER = 32
# A connection that has much to send lets others run in between.
_SENT_IN_A_ROW = 64


class Slot:
    """The messages of one subscription that wait. Each is a payload; the rest of the message is the same for all.

    A state slot keeps the newest payload per key. An event slot keeps all, in order, up to its bound. `outbox` is the
    connection that it is a part of.
    """

    __slots__ = ("_head", "_is_queued", "_is_state", "_pending", "_room", "_tail", "outbox")

    def __init__(self, outbox: Outbox, head: str, tail: str, *, is_state: bool) -> None:
        self.outbox = outbox
        self._head = head
        self._tail = tail
        self._is_state = is_state
        self._pending: list[str] | dict[str, str] = {} if is_state else []
        self._is_queued = False
        self._room: asyncio.Future[None] | None = None

    def push(self, payload: str, key: str = "") -> bool:
        """Let a payload wait. False, and nothing is kept of it, when the slot is full."""
        pending = self._pending
        if isinstance(pending, dict):
            if key in pending:
                HUB_DROPPED.labels("newer").inc()
                HUB_WAITING.value -= 1
            elif len(pending) >= MAX_PENDING:
                return False
            pending[key] = payload
        elif len(pending) >= MAX_PENDING:
            return False
        else:
            pending.append(payload)
        HUB_WAITING.value += 1
        if not self._is_queued:
            self._is_queued = True
            self.outbox.enqueue(self)
        return True

    def send(self, payload: str, key: str = "") -> bool:
        """Send a payload at once if nothing waits on the connection; else let it wait, as `push` does."""
        if not self._is_queued and self.outbox.send_now(f"{self._head}{payload}{self._tail}"):
            return True
        return self.push(payload, key)

    @property
    def waiting(self) -> int:
        """How many characters wait."""
        pending = self._pending
        return sum(map(len, pending.values() if isinstance(pending, dict) else pending))

    def clear(self) -> int:
        """Forget what waits; the answer is how many messages that were."""
        count = len(self._pending)
        HUB_WAITING.value -= count
        self._pending.clear()
        self._make_room()
        return count

    def has_room(self, messages: int) -> bool:
        """Whether so many more may wait without waiting for `room`."""
        return len(self._pending) + messages <= _LOW_WATER

    async def room(self, below: int = _LOW_WATER) -> None:
        """Wait until fewer than `below` messages wait. Only one task may."""
        while len(self._pending) >= below:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    def next_message(self) -> str | None:
        """Take the oldest message, as it goes over the wire."""
        pending = self._pending
        if not pending:
            self._is_queued = False
            return None
        HUB_WAITING.value -= 1
        payload = pending.pop(next(iter(pending))) if isinstance(pending, dict) else pending.pop(0)
        if self._room is not None:
            self._make_room()
        return f"{self._head}{payload}{self._tail}"

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


async def _nowhere(message: str) -> None:
    """Nobody sends any more."""


class Outbox:
    """The messages of one connection: those of subscriptions in slots, all others in order before them."""

    __slots__ = (
        "_answers", "_begin", "_direct", "_has_begun", "_is_ending", "_is_full", "_queued", "_room", "_send",
        "_send_now", "_wake", "sending_since",
    )  # fmt: skip

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        send_now: Callable[[str], bool] | None = None,
        begin: Callable[[], object] | None = None,
    ) -> None:
        """`send_now` is a quicker way that may refuse a message.

        `begin` is called when something waits that nobody is about to send: `flush` does that. Without it `run` does.
        """
        self._send = send
        self._send_now = send_now
        self._begin = begin
        self._direct: list[str] = []
        self._answers = 0
        self._queued: list[Slot] = []
        self._wake: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._is_full = False
        self._has_begun = False
        self._is_ending = False
        self.sending_since: float | None = None
        HUB_OUTBOXES.value += 1

    def __del__(self) -> None:
        HUB_OUTBOXES.value -= 1  # what a connection leaves behind shows

    @property
    def waiting(self) -> int:
        """How many characters wait."""
        return self._answers + sum(slot.waiting for slot in self._queued)

    def slot(self, head: str, tail: str, *, is_state: bool) -> Slot:
        """A place for the messages of one subscription; `head` and `tail` are what is around the payload of each."""
        return Slot(self, head, tail, is_state=is_state)

    def put(self, message: str) -> None:
        """Let a whole message wait. Whoever answers clients awaits `room` first."""
        if self._send is _nowhere:
            return
        HUB_WAITING.value += 1
        self._direct.append(message)
        self._answers += len(message)
        if len(self._direct) >= MAX_PENDING or self._answers >= MAX_ANSWERS:
            self._is_full = True
        self._wake_up()

    async def room(self) -> None:
        """Wait while too many messages wait. Only one task may."""
        if self._is_full:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    def end(self) -> None:
        """Let `run` and `flush` return once all whole messages are sent; those of subscriptions are not."""
        self._is_ending = True
        self._wake_up()

    def close(self) -> None:
        """Forget everything, also who would send it."""
        self._send = _nowhere
        self._send_now = self._begin = None
        HUB_WAITING.value -= len(self._direct)
        self._direct.clear()
        self._answers = 0
        self._queued.clear()
        self._make_room()

    def send_now(self, message: str) -> bool:
        """Send a whole message, unless others wait or the connection takes none now."""
        is_idle = not (self._has_begun or self._direct or self._queued or self._is_ending)
        return is_idle and self._send_now is not None and self._send_now(message)

    def enqueue(self, slot: Slot) -> None:
        """Let a slot that has messages have its turn."""
        self._queued.append(slot)
        self._wake_up()

    async def run(self) -> None:
        """Send what waits, until told to end."""
        while True:
            await self.flush()
            if self._is_ending:
                return
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    async def flush(self) -> None:
        """Send what waits now, and what comes meanwhile."""
        self._has_begun = True
        sent = 0
        while (message := self._next()) is not None:
            self.sending_since = asyncio.get_running_loop().time()
            await self._send(message)
            self.sending_since = None
            sent += 1
            if sent % _SENT_IN_A_ROW == 0:
                await asyncio.sleep(0)
        self._has_begun = False

    def _next(self) -> str | None:
        if self._direct:
            message = self._direct.pop(0)
            HUB_WAITING.value -= 1
            self._answers -= len(message)
            if self._is_full and len(self._direct) < _LOW_WATER and self._answers < MAX_ANSWERS:
                self._make_room()
            return message
        while self._queued and not self._is_ending:
            slot = self._queued.pop(0)
            found = slot.next_message()
            if found is not None:
                self._queued.append(slot)
                return found
        return None

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
        elif self._begin is not None and not self._has_begun:
            self._has_begun = True
            self._begin()

    def _make_room(self) -> None:
        self._is_full = False
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
