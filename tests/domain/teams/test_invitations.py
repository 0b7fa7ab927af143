"""Invitations: who makes, answers and revokes them, until when, and how often."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain import teams
from domain.accounts import UserNotFound
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS, SYSTEM, Actor
from domain.kernel.errors import DomainError, InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.teams import (
    ExpireInvitations,
    InvitationStatus,
    InviteToTeam,
    RespondToTeamInvitation,
    RevokeTeamInvitation,
    Team,
    TeamInvitation,
    TeamRole,
    status_at,
)
from domain.teams.errors import (
    AlreadyInvited,
    AlreadyTeamMember,
    InvitationClosed,
    NotCaptain,
    NotInvitee,
    TeamFull,
    TeamInvitationNotFound,
    TeamIsDisbanded,
    TeamNotFound,
    TooManyInvitations,
    TooManyTeams,
)
from domain.teams.values import MAX_MEMBERS, MAX_OPEN_INVITATIONS, MAX_TEAMS_PER_USER
from tests.factories.accounts import make_user
from tests.factories.teams import NOW, add_members, make_admin, make_invitation, make_people, make_team, run
from tests.fixtures.clock import FakeClock
from tests.fixtures.rows import refused

DAY = timedelta(days=1)


def invite(team: Team, username: str, role: TeamRole = TeamRole.PLAYER, now: datetime = NOW) -> InviteToTeam:
    """The wish to invite somebody."""
    return InviteToTeam(team_id=team.id, username=username, role=role, now=now)


def answer(invitation: TeamInvitation, *, accept: bool = True, now: datetime = NOW) -> RespondToTeamInvitation:
    """An answer to an invitation."""
    return RespondToTeamInvitation(invitation_id=invitation.id, accept=accept, now=now)


def revocation(invitation: TeamInvitation, now: datetime = NOW) -> RevokeTeamInvitation:
    """The wish to take an invitation back."""
    return RevokeTeamInvitation(invitation_id=invitation.id, now=now)


async def status_of(db: Database, invitation: TeamInvitation) -> InvitationStatus:
    """Where the invitation stands in the database."""
    async with db.read() as session:
        return (await teams.invitations_by_id(session, [invitation.id]))[invitation.id].status


async def roster(db: Database, team: Team) -> list[tuple[object, TeamRole]]:
    """Who is in the team, as what."""
    async with db.read() as session:
        members = await teams.members_of(session, [team.id])
    return [(row.user_id, row.role) for row in members.get(team.id, [])]


async def facts(db: Database) -> list[str]:
    """The names of what was recorded, in order, after the team was made."""
    async with db.read() as session:
        return list(await session.scalars(select(OutboxRow.name).order_by(OutboxRow.id)))[2:]


async def test_accepting_makes_a_member(db: Database) -> None:
    """In the role that the invitation offered."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    invitation = await run(db, teams.invite_to_team, ann, invite(team, "BOB", TeamRole.COACH))
    assert (invitation.user_id, invitation.invited_by_id) == (bob.user_id, ann.user_id)
    assert invitation.expires_at == NOW + 7 * DAY
    answered = await run(db, teams.respond_to_team_invitation, bob, answer(invitation, now=NOW + DAY))
    assert (answered.status, answered.closed_at) == (InvitationStatus.ACCEPTED, NOW + DAY)
    assert await roster(db, team) == [(ann.user_id, TeamRole.CAPTAIN), (bob.user_id, TeamRole.COACH)]
    assert await facts(db) == ["teams.member_invited", "teams.member_joined", "teams.invitation_answered"]


