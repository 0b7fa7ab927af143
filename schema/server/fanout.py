"""Realtime: each fact of the bus is turned into a message once, whoever and how many listen.

Subscriptions that ask the same (document, operation, variables, audience) form a group. A fact of one of its topics is
turned into changes, each change is executed and encoded once, and the same text goes to every member.

A member starts by listening; then the personal part is read (a snapshot, or what came after its cursor) and sent; then
what it heard meanwhile and is newer; from then on it is live. The same catch-up follows when a slow client missed
messages. When the bus may have lost facts, the group reads what came after its last version, once for all members.

Versions make this exact: a member never gets a change of a key that is not newer than what it got of that key before.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256 as digest
from typing import Any

import orjson
import structlog

from domain.infra.hub import Envelope, Hub
from domain.infra.telemetry import (
    HUB_DELIVERED,
    HUB_DROPPED,
    HUB_EXECUTIONS,
    HUB_GROUPS,
    HUB_LAG_SECONDS,
    HUB_MEMBERS,
)
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, InvalidInput, Unavailable
from resolvers import presence
from resolvers.context import Context
from resolvers.services import Services
from resolvers.streams import PUBLIC, Change, ResyncReason, Stream, cursor
from schema.server.documents import Operation
from schema.server.execution import Engine, encoded
from schema.server.masking import RequestRefused, unexpected
from schema.server.outbox import MAX_PENDING, Slot
from schema.server.replay import Message, Replay

# Facts a group may be behind before it reads again instead of working through them.
_MAX_INBOX = 1_000
# What members hear while they catch up; more, and they read again.
_MAX_HEARD = MAX_PENDING // 2
# How long the text of a snapshot serves while its versions stay the same; what has no version may change meanwhile.
_SNAPSHOT_TTL_S = 1.0
# How far apart a group begins to read, so that all who come in a storm are served by a few readings.
_READ_EVERY_S = 0.05
# What is missed by more than this is executed while it is sent.
_SENT_AT_ONCE = 16
# In how many ways of writing its variables a group is recognized.
_MAX_WAYS = 8
_RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)

_log = structlog.get_logger("fanout")


@dataclass(frozen=True, slots=True)
class _Part:
    """What one viewer missed: a snapshot or what came after its cursor, and the version of each key after that.

    `rest` is what of it is not executed yet, if that is much.
    """

    messages: list[Message]
    floors: Mapping[str, int]
    rest: Replay | None = None


@dataclass(slots=True)
class _Reading:
    """A part that is read for all who asked before it began."""

    task: asyncio.Task[_Part] | None = None
    has_begun: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """A stream that nobody in particular was granted, and its variables as resolvers see them."""

    stream: Stream[Any]
    coerced: Mapping[str, Any]


class Fanout:
    """The groups of this process."""

    def __init__(self, engine: Engine, hub: Hub, services: Services) -> None:
        self.engine = engine
        self.hub = hub
        self.services = services
        self._groups: dict[tuple[object, ...], Group] = {}
        self._ways: dict[bytes, _Way] = {}
        self._asking: dict[bytes, asyncio.Future[None]] = {}

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self._groups)

    async def stream(
        self,
        operation: Operation,
        variables: dict[str, Any],
        actor: Actor,
        ask: Callable[[], Awaitable[tuple[Stream[Any], Mapping[str, Any]]]],
    ) -> tuple[Stream[Any], Mapping[str, Any]]:
        """The stream of a subscription and its variables as resolvers see them: those of an open group, or from `ask`.

        An open group is enough for who asks as its members did, when nobody in particular was granted its stream: then
        everybody is. Of those who come at the same time only the first asks. Raises what asking raises.
        """
        asked = _way(operation, variables)
        if asked not in self._ways and asked in self._asking:
            await asyncio.wait({self._asking[asked]})
        found = await self._known(asked, operation, variables, actor)
        if found is not None:
            return found
        if asked in self._asking:
            return await ask()
        self._asking[asked] = asyncio.get_running_loop().create_future()
        try:
            return await ask()
        finally:
            self._asking.pop(asked).set_result(None)

    async def _known(
        self, asked: bytes, operation: Operation, variables: dict[str, Any], actor: Actor
    ) -> tuple[Stream[Any], Mapping[str, Any]] | None:
        way = self._ways.get(asked)
        if way is None:
            return None
        stream = way.stream
        if operation.cursor_variable in variables:
            given = variables[operation.cursor_variable]
            if given is not None and not isinstance(given, str):
                return None
            try:
                stream = replace(stream, after=cursor(given))
            except InvalidInput:
                return None  # the field says what is wrong with it
        if actor.user_id is not None and stream.watching is not None and stream.watching.is_counted:
            ctx = Context(services=self.services, actor=actor)
            stream = replace(stream, watching=await presence.watching(ctx, stream.watching.subject))
        return stream, way.coerced

    def join(
        self,
        operation: Operation,
        variables: dict[str, Any],
        coerced: Mapping[str, Any],
        stream: Stream[Any],
        actor: Actor,
        slot: Slot,
        fail: Callable[[list[dict[str, Any]]], None],
    ) -> Member:
        """Add a subscription to its group. `fail` is called when it has to end, with the errors to send."""
        audience = stream.audience
        if operation.is_viewer_dependent and actor.user_id is not None:
            audience = f"user:{actor.user_id}"
        shared = {name: value for name, value in coerced.items() if name != operation.cursor_variable}
        key = (operation.document_hash, operation.name, _canonical(shared), stream.topics, audience)
        group = self._groups.get(key)
        if group is None:
            # The public part runs as nobody, so that a field whose mark was forgotten shows what anybody may see.
            runs_as = ANONYMOUS if audience == PUBLIC else actor
            group = Group(self, operation, variables, stream, runs_as, partial(self._end, key))
            self._groups[key] = group
        if audience == PUBLIC and actor == ANONYMOUS:
            self._recognize(group, _way(operation, variables), _Way(stream, coerced))
        leave = None
        if stream.watching is not None:
            viewer = actor.user_id or slot.outbox
            self.services.presence.enter(stream.watching, viewer)
            leave = partial(self.services.presence.leave, stream.watching, viewer)
        return group.add(slot, stream.after, fail, leave)

    def _recognize(self, group: Group, asked: bytes, way: _Way) -> None:
        if asked not in self._ways and len(group.asked) < _MAX_WAYS:
            self._ways[asked] = way
            group.asked.append(asked)

    def _end(self, key: tuple[object, ...]) -> None:
        for asked in self._groups.pop(key).asked:
            del self._ways[asked]


class Member:
    """One subscription in its group."""

    __slots__ = (
        "_epoch", "_fail", "_floors", "_group", "_has_missed", "_heard", "_is_live", "_reading", "_slot", "_task",
        "removed",
    )  # fmt: skip

    def __init__(
        self,
        group: Group,
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
        self._reading: asyncio.Task[_Part] | None = None
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

    def start_over(self, part: _Part, marker: str | None) -> None:
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

    def _take(self, reading: asyncio.Task[_Part]) -> None:
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

    async def _send(self, part: _Part) -> None:
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

    def _go_live(self, part: _Part) -> None:
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


class Group:
    """Equal subscriptions, served by one execution. A sink of the hub."""

    def __init__(
        self,
        fanout: Fanout,
        operation: Operation,
        variables: dict[str, Any],
        stream: Stream[Any],
        actor: Actor,
        ended: Callable[[], object],
    ) -> None:
        self.stream = stream
        self.epoch = 0
        self.asked: list[bytes] = []
        self._fanout = fanout
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
        self._snapshot: _Part | None = None
        self._snapshot_at = 0.0
        self._read_at = 0.0
        self._markers: dict[ResyncReason, str] = {}
        self._work = asyncio.Event()
        self._worker = asyncio.create_task(self._run())
        for topic in stream.topics:
            fanout.hub.attach(topic, self)
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

    def part(self, after: int | None) -> asyncio.Task[_Part]:
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

    async def _read(self, after: int | None, reading: _Reading, before: asyncio.Task[_Part] | None) -> _Part:
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
                kept = self._snapshot = _Part(await self._all(changes, ctx), floors)
                self._snapshot_at = time.monotonic()
            return _Part([*marked, *kept.messages], kept.floors)
        finally:
            if self._readings.get(after) is reading:
                del self._readings[after]

    async def _replayed(self, missed: Sequence[Change[Any]], floors: Mapping[str, int], ctx: Context) -> _Part:
        if len(missed) > _SENT_AT_ONCE:
            return _Part([], floors, self._replay(missed, ctx))
        return _Part(await self._all(missed, ctx), floors)

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
                        await self._live(self._inbox.popleft())
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

    async def _live(self, envelope: Envelope) -> None:
        ctx = self._context()
        for change in await self.stream.changes(ctx, envelope):
            if change.version > self._versions.get(change.key, -1):
                self._hand(await self._executed(change, ctx))
        HUB_LAG_SECONDS.observe(max(0.0, time.time() - envelope.recorded_at))

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
        answer = await self._fanout.engine.answer(self._operation, self._variables, ctx, change.value)
        return Message(encoded(answer.body).decode(), change.version, change.key)

    def _context(self) -> Context:
        # Made anew for each fact, so that nothing is read from the loaders of an earlier one.
        return Context(services=self._fanout.services, actor=self._actor)

    def _close(self) -> None:
        self._ended()
        for topic in self.stream.topics:
            self._fanout.hub.detach(topic, self)
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


def _way(operation: Operation, variables: Mapping[str, Any]) -> bytes:
    """How a subscription was asked for, but for the cursor."""
    shared = {name: value for name, value in variables.items() if name != operation.cursor_variable}
    has_cursor = len(shared) < len(variables)
    return digest(repr((operation.document_hash, operation.name, _canonical(shared), has_cursor)).encode()).digest()


def _canonical(variables: Mapping[str, Any]) -> bytes:
    return orjson.dumps(variables, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=repr)
