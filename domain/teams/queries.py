"""Reads of the teams context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, columns_of, select_view
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, PageRequest
from domain.teams.models import Team, TeamInvitation, TeamMember
from domain.teams.values import InvitationStatus, TeamRole, TeamView

_teams, _members = Team.__table__.c, TeamMember.__table__.c
_BY_ID = select_view(Team, TeamView).where(among(_teams.id, "ids"))
_BY_SLUG = select_view(Team, TeamView).where(_teams.slug == bindparam("slug"))
_DESCRIPTIONS = select(_teams.id, _teams.description).where(among(_teams.id, "ids"))
_LIVE = Pages(
    select_view(Team, TeamView).where(_teams.disbanded_at.is_(None)), (_teams.name, _teams.id), TeamView._make
)
_LAST_CAPTAINS = select(_members.team_id, _members.user_id).where(
    among(_members.team_id, "team_ids"), _members.role == TeamRole.CAPTAIN
)
_CAPTAINS = _LAST_CAPTAINS.where(_members.left_at.is_(None))
_TEAMS_OF = select(_members.user_id, _members.team_id).where(
    among(_members.user_id, "user_ids"), _members.left_at.is_(None)
)
_OPEN_INVITATIONS = Pages[TeamInvitation](
    select(TeamInvitation).where(
        TeamInvitation.user_id == bindparam("user_id"),
        TeamInvitation.status == InvitationStatus.PENDING,
        TeamInvitation.expires_at > bindparam("now"),
    ),
    (TeamInvitation.created_at, TeamInvitation.id),
    descending=True,
)


async def teams_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, TeamView]:
    """Teams by key, disbanded ones included."""
    return {view.id: view for view in map(TeamView._make, await session.execute(_BY_ID, {"ids": ids}))}


async def team_by_slug(session: ReadSession, slug: str) -> TeamView | None:
    """The team with this slug, even when it is disbanded."""
    found = (await session.execute(_BY_SLUG, {"slug": slug})).one_or_none()
    return None if found is None else TeamView._make(found)


async def team_descriptions(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """What teams say about themselves, by key."""
    return dict((await session.execute(_DESCRIPTIONS, {"ids": ids})).all())


async def teams_page(session: ReadSession, request: PageRequest) -> Page[TeamView]:
    """The live teams, by name."""
    return await _LIVE.page(session, request)


async def members_of(session: ReadSession, team_ids: Sequence[UUID]) -> Mapping[UUID, list[TeamMember]]:
    """The present members of each team in the order they joined; a team without any is absent."""
    statement = (
        select(TeamMember)
        .where(TeamMember.team_id.in_(team_ids), TeamMember.left_at.is_(None))
        .order_by(TeamMember.joined_at, TeamMember.id)
    )
    found: dict[UUID, list[TeamMember]] = defaultdict(list)
    for row in await session.scalars(statement):
        found[row.team_id].append(row)
    return dict(found)


async def captains_of(session: ReadSession, team_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The user who leads each team; a disbanded team is absent."""
    return dict((await session.execute(_CAPTAINS, {"team_ids": team_ids})).all())


async def last_captains_of(session: ReadSession, team_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The user who leads each team, or for a disbanded one who led it last."""
    return dict((await session.execute(_LAST_CAPTAINS, {"team_ids": team_ids})).all())


async def teams_led_by(session: ReadSession, user_id: UUID) -> Sequence[UUID]:
    """The live teams of which the user is captain."""
    statement = select(TeamMember.team_id).where(
        TeamMember.user_id == user_id, TeamMember.role == TeamRole.CAPTAIN, TeamMember.left_at.is_(None)
    )
    return list(await session.scalars(statement))


async def teams_of_users(session: ReadSession, user_ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """The live teams in which each user is now; who is in none is absent."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for user_id, team_id in await session.execute(_TEAMS_OF, {"user_ids": user_ids}):
        found[user_id].append(team_id)
    return dict(found)


async def team_pages_of_users(
    session: ReadSession, keys: Sequence[tuple[UUID, PageRequest]]
) -> Mapping[tuple[UUID, PageRequest], Page[TeamView]]:
    """For each user and page request the live teams the user is in, by name: one statement per distinct request."""
    users: dict[PageRequest, list[UUID]] = defaultdict(list)
    for user_id, request in keys:
        users[request].append(user_id)
    found: dict[tuple[UUID, PageRequest], Page[TeamView]] = {}
    for request, user_ids in users.items():
        for user_id, page in (await _team_pages(session, user_ids, request)).items():
            found[user_id, request] = page
    return found


async def _team_pages(
    session: ReadSession, user_ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[TeamView]]:
    chosen = (
        select(
            TeamMember.user_id,
            Team.id.label("team_id"),
            func.row_number().over(partition_by=TeamMember.user_id, order_by=(Team.name, Team.id)).label("place"),
        )
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.user_id.in_(user_ids), TeamMember.left_at.is_(None))
    )
    if request.after is not None:
        chosen = chosen.where(tuple_(Team.name, Team.id) > _position(request.after))
    ranked = chosen.subquery()
    statement = (
        select(ranked.c.user_id, *columns_of(Team, TeamView))
        .join(Team, Team.id == ranked.c.team_id)
        .where(ranked.c.place <= request.size + 1)
        .order_by(ranked.c.user_id, ranked.c.place)
    )
    rows: dict[UUID, list[TeamView]] = {user_id: [] for user_id in user_ids}
    for user_id, *team in await session.execute(statement):
        rows[user_id].append(TeamView._make(team))
    return {
        user_id: Page(
            rows=[(team, (team.name, str(team.id))) for team in teams[: request.size]],
            has_previous=request.after is not None,
            has_next=len(teams) > request.size,
        )
        for user_id, teams in rows.items()
    }


def _position(after: tuple[str, ...]) -> tuple[str, UUID]:
    try:
        name, key = after
        return name, UUID(key)
    except ValueError as error:
        raise InvalidInput("This cursor is not from this list.", "after") from error


async def invitations_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, TeamInvitation]:
    """Invitations by key."""
    return {row.id: row for row in await session.scalars(select(TeamInvitation).where(TeamInvitation.id.in_(ids)))}


async def pending_invitations_of(session: ReadSession, team_ids: Sequence[UUID]) -> Mapping[UUID, list[TeamInvitation]]:
    """The invitations of each team that nobody has closed, oldest first; some may have expired meanwhile.

    A team without any is absent.
    """
    statement = (
        select(TeamInvitation)
        .where(TeamInvitation.team_id.in_(team_ids), TeamInvitation.status == InvitationStatus.PENDING)
        .order_by(TeamInvitation.created_at, TeamInvitation.id)
    )
    found: dict[UUID, list[TeamInvitation]] = defaultdict(list)
    for row in await session.scalars(statement):
        found[row.team_id].append(row)
    return dict(found)


async def open_invitations_page(
    session: ReadSession, user_id: UUID, now: datetime, request: PageRequest
) -> Page[TeamInvitation]:
    """The invitations that wait for the user's answer, newest first."""
    return await _OPEN_INVITATIONS.page(session, request, user_id=user_id, now=now)
