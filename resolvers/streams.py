"""Streams: what a subscription answers, cut so that one execution can serve every equal subscriber.

A stream has a personal part (what this viewer missed: a snapshot, or the changes after a cursor) and a shared part
(what one fact of the bus means to everyone in the group). `schema.server.fanout` puts the two together without a gap:
it listens first, then reads the personal part, then drops what is not newer.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from domain.infra.hub import Envelope
from domain.infra.presence import Watching
from domain.kernel.errors import InvalidInput
from resolvers.context import Context

T = TypeVar("T")
U = TypeVar("U")

PUBLIC = "public"
_MAX_CURSOR = 2**62


class ResyncReason(StrEnum):
    """Why a stream starts over with a snapshot."""

    HISTORY_GONE = "HISTORY_GONE"
    CONNECTION_GAP = "CONNECTION_GAP"
    SLOW_CLIENT = "SLOW_CLIENT"


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """One message of a stream. `version` strictly rises per `key`; a state stream may skip to the newest of a key.

    `covers` gives the versions of the other keys that a snapshot contains, so that nothing older than it follows it.
    """

    value: T
    version: int
    key: str = ""
    covers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream(AsyncIterable[T], Generic[T]):
    """The source of one subscription.

    Attributes:
        topics: what to listen to on the bus.
        audience: whose rights the stream was granted by: `public`, or something only they share (`user:…`, `staff:…`).
        after: the cursor to resume from; None for a snapshot.
        is_state: True when only the newest change of a key matters, so that a slow client may skip older ones.
        snapshot: the state as a whole, as committed now; its last change carries the version to go on from. It is read
            for whoever joins, and once for all that join at the same time.
        replay: the changes after a cursor; None when they are not kept any more. Never asked of a state stream, except
            with its `after`.
        changes: what one fact means; executed once for all equal subscribers. It may be asked about facts that a
            snapshot contains already; their versions tell.
        resync: the marker that tells a client it starts over or has missed something.
        watching: what following it says about the follower; None when it says nothing. It is not shared by the group.
    """

    topics: tuple[str, ...]
    audience: str
    after: int | None
    is_state: bool
    snapshot: Callable[[Context], Awaitable[list[Change[T]]]]
    replay: Callable[[Context, int], Awaitable[list[Change[T]] | None]]
    changes: Callable[[Context, Envelope], Awaitable[list[Change[T]]]]
    resync: Callable[[ResyncReason], T]
    watching: Watching | None = None

    def map(self, wrap: Callable[[T], U]) -> Stream[U]:
        """The same stream with every value wrapped, for example as a GraphQL type."""

        async def snapshot(ctx: Context) -> list[Change[U]]:
            return [_wrapped(change, wrap) for change in await self.snapshot(ctx)]

        async def replay(ctx: Context, after: int) -> list[Change[U]] | None:
            found = await self.replay(ctx, after)
            return None if found is None else [_wrapped(change, wrap) for change in found]

        async def changes(ctx: Context, envelope: Envelope) -> list[Change[U]]:
            return [_wrapped(change, wrap) for change in await self.changes(ctx, envelope)]

        return Stream(
            topics=self.topics,
            audience=self.audience,
            after=self.after,
            is_state=self.is_state,
            snapshot=snapshot,
            replay=replay,
            changes=changes,
            resync=lambda reason: wrap(self.resync(reason)),
            watching=self.watching,
        )

    def __aiter__(self) -> AsyncIterator[T]:
        """Refused: graphql-core asks that a source can be iterated, but only the fan-out runs streams."""
        raise TypeError("a stream is run by schema.server.fanout")


def cursor(after: str | None) -> int | None:
    """The version inside a cursor that an earlier message of the stream carried.

    Raises:
        InvalidInput: it is not such a cursor.
    """
    if after is None:
        return None
    if not (after.isascii() and after.isdigit()) or int(after[:20]) > _MAX_CURSOR:
        raise InvalidInput("This is not a cursor of this stream; use one from an earlier message, or none.", "after")
    return int(after[:20])


def _wrapped(change: Change[T], wrap: Callable[[T], U]) -> Change[U]:
    return Change(value=wrap(change.value), version=change.version, key=change.key, covers=change.covers)
