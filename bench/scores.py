"""A score that changes while viewers watch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import orjson

from bench.audience import Audience
from bench.event import Event, change_score, ready_matches
from bench.viewers import DOCUMENT
from domain.infra.db import Database
from domain.matches import MatchState


class Score:
    """The score of a match, written through the domain."""

    def __init__(self, db: Database, state: MatchState) -> None:
        self._db = db
        self._state = state
        self._wins = 0

    @classmethod
    async def of(cls, db: Database, event: Event) -> Score:
        """The score of a match of the event that can be played."""
        return cls(db, (await ready_matches(db, event))[0])

    async def change(self) -> float:
        """Change it; the answer is when that was committed, as Unix time."""
        self._wins = 1 - self._wins
        version = await change_score(self._db, self._state, (self._wins, 0))
        self._state = replace(self._state, version=version)
        return time.time()

    async def change_before(self, audiences: Sequence[Audience]) -> list[float]:
        """Change it; the answer is how long after the commit each viewer knew, in seconds."""
        counts = [messages[0] for _, messages in [await watching.seen() for watching in audiences]]
        committed = await self.change()
        arrived = await asyncio.gather(
            *(watching.arrivals(count + 1) for watching, count in zip(audiences, counts, strict=True))
        )
        return [max(0.0, at - committed) for of_audience in arrived for at in of_audience]


def subscription(event: Event) -> bytes:
    """What viewers of the event subscribe with, as JSON."""
    return orjson.dumps({"query": DOCUMENT, "variables": {"id": event.id}})
