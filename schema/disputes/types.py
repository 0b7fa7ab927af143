"""Dispute rooms and what is said in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from domain import disputes as domain
from domain.disputes import DisputeEntryKind
from domain.kernel.ids import global_id
from resolvers import accounts as resolve_accounts
from resolvers import disputes as resolve
from resolvers import matches as resolve_matches
from resolvers.context import Context
from resolvers.paging import page_request
from schema import accounts, matches
from schema.fields import Info, attribute, attribute_of, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection
from schema.refs import MatchRef, UserRef

enum_type(
    DisputeEntryKind,
    {
        "OPENED": "A side disputes a result, or calls a referee, and says why.",
        "MESSAGE": "Somebody wrote.",
        "TAKEN": "An official works on it.",
        "CLOSED": "The match is decided, or got other sides.",
    },
    name="DisputeMessageKind",
)


@object_type
class DisputeMessage:
    """Something that was said in a dispute room, or happened to it."""

    entry: strawberry.Private[domain.DisputeEntry]
    sequence: int = attribute_of("entry.sequence", "Counts from 1 within the room, without a gap.")
    kind: DisputeEntryKind = attribute_of("entry.kind", "What it is.")
    sent_at: datetime = attribute_of("entry.at", "When.")
    slot: int | None = attribute_of("entry.slot", "The side that its author plays for. Null: an official, or nobody.")
    text: str | None = attribute_of("entry.text", "What was written. Null for TAKEN and CLOSED.")

    @field(size=5)
    def links(self) -> list[str]:
        """Links to evidence, https alone, as its author gave them, at most 5. Nobody has looked at what is there."""
        return list(self.entry.links)

    @field
    async def author(self, info: Info) -> UserRef | None:
        """Who wrote it. Null: the system."""
        if self.entry.author_id is None:
            return None
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.entry.author_id))


@object_type
class DisputeRoom(Node):
    """Where the sides of a match and its officials talk about what is wrong. Nobody else sees it, or that it exists.

    It belongs to the match between these two sides: when a correction gives it others, they have a room of their own.
    """

    room: strawberry.Private[domain.SeenRoom]
    opened_at: datetime = attribute("Since when it waits for a decision.")
    closed_at: datetime | None = attribute("When it was closed; only officials write from then on. Null: it is open.")
    taken_at: datetime | None = attribute("Since when an official works on it. Null: nobody does.")
    message_count: int = attribute("How many messages there are.")
    viewer_can_decide: bool = attribute("Whether the viewer is an organizer or a referee, and does not play in it.")

    @field
    async def match(self, info: Info) -> MatchRef:
        """What it is about."""
        state = await resolve_matches.match(info.context, self.room.view.match_id)
        assert state is not None
        return matches.Match.from_state(state)

    @field
    async def taken_by(self, info: Info) -> UserRef | None:
        """The official who works on it. Null: nobody does."""
        if self.room.view.taken_by_id is None:
            return None
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.room.view.taken_by_id))

    @field
    async def messages(self, info: Info, first: First = 20, after: After = None) -> Connection[DisputeMessage]:
        """What was said, oldest first."""
        page = await resolve.entries(info.context, self.room.view.id, page_request(first, after))
        return connection(page, lambda entry: DisputeMessage(entry=entry))

    @classmethod
    def from_seen(cls, room: domain.SeenRoom) -> DisputeRoom:
        """The room as somebody sees it who may."""
        view = room.view
        return cls(
            id=strawberry.ID(global_id("DisputeRoom", view.id)),
            room=room,
            opened_at=view.opened_at,
            closed_at=view.closed_at,
            taken_at=view.taken_at,
            message_count=view.entry_count,
            viewer_can_decide=room.standing.is_official,
        )


async def _read(ctx: Context, key: UUID) -> DisputeRoom | None:
    found = await resolve.room(ctx, key)
    return None if found is None else DisputeRoom.from_seen(found)


readable("DisputeRoom", _read)
