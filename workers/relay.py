"""The relay: from the outbox to the bus and to the workers.

Any number may run; one is active, the others wait for its turn to end. It publishes facts in the order of the outbox
and numbers them without a gap, notes what is owed for them, and calls workers, again where the first call was lost.
Everything is at least once: a fact that was published but not yet marked when the relay died is published again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence

import structlog
from prometheus_client import Counter, Gauge, Histogram

from domain.infra import backlog, inbox, outbox
from domain.infra.db import Database, WriteSession
from domain.infra.hub import Envelope, Hub
from domain.infra.inbox import Debt, Owed
from domain.infra.jobs import Jobs
from domain.infra.outbox import OutboxRow
from domain.infra.watch import Watch
from domain.kernel.clock import Clock
from domain.kernel.errors import Unavailable
from workers.reactions import BY_EVENT, Reaction

BATCH = 200
_POLL_S = 1.0
_SWEEP_S = 1.0
_LONGEST_PAUSE_S = 5.0

PUBLISHED = Counter("matchpoint_relay_published", "Facts handed to the bus.")
PUBLISH_SECONDS = Histogram(
    "matchpoint_relay_publish_seconds",
    "Time from the record of a fact until the bus has it.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
CALLED = Counter("matchpoint_relay_called", "Calls of workers for reactions.", ["reason"])
ACTIVE = Gauge("matchpoint_relay_active", "1 while this process is the active relay.")

_log = structlog.get_logger("relay")


class Relay:
    """Hands facts on while it has the turn."""

    def __init__(
        self,
        db: Database,
        hub: Hub,
        jobs: Jobs,
        clock: Clock,
        reactions: Mapping[str, Sequence[Reaction]] = BY_EVENT,
    ) -> None:
        self._db = db
        self._hub = hub
        self._jobs = jobs
        self._clock = clock
        self._reactions = reactions
        self._pause = _Pause()

    async def run(self, database_url: str) -> None:
        """Wait for the turn, do the work, begin anew when something breaks; until cancelled."""
        while True:
            try:
                async with Watch(database_url) as watch:
                    await watch.turn()
                    _log.info("relay.active")
                    await self._serve(watch)
            except Exception as error:  # noqa: BLE001  (whatever broke, the facts are still there)
                _log.warning("relay.interrupted", error=_first(error))
            finally:
                ACTIVE.set(0)
            await self._pause.take()

    async def _serve(self, watch: Watch) -> None:
        ACTIVE.set(1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish_forever(watch))
            tasks.create_task(self._sweep_forever())

    async def _publish_forever(self, watch: Watch) -> None:
        sequence = await self._db.transaction(outbox.last_sequence)
        while True:
            try:
                published = await self.publish(sequence)
            except Unavailable as error:
                _log.warning("relay.bus_unavailable", error=str(error))
                await self._pause.take()
                continue
            self._pause.reset()
            sequence += published
            if published < BATCH:
                await watch.news(_POLL_S)

    async def publish(self, sequence: int) -> int:
        """Hand on the next facts, numbered from after `sequence`; how many it were.

        Raises:
            Unavailable: the bus does not even take the first one.
            Overtaken: another relay is active.
        """
        async with self._db.read() as session:
            rows = await outbox.unpublished(session, BATCH)
        taken = await self._hand_to_bus(rows, sequence)
        if taken:
            owed = await self._db.transaction(lambda session: self._settle(session, taken, sequence))
            PUBLISHED.inc(len(taken))
            await self._call(owed, "new")
        return len(taken)

    async def _hand_to_bus(self, rows: Sequence[OutboxRow], sequence: int) -> Sequence[OutboxRow]:
        for index, row in enumerate(rows):
            try:
                await self._hub.publish(_envelope(row, sequence + 1 + index))
            except Unavailable:
                if index == 0:
                    raise
                return rows[:index]
            PUBLISH_SECONDS.observe((self._clock.now() - row.recorded_at).total_seconds())
        return rows

    async def _settle(self, session: WriteSession, rows: Sequence[OutboxRow], sequence: int) -> list[Owed]:
        await outbox.mark_published(session, rows, sequence)
        debts = [
            Debt(row, reaction.name, reaction.lane) for row in rows for reaction in self._reactions.get(row.name, ())
        ]
        return await inbox.owe(session, debts, self._clock.now())

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            await self.sweep()
            async with self._db.read() as session:
                await backlog.observe(session)

    async def sweep(self) -> None:
        """Call workers for what is still owed: reactions that failed, and those whose call or worker was lost."""
        owed = await self._db.transaction(lambda session: inbox.due(session, self._clock.now()))
        await self._call(owed, "again")

    async def _call(self, owed: Sequence[Owed], reason: str) -> None:
        if not owed:
            return
        try:
            await self._jobs.enqueue(owed)
        except Unavailable as error:
            # They are owed all the same; the sweep calls again.
            _log.warning("relay.queue_unavailable", error=str(error), reactions=len(owed))
        else:
            CALLED.labels(reason).inc(len(owed))


class _Pause:
    """Waits that double, so that what is down can come up in peace."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin with a short one again."""
        self._next_s = 0.1

    async def take(self) -> None:
        """Wait, and longer the next time."""
        await asyncio.sleep(random.uniform(self._next_s / 2, self._next_s))  # noqa: S311  (spreads retries, not a secret)
        self._next_s = min(self._next_s * 2, _LONGEST_PAUSE_S)


def _envelope(row: OutboxRow, sequence: int) -> Envelope:
    return Envelope(
        sequence=sequence,
        event_id=row.event_id,
        name=row.name,
        subject=row.subject,
        topics=tuple(row.topics),
        payload=row.payload,
        recorded_at=row.recorded_at.timestamp(),
    )


def _first(error: BaseException) -> str:
    """What a group of errors is about."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return repr(error)
