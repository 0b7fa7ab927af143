"""Who competes: users, teams and guests, as one thing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from resolvers import accounts as resolve_accounts
from resolvers import teams as resolve_teams
from resolvers import tournaments as resolve_tournaments
from resolvers.context import Context
from schema import accounts, teams
from schema.fields import Info, attribute, enum_type, object_type
from schema.node import Node, readable
from schema.refs import TeamRef, UserRef

enum_type(
    ParticipantKind,
    {
        "USER": "A person on their own.",
        "TEAM": "A team, led by its captain.",
        "GUEST": "Somebody without an account, entered by organizers. Officials act for them, and they are not rated.",
    },
)


@object_type(broadcastable=True)
class Guest(Node):
    """Somebody in one tournament of whom only a name is known."""

    name: str = attribute("What the organizers call them.")

    @classmethod
    def from_model(cls, row: domain.EntrantView) -> Guest:
        """The guest that an entrant is."""
        return cls(id=strawberry.ID(global_id("Guest", row.participant_id)), name=row.name)


Participant = Annotated[
    UserRef | TeamRef | Guest,
    strawberry.union("Participant", description="A user, a team or a guest that competes."),
]


async def participant(info: Info, kind: ParticipantKind, key: UUID) -> accounts.User | teams.Team | Guest:
    """The user, team or guest with this key."""
    if kind is ParticipantKind.USER:
        return accounts.User.from_model(await resolve_accounts.user(info.context, key))
    if kind is ParticipantKind.GUEST:
        return Guest.from_model(await resolve_tournaments.present_guest(info.context, key))
    return teams.Team.from_model(await resolve_teams.team(info.context, key))


async def _read(ctx: Context, key: UUID) -> Guest | None:
    row = await resolve_tournaments.guest(ctx, key)
    return None if row is None else Guest.from_model(row)


readable("Guest", _read)
