"""Who watches, as it changes."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from domain.infra.presence import MAX_NAMED
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import split_global_id
from resolvers import matches, tournaments
from resolvers import presence as resolve
from resolvers.context import Context
from resolvers.presence import AttendanceValue
from resolvers.streams import ResyncReason, Stream
from schema import accounts
from schema.fields import Access, Info, attribute, field, object_type, subscription
from schema.refs import UserRef
from schema.streams import Resync

# What can be watched, by the type name inside of an id: a venue, once there are venues, is one line more.
_STREAMS: dict[str, Callable[[Context, UUID], Awaitable[Stream[AttendanceValue]]]] = {
    "Match": matches.presence_changes,
    "Tournament": tournaments.presence_changes,
}


@object_type(broadcastable=True)
class Presence:
    """Who watches something now."""

    named: strawberry.Private[tuple[UUID, ...]]
    viewer_count: int = attribute(
        "How many watch: each user once, on however many devices, and each connection that is not signed in."
    )

    @field(size=MAX_NAMED, broadcastable=True)
    async def viewers(self, info: Info) -> list[UserRef]:
        """The newest of them who let others see what they watch, at most 20."""
        return [accounts.User.from_model(user) for user in await resolve.named(info.context, self.named)]


PresenceChange = Annotated[
    Presence | Resync,
    strawberry.union("PresenceChange", description="A message of the stream of who watches."),
]


@object_type
class PresenceSubscription:
    """Who watches."""

    @subscription(Access.ANYONE)
    async def presence_changes(
        self,
        info: Info,
        subject_id: Annotated[
            strawberry.ID,
            strawberry.argument(description="A match, watched through its log, or a tournament, through its bracket."),
        ],
    ) -> AsyncIterable[PresenceChange]:
        """Who watches: at first, and after each change, at most once a second. Only the newest counts.
        To follow this is not to watch.
        """
        type_name, key = split_global_id(subject_id, "subjectId")
        if type_name not in _STREAMS:
            raise InvalidInput(
                f"This is the id of a {type_name}; the id of a Match or Tournament is needed here.", "subjectId"
            )
        return (await _STREAMS[type_name](info.context, key)).map(_message)


def _message(value: AttendanceValue) -> Presence | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    return Presence(named=value.named, viewer_count=value.count)
