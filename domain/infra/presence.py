"""Who watches what, right now: counted over all processes in Redis, and gone with whoever watches.

Every process says which viewers it has, in a set per subject of its own that ends with it: it says so again every two
seconds, and what was said lives for five. A user is in the sets of all processes they watch from and counts once;
connections of nobody in particular are only numbers. So a process that dies is out of the count within nine seconds:
five until its word ends, two until another process counts again, and what is left for saying so.

Changes are collected for half a second and written together, so a storm of viewers costs few commands, and of a
subject no more than one new count is published each second, whatever the number of processes. Redis may vanish: then
a process knows its own viewers only, and says everything again once Redis is back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from domain.infra.hub import Envelope, Hub
from domain.infra.telemetry import PRESENCE_VIEWERS
from domain.kernel.errors import Unavailable
from domain.kernel.ids import new_id

CHANGED = "presence.changed"
# How many viewers are named.
MAX_NAMED = 20

_TICK_S = 0.5
_SAY_AGAIN_TICKS = 4
_HOLDS_MS = 5_000
_PUBLISHED_EVERY_MS = 1_000
# How long a published count is remembered, to publish that it fell when everybody who had raised it is dead.
_REMEMBERED_MS = 60_000
_TIMEOUT_S = 2.0
_READ_TIMEOUT_S = 0.5
_PAUSE_S = 1.0
_SUBJECTS_AT_ONCE = 200
_USERS_AT_ONCE = 1_000

# Says what one process has of one subject, and counts all. Keys below KEYS[1]: `processes` (until when the word of each
# holds), `connections` (of nobody in particular, by process), `users:…` (of one process, with the moment since when
# they may be named, or 0), `state` (the count for readers) and `published` (the last that was published). A count is
# kept as `version count named…`; a version is the time of Redis in milliseconds. The answer: whether users of this
# process were lost, so that nothing can be counted yet; whether there is something to publish later; what to publish.
_COUNT = """
local base, me, connections, users = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local named, holds, every, remembered = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local processes, numbers, state, published =
  base .. ':processes', base .. ':connections', base .. ':state', base .. ':published'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if connections >= 0 then
  redis.call('ZADD', processes, now + holds, me)
  redis.call('HSET', numbers, me, connections)
else
  redis.call('ZADD', processes, 0, me)
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', processes, '-inf', now)) do
  redis.call('ZREM', processes, gone)
  redis.call('HDEL', numbers, gone)
  redis.call('DEL', base .. ':users:' .. gone)
end
redis.call('PEXPIRE', processes, holds)
redis.call('PEXPIRE', numbers, holds)
redis.call('PEXPIRE', base .. ':users:' .. me, holds)
if redis.call('ZCARD', base .. ':users:' .. me) ~= users then return {1, 0, ''} end

