"""Claims of guests, as clients see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import global_id
from resolvers import accounts as resolve_accounts
from resolvers import claims as resolve
from resolvers import tournaments as resolve_tournaments
from resolvers.context import Context
from schema import accounts
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.refs import UserRef
from schema.tournaments.types import Entrant, Tournament

ClaimStatus = domain.claims.ClaimStatus
enum_type(
    ClaimStatus,
    {
        "OPEN": "Waits for an answer.",
        "ACCEPTED": "The guest is known to be the user.",
        "DECLINED": "An organizer declined it, or accepted somebody else.",
        "WITHDRAWN": "The user took it back.",
    },
)


@object_type
class GuestClaim(Node):
    """A user who says that a guest is them. Only they and those who run the tournament know of it."""

    row: strawberry.Private[domain.claims.GuestClaim]
    status: ClaimStatus = attribute("Where it stands.")
    created_at: datetime = attribute("When it was made.")
    closed_at: datetime | None = attribute("When it was answered or withdrawn. Null: it is open.")

    @field
    async def user(self, info: Info) -> UserRef:
        """Who says it."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.row.user_id))

    @field
    async def entrant(self, info: Info) -> Entrant | None:
        """The guest. Null where the viewer may not see the tournament."""
        row = await resolve_tournaments.entrant(info.context, self.row.entrant_id)
        return None if row is None else Entrant.from_model(row)

    @field
    async def tournament(self, info: Info) -> Tournament | None:
        """The tournament of the guest. Null where the viewer may not see it."""
        row = await resolve_tournaments.tournament(info.context, self.row.tournament_id)
        return None if row is None else Tournament.from_model(row)

    @classmethod
    def from_model(cls, row: domain.claims.GuestClaim) -> GuestClaim:
        """The claim of a row."""
        return cls(
            id=strawberry.ID(global_id("GuestClaim", row.id)),
            row=row,
            status=row.status,
            created_at=row.created_at,
            closed_at=row.closed_at,
        )


async def _read(ctx: Context, key: UUID) -> GuestClaim | None:
    row = await resolve.claim(ctx, key)
    return None if row is None else GuestClaim.from_model(row)


readable("GuestClaim", _read)
