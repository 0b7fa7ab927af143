"""The roster and the captaincy: a live team always has exactly one captain."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain import teams
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.teams import (
    DisbandTeam,
    LeaveTeam,
    RemoveTeamMember,
    SetTeamRole,
    Team,
    TeamMember,
    TeamRole,
    TransferTeamCaptaincy,
)
from domain.teams.errors import CaptaincyNotTransferred, NotCaptain, TeamIsDisbanded, TeamMemberNotFound, TeamNotFound
from tests.factories.teams import NOW, add_members, make_admin, make_invitation, make_people, make_team, run


async def roster(db: Database, team: Team) -> dict[UUID, TeamRole]:
    """Who is in the team, as what."""
    async with db.read() as session:
        members = await teams.members_of(session, [team.id])
    return {row.user_id: row.role for row in members.get(team.id, [])}


async def facts(db: Database) -> list[str]:
    """The names of what was recorded, in order, after the team was made."""
    async with db.read() as session:
        return list(await session.scalars(select(OutboxRow.name).order_by(OutboxRow.id)))[2:]


def role(team: Team, member: Actor, given_role: TeamRole = TeamRole.COACH) -> SetTeamRole:
    """The wish to give a member a role."""
    return SetTeamRole(team_id=team.id, user_id=member.require_user(), role=given_role)


def removal(team: Team, member: Actor) -> RemoveTeamMember:
    """The wish to put a member out."""
    return RemoveTeamMember(team_id=team.id, user_id=member.require_user(), now=NOW)


def transfer(team: Team, member: Actor) -> TransferTeamCaptaincy:
    """The wish to make a member the captain."""
    return TransferTeamCaptaincy(team_id=team.id, user_id=member.require_user())


def leaving(team: Team) -> LeaveTeam:
    """The wish to leave."""
    return LeaveTeam(team_id=team.id, now=NOW)


def ending(team: Team) -> DisbandTeam:
    """The wish to end the team."""
    return DisbandTeam(team_id=team.id, now=NOW)


async def test_only_the_captain_and_an_administrator_decide(db: Database) -> None:
    """Roles, removals, the captaincy and the end of the team; the refused change nothing."""
    ann, bob, cid, dan = await make_people(db, "ann", "bob", "cid", "dan")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob, cid)
    before = await roster(db, team)
    refusals: list[tuple[Actor, type[DomainError]]] = [
        (ANONYMOUS, Unauthenticated),
        (dan, NotCaptain),
        (bob, NotCaptain),
    ]
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            await run(db, teams.set_team_role, actor, role(team, cid))
        with pytest.raises(refusal):
            await run(db, teams.remove_team_member, actor, removal(team, cid))
        with pytest.raises(refusal):
            await run(db, teams.transfer_team_captaincy, actor, transfer(team, bob))
        with pytest.raises(refusal):
            await run(db, teams.disband_team, actor, ending(team))
    assert await roster(db, team) == before
    assert await facts(db) == []
    admin = await make_admin(db)
    await run(db, teams.set_team_role, admin, role(team, cid))
    await run(db, teams.remove_team_member, admin, removal(team, bob))
    await run(db, teams.transfer_team_captaincy, admin, transfer(team, cid))
    assert await roster(db, team) == {ann.user_id: TeamRole.PLAYER, cid.user_id: TeamRole.CAPTAIN}
    ended = await run(db, teams.disband_team, admin, ending(team))
    assert ended.disbanded_at == NOW


async def test_a_role_is_given(db: Database) -> None:
    """To a member, not to the captain, and not the captaincy."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    await run(db, teams.set_team_role, ann, role(team, bob, TeamRole.SUBSTITUTE))
    with pytest.raises(CaptaincyNotTransferred):
        await run(db, teams.set_team_role, ann, role(team, ann))
    with pytest.raises(InvalidInput):
        await run(db, teams.set_team_role, ann, role(team, bob, TeamRole.CAPTAIN))
    with pytest.raises(TeamMemberNotFound):
        await run(db, teams.set_team_role, ann, role(team, cid))
    assert await roster(db, team) == {ann.user_id: TeamRole.CAPTAIN, bob.user_id: TeamRole.SUBSTITUTE}


