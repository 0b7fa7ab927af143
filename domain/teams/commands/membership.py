"""Membership rows, read and written while the team is held."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.teams.errors import AlreadyTeamMember, TeamFull, TeamMemberNotFound, TooManyTeams
from domain.teams.events import TeamMemberJoined, TeamMemberLeft
from domain.teams.models import TeamMember
from domain.teams.values import MAX_MEMBERS, MAX_TEAMS_PER_USER, TeamRole


async def membership(session: WriteSession, team_id: UUID, user_id: UUID) -> TeamMember | None:
    """The user's present membership, as it is now."""
    statement = select(TeamMember).where(
        TeamMember.team_id == team_id, TeamMember.user_id == user_id, TeamMember.left_at.is_(None)
    )
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def require_member(session: WriteSession, team_id: UUID, user_id: UUID) -> TeamMember:
    """The user's present membership.

    Raises:
        TeamMemberNotFound: the user is not in the team.
    """
    member = await membership(session, team_id, user_id)
    if member is None:
        raise TeamMemberNotFound
    return member


async def member_count(session: WriteSession, team_id: UUID) -> int:
    """How many members the team has."""
    statement = select(func.count()).where(TeamMember.team_id == team_id, TeamMember.left_at.is_(None))
    return (await session.scalar(statement)) or 0


async def require_absent(session: WriteSession, team_id: UUID, user_id: UUID) -> None:
    """Let a user through who is not in the team.

    Raises:
        AlreadyTeamMember: the user is.
    """
    if await membership(session, team_id, user_id) is not None:
        raise AlreadyTeamMember


async def require_room_for_team(session: WriteSession, user_id: UUID) -> None:
    """Let a held user through who may be in one more team.

    Raises:
        TooManyTeams: the user may not.
    """
    statement = select(func.count()).where(TeamMember.user_id == user_id, TeamMember.left_at.is_(None))
    if ((await session.scalar(statement)) or 0) >= MAX_TEAMS_PER_USER:
        raise TooManyTeams


async def join(session: WriteSession, team_id: UUID, user_id: UUID, role: TeamRole, now: datetime) -> None:
    """Make the user a member of the team. Both are held.

    Raises:
        AlreadyTeamMember: the user is in the team.
        TeamFull: the team has no room.
        TooManyTeams: the user may not be in another team.
    """
    await require_absent(session, team_id, user_id)
    if await member_count(session, team_id) >= MAX_MEMBERS:
        raise TeamFull
    await require_room_for_team(session, user_id)
    session.add(TeamMember(id=new_id(), team_id=team_id, user_id=user_id, role=role, joined_at=now, left_at=None))
    await outbox.record(session, TeamMemberJoined(team_id=team_id, user_id=user_id, role=role))


async def end_membership(
    session: WriteSession, member: TeamMember, now: datetime, removed_by_id: UUID | None = None
) -> None:
    """Let the member be none any more. The team is held."""
    # A command reads the clock before it waits for the team, so it can be a little older than the joining.
    member.left_at = max(now, member.joined_at)
    left = TeamMemberLeft(team_id=member.team_id, user_id=member.user_id, removed_by_id=removed_by_id)
    await outbox.record(session, left)
