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
from resolvers import tournaments as resolve_tournaments
from resolvers import venues as resolve_venues
from resolvers.context import Context
from schema import matches, tournaments, venues
from schema.fields import Info, attribute, attribute_of, enum_type, field, object_type
from schema.node import Node, readable
from schema.refs import HeatRef, MatchRef
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
        "CALLED": "Both sides of a match have to say that they are there; a heat waits for its first result.",
        "PLAYING": "The match or heat has begun.",
        "OVER": "The table and the players are free again.",
    },
)
enum_type(
    CallEnding,
    {
        "DECIDED": "The match or heat is.",
        "EXPIRED": "It was not answered in time.",
        "FREED": "An organizer ended it.",
        "CHANGED": "The match or heat got other sides, or is not to be played now.",
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
        state = await resolve_matches.match(info.context, self.row.played_id)
        assert state is not None
        return matches.Match.from_state(state)

    @field(broadcastable=True)
    async def table(self, info: Info) -> Table | None:
        """Where. Null when it is played without a table."""
        return await _table(info.context, self.row)

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
class HeatCall(Node):
    """A heat that was called to a table. A table, a heat and a player have at most one call that is not over."""

    row: strawberry.Private[domain.CallView]
    status: CallStatus = attribute_of("row.status", "Where it is.")
    called_at: datetime = attribute_of("row.called_at", "Since when.")
    due_at: datetime = attribute_of("row.answer_by", "Until when everybody in it is to be there. Nobody has to answer.")
    begun_at: datetime | None = attribute_of("row.begun_at", "When its first game was reported. Null until then.")
    ended_at: datetime | None = attribute_of("row.ended_at", "When it was over. Null until then.")
    ending: CallEnding | None = attribute_of("row.ending", "Why it is over. Null until then.")

    @field(broadcastable=True)
    async def heat(self, info: Info) -> HeatRef:
        """What was called."""
        return await _heat(info.context, self.row.played_id)

    @field(broadcastable=True)
    async def table(self, info: Info) -> Table | None:
        """Where. Null when it is played without a table."""
        return await _table(info.context, self.row)

    @classmethod
    def from_model(cls, row: domain.CallView) -> HeatCall:
        """The call of a row."""
        return cls(id=strawberry.ID(global_id("HeatCall", row.id)), row=row)


@object_type(broadcastable=True)
class WaitingHeat:
    """A heat that is drawn and was not called yet."""

    waiting: strawberry.Private[domain.WaitingHeat]
    estimated_start_at: datetime | None = attribute_of(
        "waiting.estimated_start_at",
        "When it will likely be called, from how long heats took so far. Null when no table is open.",
    )

    @field(broadcastable=True)
    def heat(self) -> HeatRef:
        """What waits."""
        return tournaments.Heat.from_state(self.waiting.state)


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
    """How a tournament is played at a venue: matches and heats that are called to its tables, and those that wait."""

    state: strawberry.Private[domain.QueueState]
    is_automatic: bool = attribute("Whether what can be played is called by itself when a table is free.")
    answer_seconds: int = attribute("How long the sides of a match that is called have, to say that they are there.")
    no_show: NoShow = attribute("What happens when they do not.")
    waiting_count: int = attribute("How many matches were not called yet.")
    waiting_heat_count: int = attribute("How many heats are drawn and were not called yet.")

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
        """Its calls of matches that are not over, oldest first."""
        own = self.state.queue.id
        rows = [row for row in self.state.calls if row.tournament_id == own]
        return [MatchCall.from_model(row) for row in rows if row.match_id is not None]

    @field(size=20, broadcastable=True)
    def heat_calls(self) -> list[HeatCall]:
        """Its calls of heats that are not over, oldest first."""
        own = self.state.queue.id
        rows = [row for row in self.state.calls if row.tournament_id == own]
        return [HeatCall.from_model(row) for row in rows if row.heat_id is not None]

    @field(size=20, broadcastable=True)
    def waiting_heats(self) -> list[WaitingHeat]:
        """The first 100 of the heats that are drawn and were not called yet, the one that comes soonest first."""
        return [WaitingHeat(waiting=one) for one in self.state.waiting_heats[:_SHOWN]]

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
            waiting_heat_count=len(state.waiting_heats),
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
class NextHeat:
    """The heat that the viewer plays next."""

    heat_key: strawberry.Private[UUID]
    call: HeatCall | None = attribute("Where they were called, or play. Null when they wait for a table.")
    estimated_start_at: datetime | None = attribute("When they will likely be called. Null when they were, or unknown.")

    @field
    async def heat(self, info: Info) -> HeatRef:
        """The heat."""
        return await _heat(info.context, self.heat_key)


@object_type
class QueuesQuery:
    """Reads about queues."""

    @field
    async def my_next_heat(self, info: Info) -> NextHeat | None:
        """The heat that the viewer was called to, or else the one of those that wait for a table that comes soonest.
        Null when there is none, and when nobody is logged in.
        """
        found = await resolve.next_heat(info.context)
        if found is None:
            return None
        call = None if found.call is None else HeatCall.from_model(found.call)
        return NextHeat(heat_key=found.id, call=call, estimated_start_at=found.estimated_start_at)

    @field
    async def my_next_match(self, info: Info) -> NextMatch | None:
        """The match that the viewer was called to, or else the one of those that wait for a table that comes soonest.
        Null when there is none, and when nobody is logged in.
        """
        found = await resolve.next_match(info.context)
        if found is None:
            return None
        call = None if found.call is None else MatchCall.from_model(found.call)
        return NextMatch(match_key=found.id, call=call, estimated_start_at=found.estimated_start_at)


async def _heat(ctx: Context, key: UUID) -> tournaments.Heat:
    state = await resolve_tournaments.heat(ctx, key)
    assert state is not None
    return tournaments.Heat.from_state(state)


async def _table(ctx: Context, call: domain.CallView) -> Table | None:
    row = None if call.table_id is None else await resolve_venues.table(ctx, call.table_id)
    return None if row is None else venues.Table.from_model(row)


async def _read_call(ctx: Context, key: UUID) -> MatchCall | None:
    row = await resolve.call(ctx, key)
    return None if row is None or row.match_id is None else MatchCall.from_model(row)


async def _read_heat_call(ctx: Context, key: UUID) -> HeatCall | None:
    row = await resolve.call(ctx, key)
    return None if row is None or row.heat_id is None else HeatCall.from_model(row)


readable("MatchCall", _read_call)
readable("HeatCall", _read_heat_call)
