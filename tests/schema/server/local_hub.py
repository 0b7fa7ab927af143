"""A bus inside the process, for tests of the GraphQL server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.infra.hub import Envelope, Sink
from domain.kernel.ids import new_id


class LocalHub:
    """A bus that never leaves the process."""

    def __init__(self) -> None:
        self.sinks: dict[str, list[Sink]] = {}
        self.is_connected = True

    def attach(self, topic: str, sink: Sink) -> None:
        """As the port says."""
        self.sinks.setdefault(topic, []).append(sink)

    def detach(self, topic: str, sink: Sink) -> None:
        """As the port says."""
        self.sinks[topic].remove(sink)
        if not self.sinks[topic]:
            del self.sinks[topic]

    async def publish(self, envelope: Envelope) -> None:
        """Deliver at once."""
        for topic in envelope.topics:
            for sink in tuple(self.sinks.get(topic, ())):
                sink.deliver(envelope)

    def gap(self) -> None:
        """Tell every sink that facts may be missing."""
        for sinks in tuple(self.sinks.values()):
            for sink in tuple(sinks):
                sink.gap()


def envelope(topic: str, name: str = "boards.changed", **payload: Any) -> Envelope:
    """A fact on a topic."""
    return Envelope(
        sequence=0,
        event_id=new_id(),
        name=name,
        subject=new_id(),
        topics=(topic,),
        payload=payload,
        recorded_at=datetime.now(UTC).timestamp(),
    )
