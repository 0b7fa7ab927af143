"""Making and editing a team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import StaleVersion
from domain.kernel.ids import new_id
from domain.teams.commands.membership import require_room_for_team
from domain.teams.errors import TeamSlugTaken
from domain.teams.events import TeamChanged, TeamCreated, TeamMemberJoined
from domain.teams.models import Team, TeamMember
from domain.teams.policies import require_captain
from domain.teams.rules.names import checked_description, checked_name, checked_slug, checked_tag
from domain.teams.values import TeamRole


@dataclass(frozen=True, kw_only=True)
class CreateTeam:
    """Make a team with the actor as its captain."""

    name: str
    slug: str
    tag: str
    description: str
    now: datetime


async def create_team(session: WriteSession, actor: Actor, command: CreateTeam) -> Team:
    """Make a team with the actor as its captain.

    Raises:
        Unauthenticated: nobody is logged in.
        InvalidInput: a text is malformed.
        TooManyTeams: the actor may not be in another team.
        TeamSlugTaken: another team has or had the slug.
    """
    captain_id = actor.require_user()
    await locks.hold(session, captain_id)
    values = {
        "id": new_id(),
        "name": checked_name(command.name),
        "slug": checked_slug(command.slug),
        "tag": checked_tag(command.tag),
        "description": checked_description(command.description),
        "created_at": command.now,
        "version": 1,
    }
    await require_room_for_team(session, captain_id)
    # The slug is the one thing that two commands can want at once without holding the same row, so the index decides.
    statement = insert(Team).values(values).on_conflict_do_nothing(index_elements=[Team.slug]).returning(Team)
    team = (await session.scalars(statement)).one_or_none()
    if team is None:
        raise TeamSlugTaken(command.slug)
    session.add(
        TeamMember(
            id=new_id(),
            team_id=team.id,
            user_id=captain_id,
            role=TeamRole.CAPTAIN,
            joined_at=command.now,
            left_at=None,
        )
    )
    await outbox.record(session, TeamCreated(team_id=team.id, captain_id=captain_id))
    await outbox.record(session, TeamMemberJoined(team_id=team.id, user_id=captain_id, role=TeamRole.CAPTAIN))
    return team


@dataclass(frozen=True, kw_only=True)
class UpdateTeam:
    """Change what a team is called. A field that is None stays as it is."""

    team_id: UUID
    version: int
    name: str | None = None
    tag: str | None = None
    description: str | None = None


async def update_team(session: WriteSession, actor: Actor, command: UpdateTeam) -> Team:
    """Change what a team is called.

    Raises:
        Unauthenticated, TeamNotFound, NotCaptain, TeamIsDisbanded: see `require_captain`.
        StaleVersion: the team was changed since the actor read it.
        InvalidInput: a text is malformed.
    """
    await locks.hold(session, command.team_id)
    team = await require_captain(session, actor, command.team_id)
    if team.version != command.version:
        raise StaleVersion("team", team.version)
    if command.name is not None:
        team.name = checked_name(command.name)
    if command.tag is not None:
        team.tag = checked_tag(command.tag)
    if command.description is not None:
        team.description = checked_description(command.description)
    team.version += 1
    await outbox.record(session, TeamChanged(team_id=team.id))
    return team
