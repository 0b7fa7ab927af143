"""Facts of the queues context. The subject of each is the tournament."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event
from domain.queues.values import CallView
from domain.tournaments import entry_topic


def queue_topic(tournament_id: UUID) -> str:
    """Where viewers of the queue of a tournament listen."""
    return f"queue:{tournament_id}"


@dataclass(frozen=True, kw_only=True)
class _QueueFact(Event):
    tournament_id: UUID

    @property
    def subject(self) -> UUID:
        """The tournament."""
        return self.tournament_id


@dataclass(frozen=True, kw_only=True)
class QueueChanged(_QueueFact):
    """One change that viewers of a queue see: of the call in `call`, or of what waits, and how, when None.

    `sequence` rises by exactly one per change of the queue. `participants` are the sides of the match that was called.
    """

    name: ClassVar[str] = "queues.changed"
    sequence: int
    call: CallView | None
    participants: tuple[UUID, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """The viewers of this queue, and whoever plays in the match that was called."""
        sides = (entry_topic(self.tournament_id, side) for side in self.participants)
        return (queue_topic(self.tournament_id), *sides)


@dataclass(frozen=True, kw_only=True)
class QueueOpened(_QueueFact):
    """A tournament was given tables."""

    name: ClassVar[str] = "queues.opened"


@dataclass(frozen=True, kw_only=True)
class MatchCalled(_QueueFact):
    """A match was called to a table, or to another one than before."""

    name: ClassVar[str] = "queues.match_called"
    call: CallView


@dataclass(frozen=True, kw_only=True)
class AnswerTimeEnded(_QueueFact):
    """The time to answer a call is over."""

    name: ClassVar[str] = "queues.answer_time_ended"
    call_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CallExpired(_QueueFact):
    """A call was not answered in time by the sides in `absent`."""

    name: ClassVar[str] = "queues.call_expired"
    call: CallView
    absent: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CallEnded(_QueueFact):
    """A table, and whoever was called to it, is free again."""

    name: ClassVar[str] = "queues.call_ended"
    venue_id: UUID
    call_id: UUID
