"""Runs one reaction: what is owed is done once, or its failure is noted and it is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram

from domain import registry
from domain.infra import inbox, outbox
from domain.infra.db import Database, WriteSession
from domain.infra.outbox import OutboxRow
from domain.infra.telemetry import bind_request_id
from domain.kernel.clock import Clock
from domain.kernel.events import Event
from workers.reactions import BY_NAME, Outside, Reaction

LIMIT_S = 20.0
_LEASE = timedelta(seconds=LIMIT_S + 10)

REACTED = Counter("matchpoint_reactions", "Reactions by consumer and outcome.", ["consumer", "outcome"])
REACTION_SECONDS = Histogram(
    "matchpoint_reaction_seconds",
    "Time a reaction takes.",
    ["consumer"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)

_log = structlog.get_logger("worker")


class Reactor:
    """Runs reactions by name."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        outside: Outside,
        reactions: Mapping[str, Reaction] = BY_NAME,
        events: Mapping[str, type[Event]] = registry.EVENTS,
    ) -> None:
        self._db = db
        self._clock = clock
        self._outside = outside
        self._reactions = reactions
        self._events = events

    async def react(self, event_id: UUID, consumer: str) -> None:
        """Run the reaction if it is still owed and nobody else is at it."""
        reaction = self._reactions.get(consumer)
        if reaction is None:
            # Made by a newer version, for whose workers it stays owed.
            _log.warning("reaction.unknown", consumer=consumer, event_id=str(event_id))
            return
        try:
            async with asyncio.timeout(LIMIT_S):
                with REACTION_SECONDS.labels(consumer).time():
                    is_done = await (self._call if reaction.is_outside else self._transact)(event_id, reaction)
        except Exception as error:  # noqa: BLE001  (whatever it was, it is owed still)
            _log.exception("reaction.failed", consumer=consumer, event_id=str(event_id))
            REACTED.labels(consumer, "failed").inc()
            told = f"{type(error).__name__}: {error}"
            await self._db.transaction(
                lambda session: inbox.failed(session, event_id, consumer, told, self._clock.now())
            )
        else:
            REACTED.labels(consumer, "done" if is_done else "not owed").inc()

    async def _transact(self, event_id: UUID, reaction: Reaction) -> bool:
        async def work(session: WriteSession) -> bool:
            now = self._clock.now()
            fact = await inbox.claim(session, event_id, reaction.name, now)
            if fact is None:
                return False
            await reaction.run(session, event_id, self._event(fact), self._outside)
            await inbox.done(session, event_id, reaction.name, now)
            return True

        return await self._db.transaction(work)

    async def _call(self, event_id: UUID, reaction: Reaction) -> bool:
        now = self._clock.now()
        fact = await self._db.transaction(
            lambda session: inbox.lease(session, event_id, reaction.name, now, now + _LEASE)
        )
        if fact is None:
            return False
        async with self._db.read() as session:
            await reaction.run(session, event_id, self._event(fact), self._outside)
        await self._db.transaction(lambda session: inbox.done(session, event_id, reaction.name, self._clock.now()))
        return True

    def _event(self, fact: OutboxRow) -> Event:
        # What is logged and recorded from here on belongs to the request that recorded the fact.
        bind_request_id(fact.request_id)
        return outbox.from_json(self._events[fact.name], fact.payload)