async def test_declining_changes_nothing_else(db: Database) -> None:
    """And one may be invited again."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    invitation = await make_invitation(db, ann, team.id, "bob")
    await run(db, teams.respond_to_team_invitation, bob, answer(invitation, accept=False))
    assert await status_of(db, invitation) is InvitationStatus.DECLINED
    assert await roster(db, team) == [(ann.user_id, TeamRole.CAPTAIN)]
    assert await facts(db) == ["teams.member_invited", "teams.invitation_answered"]
    assert (await make_invitation(db, ann, team.id, "bob")).status is InvitationStatus.PENDING


async def test_who_may_invite(db: Database) -> None:
    """The captain and an administrator; the refused leave no invitation."""
    ann, bob, cid, _dan = await make_people(db, "ann", "bob", "cid", "dan")
    admin = await make_admin(db)
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    refusals: list[tuple[Actor, type[DomainError]]] = [
        (ANONYMOUS, Unauthenticated),
        (bob, NotCaptain),
        (cid, NotCaptain),
    ]
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            await run(db, teams.invite_to_team, actor, invite(team, "dan"))
    async with db.read() as session:
        assert await teams.pending_invitations_of(session, [team.id]) == {}
    assert await facts(db) == []
    invitation = await run(db, teams.invite_to_team, admin, invite(team, "dan"))
    assert invitation.invited_by_id == admin.user_id


async def test_a_private_user_is_nobody_to_others(db: Database) -> None:
    """The same refusal as for a name that nobody has, even to the captain; an administrator finds everybody."""
    ann, *_ = await make_people(db, "ann")
    admin = await make_admin(db)
    hidden = await make_user(db, FakeClock(NOW), "hidden", is_private=True)
    team = await make_team(db, ann)
    unknown = await refused(db, UserNotFound, teams.invite_to_team, ann, invite(team, "nobody"))
    private = await refused(db, UserNotFound, teams.invite_to_team, ann, invite(team, "hidden"))
    assert private.message == unknown.message
    invitation = await run(db, teams.invite_to_team, admin, invite(team, "HIDDEN"))
    assert invitation.user_id == hidden.id


async def test_whom_one_cannot_invite(db: Database) -> None:
    """Nobody unknown, no member, nobody twice, no captain, and to no team that is not there."""
    ann, _bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    with pytest.raises(UserNotFound):
        await run(db, teams.invite_to_team, ann, invite(team, "nobody"))
    with pytest.raises(AlreadyTeamMember):
        await run(db, teams.invite_to_team, ann, invite(team, "ann"))
    with pytest.raises(InvalidInput) as refusal:
        await run(db, teams.invite_to_team, ann, invite(team, "bob", TeamRole.CAPTAIN))
    assert refusal.value.path == ("role",)
    with pytest.raises(TeamNotFound):
        await run(
            db,
            teams.invite_to_team,
            ann,
            InviteToTeam(team_id=new_id(), username="bob", role=TeamRole.PLAYER, now=NOW),
        )
    assert await facts(db) == []
    await run(db, teams.invite_to_team, ann, invite(team, "bob"))
    with pytest.raises(AlreadyInvited):
        await run(db, teams.invite_to_team, ann, invite(team, "bob"))
    assert await facts(db) == ["teams.member_invited"]


async def test_raced_invitations_of_one_user_leave_one(db: Database) -> None:
    """The captain clicked twice."""
    ann, _bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    answers = await asyncio.gather(
        *(run(db, teams.invite_to_team, ann, invite(team, "bob")) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == [*["AlreadyInvited"] * 3, "TeamInvitation"]
    assert await facts(db) == ["teams.member_invited"]


async def test_so_many_invitations_are_open_at_once(db: Database) -> None:
    """An expired one makes room."""
    names = [f"guest{number}" for number in range(MAX_OPEN_INVITATIONS + 1)]
    ann, *_ = await make_people(db, "ann", *names)
    team = await make_team(db, ann)
    for number, name in enumerate(names[:-1]):
        await run(db, teams.invite_to_team, ann, invite(team, name, now=NOW + number * timedelta(hours=1)))
    with pytest.raises(TooManyInvitations):
        await run(db, teams.invite_to_team, ann, invite(team, names[-1], now=NOW + 7 * DAY - timedelta(seconds=1)))
    late = await run(db, teams.invite_to_team, ann, invite(team, names[-1], now=NOW + 7 * DAY))
    assert late.status is InvitationStatus.PENDING


async def test_an_invitation_expires(db: Database) -> None:
    """After seven days it cannot be answered or revoked, and one may be invited again."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    invitation = await make_invitation(db, ann, team.id, "bob")
    late = NOW + 7 * DAY
    for use_case, actor, command in (
        (teams.respond_to_team_invitation, bob, answer(invitation, now=late)),
        (teams.revoke_team_invitation, ann, revocation(invitation, now=late)),
    ):
        with pytest.raises(InvitationClosed) as refusal:
            await run(db, use_case, actor, command)  # type: ignore[arg-type]
        assert refusal.value.status is InvitationStatus.EXPIRED
    assert await roster(db, team) == [(ann.user_id, TeamRole.CAPTAIN)]
    assert status_at(late, invitation.status, invitation.expires_at) is InvitationStatus.EXPIRED
    again = await run(db, teams.invite_to_team, ann, invite(team, "bob", now=late))
    assert (await status_of(db, invitation), await status_of(db, again)) == (
        InvitationStatus.EXPIRED,
        InvitationStatus.PENDING,
    )


