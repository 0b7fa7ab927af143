"""Teams through the schema: who may do what, and what a client sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.teams import Team, TeamInvitation, TeamRole
from tests.factories.teams import add_members, make_admin, make_invitation, make_people, make_team
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

REFUSAL = "__typename ... on UserError { code message }"


@dataclass
class World:
    """A team with a captain and a member, somebody invited, and others."""

    team: Team
    invitation: TeamInvitation
    people: dict[str, Actor]

    def id_of(self, who: str) -> str:
        """The id of a person."""
        return global_id("User", self.people[who].require_user())


async def make_world(db: Database) -> World:
    """The world of the access matrix."""
    ann, bob, cid, dan, eve = await make_people(db, "ann", "bob", "cid", "dan", "eve")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob, cid)
    invitation = await make_invitation(db, ann, team.id, "eve")
    people = {"anonymous": ANONYMOUS, "captain": ann, "member": bob, "other": cid, "stranger": dan, "invited": eve}
    return World(team=team, invitation=invitation, people={**people, "admin": await make_admin(db)})


def mutations(world: World) -> dict[str, dict[str, Any]]:
    """Each mutation with an input that a captain may give."""
    team = {"teamId": global_id("Team", world.team.id)}
    invitation = {"invitationId": global_id("TeamInvitation", world.invitation.id)}
    return {
        "createTeam": {"name": "Blues", "slug": "blues", "tag": "BLU"},
        "updateTeam": {**team, "version": 1, "name": "Blues"},
        "inviteToTeam": {**team, "username": "dan"},
        "respondToTeamInvitation": {**invitation, "accept": True},
        "revokeTeamInvitation": invitation,
        "setTeamRole": {**team, "userId": world.id_of("other"), "role": "COACH"},
        "removeTeamMember": {**team, "userId": world.id_of("other")},
        "leaveTeam": team,
        "transferTeamCaptaincy": {**team, "userId": world.id_of("other")},
        "disbandTeam": team,
    }


def document(name: str) -> str:
    """The mutation as a document."""
    kind = name[0].upper() + name[1:]
    return f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ {REFUSAL} }} }}"


CAPTAINS_ONLY = {
    "anonymous": "UNAUTHENTICATED",
    "stranger": "NOT_CAPTAIN",
    "invited": "NOT_CAPTAIN",
    "member": "NOT_CAPTAIN",
    "captain": "",
    "admin": "",
}
UNSEEN = {
    "anonymous": "UNAUTHENTICATED",
    "stranger": "TEAM_INVITATION_NOT_FOUND",
    "member": "TEAM_INVITATION_NOT_FOUND",
}
MATRIX: dict[str, dict[str, str]] = {
    "createTeam": {"anonymous": "UNAUTHENTICATED", "stranger": "", "member": "", "captain": "", "admin": ""},
    "updateTeam": CAPTAINS_ONLY,
    "inviteToTeam": CAPTAINS_ONLY,
    "respondToTeamInvitation": {**UNSEEN, "invited": "", "captain": "NOT_INVITEE", "admin": "NOT_INVITEE"},
    "revokeTeamInvitation": {**UNSEEN, "invited": "NOT_CAPTAIN", "captain": "", "admin": ""},
    "setTeamRole": CAPTAINS_ONLY,
    "removeTeamMember": CAPTAINS_ONLY,
    "leaveTeam": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "TEAM_MEMBER_NOT_FOUND",
        "invited": "TEAM_MEMBER_NOT_FOUND",
        "admin": "TEAM_MEMBER_NOT_FOUND",
        "captain": "CAPTAINCY_NOT_TRANSFERRED",
        "member": "",
    },
    "transferTeamCaptaincy": CAPTAINS_ONLY,
    "disbandTeam": CAPTAINS_ONLY,
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}
CELLS = [(name, who, code) for name, row in MATRIX.items() for who, code in row.items()]


@pytest.mark.parametrize(("name", "who", "code"), CELLS, ids=[f"{name}-{who}" for name, who, _ in CELLS])
async def test_access(db: Database, ask: Ask, name: str, who: str, code: str) -> None:
    """Whoever may not gets the code, and no row has changed; whoever may gets the payload, and something has."""
    world = await make_world(db)
    before = await every_row(db)
    answer = (await ask(world.people[who], document(name), input=mutations(world)[name]))[name]
    if code:
        assert answer["code"] == code
        assert await every_row(db) == before
    else:
        assert answer == {"__typename": f"{name[0].upper()}{name[1:]}Payload"}
        assert await every_row(db) != before


@pytest.mark.parametrize("name", [name for name in MATRIX if name != "createTeam"])
async def test_ids_of_other_things_are_refused(db: Database, ask: Ask, name: str) -> None:
    """An id says what it is an id of."""
    world = await make_world(db)
    given = {
        key: global_id("Game", world.team.id) if key.endswith("Id") else value
        for key, value in mutations(world)[name].items()
    }
    before = await every_row(db)
    answer = (await ask(world.people["captain"], document(name), input=given))[name]
    assert (answer["__typename"], answer["code"]) == ("InvalidInputError", "BAD_USER_INPUT")
    assert await every_row(db) == before


async def test_what_a_client_sees_of_a_team(db: Database, ask: Ask) -> None:
    """By its slug and by its id, for everyone."""
    world = await make_world(db)
    fields = """
      id slug name tag description isDisbanded createdAt version
      captain { username } members { role joinedAt user { username displayName } } invitations { id }
    """
    found = await ask(ANONYMOUS, f'{{ team(slug: "reds") {{ {fields} }} missing: team(slug: "x") {{ id }} }}')
    assert found["missing"] is None
    assert found["team"] == {
        "id": global_id("Team", world.team.id),
        "slug": "reds",
        "name": "Reds",
        "tag": "REDS",
        "description": "",
        "isDisbanded": False,
        "createdAt": "2026-05-01T18:00:00Z",
        "version": 1,
        "captain": {"username": "ann"},
        "members": [
            {
                "role": role,
                "joinedAt": joined,
                "user": {"username": name, "displayName": name.capitalize()},
            }
            for role, joined, name in (
                ("CAPTAIN", "2026-05-01T18:00:00Z", "ann"),
                ("PLAYER", "2026-05-01T18:00:01Z", "bob"),
                ("PLAYER", "2026-05-01T18:00:02Z", "cid"),
            )
        ],
        "invitations": None,
    }
    again = await ask(
        ANONYMOUS, f"query ($id: ID!) {{ node(id: $id) {{ ... on Team {{ {fields} }} }} }}", id=found["team"]["id"]
    )
    assert again["node"] == found["team"]


async def test_who_sees_invitations(db: Database, ask: Ask, clock: FakeClock) -> None:
    """The team's are for its captain and administrators, one's own for oneself."""
    world = await make_world(db)
    key = global_id("TeamInvitation", world.invitation.id)
    node = "query ($id: ID!) { node(id: $id) { ... on TeamInvitation { status role user { username } } } }"
    seen = {"status": "PENDING", "role": "PLAYER", "user": {"username": "eve"}}
    for who, is_visible in (
        ("anonymous", False),
        ("stranger", False),
        ("member", False),
        ("captain", True),
        ("admin", True),
        ("invited", True),
    ):
        assert (await ask(world.people[who], node, id=key))["node"] == (seen if is_visible else None), who
        listed = (await ask(world.people[who], '{ team(slug: "reds") { invitations { id } } }'))["team"]["invitations"]
        assert listed == ([{"id": key}] if who in ("captain", "admin") else None), who
    own = """{ viewer { teamInvitations { edges { node {
        id team { slug } user { username } invitedBy { username } status expiresAt
    } } pageInfo { hasNextPage } } } }"""
    assert (await ask(world.people["invited"], own))["viewer"]["teamInvitations"] == {
        "edges": [
            {
                "node": {
                    "id": key,
                    "team": {"slug": "reds"},
                    "user": {"username": "eve"},
                    "invitedBy": {"username": "ann"},
                    "status": "PENDING",
                    "expiresAt": "2026-05-08T18:00:00Z",
                }
            }
        ],
        "pageInfo": {"hasNextPage": False},
    }
    clock.advance(days=7)
    assert (await ask(world.people["invited"], own))["viewer"]["teamInvitations"]["edges"] == []
    assert (await ask(world.people["invited"], node, id=key))["node"]["status"] == "EXPIRED"
    assert (await ask(world.people["captain"], '{ team(slug: "reds") { invitations { id } } }')) == {
        "team": {"invitations": []}
    }


async def test_the_life_of_a_team(db: Database, ask: Ask) -> None:
    """Made, joined, handed over, left and ended, as clients do it."""
    ann, bob = await make_people(db, "ann", "bob")
    made = await ask(
        ann,
        """mutation ($input: CreateTeamInput!) { createTeam(input: $input) {
            ... on CreateTeamPayload { team { id version captain { username } } } } }""",
        input={"name": "Reds", "slug": "reds", "tag": "RED", "description": "We play."},
    )
    team_id = made["createTeam"]["team"]["id"]
    assert made["createTeam"]["team"]["captain"] == {"username": "ann"}
    invited = await ask(
        ann,
        """mutation ($input: InviteToTeamInput!) { inviteToTeam(input: $input) {
            ... on InviteToTeamPayload { invitation { id role status } } } }""",
        input={"teamId": team_id, "username": "bob", "role": "SUBSTITUTE"},
    )
    invitation = invited["inviteToTeam"]["invitation"]
    assert (invitation["role"], invitation["status"]) == ("SUBSTITUTE", "PENDING")
    answered = await ask(
        bob,
        """mutation ($input: RespondToTeamInvitationInput!) { respondToTeamInvitation(input: $input) {
            ... on RespondToTeamInvitationPayload {
                invitation { status team { members { user { username } } } } } } }""",
        input={"invitationId": invitation["id"], "accept": True},
    )
    assert answered["respondToTeamInvitation"]["invitation"] == {
        "status": "ACCEPTED",
        "team": {"members": [{"user": {"username": "ann"}}, {"user": {"username": "bob"}}]},
    }
    stale = await ask(
        ann,
        """mutation ($input: UpdateTeamInput!) { updateTeam(input: $input) {
            ... on StaleVersionError { code currentVersion } } }""",
        input={"teamId": team_id, "version": 0, "name": "Blues"},
    )
    assert stale["updateTeam"] == {"code": "STALE_VERSION", "currentVersion": 1}
    bob_id = global_id("User", bob.require_user())
    handed = await ask(
        ann,
        """mutation ($input: TransferTeamCaptaincyInput!) { transferTeamCaptaincy(input: $input) {
            ... on TransferTeamCaptaincyPayload { team { captain { username } members { role } } } } }""",
        input={"teamId": team_id, "userId": bob_id},
    )
    assert handed["transferTeamCaptaincy"]["team"] == {
        "captain": {"username": "bob"},
        "members": [{"role": "PLAYER"}, {"role": "CAPTAIN"}],
    }
    leave = """mutation ($input: LeaveTeamInput!) { leaveTeam(input: $input) {
        ... on LeaveTeamPayload { team { isDisbanded version captain { username } members { role } } } } }"""
    left = await ask(ann, leave, input={"teamId": team_id})
    assert left["leaveTeam"]["team"]["isDisbanded"] is False
    ended = await ask(bob, leave, input={"teamId": team_id})
    assert ended["leaveTeam"]["team"] == {
        "isDisbanded": True,
        "version": 2,
        "captain": {"username": "bob"},
        "members": [],
    }
    assert (await ask(ANONYMOUS, "{ teams { edges { node { slug } } } }"))["teams"]["edges"] == []


async def test_a_repeated_key_answers_the_same(db: Database, ask: Ask, clock: FakeClock) -> None:
    """A client that lost the answer asks again; with another wish the key is refused."""
    (ann,) = await make_people(db, "ann")
    make = """mutation ($input: CreateTeamInput!) { createTeam(input: $input) {
        __typename ... on CreateTeamPayload { team { id } } ... on UserError { code } } }"""
    given = {"name": "Reds", "slug": "reds", "tag": "RED", "idempotencyKey": "k1"}
    first = await ask(ann, make, input=given)
    clock.advance(seconds=5)
    assert await ask(ann, make, input=given) == first
    reused = await ask(ann, make, input={**given, "slug": "blues"})
    assert reused["createTeam"] == {"__typename": "ConflictError", "code": "IDEMPOTENCY_KEY_REUSED"}
    taken = await ask(ann, make, input={**given, "idempotencyKey": "k2"})
    assert taken["createTeam"] == {"__typename": "ConflictError", "code": "TEAM_SLUG_TAKEN"}


NESTED = """{ teams(first: 50) { edges { node {
    slug captain { username rating(game: "nine-ball") { mu } } invitations { id user { username } }
    members { role user { username teams(first: 5) { edges { node { slug captain { username } } } } } }
} } } }"""


async def test_nested_lists_take_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    """Two teams of two, then six of four."""
    people = await make_people(db, *(f"person{number}" for number in range(9)))
    admin = await make_admin(db)

    async def statements() -> int:
        with counted_statements(db) as sent:
            await ask(admin, NESTED)
        return len([statement for statement in sent if statement.startswith("SELECT")])

    async def grow(numbers: range, size: int) -> None:
        for number in numbers:
            team = await make_team(db, people[number], f"team-{number}")
            others = [people[(number + step) % 8] for step in range(1, size)]
            await add_members(db, team.id, *others, role=TeamRole.SUBSTITUTE)
            await make_invitation(db, people[number], team.id, "person8")

    await grow(range(2), 2)
    few = await statements()
    await grow(range(2, 6), 4)
    assert await statements() == few
