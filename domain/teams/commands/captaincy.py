"""Who leads the team, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.teams.commands.membership import end_membership, member_count, require_member
from domain.teams.errors import CaptaincyNotTransferred, TeamIsDisbanded, TeamNotFound
from domain.teams.events import TeamCaptainChanged, TeamDisbanded
from domain.teams.models import Team, TeamInvitation, TeamMember
from domain.teams.policies import require_captain
from domain.teams.values import InvitationStatus, TeamRole


@dataclass(frozen=True, kw_only=True)
class TransferTeamCaptaincy:
    """Make another member the captain."""

    team_id: UUID
    user_id: UUID


async def transfer_team_captaincy(session: WriteSession, actor: Actor, command: TransferTeamCaptaincy) -> Team:
    """Make another member the captain; the former one stays as a player. To oneself: nothing changes.

    Raises:
        Unauthenticated, TeamNotFound, NotCaptain, TeamIsDisbanded: see `require_captain`.
        TeamMemberNotFound: the user is not in the team.
    """
    await locks.hold(session, command.team_id)
    team = await require_captain(session, actor, command.team_id)
    successor = await require_member(session, command.team_id, command.user_id)
    if successor.role is TeamRole.CAPTAIN:
        return team
    captain = await _captain(session, command.team_id)
    captain.role = TeamRole.PLAYER
    await session.flush()  # The index lets in one captain at a time, and the order of two updates is not ours.
    successor.role = TeamRole.CAPTAIN
    await outbox.record(
        session,
        TeamCaptainChanged(team_id=team.id, from_user_id=captain.user_id, to_user_id=successor.user_id),
    )
    return team


@dataclass(frozen=True, kw_only=True)
class LeaveTeam:
    """Leave a team."""

    team_id: UUID
    now: datetime


async def leave_team(session: WriteSession, actor: Actor, command: LeaveTeam) -> Team:
    """Leave a team; when the captain leaves as the last member, the team is disbanded.

    Raises:
        Unauthenticated: nobody is logged in.
        TeamNotFound: there is no such team.
        TeamIsDisbanded: it exists only as history.
        TeamMemberNotFound: the actor is not in the team.
        CaptaincyNotTransferred: the actor leads others.
    """
    user_id = actor.require_user()
    await locks.hold(session, command.team_id)
    team = await session.get(Team, command.team_id, populate_existing=True)
    if team is None:
        raise TeamNotFound
    if team.disbanded_at is not None:
        raise TeamIsDisbanded
    member = await require_member(session, command.team_id, user_id)
    if member.role is not TeamRole.CAPTAIN:
        await end_membership(session, member, command.now)
        return team
    if await member_count(session, team.id) > 1:
        raise CaptaincyNotTransferred
    await _disband(session, team, command.now)
    return team


@dataclass(frozen=True, kw_only=True)
class DisbandTeam:
    """End a team."""

    team_id: UUID
    now: datetime


async def disband_team(session: WriteSession, actor: Actor, command: DisbandTeam) -> Team:
    """End a team: everyone leaves, open invitations are revoked, the team stays as history.

    Raises:
        Unauthenticated, TeamNotFound, NotCaptain, TeamIsDisbanded: see `require_captain`.
    """
    await locks.hold(session, command.team_id)
    team = await require_captain(session, actor, command.team_id)
    await _disband(session, team, command.now)
    return team


async def _captain(session: WriteSession, team_id: UUID) -> TeamMember:
    statement = select(TeamMember).where(TeamMember.team_id == team_id, TeamMember.role == TeamRole.CAPTAIN)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def _disband(session: WriteSession, team: Team, now: datetime) -> None:
    members = await session.scalars(
        select(TeamMember)
        .where(TeamMember.team_id == team.id, TeamMember.left_at.is_(None))
        .order_by(TeamMember.joined_at, TeamMember.id)
    )
    for member in members:
        await end_membership(session, member, now)
    await session.execute(
        update(TeamInvitation)
        .where(TeamInvitation.team_id == team.id, TeamInvitation.status == InvitationStatus.PENDING)
        .values(status=InvitationStatus.REVOKED, closed_at=now)
    )
    team.disbanded_at = now
    team.version += 1
    await outbox.record(session, TeamDisbanded(team_id=team.id))
