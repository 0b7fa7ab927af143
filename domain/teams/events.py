"""Facts of the teams context. The subject of each is the team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event
from domain.teams.values import TeamRole


def team_topic(team_id: UUID) -> str:
    """Where is told whatever happens in a team."""
    return f"team:{team_id}"


@dataclass(frozen=True, kw_only=True)
class _TeamFact(Event):
    team_id: UUID

    @property
    def subject(self) -> UUID:
        """The team."""
        return self.team_id

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the team."""
        return (team_topic(self.team_id),)


@dataclass(frozen=True, kw_only=True)
class TeamCreated(_TeamFact):
    """A team exists, with its captain as the only member."""

    name: ClassVar[str] = "teams.team_created"
    captain_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamChanged(_TeamFact):
    """The captain changed what the team is called, or the role of a member."""

    name: ClassVar[str] = "teams.team_changed"


@dataclass(frozen=True, kw_only=True)
class TeamMemberInvited(_TeamFact):
    """A user was invited to a team."""

    name: ClassVar[str] = "teams.member_invited"
    invitation_id: UUID
    user_id: UUID
    invited_by_id: UUID
    role: TeamRole


@dataclass(frozen=True, kw_only=True)
class TeamInvitationAnswered(_TeamFact):
    """The invited user accepted or declined."""

    name: ClassVar[str] = "teams.invitation_answered"
    invitation_id: UUID
    user_id: UUID
    invited_by_id: UUID
    is_accepted: bool


@dataclass(frozen=True, kw_only=True)
class TeamMemberJoined(_TeamFact):
    """A user is a member from now on."""

    name: ClassVar[str] = "teams.member_joined"
    user_id: UUID
    role: TeamRole


@dataclass(frozen=True, kw_only=True)
class TeamMemberLeft(_TeamFact):
    """A user is no member any more; `removed_by_id` is None when they left by themselves or the team was disbanded."""

    name: ClassVar[str] = "teams.member_left"
    user_id: UUID
    removed_by_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TeamCaptainChanged(_TeamFact):
    """The captaincy went to another member."""

    name: ClassVar[str] = "teams.captain_changed"
    from_user_id: UUID
    to_user_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamDisbanded(_TeamFact):
    """The team exists only as history from now on."""

    name: ClassVar[str] = "teams.team_disbanded"