async def test_a_member_is_removed(db: Database) -> None:
    """The captain is not; a removed member may come back, and both times are kept."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    team = await make_team(db, ann)
    await add_members(db, team.id, cid)
    invitation = await make_invitation(db, ann, team.id, "bob")
    await run(
        db,
        teams.respond_to_team_invitation,
        bob,
        teams.RespondToTeamInvitation(invitation_id=invitation.id, accept=True, now=NOW),
    )
    await run(db, teams.remove_team_member, ann, removal(team, bob))
    assert await roster(db, team) == {ann.user_id: TeamRole.CAPTAIN, cid.user_id: TeamRole.PLAYER}
    assert (await facts(db))[-1] == "teams.member_left"
    with pytest.raises(TeamMemberNotFound):
        await run(db, teams.remove_team_member, ann, removal(team, bob))
    with pytest.raises(CaptaincyNotTransferred):
        await run(db, teams.remove_team_member, ann, removal(team, ann))
    await add_members(db, team.id, bob)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).where(TeamMember.user_id == bob.user_id)) == 2
    assert (await roster(db, team))[bob.require_user()] is TeamRole.PLAYER


async def test_the_captaincy_is_transferred(db: Database) -> None:
    """To a member; the former captain stays as a player."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob, role=TeamRole.SUBSTITUTE)
    with pytest.raises(TeamMemberNotFound):
        await run(db, teams.transfer_team_captaincy, ann, transfer(team, cid))
    await run(db, teams.transfer_team_captaincy, ann, transfer(team, ann))
    assert await facts(db) == []
    await run(db, teams.transfer_team_captaincy, ann, transfer(team, bob))
    assert await roster(db, team) == {ann.user_id: TeamRole.PLAYER, bob.user_id: TeamRole.CAPTAIN}
    async with db.read() as session:
        (payload,) = await session.scalars(select(OutboxRow.payload).where(OutboxRow.name == "teams.captain_changed"))
    assert payload == {
        "team_id": str(team.id),
        "from_user_id": str(ann.user_id),
        "to_user_id": str(bob.user_id),
    }
    with pytest.raises(NotCaptain):
        await run(db, teams.transfer_team_captaincy, ann, transfer(team, ann))


async def test_leaving(db: Database) -> None:
    """A member leaves freely, a captain only after a transfer or as the last."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    with pytest.raises(CaptaincyNotTransferred):
        await run(db, teams.leave_team, ann, leaving(team))
    with pytest.raises(TeamMemberNotFound):
        await run(db, teams.leave_team, cid, leaving(team))
    with pytest.raises(Unauthenticated):
        await run(db, teams.leave_team, ANONYMOUS, leaving(team))
    with pytest.raises(TeamNotFound):
        await run(db, teams.leave_team, ann, LeaveTeam(team_id=new_id(), now=NOW))
    assert len(await roster(db, team)) == 2
    left = await run(db, teams.leave_team, bob, leaving(team))
    assert left.disbanded_at is None
    assert await roster(db, team) == {ann.user_id: TeamRole.CAPTAIN}
    ended = await run(db, teams.leave_team, ann, leaving(team))
    assert ended.disbanded_at == NOW
    assert await roster(db, team) == {}
    assert await facts(db) == ["teams.member_left", "teams.member_left", "teams.team_disbanded"]


async def test_a_disbanded_team_is_history(db: Database) -> None:
    """Nobody is in it, nothing changes it, and it still tells who led it."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    ended = await run(db, teams.disband_team, ann, ending(team))
    assert (ended.disbanded_at, ended.version) == (NOW, 2)
    async with db.read() as session:
        assert await teams.members_of(session, [team.id]) == {}
        assert await teams.captains_of(session, [team.id]) == {}
        assert await teams.last_captains_of(session, [team.id]) == {team.id: ann.user_id}
        assert await teams.teams_led_by(session, ann.require_user()) == []
        found = await teams.team_by_slug(session, "reds")
    assert found is not None
    assert found.id == team.id
    for use_case, command in (
        (teams.update_team, teams.UpdateTeam(team_id=team.id, version=2, name="Blues")),
        (teams.set_team_role, role(team, bob)),
        (teams.remove_team_member, removal(team, bob)),
        (teams.transfer_team_captaincy, transfer(team, bob)),
        (teams.leave_team, leaving(team)),
        (teams.disband_team, ending(team)),
    ):
        with pytest.raises(TeamIsDisbanded):
            await run(db, use_case, ann, command)  # type: ignore[arg-type]
    assert await facts(db) == ["teams.member_left", "teams.member_left", "teams.team_disbanded"]


