"""What is said in a dispute room, as it is said."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import key_of
from resolvers import disputes as resolve
from resolvers.disputes import RoomSnapshot, RoomValue
from resolvers.streams import ResyncReason, cursor
from schema.disputes.types import DisputeMessage, DisputeRoom
from schema.fields import Access, Info, attribute, object_type, subscription
from schema.streams import Resume, Resync


@object_type
class DisputeMessagesSnapshot:
    """Where a stream of dispute messages begins."""

    cursor: str = attribute("Resume from here.")
    room: DisputeRoom = attribute("The room as it is now.")
    messages: list[DisputeMessage] = attribute("The newest messages, at most 100, oldest first.", size=100)


@object_type
class DisputeMessageAdded:
    """A new message."""

    cursor: str = attribute("Resume from here; exactly one more than the message before.")
    message: DisputeMessage = attribute("The message.")
    room: DisputeRoom = attribute("The room as it is now.")


DisputeMessageChange = Annotated[
    DisputeMessagesSnapshot | DisputeMessageAdded | Resync,
    strawberry.union("DisputeMessageChange", description="A message of the stream of dispute messages."),
]


@object_type
class DisputesSubscription:
    """What is said in dispute rooms."""

    @subscription(Access.SIGNED_IN)
    async def dispute_messages(
        self,
        info: Info,
        match_id: Annotated[strawberry.ID, strawberry.argument(description="A match with a room for the viewer.")],
        after: Resume = None,
    ) -> AsyncIterable[DisputeMessageChange]:
        """What is said in the room of a match: the newest messages, then each new one, every one once and in order.
        It ends when the viewer may not see the room any more.
        """
        stream = await resolve.room_changes(info.context, key_of(match_id, "Match", "matchId"), cursor(after))
        return stream.map(_message)


def _message(value: RoomValue) -> DisputeMessagesSnapshot | DisputeMessageAdded | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    room = DisputeRoom.from_seen(value.room)
    if isinstance(value, RoomSnapshot):
        return DisputeMessagesSnapshot(
            cursor=str(value.entries[-1].sequence),
            room=room,
            messages=[DisputeMessage(entry=entry) for entry in value.entries],
        )
    return DisputeMessageAdded(cursor=str(value.entry.sequence), message=DisputeMessage(entry=value.entry), room=room)
