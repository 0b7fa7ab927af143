"""Inviting to teams, and answering."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain import teams as domain
from domain.kernel.ids import key_of
from domain.teams import TeamRole
from resolvers import teams as resolve
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.teams.types import TeamInvitation


@input_type
class InviteToTeamInput:
    """Whom to invite, and as what."""

    team_id: strawberry.ID = attribute("The team.")
    username: str = attribute("The name of the user, whatever its case.")
    role: TeamRole = strawberry.field(default=TeamRole.PLAYER, description="Any but CAPTAIN.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.InviteToTeam:
        """The command this asks for."""
        return domain.InviteToTeam(
            team_id=key_of(self.team_id, "Team", "teamId"), username=self.username, role=self.role, now=now
        )


@input_type
class RespondToTeamInvitationInput:
    """The answer to an invitation."""

    invitation_id: strawberry.ID = attribute("The invitation.")
    accept: bool = attribute("True to join the team, false to decline.")

    def to_command(self, now: datetime) -> domain.RespondToTeamInvitation:
        """The command this asks for."""
        return domain.RespondToTeamInvitation(
            invitation_id=key_of(self.invitation_id, "TeamInvitation", "invitationId"), accept=self.accept, now=now
        )


@input_type
class RevokeTeamInvitationInput:
    """Which invitation to take back."""

    invitation_id: strawberry.ID = attribute("The invitation.")

    def to_command(self, now: datetime) -> domain.RevokeTeamInvitation:
        """The command this asks for."""
        return domain.RevokeTeamInvitation(
            invitation_id=key_of(self.invitation_id, "TeamInvitation", "invitationId"), now=now
        )


@object_type
class InviteToTeamPayload:
    """The new invitation."""

    invitation: TeamInvitation = attribute("The invitation; it can be answered for seven days.")


@object_type
class RespondToTeamInvitationPayload:
    """The answered invitation."""

    invitation: TeamInvitation = attribute("The invitation as it is now.")


@object_type
class RevokeTeamInvitationPayload:
    """The revoked invitation."""

    invitation: TeamInvitation = attribute("The invitation as it is now.")


InviteToTeamResult = Annotated[
    InviteToTeamPayload | Refusal,
    strawberry.union("InviteToTeamResult", description="The invitation, or why there is none."),
]
RespondToTeamInvitationResult = Annotated[
    RespondToTeamInvitationPayload | Refusal,
    strawberry.union("RespondToTeamInvitationResult", description="The invitation, or why it was not answered."),
]
RevokeTeamInvitationResult = Annotated[
    RevokeTeamInvitationPayload | Refusal,
    strawberry.union("RevokeTeamInvitationResult", description="The invitation, or why it was not revoked."),
]


@object_type
class TeamInvitationsMutation:
    """Inviting to teams, and answering."""

    @mutation(Access.SIGNED_IN)
    async def invite_to_team(
        self, info: Info, input: Annotated[InviteToTeamInput, strawberry.argument(description="Whom, and as what.")]
    ) -> InviteToTeamResult:
        """Invite a user to a team. For its captain. A team has at most 20 open invitations."""
        command = input.to_command(info.context.clock.now())
        made = await resolve.invite_to_team(info.context, command, input.idempotency_key)
        return InviteToTeamPayload(invitation=TeamInvitation.from_model(made))

    @mutation(Access.SIGNED_IN)
    async def respond_to_team_invitation(
        self, info: Info, input: Annotated[RespondToTeamInvitationInput, strawberry.argument(description="The answer.")]
    ) -> RespondToTeamInvitationResult:
        """Accept or decline an invitation of the viewer."""
        command = input.to_command(info.context.clock.now())
        answered = await resolve.respond_to_team_invitation(info.context, command)
        return RespondToTeamInvitationPayload(invitation=TeamInvitation.from_model(answered))

    @mutation(Access.SIGNED_IN)
    async def revoke_team_invitation(
        self, info: Info, input: Annotated[RevokeTeamInvitationInput, strawberry.argument(description="Which one.")]
    ) -> RevokeTeamInvitationResult:
        """Take an invitation back before it is answered. For the captain of the team."""
        command = input.to_command(info.context.clock.now())
        revoked = await resolve.revoke_team_invitation(info.context, command)
        return RevokeTeamInvitationPayload(invitation=TeamInvitation.from_model(revoked))
