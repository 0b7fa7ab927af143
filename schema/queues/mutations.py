"""Where tournaments are played, and calling matches to tables."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain import queues as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from domain.queues import NoShow, NoTables
from resolvers import queues as resolve
from resolvers.context import Context
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.queues.types import HeatCall, MatchCall, Queue


@input_type
class SetTournamentTablesInput:
    """Where a tournament is played, and how matches are called to its tables."""

    tournament_id: strawberry.ID = attribute("The tournament.")
    venue_id: strawberry.ID = attribute("The venue, which the viewer has to manage, too.")
    table_ids: list[strawberry.ID] = attribute(
        "Those of its tables that the tournament may use, each once, at most 200."
    )
    is_automatic: bool = attribute(
        "Whether what can be played is called by itself when a table is free.", default=False
    )
    answer_seconds: int = attribute(
        "How long those who are called have, to say that they are there: 30 to 3600.", default=domain.DEFAULT_ANSWER_S
    )
    no_show: NoShow = attribute("What happens when they do not.", default=NoShow.REQUEUE)


@input_type
class FeatureMatchInput:
    """Whether a match belongs on a table that is streamed."""

    match_id: strawberry.ID = attribute("The match.")
    is_featured: bool = attribute("True to choose it, false for not any more.")


@input_type
class SetAccessNeedInput:
    """Whether an entrant needs an accessible table."""

    entrant_id: strawberry.ID = attribute("The entrant.")
    is_needed: bool = attribute("True: only accessible tables. False: any again.")


@input_type
class CallNextInput:
    """Whose tables to fill."""

    tournament_id: strawberry.ID = attribute("The tournament.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class AnswerCallInput:
    """Who is at the table."""

    call_id: strawberry.ID = attribute("The call.")
    slot: int | None = attribute("0 or 1. Null: the own side, or for an organizer both.", default=None)


@input_type
class MoveMatchInput:
    """Which match goes to which table."""

    match_id: strawberry.ID = attribute("The match.")
    table_id: strawberry.ID = attribute("One of the tables of the tournament, which is free.")


@input_type
class MoveHeatInput:
    """Which heat goes to which table."""

    heat_id: strawberry.ID = attribute("The heat.")
    table_id: strawberry.ID = attribute("One of the tables of the tournament, which is free.")


@input_type
class FreeHeatTableInput:
    """Which call of a heat leaves its table."""

    call_id: strawberry.ID = attribute("The call.")


@input_type
class FreeTableInput:
    """Which call leaves its table."""

    call_id: strawberry.ID = attribute("The call.")


@object_type
class SetTournamentTablesPayload:
    """The tournament has its tables."""

    queue: Queue = attribute("The queue as it is now.")


@object_type
class FeatureMatchPayload:
    """The match is chosen, or not."""

    queue: Queue = attribute("The queue as it is now.")


@object_type
class SetAccessNeedPayload:
    """The entrant is called only to accessible tables, or to any."""

    queue: Queue = attribute("The queue as it is now.")


@object_type
class CallNextPayload:
    """As many matches and heats are called as there are free tables and players."""

    queue: Queue = attribute("The queue as it is now.")


@object_type
class AnswerCallPayload:
    """The side is there."""

    call: MatchCall = attribute("The call as it is now.")


@object_type
class MoveMatchPayload:
    """The match is at the table."""

    call: MatchCall = attribute("The call as it is now.")


@object_type
class MoveHeatPayload:
    """The heat is at the table."""

    call: HeatCall = attribute("The call as it is now.")


@object_type
class FreeHeatTablePayload:
    """The table is free."""

    call: HeatCall = attribute("The call as it is now.")


@object_type
class FreeTablePayload:
    """The table is free."""

    call: MatchCall = attribute("The call as it is now.")


SetTournamentTablesResult = Annotated[
    SetTournamentTablesPayload | Refusal,
    strawberry.union("SetTournamentTablesResult", description="The queue, or why its tables stay."),
]
FeatureMatchResult = Annotated[
    FeatureMatchPayload | Refusal,
    strawberry.union("FeatureMatchResult", description="The queue, or why nothing changed."),
]
SetAccessNeedResult = Annotated[
    SetAccessNeedPayload | Refusal,
    strawberry.union("SetAccessNeedResult", description="The queue, or why nothing changed."),
]
CallNextResult = Annotated[
    CallNextPayload | Refusal,
    strawberry.union("CallNextResult", description="The queue, or why nothing was called."),
]
AnswerCallResult = Annotated[
    AnswerCallPayload | Refusal,
    strawberry.union("AnswerCallResult", description="The call, or why it was not answered."),
]
MoveMatchResult = Annotated[
    MoveMatchPayload | Refusal,
    strawberry.union("MoveMatchResult", description="The call, or why the match is not there."),
]
FreeTableResult = Annotated[
    FreeTablePayload | Refusal,
    strawberry.union("FreeTableResult", description="The call, or why its table is not free."),
]

MoveHeatResult = Annotated[
    MoveHeatPayload | Refusal,
    strawberry.union("MoveHeatResult", description="The call, or why the heat is not there."),
]
FreeHeatTableResult = Annotated[
    FreeHeatTablePayload | Refusal,
    strawberry.union("FreeHeatTableResult", description="The call, or why its table is not free."),
]


@object_type
class QueuesMutation:
    """Where tournaments are played, and calling matches to tables."""

    @mutation(Access.SIGNED_IN)
    async def set_tournament_tables(self, info: Info, input: SetTournamentTablesInput) -> SetTournamentTablesResult:
        """Let a tournament be played at tables of a venue, in place of those before. For who runs both."""
        ctx = info.context
        command = domain.SetTournamentTables(
            tournament_id=key_of(input.tournament_id, "Tournament", "tournamentId"),
            venue_id=key_of(input.venue_id, "Venue", "venueId"),
            table_ids=[key_of(table, "Table", "tableIds") for table in input.table_ids],
            is_automatic=input.is_automatic,
            answer_s=input.answer_seconds,
            no_show=input.no_show,
        )
        row = await ctx.execute(domain.set_tournament_tables, command)
        return SetTournamentTablesPayload(queue=await _queue(ctx, row.id))

    @mutation(Access.SIGNED_IN)
    async def feature_match(self, info: Info, input: FeatureMatchInput) -> FeatureMatchResult:
        """Choose a match for a table that is streamed, or not any more. For organizers."""
        ctx = info.context
        command = domain.FeatureMatch(
            match_id=key_of(input.match_id, "Match", "matchId"), is_featured=input.is_featured
        )
        row = await ctx.execute(domain.feature_match, command)
        return FeatureMatchPayload(queue=await _queue(ctx, row.id))

    @mutation(Access.SIGNED_IN)
    async def set_access_need(self, info: Info, input: SetAccessNeedInput) -> SetAccessNeedResult:
        """Call an entrant only to accessible tables, or to any again. For organizers; nobody is shown it."""
        ctx = info.context
        command = domain.SetAccessNeed(
            entrant_id=key_of(input.entrant_id, "Entrant", "entrantId"), is_needed=input.is_needed
        )
        row = await ctx.execute(domain.set_access_need, command)
        return SetAccessNeedPayload(queue=await _queue(ctx, row.id))

    @mutation(Access.SIGNED_IN)
    async def call_next(self, info: Info, input: CallNextInput) -> CallNextResult:
        """Call the matches and heats that wait longest to the tables that are free. For organizers."""
        ctx = info.context
        command = domain.CallNext(
            tournament_id=key_of(input.tournament_id, "Tournament", "tournamentId"), now=ctx.clock.now()
        )
        row = await ctx.execute_once(domain.call_next, command, input.idempotency_key, domain.Queue)
        return CallNextPayload(queue=await _queue(ctx, row.id))

    @mutation(Access.SIGNED_IN)
    async def answer_call(self, info: Info, input: AnswerCallInput) -> AnswerCallResult:
        """Say at the table that one is there; when both sides are, the match begins. A repeat changes nothing."""
        ctx = info.context
        if input.slot not in (None, 0, 1):
            raise InvalidInput("A match has the slots 0 and 1.", "slot")
        command = domain.AnswerCall(call_id=_call_key(input.call_id), slot=input.slot, now=ctx.clock.now())
        row = await ctx.execute(domain.answer_call, command)
        return AnswerCallPayload(call=MatchCall.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def move_match(self, info: Info, input: MoveMatchInput) -> MoveMatchResult:
        """Call a match to this table before its turn, or let it go on there. For organizers. Can be repeated."""
        ctx = info.context
        command = domain.MoveMatch(
            match_id=key_of(input.match_id, "Match", "matchId"),
            table_id=key_of(input.table_id, "Table", "tableId"),
            now=ctx.clock.now(),
        )
        row = await ctx.execute(domain.move_match, command)
        return MoveMatchPayload(call=MatchCall.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def free_table(self, info: Info, input: FreeTableInput) -> FreeTableResult:
        """Take a match off its table: one that has begun goes on elsewhere, another waits again. For organizers."""
        ctx = info.context
        command = domain.FreeTable(call_id=_call_key(input.call_id), now=ctx.clock.now())
        row = await ctx.execute(domain.free_table, command)
        return FreeTablePayload(call=MatchCall.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def move_heat(self, info: Info, input: MoveHeatInput) -> MoveHeatResult:
        """Call a heat to this table before its turn, or let it go on there. For organizers. Can be repeated."""
        ctx = info.context
        command = domain.MoveHeat(
            heat_id=key_of(input.heat_id, "Heat", "heatId"),
            table_id=key_of(input.table_id, "Table", "tableId"),
            now=ctx.clock.now(),
        )
        row = await ctx.execute(domain.move_heat, command)
        return MoveHeatPayload(call=HeatCall.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def free_heat_table(self, info: Info, input: FreeHeatTableInput) -> FreeHeatTableResult:
        """Take a heat off its table: one that has begun goes on elsewhere, another waits again. For organizers."""
        ctx = info.context
        key = key_of(input.call_id, "HeatCall", "callId")
        row = await ctx.execute(domain.free_table, domain.FreeTable(call_id=key, now=ctx.clock.now(), of_heat=True))
        return FreeHeatTablePayload(call=HeatCall.from_model(row.view))


def _call_key(call_id: str) -> UUID:
    return key_of(call_id, "MatchCall", "callId")


async def _queue(ctx: Context, tournament_id: UUID) -> Queue:
    state = await resolve.queue(ctx, tournament_id)
    if state is None:
        raise NoTables
    return Queue.from_state(state)
