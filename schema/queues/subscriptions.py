"""What happens in a queue, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import key_of
from resolvers import queues as resolve
from resolvers.queues import QueueValue
from resolvers.streams import ResyncReason
from schema.fields import Access, Info, attribute, field, object_type, subscription
from schema.queues.types import HeatCall, MatchCall, Queue
from schema.streams import Resync


@object_type(broadcastable=True)
class QueueSnapshot:
    """Where a stream of queue changes begins, or begins again."""

    sequence: int = attribute("Counts the changes of the queue; only later ones follow.")
    queue: Queue = attribute("The queue as it is.")


@object_type(broadcastable=True)
class QueueChanged:
    """The queue changed: a call, or what waits, and how."""

    change: strawberry.Private[resolve.QueueChange]
    sequence: int = attribute("Counts the changes of the queue; a client that reads slowly skips some.")
    call: MatchCall | None = attribute("The call of a match that changed. Null when it was none.")
    heat_call: HeatCall | None = attribute("The call of a heat that changed. Null when it was none.")

    @field(broadcastable=True)
    async def queue(self, info: Info) -> Queue:
        """The queue as it is now, with all that changed until now."""
        return Queue.from_state(await resolve.present(info.context, self.change.tournament_id))


QueueChange = Annotated[
    QueueSnapshot | QueueChanged | Resync,
    strawberry.union("QueueChange", description="A message of the stream of queue changes."),
]


@object_type
class QueuesSubscription:
    """What happens in queues."""

    @subscription(Access.ANYONE)
    async def queue_changes(
        self,
        info: Info,
        tournament_id: Annotated[strawberry.ID, strawberry.argument(description="A tournament that has tables.")],
    ) -> AsyncIterable[QueueChange]:
        """What happens in the queue of a tournament: all of it, and again after each change. Only the newest counts.
        Scores are told by `liveScores`.
        """
        key = key_of(tournament_id, "Tournament", "tournamentId")
        return (await resolve.queue_changes(info.context, key)).map(_message)


def _message(value: QueueValue) -> QueueSnapshot | QueueChanged | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    if isinstance(value, resolve.QueueSnapshot):
        return QueueSnapshot(sequence=value.state.queue.change_count, queue=Queue.from_state(value.state))
    call = value.call
    return QueueChanged(
        change=value,
        sequence=value.sequence,
        call=None if call is None or call.match_id is None else MatchCall.from_model(call),
        heat_call=None if call is None or call.heat_id is None else HeatCall.from_model(call),
    )
