"""Invitations: made, answered, revoked, expired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from domain import accounts
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.teams.commands.membership import join, require_absent
from domain.teams.errors import (
    AlreadyInvited,
    NotCaptain,
    NotInvitee,
    TeamInvitationNotFound,
    TooManyInvitations,
)
from domain.teams.events import TeamInvitationAnswered, TeamMemberInvited
from domain.teams.models import TeamInvitation
from domain.teams.policies import leads, may_see_invitation, require_captain
from domain.teams.queries import last_captains_of
from domain.teams.rules.invitations import require_given_role, require_open
from domain.teams.values import INVITATION_LIFETIME, MAX_OPEN_INVITATIONS, InvitationStatus, TeamRole


@dataclass(frozen=True, kw_only=True)
class InviteToTeam:
    """Invite a user to a team."""

    team_id: UUID
    username: str
    role: TeamRole
    now: datetime


async def invite_to_team(session: WriteSession, actor: Actor, command: InviteToTeam) -> TeamInvitation:
    """Invite a user to a team, for seven days.

    Raises:
        Unauthenticated, TeamNotFound, NotCaptain, TeamIsDisbanded: see `require_captain`.
        InvalidInput: the role is the captaincy.
        UserNotFound: no user has the name, or a private one.
        AlreadyTeamMember: the user is in the team.
        AlreadyInvited: the user has an open invitation.
        TooManyInvitations: too many are open.
    """
    await locks.hold(session, command.team_id)
    await require_captain(session, actor, command.team_id)
    role = require_given_role(command.role)
    invitee = await accounts.findable_user(session, actor, command.username)
    await require_absent(session, command.team_id, invitee.id)
    await _write_expiries(session, command.now, TeamInvitation.team_id == command.team_id)
    await _require_room_for_invitation(session, command.team_id, invitee.id)
    invitation = TeamInvitation(
        id=new_id(),
        team_id=command.team_id,
        user_id=invitee.id,
        invited_by_id=actor.require_user(),
        role=role,
        status=InvitationStatus.PENDING,
        created_at=command.now,
        expires_at=command.now + INVITATION_LIFETIME,
        closed_at=None,
    )
    session.add(invitation)
    await outbox.record(
        session,
        TeamMemberInvited(
            team_id=invitation.team_id,
            invitation_id=invitation.id,
            user_id=invitation.user_id,
            invited_by_id=invitation.invited_by_id,
            role=role,
        ),
    )
    return invitation


@dataclass(frozen=True, kw_only=True)
class RespondToTeamInvitation:
    """Accept or decline an invitation."""

    invitation_id: UUID
    accept: bool
    now: datetime


async def respond_to_team_invitation(
    session: WriteSession, actor: Actor, command: RespondToTeamInvitation
) -> TeamInvitation:
    """Accept or decline an invitation; accepting makes the actor a member.

    Raises:
        Unauthenticated: nobody is logged in.
        TeamInvitationNotFound: there is none that the actor may know of.
        NotInvitee: the actor may see it but is not the one who was invited.
        InvitationClosed: it was answered, revoked, or has expired.
        AlreadyTeamMember, TeamFull, TooManyTeams: the actor cannot join.
    """
    user_id = actor.require_user()
    invitation, _ = await _held_invitation(session, actor, command.invitation_id, user_id)
    if invitation.user_id != user_id:
        raise NotInvitee
    require_open(command.now, invitation.status, invitation.expires_at)
    if command.accept:
        await join(session, invitation.team_id, user_id, invitation.role, command.now)
    invitation.status = InvitationStatus.ACCEPTED if command.accept else InvitationStatus.DECLINED
    invitation.closed_at = command.now
    await outbox.record(
        session,
        TeamInvitationAnswered(
            team_id=invitation.team_id,
            invitation_id=invitation.id,
            user_id=user_id,
            invited_by_id=invitation.invited_by_id,
            is_accepted=command.accept,
        ),
    )
    return invitation


@dataclass(frozen=True, kw_only=True)
class RevokeTeamInvitation:
    """Take an invitation back."""

    invitation_id: UUID
    now: datetime


async def revoke_team_invitation(session: WriteSession, actor: Actor, command: RevokeTeamInvitation) -> TeamInvitation:
    """Take an invitation back before it is answered.

    Raises:
        Unauthenticated: nobody is logged in.
        TeamInvitationNotFound: there is none that the actor may know of.
        NotCaptain: the actor may see it but does not lead the team.
        InvitationClosed: it was answered, revoked, or has expired.
    """
    actor.require_user()
    invitation, captain_id = await _held_invitation(session, actor, command.invitation_id)
    if not leads(actor, captain_id):
        raise NotCaptain
    require_open(command.now, invitation.status, invitation.expires_at)
    invitation.status = InvitationStatus.REVOKED
    invitation.closed_at = command.now
    return invitation


@dataclass(frozen=True, kw_only=True)
class ExpireInvitations:
    """Write down which invitations have expired."""

    now: datetime


async def expire_invitations(session: WriteSession, actor: Actor, command: ExpireInvitations) -> Sequence[UUID]:
    """Write down which invitations have expired; the answer names them. Run by the clock, not by a person."""
    del actor
    return await _write_expiries(session, command.now)


async def _write_expiries(session: WriteSession, now: datetime, *among: ColumnElement[bool]) -> Sequence[UUID]:
    statement = (
        update(TeamInvitation)
        .where(TeamInvitation.status == InvitationStatus.PENDING, TeamInvitation.expires_at <= now, *among)
        .values(status=InvitationStatus.EXPIRED, closed_at=now)
        .returning(TeamInvitation.id)
    )
    return list(await session.scalars(statement, execution_options={"synchronize_session": False}))


async def _require_room_for_invitation(session: WriteSession, team_id: UUID, user_id: UUID) -> None:
    statement = select(TeamInvitation.user_id).where(
        TeamInvitation.team_id == team_id, TeamInvitation.status == InvitationStatus.PENDING
    )
    invited = list(await session.scalars(statement))
    if user_id in invited:
        raise AlreadyInvited
    if len(invited) >= MAX_OPEN_INVITATIONS:
        raise TooManyInvitations


async def _held_invitation(
    session: WriteSession, actor: Actor, invitation_id: UUID, *also: UUID
) -> tuple[TeamInvitation, UUID]:
    """The invitation, locked, with its team (and `also`) held, and the captain of that team."""
    team_id = await session.scalar(select(TeamInvitation.team_id).where(TeamInvitation.id == invitation_id))
    if team_id is None:
        raise TeamInvitationNotFound
    await locks.hold(session, team_id, *also)
    # The row is locked as well, because expiries are written without holding every team.
    statement = select(TeamInvitation).where(TeamInvitation.id == invitation_id).with_for_update()
    invitation = (await session.scalars(statement)).one()
    captain_id = (await last_captains_of(session, [team_id]))[team_id]
    if not may_see_invitation(actor, invitation, captain_id):
        raise TeamInvitationNotFound
    return invitation, captain_id
