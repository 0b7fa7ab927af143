"""Teams for tests, and the people in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from domain import teams
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import Actor, Role
from domain.kernel.ids import new_id
from domain.teams import Team, TeamInvitation, TeamMember, TeamRole
from tests.factories.accounts import make_users
from tests.fixtures.clock import FakeClock

NOW = datetime(2026, 5, 1, 18, tzinfo=UTC)

C = TypeVar("C")
R = TypeVar("R")


async def run(db: Database, use_case: Callable[[WriteSession, Actor, C], Awaitable[R]], actor: Actor, command: C) -> R:
    """One command in one transaction."""
    return await db.transaction(lambda session: use_case(session, actor, command))


async def make_people(db: Database, *names: str) -> list[Actor]:
    """Users with these names, as actors."""
    return [Actor(user_id=user.id) for user in await make_users(db, FakeClock(NOW), names)]


async def make_admin(db: Database, name: str = "admin") -> Actor:
    """A user who may do everything."""
    (person,) = await make_people(db, name)
    return Actor(user_id=person.user_id, roles=frozenset({Role.ADMIN}))


async def make_team(db: Database, captain: Actor, slug: str = "reds", name: str | None = None) -> Team:
    """A team led by the captain."""
    command = teams.CreateTeam(name=name or slug.capitalize(), slug=slug, tag=slug[:4].upper(), description="", now=NOW)
    return await run(db, teams.create_team, captain, command)


async def add_members(db: Database, team_id: UUID, *members: Actor, role: TeamRole = TeamRole.PLAYER) -> None:
    """Make people members of a team, a second after each other."""

    async def work(session: WriteSession) -> None:
        for seconds, member in enumerate(members, start=1):
            session.add(
                TeamMember(
                    id=new_id(),
                    team_id=team_id,
                    user_id=member.require_user(),
                    role=role,
                    joined_at=NOW + timedelta(seconds=seconds),
                    left_at=None,
                )
            )

    await db.transaction(work)


async def make_invitation(
    db: Database, captain: Actor, team_id: UUID, username: str, role: TeamRole = TeamRole.PLAYER
) -> TeamInvitation:
    """An open invitation, made by the captain."""
    command = teams.InviteToTeam(team_id=team_id, username=username, role=role, now=NOW)
    return await run(db, teams.invite_to_team, captain, command)
