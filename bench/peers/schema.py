"""The schema of the comparison, written as the product writes its own: rows in, GraphQL types out."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import replace

import strawberry

from bench.peers import rows
from bench.peers.rows import MatchState
from domain.infra.hub import Envelope
from resolvers import streams
from resolvers.context import Context
from schema.fields import Access, attribute, attribute_of, enum_type, field, object_type, subscription

TOPIC = "items"
_SHOWN = 10

enum_type(
    MatchState,
    {
        "READY": "It can be played.",
        "LIVE": "It is being played.",
        "FINISHED": "It is decided.",
    },
)


@object_type
class Item:
    """An entry of a long list."""

    row: strawberry.Private[rows.ItemRow]
    id: strawberry.ID = attribute_of("row.id", "Its id.")
    name: str = attribute_of("row.name", "Its name.")
    score: int = attribute_of("row.score", "Its points.")
    active: bool = attribute_of("row.active", "Whether it takes part.")
    rank: int = attribute_of("row.rank", "Its place, from 1.")
    city: str = attribute_of("row.city", "Where it is from.")


@object_type
class Participant:
    """Who plays."""

    row: strawberry.Private[rows.ParticipantRow]
    id: strawberry.ID = attribute_of("row.id", "Their id.")
    name: str = attribute_of("row.name", "Their name.")


@object_type
class Slot:
    """One side of a match."""

    row: strawberry.Private[rows.SlotRow]
    score: int = attribute_of("row.score", "Games won.")
    is_winner: bool = attribute_of("row.isWinner", "Whether this side has won.")

    @field
    def participant(self) -> Participant:
        """Who plays."""
        return Participant(row=self.row.participant)


@object_type
class Match:
    """Two sides and a best of N games."""

    row: strawberry.Private[rows.MatchRow]
    id: strawberry.ID = attribute_of("row.id", "Its id.")
    state: MatchState = attribute_of("row.state", "Where it is in its life.")
    best_of: int = attribute_of("row.bestOf", "How many games it has at most.")

    @field(size=2)
    def slots(self) -> list[Slot]:
        """The two sides."""
        return [Slot(row=slot) for slot in self.row.slots]


@object_type
class Round:
    """The matches of a round."""

    row: strawberry.Private[rows.RoundRow]

    @field(size=16)
    def matches(self) -> list[Match]:
        """Its matches, top to bottom."""
        return [Match(row=match) for match in self.row.matches]


@object_type
class Bracket:
    """The rounds of a single elimination."""

    row: strawberry.Private[rows.BracketRow]

    @field(size=8)
    def rounds(self) -> list[Round]:
        """First to last."""
        return [Round(row=row) for row in self.row.rounds]


@object_type
class Change:
    """A change that everybody gets."""

    number: int = attribute("Counts the changes.")
    items: list[Item] = attribute("The first items, as they are now.", size=_SHOWN)


class Feed:
    """The items that change. Each change raises every score by one."""

    def __init__(self, items: tuple[rows.ItemRow, ...]) -> None:
        self._items = items[:_SHOWN]
        self.number = 0

    def stream(self) -> streams.Stream[Change]:
        """What everybody follows."""
        return streams.Stream(
            topics=(TOPIC,),
            audience=streams.PUBLIC,
            after=None,
            is_state=True,
            snapshot=self._snapshot,
            replay=self._replay,
            changes=self._changes,
            resync=lambda _: self._now(),
        )

    async def _snapshot(self, ctx: Context) -> list[streams.Change[Change]]:
        return [streams.Change(self._now(), self.number)]

    async def _replay(self, ctx: Context, after: int) -> list[streams.Change[Change]] | None:
        return None

    async def _changes(self, ctx: Context, envelope: Envelope) -> list[streams.Change[Change]]:
        return await self._snapshot(ctx)

    def _now(self) -> Change:
        changed = [replace(row, score=row.score + self.number) for row in self._items]
        return Change(number=self.number, items=[Item(row=row) for row in changed])


def query_type(data: rows.Data) -> type:
    """The type of the queries of this data."""

    @object_type
    class Query:
        """Reads."""

        @field
        async def hello(self) -> str:
            """Greets."""
            return data.hello

        @field(size=rows.ITEMS)
        async def items(self) -> list[Item]:
            """A long list."""
            return [Item(row=row) for row in data.items]

        @field
        async def bracket(self, entrants: int) -> Bracket | None:
            """The bracket of that many entrants."""
            row = data.brackets.get(entrants)
            return None if row is None else Bracket(row=row)

    return Query


def subscription_type(feed: Feed) -> type:
    """The type of the subscriptions to a feed."""

    @object_type
    class Subscription:
        """Streams."""

        @subscription(Access.ANYONE)
        async def changes(self) -> AsyncIterable[Change]:
            """Every change."""
            return feed.stream()

    return Subscription
