"""Making and changing teams."""

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
from schema.teams.types import Team


@input_type
class CreateTeamInput:
    """A new team."""

    name: str = attribute("2 to 50 characters.")
    slug: str = attribute("Its name in addresses: 3 to 40 of a to z, 0 to 9 and hyphen, which no team ever had.")
    tag: str = attribute("Its short name: 2 to 6 letters or digits.")
    description: str = strawberry.field(default="", description="At most 1,000 characters.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreateTeam:
        """The command this asks for."""
        return domain.CreateTeam(name=self.name, slug=self.slug, tag=self.tag, description=self.description, now=now)


@input_type
class UpdateTeamInput:
    """What to change about a team. What is null stays as it is."""

    team_id: strawberry.ID = attribute("The team.")
    version: int = attribute("The version the client saw.")
    name: str | None = strawberry.field(default=None, description="2 to 50 characters.")
    tag: str | None = strawberry.field(default=None, description="2 to 6 letters or digits.")
    description: str | None = strawberry.field(default=None, description="At most 1,000 characters.")

    def to_command(self) -> domain.UpdateTeam:
        """The command this asks for."""
        return domain.UpdateTeam(
            team_id=key_of(self.team_id, "Team", "teamId"),
            version=self.version,
            name=self.name,
            tag=self.tag,
            description=self.description,
        )


@input_type
class SetTeamRoleInput:
    """Another role for a member."""

    team_id: strawberry.ID = attribute("The team.")
    user_id: strawberry.ID = attribute("The member; not the captain.")
    role: TeamRole = attribute("Any but CAPTAIN, which is transferred instead.")

    def to_command(self) -> domain.SetTeamRole:
        """The command this asks for."""
        return domain.SetTeamRole(
            team_id=key_of(self.team_id, "Team", "teamId"),
            user_id=key_of(self.user_id, "User", "userId"),
            role=self.role,
        )


@input_type
class RemoveTeamMemberInput:
    """Who has to go."""

    team_id: strawberry.ID = attribute("The team.")
    user_id: strawberry.ID = attribute("The member; not the captain.")

    def to_command(self, now: datetime) -> domain.RemoveTeamMember:
        """The command this asks for."""
        return domain.RemoveTeamMember(
            team_id=key_of(self.team_id, "Team", "teamId"), user_id=key_of(self.user_id, "User", "userId"), now=now
        )


@input_type
class LeaveTeamInput:
    """Which team the viewer leaves."""

    team_id: strawberry.ID = attribute("The team.")

    def to_command(self, now: datetime) -> domain.LeaveTeam:
        """The command this asks for."""
        return domain.LeaveTeam(team_id=key_of(self.team_id, "Team", "teamId"), now=now)


@input_type
class TransferTeamCaptaincyInput:
    """Who leads the team from now on."""

    team_id: strawberry.ID = attribute("The team.")
    user_id: strawberry.ID = attribute("The member who becomes captain.")

    def to_command(self) -> domain.TransferTeamCaptaincy:
        """The command this asks for."""
        return domain.TransferTeamCaptaincy(
            team_id=key_of(self.team_id, "Team", "teamId"), user_id=key_of(self.user_id, "User", "userId")
        )


@input_type
class DisbandTeamInput:
    """Which team ends."""

    team_id: strawberry.ID = attribute("The team.")

    def to_command(self, now: datetime) -> domain.DisbandTeam:
        """The command this asks for."""
        return domain.DisbandTeam(team_id=key_of(self.team_id, "Team", "teamId"), now=now)


@object_type
class CreateTeamPayload:
    """The new team."""

    team: Team = attribute("The team, led by the viewer.")


@object_type
class UpdateTeamPayload:
    """The changed team."""

    team: Team = attribute("The team as it is now.")


@object_type
class SetTeamRolePayload:
    """The team with the member's new role."""

    team: Team = attribute("The team as it is now.")


@object_type
class RemoveTeamMemberPayload:
    """The team without the member."""

    team: Team = attribute("The team as it is now.")


@object_type
class LeaveTeamPayload:
    """The team without the viewer."""

    team: Team = attribute("The team as it is now; disbanded when the viewer was the last.")


@object_type
class TransferTeamCaptaincyPayload:
    """The team with its new captain."""

    team: Team = attribute("The team as it is now.")


@object_type
class DisbandTeamPayload:
    """The team, which exists only as history from now on."""

    team: Team = attribute("The team as it is now.")


CreateTeamResult = Annotated[
    CreateTeamPayload | Refusal,
    strawberry.union("CreateTeamResult", description="The new team, or why there is none."),
]
UpdateTeamResult = Annotated[
    UpdateTeamPayload | Refusal,
    strawberry.union("UpdateTeamResult", description="The changed team, or why it did not change."),
]
SetTeamRoleResult = Annotated[
    SetTeamRolePayload | Refusal,
    strawberry.union("SetTeamRoleResult", description="The team, or why the role did not change."),
]
RemoveTeamMemberResult = Annotated[
    RemoveTeamMemberPayload | Refusal,
    strawberry.union("RemoveTeamMemberResult", description="The team, or why the member stays."),
]
LeaveTeamResult = Annotated[
    LeaveTeamPayload | Refusal,
    strawberry.union("LeaveTeamResult", description="The team, or why the viewer stays."),
]
TransferTeamCaptaincyResult = Annotated[
    TransferTeamCaptaincyPayload | Refusal,
    strawberry.union("TransferTeamCaptaincyResult", description="The team, or why its captain did not change."),
]
DisbandTeamResult = Annotated[
    DisbandTeamPayload | Refusal,
    strawberry.union("DisbandTeamResult", description="The team, or why it goes on."),
]


@object_type
class TeamRosterMutation:
    """Making and changing teams."""

    @mutation(Access.SIGNED_IN)
    async def create_team(
        self, info: Info, input: Annotated[CreateTeamInput, strawberry.argument(description="The new team.")]
    ) -> CreateTeamResult:
        """Make a team with the viewer as its captain. A user is in at most 50 teams."""
        command = input.to_command(info.context.clock.now())
        return CreateTeamPayload(
            team=Team.from_model((await resolve.create_team(info.context, command, input.idempotency_key)).view)
        )

    @mutation(Access.SIGNED_IN)
    async def update_team(
        self, info: Info, input: Annotated[UpdateTeamInput, strawberry.argument(description="What to change.")]
    ) -> UpdateTeamResult:
        """Change what a team is called. For its captain."""
        return UpdateTeamPayload(
            team=Team.from_model((await resolve.update_team(info.context, input.to_command())).view)
        )

    @mutation(Access.SIGNED_IN)
    async def set_team_role(
        self, info: Info, input: Annotated[SetTeamRoleInput, strawberry.argument(description="Who, and which role.")]
    ) -> SetTeamRoleResult:
        """Give a member another role. For the captain of the team."""
        return SetTeamRolePayload(
            team=Team.from_model((await resolve.set_team_role(info.context, input.to_command())).view)
        )

    @mutation(Access.SIGNED_IN)
    async def remove_team_member(
        self, info: Info, input: Annotated[RemoveTeamMemberInput, strawberry.argument(description="Who has to go.")]
    ) -> RemoveTeamMemberResult:
        """Put a member out of a team. For its captain, who cannot be put out."""
        command = input.to_command(info.context.clock.now())
        return RemoveTeamMemberPayload(
            team=Team.from_model((await resolve.remove_team_member(info.context, command)).view)
        )

    @mutation(Access.SIGNED_IN)
    async def leave_team(
        self, info: Info, input: Annotated[LeaveTeamInput, strawberry.argument(description="Which team.")]
    ) -> LeaveTeamResult:
        """Leave a team. A captain transfers the captaincy first, or ends the team by leaving it as the last."""
        command = input.to_command(info.context.clock.now())
        return LeaveTeamPayload(team=Team.from_model((await resolve.leave_team(info.context, command)).view))

    @mutation(Access.SIGNED_IN)
    async def transfer_team_captaincy(
        self, info: Info, input: Annotated[TransferTeamCaptaincyInput, strawberry.argument(description="To whom.")]
    ) -> TransferTeamCaptaincyResult:
        """Make another member the captain. For the captain, who stays as a player."""
        command = input.to_command()
        return TransferTeamCaptaincyPayload(
            team=Team.from_model((await resolve.transfer_team_captaincy(info.context, command)).view)
        )

    @mutation(Access.SIGNED_IN)
    async def disband_team(
        self, info: Info, input: Annotated[DisbandTeamInput, strawberry.argument(description="Which team.")]
    ) -> DisbandTeamResult:
        """End a team for good. For its captain. Everyone leaves; its matches and its slug stay."""
        command = input.to_command(info.context.clock.now())
        return DisbandTeamPayload(team=Team.from_model((await resolve.disband_team(info.context, command)).view))
