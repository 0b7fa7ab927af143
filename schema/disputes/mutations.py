"""Calling a referee, and talking with the officials."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain import disputes as domain
from domain.disputes import DisputeRoomNotFound
from domain.kernel.ids import key_of
from resolvers import disputes as resolve
from resolvers.context import Context
from schema.disputes.types import DisputeMessage, DisputeRoom
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type

_MATCH = "The match, which has the room."


@input_type
class CallRefereeInput:
    """Why officials should look at a match."""

    match_id: strawberry.ID = attribute("The match, which is not over.")
    reason: str = attribute("What is wrong, in 1 to 2,000 characters.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class PostDisputeMessageInput:
    """Something to say in the room of a match."""

    match_id: strawberry.ID = attribute(_MATCH)
    text: str = attribute("1 to 2,000 characters.")
    links: list[str] = attribute(
        "Links to evidence, at most 5: https addresses of at most 1,000 characters.", default_factory=list
    )
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class TakeDisputeInput:
    """Which dispute the viewer works on."""

    match_id: strawberry.ID = attribute(_MATCH)
    force: bool = attribute("True: take it over from another official.", default=False)


@object_type
class CallRefereePayload:
    """The officials are told."""

    room: DisputeRoom = attribute("Where they will answer.")


@object_type
class PostDisputeMessagePayload:
    """It is in the room."""

    message: DisputeMessage = attribute("What was written.")


@object_type
class TakeDisputePayload:
    """The viewer works on it."""

    room: DisputeRoom = attribute("The room as it is now.")


CallRefereeResult = Annotated[
    CallRefereePayload | Refusal,
    strawberry.union("CallRefereeResult", description="The room, or why no referee was called."),
]
PostDisputeMessageResult = Annotated[
    PostDisputeMessagePayload | Refusal,
    strawberry.union("PostDisputeMessageResult", description="The message, or why it was not written."),
]
TakeDisputeResult = Annotated[
    TakeDisputePayload | Refusal,
    strawberry.union("TakeDisputeResult", description="The room, or why the viewer does not work on it."),
]


@object_type
class DisputesMutation:
    """Calling a referee, and talking with the officials."""

    @mutation(Access.SIGNED_IN)
    async def call_referee(self, info: Info, input: CallRefereeInput) -> CallRefereeResult:
        """Ask the officials to look at a match. For who plays in it; a dispute calls them by itself."""
        ctx = info.context
        command = domain.CallReferee(match_id=_match(input.match_id), reason=input.reason, now=ctx.clock.now())
        row = await ctx.execute_once(domain.call_referee, command, input.idempotency_key, domain.DisputeRoom)
        return CallRefereePayload(room=await _room(ctx, row.id))

    @mutation(Access.SIGNED_IN)
    async def post_dispute_message(self, info: Info, input: PostDisputeMessageInput) -> PostDisputeMessageResult:
        """Write into the room of a match. For who plays in it, until it is closed, and for its officials."""
        ctx = info.context
        command = domain.PostDisputeMessage(
            match_id=_match(input.match_id), text=input.text, links=tuple(input.links), now=ctx.clock.now()
        )
        row = await ctx.execute_once(
            domain.post_dispute_message, command, input.idempotency_key, domain.DisputeEntryRow
        )
        return PostDisputeMessagePayload(message=DisputeMessage(entry=row.entry))

    @mutation(Access.SIGNED_IN)
    async def take_dispute(self, info: Info, input: TakeDisputeInput) -> TakeDisputeResult:
        """Say that the viewer works on an open dispute, so that no other official does. Can be repeated."""
        ctx = info.context
        command = domain.TakeDispute(match_id=_match(input.match_id), force=input.force, now=ctx.clock.now())
        row = await ctx.execute(domain.take_dispute, command)
        return TakeDisputePayload(room=await _room(ctx, row.id))


def _match(match_id: str) -> UUID:
    return key_of(match_id, "Match", "matchId")


async def _room(ctx: Context, room_id: UUID) -> DisputeRoom:
    found = await resolve.room(ctx, room_id)
    if found is None:
        raise DisputeRoomNotFound
    return DisputeRoom.from_seen(found)
