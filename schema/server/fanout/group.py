"""A group: equal subscriptions, served by one execution."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from domain.infra.hub import Envelope, Hub
from domain.infra.telemetry import (
    HUB_COALESCED,
    HUB_DELIVERED,
    HUB_EXECUTIONS,
    HUB_GROUPS,
    HUB_LAG_SECONDS,
    HUB_MEMBERS,
)
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError, Unavailable
from resolvers.context import Context
from resolvers.services import Services
from resolvers.streams import Change, ResyncReason, Stream
from schema.server.documents import Operation
from schema.server.execution import Engine, encoded
from schema.server.fanout.member import Member, Part
from schema.server.outbox import Slot
from schema.server.replay import Message, Replay

# Facts a group may be behind before it reads again instead of working through them.
_MAX_INBOX = 1_000
# How long the text of a snapshot serves while its versions stay the same; what has no version may change meanwhile.
_SNAPSHOT_TTL_S = 1.0
# How far apart a group begins to read, so that all who come in a storm are served by a few readings.
_READ_EVERY_S = 0.05
# What is missed by more than this is executed while it is sent.
_SENT_AT_ONCE = 16
_RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)

_log = structlog.get_logger("fanout")


@dataclass(slots=True)
class _Reading:
    """A part that is read for all who asked before it began."""

    task: asyncio.Task[Part] | None = None
    has_begun: bool = False


class Group:
    """Equal subscriptions, served by one execution. A sink of the hub."""

    def __init__(
        self,
        engine: Engine,
        hub: Hub,
        services: Services,
        operation: Operation,
        variables: dict[str, Any],
        stream: Stream[Any],
        actor: Actor,
        ended: Callable[[], object],
    ) -> None:
        self.stream = stream
        self.epoch = 0
        self.asked: list[bytes] = []
        self._engine = engine
        self._hub = hub
        self._services = services
        self._operation = operation
        self._variables = variables
        self._actor = actor
        self._ended = ended
        self._members: dict[Member, None] = {}
        self._inbox: deque[Envelope] = deque()
        self._has_gap = False
        self._versions: dict[str, int] = {}
        self._readings: dict[int | None, _Reading] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._snapshot: Part | None = None
        self._snapshot_at = 0.0
        self._read_at = 0.0
        self._markers: dict[ResyncReason, str] = {}
        self._work = asyncio.Event()
        self._worker = asyncio.create_task(self._run())
        for topic in stream.topics:
            hub.attach(topic, self)
        HUB_GROUPS.inc()

    def add(
        self,
        slot: Slot,
        after: int | None,
        fail: Callable[[list[dict[str, Any]]], None],
        removed: Callable[[], None] | None,
    ) -> Member:
        """A new member, which listens from now on and starts to catch up. `removed` is called when it is gone."""
        member = Member(self, slot, fail, removed)
        self._members[member] = None
        HUB_MEMBERS.inc()
        member.start(after)
        return member

    def remove(self, member: Member) -> None:
        """Let a member go; with the last one the group ends."""
        if member not in self._members:
            return
        del self._members[member]
        HUB_MEMBERS.dec()
        if member.removed is not None:
            member.removed()
        if not self._members:
            self._close()

    def deliver(self, envelope: Envelope) -> None:
        """Take a fact of the bus."""
        if len(self._inbox) >= _MAX_INBOX:
            self.gap()
            return
        self._inbox.append(envelope)
        self._work.set()

    def gap(self) -> None:
        """Facts may have been missed: what waits is read again with them."""
        self.epoch += 1
        self._inbox.clear()
        self._has_gap = True
        self._work.set()

    async def marker(self, reason: ResyncReason) -> str:
        """The message that tells a client why its stream starts over."""
        if reason not in self._markers:
            change = Change(value=self.stream.resync(reason), version=0)
            self._markers[reason] = (await self._executed(change, self._context())).payload
        return self._markers[reason]

    def part(self, after: int | None) -> asyncio.Task[Part]:
        """What a viewer missed since a cursor; a snapshot without one.

        One reading at a time serves all who asked before it began. Who asks later waits for the next: a reading that
        began earlier may not contain what was committed, or said on the bus, before they came.
        """
        reading = self._readings.get(after)
        if reading is None or reading.has_begun:
            before = None if reading is None else reading.task
            reading = self._readings[after] = _Reading()
            reading.task = asyncio.create_task(self._read(after, reading, before))
            self._tasks.add(reading.task)
            reading.task.add_done_callback(self._tasks.discard)
        assert reading.task is not None
        return reading.task

    async def _read(self, after: int | None, reading: _Reading, before: asyncio.Task[Part] | None) -> Part:
        try:
            if before is not None:
                await asyncio.wait({before})
            early_s = self._read_at + _READ_EVERY_S - time.monotonic()
            if early_s > 0:
                await asyncio.sleep(early_s)
            reading.has_begun = True
            self._read_at = time.monotonic()
            ctx = self._context()
            marked = []
            if after is not None:
                missed = await self.stream.replay(ctx, after)
                if missed is not None:
                    return await self._replayed(missed, {"": after} | _floors(missed), ctx)
                marker = await self.marker(ResyncReason.HISTORY_GONE)
                marked = [Message(marker, 0, ResyncReason.HISTORY_GONE)]
            changes = await self.stream.snapshot(ctx)
            floors = _floors(changes)
            kept = self._snapshot
            if kept is None or kept.floors != floors or time.monotonic() > self._snapshot_at + _SNAPSHOT_TTL_S:
                kept = self._snapshot = Part(await self._all(changes, ctx), floors)
                self._snapshot_at = time.monotonic()
            return Part([*marked, *kept.messages], kept.floors)
        finally:
            if self._readings.get(after) is reading:
                del self._readings[after]

    async def _replayed(self, missed: Sequence[Change[Any]], floors: Mapping[str, int], ctx: Context) -> Part:
        if len(missed) > _SENT_AT_ONCE:
            return Part([], floors, self._replay(missed, ctx))
        return Part(await self._all(missed, ctx), floors)

    def _replay(self, missed: Sequence[Change[Any]], ctx: Context) -> Replay:
        def execute(change: Change[Any]) -> asyncio.Task[Message]:
            task = asyncio.create_task(self._executed(change, ctx))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return task

        return Replay(missed, execute)

    async def _all(self, changes: Iterable[Change[Any]], ctx: Context) -> list[Message]:
        messages = []
        for change in changes:
            messages.append(await self._executed(change, ctx))
            await asyncio.sleep(0)  # a long state lets others run
        return messages

    async def _run(self) -> None:
        failures = 0
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                while self._has_gap or self._inbox:
                    if self._has_gap:
                        self._has_gap = False
                        await self._close_gap()
                    else:
                        await self._live()
                failures = 0
            except Exception as error:  # noqa: BLE001  (the group reads again; nothing is lost)
                if _is_final(error):
                    self._refuse(error)
                    return
                if failures == 0:
                    _log.error("live update failed; reading again", operation=self._operation.label, exc_info=error)
                await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
                failures += 1
                self.gap()

    async def _live(self) -> None:
        ctx = self._context()
        # Of a state only the newest of each key is executed, however many facts wait; of events each.
        facts = [self._inbox.popleft() for _ in range(len(self._inbox) if self.stream.is_state else 1)]
        changes = [change for fact in facts for change in await self.stream.changes(ctx, fact)]
        if self.stream.is_state:
            newest = {change.key: change for change in sorted(changes, key=_version)}
            HUB_COALESCED.inc(len(changes) - len(newest))
            changes = list(newest.values())
        for change in changes:
            if change.version > self._versions.get(change.key, -1):
                self._hand(await self._executed(change, ctx))
        HUB_LAG_SECONDS.observe(max(0.0, time.time() - facts[0].recorded_at))

    def _hand(self, message: Message) -> None:
        self._versions[message.key] = message.version
        for member in tuple(self._members):
            member.hand(message)
        HUB_DELIVERED.inc(len(self._members))

    async def _close_gap(self) -> None:
        missed = None
        ctx = self._context()
        if not self.stream.is_state:
            position = self._position()
            if position is None:
                return  # nobody is live yet; who catches up sees the new epoch and reads again
            missed = await self.stream.replay(ctx, position)
        if missed is not None:
            for change in missed:
                if change.version > self._versions.get(change.key, -1):
                    self._hand(await self._executed(change, ctx))
                    await asyncio.sleep(0)  # a long replay lets others run
            return
        part = await asyncio.shield(self.part(None))
        marker = None if self.stream.is_state else await self.marker(ResyncReason.CONNECTION_GAP)
        self._versions.update(part.floors)
        for member in tuple(self._members):
            member.start_over(part, marker)

    def _refuse(self, error: Exception) -> None:
        """Nobody in the group may have the stream any more."""
        for member in tuple(self._members):
            member.end(error)

    def _position(self) -> int | None:
        """The version up to which every live member has everything."""
        if "" in self._versions:
            return self._versions[""]
        return min((member.position for member in self._members if member.position is not None), default=None)

    async def _executed(self, change: Change[Any], ctx: Context) -> Message:
        HUB_EXECUTIONS.inc()
        answer = await self._engine.answer(self._operation, self._variables, ctx, change.value)
        return Message(encoded(answer.body).decode(), change.version, change.key)

    def _context(self) -> Context:
        # Made anew for each fact, so that nothing is read from the loaders of an earlier one.
        return Context(services=self._services, actor=self._actor)

    def _close(self) -> None:
        self._ended()
        for topic in self.stream.topics:
            self._hub.detach(topic, self)
        self._worker.cancel()
        for task in self._tasks:
            task.cancel()
        HUB_GROUPS.dec()


def _is_final(error: Exception) -> bool:
    """Whether the domain refuses, so that reading again would be refused again."""
    return isinstance(error, DomainError) and not isinstance(error, Unavailable)


def _floors(changes: Iterable[Change[Any]]) -> dict[str, int]:
    floors: dict[str, int] = {}
    for change in changes:
        floors[change.key] = max(floors.get(change.key, -1), change.version)
        floors.update(change.covers)
    return floors


def _version(change: Change[Any]) -> int:
    return change.version
