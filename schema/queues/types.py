"""What is called to which table, and what waits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from domain import queues as domain
from domain.kernel.ids import global_id
from domain.queues import CallEnding, CallStatus, NoShow
from resolvers import matches as resolve_matches
from resolvers import queues as resolve
from resolvers import venues as resolve_venues
from resolvers.context import Context
from schema import matches, venues
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.refs import MatchRef
from schema.venues import Table, Venue

# How many of those that wait are shown.
_SHOWN = 100

enum_type(
    NoShow,
    {
        "REPORT": "The table waits on, until an organizer decides.",
        "REQUEUE": "The table goes to others, and the match waits again; the third time for an organizer to call it.",
        "FORFEIT": "The side that was there goes on without play. When neither was, as with REQUEUE; when a guest is"
        " missing, as with REPORT, because organizers answer for guests and may have forgotten to.",
    },
)
enum_type(
    CallStatus,
    {
        "CALLED": "Both sides have to say that they are there.",
        "PLAYING": "The match has begun.",
        "OVER": "The table and the players are free again.",
    },
)
enum_type(
    CallEnding,
    {
        "DECIDED": "The match is.",
        "EXPIRED": "It was not answered in time.",
        "FREED": "An organizer ended it.",
        "CHANGED": "The match got other sides, or is not to be played now.",
    },
)


@object_type(broadcastable=True)
class MatchCall(Node):
    """A match that was called to a table. A table, a match and a player have at most one that is not over."""

    row: strawberry.Private[domain.CallView]
    status: CallStatus = attribute("Where it is.")
    called_at: datetime = attribute("Since when.")
    answer_due_at: datetime = attribute("Until when both sides have to say that they are there.")
    expired_at: datetime | None = attribute("When it was not answered in time. Null when it was, and until then.")
    begun_at: datetime | None = attribute("When the match began. Null until then.")
    ended_at: datetime | None = attribute("When it was over. Null until then.")
    ending: CallEnding | None = attribute("Why it is over. Null until then.")

    @field(size=2, broadcastable=True)
    def answered_slots(self) -> list[int]:
        """The sides that said that they are there: 0, 1."""
        return [slot for slot in (0, 1) if self.row.answered[slot]]

    @field(broadcastable=True)
    async def match(self, info: Info) -> MatchRef:
        """What was called."""
        state = await resolve_matches.match(info.context, self.row.match_id)
        assert state is not None
        return matches.Match.from_state(state)

    @field(broadcastable=True)
    async def table(self, info: Info) -> Table | None:
        """Where. Null when it is played without a table."""
        if self.row.table_id is None:
            return None
        row = await resolve_venues.table(info.context, self.row.table_id)
        return None if row is None else venues.Table.from_model(row)

    @classmethod
    def from_model(cls, row: domain.CallView) -> MatchCall:
        """The call of a row."""
        return cls(
            id=strawberry.ID(global_id("MatchCall", row.id)),
            row=row,
            status=row.status,
            called_at=row.called_at,
            answer_due_at=row.answer_by,
            expired_at=row.expired_at,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            ending=row.ending,
        )


@object_type(broadcastable=True)
class WaitingMatch:
    """A match that was not called yet."""

    waiting: strawberry.Private[domain.WaitingMatch]
    is_featured: bool = attribute("Whether it belongs on a table that is streamed.")
    estimated_start_at: datetime | None = attribute(
        "When it will likely be called, from how long matches took so far."
        " Null when no table is open, when an organizer has to call it, and for a second final."
    )

    @field(broadcastable=True)
    def match(self) -> MatchRef:
        """What waits: READY for a table, or PENDING for the matches before it."""
        return matches.Match.from_state(self.waiting.state, self.waiting.place)


@object_type(broadcastable=True)
class Queue:
    """How a tournament is played at a venue: matches that are called to its tables, and those that wait."""

    state: strawberry.Private[domain.QueueState]
    is_automatic: bool = attribute("Whether what can be played is called by itself when a table is free.")
    answer_seconds: int = attribute("How long the sides of a match that is called have, to say that they are there.")
    no_show: NoShow = attribute("What happens when they do not.")
    waiting_count: int = attribute("How many matches were not called yet.")

    @field(broadcastable=True)
    async def venue(self, info: Info) -> Venue:
        """Where it is held."""
        row = await resolve_venues.venue(info.context, self.state.queue.venue_id)
        assert row is not None
        return venues.Venue.from_model(row)

    @field(size=50, broadcastable=True)
    def tables(self) -> list[Table]:
        """The tables it may use, by number, at most 200."""
        return [venues.Table.from_model(row) for row in self.state.tables]

    @field(size=50, broadcastable=True)
    def calls(self) -> list[MatchCall]:
        """Its calls that are not over, oldest first."""
        own = self.state.queue.id
        return [MatchCall.from_model(row) for row in self.state.calls if row.tournament_id == own]

    @field(size=20, broadcastable=True)
    def waiting(self) -> list[WaitingMatch]:
        """The first 100 of the matches that were not called yet, in the order in which they likely will be."""
        return [
            WaitingMatch(waiting=one, is_featured=one.is_featured, estimated_start_at=one.estimated_start_at)
            for one in self.state.waiting[:_SHOWN]
        ]

    @classmethod
    def from_state(cls, state: domain.QueueState) -> Queue:
        """The queue as clients see it."""
        return cls(
            state=state,
            is_automatic=state.queue.is_automatic,
            answer_seconds=state.queue.answer_s,
            no_show=state.queue.no_show,
            waiting_count=len(state.waiting),
        )


@object_type
class NextMatch:
    """What the viewer plays next."""

    match_key: strawberry.Private[UUID]
    call: MatchCall | None = attribute("Where they were called, or play. Null when they wait for a table.")
    estimated_start_at: datetime | None = attribute("When they will likely be called. Null when they were, or unknown.")

    @field
    async def match(self, info: Info) -> MatchRef:
        """The match."""
        state = await resolve_matches.match(info.context, self.match_key)
        assert state is not None
        return matches.Match.from_state(state)


@object_type
class QueuesQuery:
    """Reads about queues."""

    @field
    async def my_next_match(self, info: Info) -> NextMatch | None:
        """The match that the viewer was called to, or else the one of those that wait for a table that comes soonest.
        Null when there is none, and when nobody is logged in.
        """
        found = await resolve.next_match(info.context)
        if found is None:
            return None
        call = None if found.call is None else MatchCall.from_model(found.call)
        return NextMatch(match_key=found.match_id, call=call, estimated_start_at=found.estimated_start_at)


async def _read_call(ctx: Context, key: UUID) -> MatchCall | None:
    row = await resolve.call(ctx, key)
    return None if row is None else MatchCall.from_model(row)


readable("MatchCall", _read_call)
