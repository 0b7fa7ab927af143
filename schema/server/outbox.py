"""What waits to be sent on one connection: bounded, and sent by one task, so that a slow client slows nobody else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from domain.infra.telemetry import HUB_DROPPED

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
        self._pending: deque[tuple[str, str]] | dict[str, str] = {} if is_state else deque()
        self._is_queued = False
        self._room: asyncio.Future[None] | None = None

    def push(self, payload: str, key: str = "") -> bool:
        """Let a payload wait. False, and nothing is kept of it, when the slot is full."""
        pending = self._pending
        if isinstance(pending, dict):
            if key in pending:
                HUB_DROPPED.labels("newer").inc()
            elif len(pending) >= MAX_PENDING:
                return False
            pending[key] = payload
        elif len(pending) >= MAX_PENDING:
            return False
        else:
            pending.append((key, payload))
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
        if isinstance(pending, dict):
            return sum(map(len, pending.values()))
        return sum(len(payload) for _, payload in pending)

    def clear(self) -> int:
        """Forget what waits; the answer is how many messages that were."""
        count = len(self._pending)
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
        payload = pending.pop(next(iter(pending))) if isinstance(pending, dict) else pending.popleft()[1]
        if self._room is not None:
            self._make_room()
        return f"{self._head}{payload}{self._tail}"

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


class Outbox:
    """The messages of one connection: those of subscriptions in slots, all others in order before them."""

    def __init__(self, send: Callable[[str], Awaitable[None]], send_now: Callable[[str], bool] | None = None) -> None:
        """`send_now` is a quicker way that may refuse a message."""
        self._send = send
        self._send_now = send_now
        self._direct: deque[str] = deque()
        self._answers = 0
        self._queued: deque[Slot] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_ending = False
        self.sending_since: float | None = None

    @property
    def waiting(self) -> int:
        """How many characters wait."""
        return self._answers + sum(slot.waiting for slot in self._queued)

    def slot(self, head: str, tail: str, *, is_state: bool) -> Slot:
        """A place for the messages of one subscription; `head` and `tail` are what is around the payload of each."""
        return Slot(self, head, tail, is_state=is_state)

    def put(self, message: str) -> None:
        """Let a whole message wait. Whoever answers clients awaits `room` first."""
        self._direct.append(message)
        self._answers += len(message)
        if len(self._direct) >= MAX_PENDING or self._answers >= MAX_ANSWERS:
            self._has_room.clear()
        self._wake_up()

    async def room(self) -> None:
        """Wait while too many messages wait."""
        await self._has_room.wait()

    def end(self) -> None:
        """Let `run` return once all whole messages are sent; those of subscriptions are not."""
        self._is_ending = True
        self._wake_up()

    def close(self) -> None:
        """Forget everything; nobody sends it any more."""
        self._direct.clear()
        self._answers = 0
        self._queued.clear()
        self._has_room.set()

    def send_now(self, message: str) -> bool:
        """Send a whole message, unless others wait or the connection takes none now."""
        is_idle = self._wake is not None and not self._wake.done() and not self._is_ending
        return is_idle and self._send_now is not None and self._send_now(message)

    def enqueue(self, slot: Slot) -> None:
        """Let a slot that has messages have its turn."""
        self._queued.append(slot)
        self._wake_up()

    async def run(self) -> None:
        """Send what waits, until told to end."""
        loop = asyncio.get_running_loop()
        sent = 0
        while True:
            message = self._next()
            if message is None and self._is_ending:
                return
            if message is None:
                self._wake = loop.create_future()
                await self._wake
                sent = 0
                continue
            self.sending_since = loop.time()
            await self._send(message)
            self.sending_since = None
            sent += 1
            if sent % _SENT_IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _next(self) -> str | None:
        if self._direct:
            message = self._direct.popleft()
            self._answers -= len(message)
            if not self._has_room.is_set() and len(self._direct) < _LOW_WATER and self._answers < MAX_ANSWERS:
                self._has_room.set()
            return message
        while self._queued and not self._is_ending:
            slot = self._queued.popleft()
            found = slot.next_message()
            if found is not None:
                self._queued.append(slot)
                return found
        return None

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
