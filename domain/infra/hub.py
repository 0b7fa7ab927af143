"""The port of the realtime bus: facts out to every API process, in order, with gaps told.

The adapter is `domain.integrations.broadcast`; what is done with a fact is `schema.server.fanout`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

# Whoever is attached to this topic hears of all facts.
EVERY_TOPIC = "*"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A fact on the bus.

    `sequence` rises by one with each fact the relay publishes, so a hole in it is a gap. `recorded_at` is the Unix time
    in seconds at which the fact was recorded.
    """

    sequence: int
    event_id: UUID
    name: str
    subject: UUID
    topics: tuple[str, ...]
    payload: dict[str, Any]
    recorded_at: float


class Sink(Protocol):
    """Someone who listens. Neither method may block or raise."""

    def deliver(self, envelope: Envelope) -> None:
        """A fact of an attached topic."""
        ...

    def gap(self) -> None:
        """Facts may have been missed: read again."""
        ...


class Hub(Protocol):
    """One connection to the bus per process."""

    async def publish(self, envelope: Envelope) -> None:
        """Hand a fact to every process. Raises when the bus does not take it."""
        ...

    def attach(self, topic: str, sink: Sink) -> None:
        """Let the sink hear of a topic from now on."""
        ...

    def detach(self, topic: str, sink: Sink) -> None:
        """Undo one `attach`."""
        ...
