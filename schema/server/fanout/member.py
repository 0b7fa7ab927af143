"""One subscription in its group: it catches up, and then it is live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.infra.telemetry import HUB_DROPPED
from domain.kernel.errors import DomainError
from resolvers.streams import ResyncReason, Stream
from schema.server.masking import RequestRefused, unexpected
from schema.server.outbox import MAX_PENDING, Slot
from schema.server.replay import Message, Replay

# What members hear while they catch up; more, and they read again.
_MAX_HEARD = MAX_PENDING // 2


@dataclass(frozen=True, slots=True)
class Part:
    """What one viewer missed: a snapshot or what came after its cursor, and the version of each key after that.

    `rest` is what of it is not executed yet, if that is much.
    """

    messages: list[Message]
    floors: Mapping[str, int]
    rest: Replay | None = None


class Company(Protocol):
    """What a member needs of its group. `epoch` rises when facts may have been missed."""

    stream: Stream[Any]
    epoch: int

    def part(self, after: int | None) -> asyncio.Task[Part]:
        """What a viewer missed since a cursor; a snapshot without one."""
        ...

    async def marker(self, reason: ResyncReason) -> str:
        """The message that tells a client why its stream starts over."""
        ...

    def remove(self, member: Member) -> None:
        """Let a member go."""
        ...


class Member:
    """One subscription in its group."""

    __slots__ = (
        "_epoch", "_fail", "_floors", "_group", "_has_missed", "_heard", "_is_live", "_reading", "_slot", "_task",
        "removed",
    )  # fmt: skip

    def __init__(
        self,
        group: Company,
        slot: Slot,
        fail: Callable[[list[dict[str, Any]]], None],
        removed: Callable[[], None] | None,
    ) -> None:
        self.removed = removed
        self._group = group
        self._slot = slot
        self._fail = fail
        self._epoch = 0
        self._is_live = False
        self._has_missed = False
        self._heard: list[Message] = []
        self._floors: Mapping[str, int] = {}
        self._reading: asyncio.Task[Part] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> int | None:
        """The version up to which this member has everything; None while it catches up."""
        return self._floors.get("", 0) if self._is_live else None

    def start(self, after: int | None) -> None:
        """Catch up from a cursor, or with a snapshot."""
        self._has_missed = False
        self._heard.clear()
        self._epoch = self._group.epoch
        # Thousands may wait for one reading, so none of them has a task of its own while it does.
        self._reading = self._group.part(after)
        self._reading.add_done_callback(self._take)

    def leave(self) -> None:
        """End this subscription."""
        self._reading = None
        if self._task is not None:
            self._task.cancel()
        self._slot.clear()
        self._group.remove(self)

    def hand(self, message: Message) -> None:
        """Take a live message."""
        if message.version <= self._floors.get(message.key, -1):
            return
        if self._is_live:
            if not self._slot.send(message.payload, message.key):
                self._fall_behind()
        elif len(self._heard) < _MAX_HEARD:
            self._heard.append(message)
        else:
            self._has_missed = True

    def start_over(self, part: Part, marker: str | None) -> None:
        """Take a new state in place of the messages that were lost. A member that catches up reads it by itself."""
        if not self._is_live:
            return
        if self._group.stream.is_state:
            self._slot.clear()
        self._floors = part.floors
        texts = [message.payload for message in part.messages]
        # Every text is a key of its own, so that a state slot keeps each.
        for text in texts if marker is None else [marker, *texts]:
            if not self._slot.push(text, text):
                self._fall_behind()
                return

    def _fall_behind(self) -> None:
        """The client reads too slowly: drop what waits, tell it, and catch up once it reads again."""
        HUB_DROPPED.labels("slow").inc(self._slot.clear() + 1)
        self._is_live = False
        self._task = asyncio.create_task(self._recover())

    async def _recover(self) -> None:
        try:
            self._slot.push(await self._group.marker(ResyncReason.SLOW_CLIENT))
            await self._slot.room(below=1)
            self.start(None)
        except Exception as error:  # noqa: BLE001  (the subscription ends; the bug is logged)
            self.end(error)

    def _take(self, reading: asyncio.Task[Part]) -> None:
        """Send what was read: at once if it is little, else as the client reads."""
        if self._reading is not reading:
            return  # it has left
        self._reading = None
        try:
            part = reading.result()
            if part.rest is None and self._slot.has_room(len(part.messages)):
                for message in part.messages:
                    self._slot.send(message.payload, message.key)
                self._go_live(part)
            else:
                self._task = asyncio.create_task(self._send(part))
        except Exception as error:  # noqa: BLE001  (the subscription ends; a bug is logged)
            self.end(error)

    async def _send(self, part: Part) -> None:
        try:
            for message in part.messages:
                await self._slot.room()
                self._slot.push(message.payload, message.key)
            if part.rest is not None:
                async for message in part.rest.messages():
                    self._slot.push(message.payload, message.key)
                    await self._slot.room()  # before the next is executed
            self._go_live(part)
        except Exception as error:  # noqa: BLE001  (the subscription ends; a bug is logged)
            self.end(error)

    def _go_live(self, part: Part) -> None:
        """Send what was heard meanwhile and is newer, and from now on all that comes; or read again what was missed."""
        self._floors = part.floors
        if self._has_missed or self._epoch != self._group.epoch:
            self.start(None if self._group.stream.is_state else part.floors.get(""))
            return
        self._is_live = True
        heard, self._heard = self._heard, []
        for message in heard:
            self.hand(message)

    def end(self, error: Exception) -> None:
        """End this subscription and say why."""
        self._reading = None
        self._group.remove(self)
        if isinstance(error, DomainError):
            error = RequestRefused.of(error)
        self._fail(error.errors if isinstance(error, RequestRefused) else [unexpected(error)])
