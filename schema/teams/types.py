"""Teams and what belongs to them, as clients see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import teams as domain
from domain.kernel.ids import global_id
from domain.teams import InvitationStatus, TeamRole
from resolvers import accounts as resolve_accounts
from resolvers import teams as resolve
from resolvers.context import Context
from resolvers.paging import page_request
from schema import accounts
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection
from schema.refs import TeamRef, UserRef

enum_type(
    TeamRole,
    {
        "CAPTAIN": "Leads the team and decides about it. Every live team has exactly one.",
        "PLAYER": "Plays.",
        "SUBSTITUTE": "Plays when somebody is missing.",
        "COACH": "Prepares the others.",
    },
)
enum_type(
    InvitationStatus,
    {
        "PENDING": "Waits for an answer.",
        "ACCEPTED": "The invited user joined.",
        "DECLINED": "The invited user did not want to.",
        "REVOKED": "The team took it back.",
        "EXPIRED": "Nobody answered within seven days.",
    },
)


@object_type(broadcastable=True)
class TeamMember:
    """Somebody in a team."""

    user_key: strawberry.Private[UUID]
    role: TeamRole = attribute("What they are in the team.")
    joined_at: datetime = attribute("Since when.")

    @field(broadcastable=True)
    async def user(self, info: Info) -> UserRef:
        """Who they are."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.user_key))

    @classmethod
    def from_model(cls, row: domain.TeamMember) -> TeamMember:
        """The member of a row."""
        return cls(user_key=row.user_id, role=row.role, joined_at=row.joined_at)


@object_type(broadcastable=True)
class Team(Node):
    """People who compete together. A disbanded team stays as history: nobody is in it and nothing changes it."""

    key: strawberry.Private[UUID]
    slug: str = attribute("Its name in addresses; never given to another team.")
    name: str = attribute("What it is called.")
    tag: str = attribute("Its short name, 2 to 6 letters or digits. Not unique.")
    is_disbanded: bool = attribute("Whether it exists only as history.")
    created_at: datetime = attribute("When it was made.")
    version: int = attribute("Rises with every edit; `updateTeam` needs it.")

    @field(broadcastable=True)
    async def description(self, info: Info) -> str:
        """What it says about itself. May be empty."""
        return await resolve.description(info.context, self.key)

    @field(broadcastable=True)
    async def captain(self, info: Info) -> UserRef:
        """Who leads it. For a disbanded team, who led it last."""
        return accounts.User.from_model(await resolve.captain(info.context, self.key))

    @field(size=10, broadcastable=True)
    async def members(self, info: Info) -> list[TeamMember]:
        """Everyone in it, at most 50, in the order in which they joined."""
        return [TeamMember.from_model(row) for row in await resolve.members(info.context, self.key)]

    @field(size=20)
    async def invitations(self, info: Info) -> list[TeamInvitation] | None:
        """The invitations that wait for an answer, at most 20, oldest first. Null unless the viewer leads the team."""
        found = await resolve.invitations(info.context, self.key)
        return None if found is None else [TeamInvitation.from_model(row) for row in found]

    @classmethod
    def from_model(cls, row: domain.TeamView) -> Team:
        """The team of a row."""
        return cls(
            id=strawberry.ID(global_id("Team", row.id)),
            key=row.id,
            slug=row.slug,
            name=row.name,
            tag=row.tag,
            is_disbanded=row.disbanded_at is not None,
            created_at=row.created_at,
            version=row.version,
        )


@object_type
class TeamInvitation(Node):
    """An invitation of a user to a team. Only the invited, the captain and administrators know of it."""

    row: strawberry.Private[domain.TeamInvitation]
    role: TeamRole = attribute("What the user would be in the team.")
    created_at: datetime = attribute("When it was made.")
    expires_at: datetime = attribute("Until when it can be answered.")

    @field
    async def team(self, info: Info) -> TeamRef:
        """The team that invites."""
        return Team.from_model(await resolve.team(info.context, self.row.team_id))

    @field
    async def user(self, info: Info) -> UserRef:
        """Who is invited."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.row.user_id))

    @field
    async def invited_by(self, info: Info) -> UserRef:
        """Who made it."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.row.invited_by_id))

    @field
    async def status(self, info: Info) -> InvitationStatus:
        """Where it stands."""
        return resolve.status(info.context, self.row)

    @classmethod
    def from_model(cls, row: domain.TeamInvitation) -> TeamInvitation:
        """The invitation of a row."""
        return cls(
            id=strawberry.ID(global_id("TeamInvitation", row.id)),
            row=row,
            role=row.role,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


@object_type
class TeamsQuery:
    """Reads about teams."""

    @field
    async def team(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> Team | None:
        """The team with this slug, even when it is disbanded. Null when there is none."""
        row = await resolve.team_by_slug(info.context, slug)
        return None if row is None else Team.from_model(row)

    @field
    async def teams(self, info: Info, first: First = 20, after: After = None) -> Connection[Team]:
        """The live teams, by name."""
        found = await resolve.teams(info.context, page_request(first, after))
        page: Connection[Team] = connection(found, Team.from_model)
        return page


async def _read_team(ctx: Context, key: UUID) -> Team | None:
    row = await resolve.visible_team(ctx, key)
    return None if row is None else Team.from_model(row)


async def _read_invitation(ctx: Context, key: UUID) -> TeamInvitation | None:
    row = await resolve.visible_invitation(ctx, key)
    return None if row is None else TeamInvitation.from_model(row)


readable("Team", _read_team)
readable("TeamInvitation", _read_invitation)
