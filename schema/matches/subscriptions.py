"""What happens in a match, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import key_of
from resolvers import matches as resolve
from resolvers.matches import LogSnapshot, LogValue
from resolvers.streams import ResyncReason, cursor
from schema.fields import Access, Info, attribute, object_type, subscription
from schema.matches.types import Match, MatchEvent
from schema.streams import Resume, Resync


@object_type(broadcastable=True)
class MatchEventsSnapshot:
    """Where a stream of match events begins."""

    cursor: str = attribute("Resume from here.")
    match: Match = attribute("The match as it is now.")
    events: list[MatchEvent] = attribute("The newest entries of its log, at most 100, oldest first.", size=100)


@object_type(broadcastable=True)
class MatchEventAdded:
    """A new entry of the log."""

    cursor: str = attribute("Resume from here.")
    event: MatchEvent = attribute("The entry.")


MatchEventChange = Annotated[
    MatchEventsSnapshot | MatchEventAdded | Resync,
    strawberry.union("MatchEventChange", description="A message of the stream of match events."),
]


@object_type
class MatchesSubscription:
    """What happens in matches."""

    @subscription(Access.ANYONE)
    async def match_events(
        self,
        info: Info,
        match_id: Annotated[strawberry.ID, strawberry.argument(description="The match.")],
        after: Resume = None,
    ) -> AsyncIterable[MatchEventChange]:
        """The log of a match: the newest entries, then each new one, every entry once and in order."""
        stream = await resolve.log_changes(info.context, key_of(match_id, "Match", "matchId"), cursor(after))
        return stream.map(_message)


def _message(value: LogValue) -> MatchEventsSnapshot | MatchEventAdded | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    if isinstance(value, LogSnapshot):
        return MatchEventsSnapshot(
            cursor=str(value.entries[-1].sequence),
            match=Match.from_state(value.state),
            events=[MatchEvent.from_entry(entry) for entry in value.entries],
        )
    return MatchEventAdded(cursor=str(value.sequence), event=MatchEvent.from_entry(value))
