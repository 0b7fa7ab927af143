"""Who may change a team, and who may know of its invitations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, select

from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.teams.errors import NotCaptain, TeamIsDisbanded, TeamNotFound
from domain.teams.models import Team, TeamInvitation, TeamMember
from domain.teams.values import TeamRole


async def require_captain(session: ReadSession, actor: Actor, team_id: UUID) -> Team:
    """The team, live, which the actor leads or, as an administrator, may lead.

    Raises:
        Unauthenticated: nobody is logged in.
        TeamNotFound: there is no such team.
        NotCaptain: the actor does not lead it.
        TeamIsDisbanded: it exists only as history.
    """
    if not actor.is_system:
        actor.require_user()
    captain = and_(TeamMember.team_id == Team.id, TeamMember.role == TeamRole.CAPTAIN)
    statement = select(Team, TeamMember.user_id).join(TeamMember, captain).where(Team.id == team_id)
    found = (await session.execute(statement.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise TeamNotFound
    team, captain_id = found
    if not leads(actor, captain_id):
        raise NotCaptain
    if team.disbanded_at is not None:
        raise TeamIsDisbanded
    return team


def leads(actor: Actor, captain_id: UUID) -> bool:
    """Whether the actor decides about a team with this captain: the captain, or an administrator."""
    return actor.is_admin or actor.user_id == captain_id


def may_see_invitation(actor: Actor, invitation: TeamInvitation, captain_id: UUID) -> bool:
    """Whether the actor is a side of the invitation: the one invited, the captain, or an administrator."""
    return leads(actor, captain_id) or actor.user_id == invitation.user_id
