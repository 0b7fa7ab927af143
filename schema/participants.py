"""Who competes: users and teams, as one thing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain.kernel.participant import ParticipantKind
from resolvers import accounts as resolve_accounts
from resolvers import teams as resolve_teams
from schema import accounts, teams
from schema.fields import Info, enum_type
from schema.refs import TeamRef, UserRef

enum_type(ParticipantKind, {"USER": "A person on their own.", "TEAM": "A team, led by its captain."})

Participant = Annotated[
    UserRef | TeamRef,
    strawberry.union("Participant", description="A user or a team that competes."),
]


async def participant(info: Info, kind: ParticipantKind, key: UUID) -> accounts.User | teams.Team:
    """The user or team with this key."""
    if kind is ParticipantKind.USER:
        return accounts.User.from_model(await resolve_accounts.user(info.context, key))
    return teams.Team.from_model(await resolve_teams.team(info.context, key))
