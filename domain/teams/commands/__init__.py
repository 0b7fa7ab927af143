"""Writes of the teams context. Whoever changes a team holds it; whoever adds a member holds that user too."""

from domain.teams.commands.captaincy import (
    DisbandTeam,
    LeaveTeam,
    TransferTeamCaptaincy,
    disband_team,
    leave_team,
    transfer_team_captaincy,
)
from domain.teams.commands.invitations import (
    ExpireInvitations,
    InviteToTeam,
    RespondToTeamInvitation,
    RevokeTeamInvitation,
    expire_invitations,
    invite_to_team,
    respond_to_team_invitation,
    revoke_team_invitation,
)
from domain.teams.commands.roster import RemoveTeamMember, SetTeamRole, remove_team_member, set_team_role
from domain.teams.commands.teams import CreateTeam, UpdateTeam, create_team, update_team

__all__ = [
    "CreateTeam",
    "DisbandTeam",
    "ExpireInvitations",
    "InviteToTeam",
    "LeaveTeam",
    "RemoveTeamMember",
    "RespondToTeamInvitation",
    "RevokeTeamInvitation",
    "SetTeamRole",
    "TransferTeamCaptaincy",
    "UpdateTeam",
    "create_team",
    "disband_team",
    "expire_invitations",
    "invite_to_team",
    "leave_team",
    "remove_team_member",
    "respond_to_team_invitation",
    "revoke_team_invitation",
    "set_team_role",
    "transfer_team_captaincy",
    "update_team",
]