local live = redis.call('ZRANGE', processes, 0, -1)
local union = {base .. ':union', #live}
local count = 0
for _, process in ipairs(live) do
  union[#union + 1] = base .. ':users:' .. process
  count = count + tonumber(redis.call('HGET', numbers, process) or 0)
end
local words = {}
if #live > 0 then
  union[#union + 1] = 'AGGREGATE'
  union[#union + 1] = 'MAX'
  count = count + redis.call('ZUNIONSTORE', unpack(union))
  words = redis.call('ZREVRANGEBYSCORE', union[1], '+inf', 1, 'LIMIT', 0, named)
  redis.call('DEL', union[1])
end
table.insert(words, 1, count)
local text = table.concat(words, ' ')

local function said(value) return value and string.match(value, ' (.*)') or '0' end
local before = redis.call('GET', published)
if said(before) == text and said(redis.call('GET', state)) == text then
  redis.call('PEXPIRE', state, holds)
  if text ~= '0' then redis.call('PEXPIRE', published, remembered) end
  return {0, 0, ''}
end
if before and now < tonumber(string.match(before, '%d+')) + every then return {0, 1, ''} end
text = string.format('%.0f ', now) .. text
if count == 0 then
  redis.call('SET', published, text, 'PX', every)
  redis.call('DEL', state)
else
  redis.call('SET', published, text, 'PX', remembered)
  redis.call('SET', state, text, 'PX', holds)
end
return {0, 0, text}
"""

_log = structlog.get_logger("presence")


class Subject(NamedTuple):
    """What can be watched: a word for its kind, and the key of its row."""

    kind: str
    key: UUID

    @property
    def topic(self) -> str:
        """Where those listen who want to know who watches."""
        return f"presence:{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Watching:
    """What following a stream says about the follower.

    Attributes:
        subject: what it is about.
        is_counted: False for who only wants to know who watches.
        is_named: whether others may see who it is.
    """

    subject: Subject
    is_counted: bool = True
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many watch a subject, and the newest of those who let others see it. `version` rises with each change."""

    version: int = 0
    count: int = 0
    named: tuple[UUID, ...] = ()


@dataclass(slots=True)
class _Viewer:
    """Somebody here, with how many subscriptions. `named_since` is Unix time in ms; 0: they may not be named."""

    subscriptions: int = 0
    named_since: int = 0


@dataclass(slots=True)
class _Room:
    """Who is here because of one subject, in this process. `is_unsaid`: Redis may know of it what is wrong."""

    users: dict[UUID, _Viewer] = field(default_factory=dict)
    connections: dict[Hashable, _Viewer] = field(default_factory=dict)
    onlookers: int = 0
    changed: set[UUID] = field(default_factory=set)
    is_unsaid: bool = True

    @property
    def count(self) -> int:
        return len(self.users) + len(self.connections)

    @property
    def is_empty(self) -> bool:
        return not (self.users or self.connections or self.onlookers)


class Presence:
    """The viewers of this process, and the counts of all. `start` it to be heard, `stop` it at the end."""

    def __init__(self, url: str, hub: Hub) -> None:
        # The limits are set around the calls: redis-py's own lose cancellations on Python 3.11.
        self._redis: Redis = Redis.from_url(url, decode_responses=True)
        self._count = self._redis.register_script(_COUNT)
        self._hub = hub
        self._process = new_id().hex
        self._rooms: dict[Subject, _Room] = {}
        self._changed: dict[Subject, None] = {}
        self._unpublished: dict[Subject, Attendance] = {}
        self._paused_until = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def subjects(self) -> int:
        """How many subjects somebody is here for."""
        return len(self._rooms)

    def enter(self, watching: Watching, viewer: Hashable) -> None:
        """Let somebody in: a user by their key, anybody else as a connection."""
        subject = watching.subject
        room = self._rooms.setdefault(subject, _Room())
        if not watching.is_counted:
            room.onlookers += 1
            return
        here: dict[Any, _Viewer] = room.users if isinstance(viewer, UUID) else room.connections
        if viewer not in here:
            here[viewer] = _Viewer()
            PRESENCE_VIEWERS.inc()
        found = here[viewer]
        found.subscriptions += 1
        found.named_since = time.time_ns() // 1_000_000 if watching.is_named else 0
        self._note(subject, room, viewer)

    def leave(self, watching: Watching, viewer: Hashable) -> None:
        """Undo one `enter`."""
        subject = watching.subject
        room = self._rooms[subject]
        if not watching.is_counted:
            room.onlookers -= 1
            self._changed[subject] = None  # so that an empty room is closed
            return
        here: dict[Any, _Viewer] = room.users if isinstance(viewer, UUID) else room.connections
        here[viewer].subscriptions -= 1
        if not here[viewer].subscriptions:
            del here[viewer]
            PRESENCE_VIEWERS.dec()
            self._note(subject, room, viewer)

    async def attendances(self, subjects: Sequence[Subject]) -> Mapping[Subject, Attendance]:
        """Who watches each subject. While Redis does not answer: of those who watch from this process, how many."""
        if time.monotonic() >= self._paused_until:
            try:
                async with asyncio.timeout(_READ_TIMEOUT_S):
                    texts = await self._redis.mget([f"{_base(subject)}:state" for subject in subjects])
            except (RedisError, OSError):
                self._paused_until = time.monotonic() + _PAUSE_S
            else:
                return {subject: _attendance(text) for subject, text in zip(subjects, texts, strict=True)}
        return {
            subject: Attendance(count=room.count)
            for subject in subjects
            if (room := self._rooms.get(subject)) is not None
        }

    def start(self) -> None:
        """Say who is here from now on."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Say that nobody is here any more, and close every connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._rooms = {subject: _Room() for subject in self._rooms}
        await self.say(tuple(self._rooms))
        await self._redis.aclose()

    async def say(self, subjects: Collection[Subject]) -> None:
        """Write who is here because of these subjects, and publish the counts that are new."""
        for subject in subjects:
            self._changed.pop(subject, None)
        waiting = iter(subjects)
        while some := tuple(islice(waiting, _SUBJECTS_AT_ONCE)):
            try:
                await self._write(some)
            except Exception as error:  # noqa: BLE001  (whatever the wire raises means: say everything again)
                _log.warning("presence could not be said", subjects=len(subjects), error=repr(error))
                self._forget((*some, *waiting))
                self._paused_until = time.monotonic() + _PAUSE_S
        await self._publish()

    async def _run(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(_TICK_S)
            if time.monotonic() < self._paused_until:
                continue
            tick += 1
            await self.say(tuple(self._changed if tick % _SAY_AGAIN_TICKS else self._rooms))

    def _note(self, subject: Subject, room: _Room, viewer: Hashable) -> None:
        self._changed[subject] = None
        if isinstance(viewer, UUID) and not room.is_unsaid:
            room.changed.add(viewer)

    async def _write(self, subjects: Sequence[Subject]) -> None:
        """Write some rooms in one round trip. Raises whatever kept Redis from taking it all."""
        async with asyncio.timeout(_TIMEOUT_S), self._redis.pipeline(transaction=False) as pipeline:
            for subject in subjects:
                await self._tell(pipeline, subject, self._rooms[subject])
            answers = [answer for answer in await pipeline.execute() if isinstance(answer, list)]
        for subject, (is_lost, is_later, text) in zip(subjects, answers, strict=True):
            room = self._rooms[subject]
            if text:
                self._unpublished[subject] = _attendance(text)
            if is_lost:
                room.is_unsaid = True
            if is_lost or is_later:
                self._changed[subject] = None
            elif room.is_empty and subject not in self._changed:
                del self._rooms[subject]

    async def _tell(self, pipeline: Pipeline, subject: Subject, room: _Room) -> None:
        base = _base(subject)
        own = f"{base}:users:{self._process}"
        if room.is_unsaid:
            pipeline.delete(own)
        changed, room.changed = (set(room.users) if room.is_unsaid else room.changed), set()
        room.is_unsaid = False
        here = iter([user for user in changed if user in room.users])
        while some := tuple(islice(here, _USERS_AT_ONCE)):
            pipeline.zadd(own, {user.hex: room.users[user].named_since for user in some})
        gone = iter([user for user in changed if user not in room.users])
        while some := tuple(islice(gone, _USERS_AT_ONCE)):
            pipeline.zrem(own, *(user.hex for user in some))
        connections = len(room.connections) if room.count else -1
        here_now = (self._process, connections, len(room.users))
        limits = (MAX_NAMED, _HOLDS_MS, _PUBLISHED_EVERY_MS, _REMEMBERED_MS)
        await self._count(keys=[base], args=[*here_now, *limits], client=pipeline)

    def _forget(self, subjects: Collection[Subject]) -> None:
        """Redis may know anything about these: say all of it next time. What it knows of empty rooms ends by itself."""
        for subject in subjects:
            room = self._rooms[subject]
            if room.is_empty:
                del self._rooms[subject]
                self._changed.pop(subject, None)
            else:
                room.is_unsaid = True
                room.changed.clear()
                self._changed[subject] = None

    async def _publish(self) -> None:
        """Publish what is new. What the bus does not take waits; of each subject only the newest does."""
        with suppress(Unavailable):
            while self._unpublished:
                subject, attendance = next(iter(self._unpublished.items()))
                await self._hub.publish(_fact(subject, attendance))
                del self._unpublished[subject]


def attendance_of(envelope: Envelope) -> Attendance:
    """What a fact of a subject's topic says."""
    payload = envelope.payload
    return Attendance(payload["version"], payload["count"], tuple(map(UUID, payload["named"])))


def _fact(subject: Subject, attendance: Attendance) -> Envelope:
    return Envelope(
        sequence=0,
        event_id=new_id(),
        name=CHANGED,
        subject=subject.key,
        topics=(subject.topic,),
        payload={
            "version": attendance.version,
            "count": attendance.count,
            "named": [user.hex for user in attendance.named],
        },
        recorded_at=attendance.version / 1000,
    )


def _base(subject: Subject) -> str:
    # The braces keep all keys of a subject in one slot of a cluster.
    return f"presence:{{{subject.kind}:{subject.key.hex}}}"


def _attendance(text: str | None) -> Attendance:
    if text is None:
        return Attendance()
    version, count, *named = text.split(" ")
    return Attendance(int(version), int(count), tuple(map(UUID, named)))