async def test_the_clock_writes_expiries_down(db: Database) -> None:
    """Those that are due, and no others."""
    ann, bob, _cid = await make_people(db, "ann", "bob", "cid")
    team = await make_team(db, ann)
    due = await make_invitation(db, ann, team.id, "bob")
    other = await run(db, teams.invite_to_team, ann, invite(team, "cid", now=NOW + timedelta(seconds=1)))
    command = ExpireInvitations(now=NOW + 7 * DAY)
    assert await run(db, teams.expire_invitations, SYSTEM, command) == [due.id]
    assert await run(db, teams.expire_invitations, SYSTEM, command) == []
    assert await status_of(db, due) is InvitationStatus.EXPIRED
    assert await status_of(db, other) is InvitationStatus.PENDING
    async with db.read() as session:
        page = await teams.open_invitations_page(session, bob.require_user(), NOW, PageRequest())
    assert page.rows == []


async def test_who_may_answer(db: Database) -> None:
    """Only the invited; others who may see it hear so, the rest hear that there is none."""
    ann, bob, cid, dan = await make_people(db, "ann", "bob", "cid", "dan")
    admin = await make_admin(db)
    team = await make_team(db, ann)
    await add_members(db, team.id, cid)
    invitation = await make_invitation(db, ann, team.id, "bob")
    refusals: list[tuple[Actor, type[DomainError]]] = [
        (ANONYMOUS, Unauthenticated),
        (dan, TeamInvitationNotFound),
        (cid, TeamInvitationNotFound),
        (ann, NotInvitee),
        (admin, NotInvitee),
    ]
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            await run(db, teams.respond_to_team_invitation, actor, answer(invitation))
    with pytest.raises(TeamInvitationNotFound):
        await run(
            db,
            teams.respond_to_team_invitation,
            bob,
            RespondToTeamInvitation(invitation_id=new_id(), accept=True, now=NOW),
        )
    assert await status_of(db, invitation) is InvitationStatus.PENDING
    assert await facts(db) == ["teams.member_invited"]
    assert len(await roster(db, team)) == 2


async def test_who_may_revoke(db: Database) -> None:
    """The captain and an administrator."""
    ann, bob, cid, dan = await make_people(db, "ann", "bob", "cid", "dan")
    admin = await make_admin(db)
    team = await make_team(db, ann)
    await add_members(db, team.id, cid)
    invitation = await make_invitation(db, ann, team.id, "bob")
    refusals: list[tuple[Actor, type[DomainError]]] = [
        (ANONYMOUS, Unauthenticated),
        (dan, TeamInvitationNotFound),
        (cid, TeamInvitationNotFound),
        (bob, NotCaptain),
    ]
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            await run(db, teams.revoke_team_invitation, actor, revocation(invitation))
    assert await status_of(db, invitation) is InvitationStatus.PENDING
    await run(db, teams.revoke_team_invitation, ann, revocation(invitation))
    assert await status_of(db, invitation) is InvitationStatus.REVOKED
    other = await make_invitation(db, ann, team.id, "bob")
    await run(db, teams.revoke_team_invitation, admin, revocation(other))
    assert await status_of(db, other) is InvitationStatus.REVOKED


async def test_accepting_twice_joins_once(db: Database) -> None:
    """Raced answers of the same person."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    invitation = await make_invitation(db, ann, team.id, "bob")
    answers = await asyncio.gather(
        *(run(db, teams.respond_to_team_invitation, bob, answer(invitation)) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in answers) == [*["InvitationClosed"] * 3, "TeamInvitation"]
    assert await roster(db, team) == [(ann.user_id, TeamRole.CAPTAIN), (bob.user_id, TeamRole.PLAYER)]
    assert await facts(db) == ["teams.member_invited", "teams.member_joined", "teams.invitation_answered"]


@pytest.mark.parametrize("attempt", range(4))
async def test_of_accept_and_revoke_one_holds(db: Database, attempt: int) -> None:
    """Whoever comes first; the other hears where the invitation stands."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    invitation = await make_invitation(db, ann, team.id, "bob")
    accept = run(db, teams.respond_to_team_invitation, bob, answer(invitation))
    revoke = run(db, teams.revoke_team_invitation, ann, revocation(invitation))
    answers = await asyncio.gather(*((accept, revoke) if attempt % 2 else (revoke, accept)), return_exceptions=True)
    (closed,) = [one for one in answers if isinstance(one, InvitationClosed)]
    (done,) = [one for one in answers if isinstance(one, TeamInvitation)]
    assert closed.status is done.status is await status_of(db, invitation)
    has_joined = done.status is InvitationStatus.ACCEPTED
    assert (len(await roster(db, team)) == 2) is has_joined


