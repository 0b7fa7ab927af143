"""What the captain does to the roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.teams.commands.membership import end_membership, require_member
from domain.teams.errors import CaptaincyNotTransferred
from domain.teams.events import TeamChanged
from domain.teams.models import Team
from domain.teams.policies import require_captain
from domain.teams.rules.invitations import require_given_role
from domain.teams.values import TeamRole


@dataclass(frozen=True, kw_only=True)
class SetTeamRole:
    """Give a member another role."""

    team_id: UUID
    user_id: UUID
    role: TeamRole


async def set_team_role(session: WriteSession, actor: Actor, command: SetTeamRole) -> Team:
    """Give a member another role than captain.

    Raises:
        Unauthenticated, TeamNotFound, NotCaptain, TeamIsDisbanded: see `require_captain`.
        InvalidInput: the role is the captaincy.
        TeamMemberNotFound: the user is not in the team.
        CaptaincyNotTransferred: the member is the captain.
    """
    await locks.hold(session, command.team_id)
    team = await require_captain(session, actor, command.team_id)
    role = require_given_role(command.role)
    member = await require_member(session, command.team_id, command.user_id)
    if member.role is TeamRole.CAPTAIN:
        raise CaptaincyNotTransferred
    member.role = role
    await outbox.record(session, TeamChanged(team_id=team.id))
    return team


@dataclass(frozen=True, kw_only=True)
class RemoveTeamMember:
    """Put a member out of the team."""

    team_id: UUID
    user_id: UUID
    now: datetime


async def remove_team_member(session: WriteSession, actor: Actor, command: RemoveTeamMember) -> Team:
    """Put a member other than the captain out of the team.

    Raises:
        Unauthenticated, TeamNotFound, NotCaptain, TeamIsDisbanded: see `require_captain`.
        TeamMemberNotFound: the user is not in the team.
        CaptaincyNotTransferred: the member is the captain.
    """
    await locks.hold(session, command.team_id)
    team = await require_captain(session, actor, command.team_id)
    member = await require_member(session, command.team_id, command.user_id)
    if member.role is TeamRole.CAPTAIN:
        raise CaptaincyNotTransferred
    await end_membership(session, member, command.now, removed_by_id=actor.user_id)
    return team