async def captains(db: Database, team: Team) -> int:
    """How many captains the team has now."""
    async with db.read() as session:
        return len([one for one in (await teams.members_of(session, [team.id])).get(team.id, []) if is_captain(one)])


def is_captain(member: TeamMember) -> bool:
    """Whether the member leads."""
    return member.role is TeamRole.CAPTAIN


@pytest.mark.parametrize("attempt", range(6))
async def test_of_transfer_and_leave_one_goes_first(db: Database, attempt: int) -> None:
    """The successor leaves while the captaincy comes: either they lead and stay, or they are gone and it stayed."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    give = run(db, teams.transfer_team_captaincy, ann, transfer(team, bob))
    go = run(db, teams.leave_team, bob, leaving(team))
    answers = await asyncio.gather(*((give, go) if attempt % 2 else (go, give)), return_exceptions=True)
    (refusal,) = [one for one in answers if isinstance(one, Exception)]
    if isinstance(refusal, CaptaincyNotTransferred):
        assert await roster(db, team) == {ann.user_id: TeamRole.PLAYER, bob.user_id: TeamRole.CAPTAIN}
    else:
        assert isinstance(refusal, TeamMemberNotFound)
        assert await roster(db, team) == {ann.user_id: TeamRole.CAPTAIN}


async def test_raced_transfers_leave_one_captain(db: Database) -> None:
    """The first takes the captaincy from the captain, who then cannot give it again."""
    ann, *others = await make_people(db, "ann", "bob", "cid", "dan")
    team = await make_team(db, ann)
    await add_members(db, team.id, *others)
    answers = await asyncio.gather(
        *(run(db, teams.transfer_team_captaincy, ann, transfer(team, other)) for other in others),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in answers) == ["NotCaptain", "NotCaptain", "Team"]
    assert await captains(db, team) == 1
    assert (await facts(db)).count("teams.captain_changed") == 1


STEPS = ("transfer", "leave", "remove", "role", "disband")


@given(moves=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(STEPS), st.integers(0, 2)), max_size=8))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_a_live_team_has_one_captain(database_url: str, moves: list[tuple[int, str, int]]) -> None:
    """Any moves of three people, all at once: one captain while the team lives, nobody afterwards."""

    def move(db: Database, people: list[Actor], team: Team, step: tuple[int, str, int]) -> Awaitable[Team]:
        who, what, whom = step
        actor, other = people[who], people[whom]
        moves: dict[str, Callable[[], Awaitable[Team]]] = {
            "transfer": lambda: run(db, teams.transfer_team_captaincy, actor, transfer(team, other)),
            "leave": lambda: run(db, teams.leave_team, actor, leaving(team)),
            "remove": lambda: run(db, teams.remove_team_member, actor, removal(team, other)),
            "role": lambda: run(db, teams.set_team_role, actor, role(team, other)),
            "disband": lambda: run(db, teams.disband_team, actor, ending(team)),
        }
        return moves[what]()

    async def play() -> None:
        db = Database(database_url)
        try:
            tail = new_id().hex[-12:]
            people = await make_people(db, f"ann{tail}", f"bob{tail}", f"cid{tail}")
            team = await make_team(db, people[0], f"reds-{tail}")
            await add_members(db, team.id, *people[1:])
            answers = await asyncio.gather(*(move(db, people, team, step) for step in moves), return_exceptions=True)
            assert [one for one in answers if not isinstance(one, (Team, DomainError))] == []
            async with db.read() as session:
                found = (await teams.teams_by_id(session, [team.id]))[team.id]
                members = (await teams.members_of(session, [team.id])).get(team.id, [])
            if found.disbanded_at is None:
                assert sum(is_captain(one) for one in members) == 1
            else:
                assert members == []
        finally:
            await db.close()

    asyncio.run(play())
