"""Teams, as clients see them."""

from schema.fields import object_type
from schema.teams.invitations import TeamInvitationsMutation
from schema.teams.roster import TeamRosterMutation
from schema.teams.types import Team, TeamInvitation, TeamMember, TeamsQuery


@object_type
class TeamsMutation(TeamRosterMutation, TeamInvitationsMutation):
    """Writes about teams."""


__all__ = [
    "Team",
    "TeamInvitation",
    "TeamMember",
    "TeamsMutation",
    "TeamsQuery",
]
