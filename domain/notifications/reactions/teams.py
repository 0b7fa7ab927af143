"""What facts about teams mean for notifications."""

from __future__ import annotations

from uuid import UUID

from domain import accounts, teams
from domain.infra.db import WriteSession
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind
from domain.teams import TeamInvitationAnswered, TeamMemberInvited


async def on_team_member_invited(session: WriteSession, event_id: UUID, event: TeamMemberInvited) -> None:
    """Tell the invited user."""
    team = (await teams.teams_by_id(session, [event.team_id]))[event.team_id]
    by = (await accounts.users_by_id(session, [event.invited_by_id]))[event.invited_by_id]
    data = {
        "team_id": str(team.id),
        "team": team.name,
        "by": by.display_name,
        "role": event.role.value,
        "invitation_id": str(event.invitation_id),
    }
    await notify(session, event_id, NotificationKind.TEAM_INVITATION, [Note(event.user_id, data)])


async def on_team_invitation_answered(session: WriteSession, event_id: UUID, event: TeamInvitationAnswered) -> None:
    """Tell the one who invited."""
    team = (await teams.teams_by_id(session, [event.team_id]))[event.team_id]
    user = (await accounts.users_by_id(session, [event.user_id]))[event.user_id]
    data = {
        "team_id": str(team.id),
        "team": team.name,
        "user": user.display_name,
        "is_accepted": event.is_accepted,
        "invitation_id": str(event.invitation_id),
    }
    await notify(session, event_id, NotificationKind.TEAM_INVITATION_ANSWERED, [Note(event.invited_by_id, data)])
