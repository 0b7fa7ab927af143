"""Requests about teams."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain import teams as domain
from domain.accounts import UserView
from domain.kernel.paging import Page, PageRequest
from domain.teams import InvitationStatus, Team, TeamInvitation, TeamMember, TeamView
from resolvers import accounts
from resolvers.context import Context


async def team(ctx: Context, team_id: UUID) -> TeamView:
    """The team with this key; it exists because a row refers to it."""
    found = await ctx.loaders.team.load(team_id)
    if found is None:
        raise domain.TeamNotFound
    return found


async def visible_team(ctx: Context, team_id: UUID) -> TeamView | None:
    """The team with this key, if there is one. Everyone may see it."""
    return await ctx.loaders.team.load(team_id)


async def team_by_slug(ctx: Context, slug: str) -> TeamView | None:
    """The team with this slug."""
    async with ctx.read(told_on=()) as session:
        found = await domain.team_by_slug(session, slug)
    ctx.reads.add(None if found is None else [domain.team_topic(found.id)])
    return found


async def teams(ctx: Context, request: PageRequest) -> Page[TeamView]:
    """A page of the live teams."""
    async with ctx.read() as session:
        return await domain.teams_page(session, request)


async def teams_of_user(ctx: Context, user_id: UUID, request: PageRequest) -> Page[TeamView]:
    """A page of the live teams a user is in."""
    empty: Page[TeamView] = Page(rows=[], has_previous=request.after is not None, has_next=False)
    return await ctx.loaders.team_page_of_user.load((user_id, request)) or empty


async def description(ctx: Context, team_id: UUID) -> str:
    """What a team says about itself."""
    found = await ctx.loaders.team_description.load(team_id)
    if found is None:
        raise domain.TeamNotFound
    return found


async def members(ctx: Context, team_id: UUID) -> Sequence[TeamMember]:
    """Who is in a team."""
    return await ctx.loaders.team_members.load(team_id) or []


async def captain(ctx: Context, team_id: UUID) -> UserView:
    """Who leads a team, or led it last."""
    captain_id = await ctx.loaders.team_captain.load(team_id)
    if captain_id is None:
        raise domain.TeamNotFound
    return await accounts.user(ctx, captain_id)


async def invitations(ctx: Context, team_id: UUID) -> Sequence[TeamInvitation] | None:
    """The invitations of a team that wait for an answer; None for whoever does not lead it."""
    captain_id = await ctx.loaders.team_captain.load(team_id)
    if captain_id is None or not domain.leads(ctx.actor, captain_id):
        return None
    pending = await ctx.loaders.pending_team_invitations.load(team_id) or []
    return [row for row in pending if status(ctx, row) is InvitationStatus.PENDING]


def status(ctx: Context, invitation: TeamInvitation) -> InvitationStatus:
    """Where an invitation stands now."""
    return domain.status_at(ctx.clock.now(), invitation.status, invitation.expires_at)


async def viewer_invitations(ctx: Context, request: PageRequest) -> Page[TeamInvitation]:
    """A page of the invitations that wait for the viewer's answer."""
    user_id = ctx.actor.require_user()
    async with ctx.read() as session:
        return await domain.open_invitations_page(session, user_id, ctx.clock.now(), request)


async def visible_invitation(ctx: Context, invitation_id: UUID) -> TeamInvitation | None:
    """The invitation with this key, if the viewer may know of it."""
    found = await ctx.loaders.team_invitation.load(invitation_id)
    if found is None:
        return None
    captain_id = await ctx.loaders.team_captain.load(found.team_id)
    return found if captain_id is not None and domain.may_see_invitation(ctx.actor, found, captain_id) else None


async def create_team(ctx: Context, command: domain.CreateTeam, key: str | None) -> Team:
    """Make a team."""
    return await ctx.execute_once(domain.create_team, command, key, Team)


async def update_team(ctx: Context, command: domain.UpdateTeam) -> Team:
    """Change what a team is called."""
    return await ctx.execute(domain.update_team, command)


async def invite_to_team(ctx: Context, command: domain.InviteToTeam, key: str | None) -> TeamInvitation:
    """Invite a user to a team."""
    return await ctx.execute_once(domain.invite_to_team, command, key, TeamInvitation)


async def respond_to_team_invitation(ctx: Context, command: domain.RespondToTeamInvitation) -> TeamInvitation:
    """Accept or decline an invitation."""
    return await ctx.execute(domain.respond_to_team_invitation, command)


async def revoke_team_invitation(ctx: Context, command: domain.RevokeTeamInvitation) -> TeamInvitation:
    """Take an invitation back."""
    return await ctx.execute(domain.revoke_team_invitation, command)


async def set_team_role(ctx: Context, command: domain.SetTeamRole) -> Team:
    """Give a member another role."""
    return await ctx.execute(domain.set_team_role, command)


async def remove_team_member(ctx: Context, command: domain.RemoveTeamMember) -> Team:
    """Put a member out of a team."""
    return await ctx.execute(domain.remove_team_member, command)


async def leave_team(ctx: Context, command: domain.LeaveTeam) -> Team:
    """Leave a team."""
    return await ctx.execute(domain.leave_team, command)


async def transfer_team_captaincy(ctx: Context, command: domain.TransferTeamCaptaincy) -> Team:
    """Make another member the captain."""
    return await ctx.execute(domain.transfer_team_captaincy, command)


async def disband_team(ctx: Context, command: domain.DisbandTeam) -> Team:
    """End a team."""
    return await ctx.execute(domain.disband_team, command)