async def test_of_accept_and_expiry_one_holds(db: Database) -> None:
    """An answer in the last second races the clock; no invitation ends as both."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    invitation = await make_invitation(db, ann, team.id, "bob")
    last_second = NOW + 7 * DAY - timedelta(seconds=1)
    answers = await asyncio.gather(
        run(db, teams.respond_to_team_invitation, bob, answer(invitation, now=last_second)),
        run(db, teams.expire_invitations, SYSTEM, ExpireInvitations(now=NOW + 7 * DAY)),
        return_exceptions=True,
    )
    has_joined = isinstance(answers[0], TeamInvitation)
    assert has_joined is not isinstance(answers[0], InvitationClosed)
    assert answers[1] == ([] if has_joined else [invitation.id])
    assert await status_of(db, invitation) is (InvitationStatus.ACCEPTED if has_joined else InvitationStatus.EXPIRED)
    assert (len(await roster(db, team)) == 2) is has_joined


async def test_a_full_team_takes_nobody(db: Database) -> None:
    """Two raced answers for the last place: one gets it, the other keeps the invitation."""
    names = [f"player{number}" for number in range(MAX_MEMBERS - 2)]
    ann, bob, cid, *others = await make_people(db, "ann", "bob", "cid", *names)
    team = await make_team(db, ann)
    await add_members(db, team.id, *others)
    invitations = [await make_invitation(db, ann, team.id, name) for name in ("bob", "cid")]
    answers = await asyncio.gather(
        *(
            run(db, teams.respond_to_team_invitation, person, answer(invitation))
            for person, invitation in zip((bob, cid), invitations, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in answers) == ["TeamFull", "TeamInvitation"]
    assert len(await roster(db, team)) == MAX_MEMBERS
    waiting = invitations[0] if isinstance(answers[0], TeamFull) else invitations[1]
    assert await status_of(db, waiting) is InvitationStatus.PENDING


async def test_the_last_team_of_a_user(db: Database) -> None:
    """Raced answers to two teams: the user gets into one."""
    ann, bob = await make_people(db, "ann", "bob")
    for number in range(MAX_TEAMS_PER_USER - 1):
        await make_team(db, bob, f"bobs-{number}")
    made = [await make_team(db, ann, slug) for slug in ("reds", "blues")]
    invitations = [await make_invitation(db, ann, team.id, "bob") for team in made]
    answers = await asyncio.gather(
        *(run(db, teams.respond_to_team_invitation, bob, answer(invitation)) for invitation in invitations),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in answers) == ["TeamInvitation", "TooManyTeams"]
    assert TooManyTeams.code == "TOO_MANY_TEAMS"


async def test_a_disbanded_team_takes_nobody(db: Database) -> None:
    """Its open invitations are revoked, and no new ones are made."""
    ann, bob, _cid = await make_people(db, "ann", "bob", "cid")
    team = await make_team(db, ann)
    invitation = await make_invitation(db, ann, team.id, "bob")
    await run(db, teams.disband_team, ann, teams.DisbandTeam(team_id=team.id, now=NOW))
    with pytest.raises(InvitationClosed) as refusal:
        await run(db, teams.respond_to_team_invitation, bob, answer(invitation))
    assert refusal.value.status is InvitationStatus.REVOKED
    with pytest.raises(TeamIsDisbanded):
        await run(db, teams.invite_to_team, ann, invite(team, "cid"))
    assert await roster(db, team) == []


async def test_open_invitations_are_listed(db: Database) -> None:
    """Newest first for the invited, the pending ones for the team; none that are closed."""
    ann, bob = await make_people(db, "ann", "bob")
    made = [await make_team(db, ann, f"team-{number}") for number in range(4)]
    sent = [
        await run(db, teams.invite_to_team, ann, invite(team, "bob", now=NOW + number * DAY))
        for number, team in enumerate(made)
    ]
    await run(db, teams.respond_to_team_invitation, bob, answer(sent[2], accept=False, now=NOW + 3 * DAY))
    async with db.read() as session:
        now = NOW + 7 * DAY
        page = await teams.open_invitations_page(session, bob.require_user(), now, PageRequest(size=1))
        rest = await teams.open_invitations_page(
            session, bob.require_user(), now, PageRequest(size=5, after=page.rows[-1][1])
        )
        by_team = await teams.pending_invitations_of(session, [team.id for team in made])
    assert [row.id for row, _ in page.rows] == [sent[3].id]
    assert [row.id for row, _ in rest.rows] == [sent[1].id]
    assert {key: [row.id for row in rows] for key, rows in by_team.items()} == {
        made[index].id: [sent[index].id] for index in (0, 1, 3)
    }
