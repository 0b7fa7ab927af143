"""Notifications through the schema."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain import matches, notifications, teams, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all
from tests.factories.notifications import react
from tests.factories.teams import make_admin, make_invitation, make_people, make_team
from tests.factories.tournaments import started
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.schema.conftest import Ask

LIST = """query ($first: Int! = 20, $after: String) { viewer {
  unreadNotificationCount
  notifications(first: $first, after: $after) {
    edges { node { id kind message readAt team { slug } match { id } tournament { slug } } }
    pageInfo { hasNextPage endCursor }
  }
} }"""
MARK = """mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) {
  __typename ... on MarkNotificationsReadPayload { count } ... on UserError { code } } }"""


async def invite(db: Database, captain: Actor, *names: str, slug: str = "reds") -> None:
    """Let people be told of an invitation each."""
    team = await make_team(db, captain, slug)
    for name in names:
        await make_invitation(db, captain, team.id, name)
    await react(db, teams.TeamMemberInvited, notifications.on_team_member_invited)


async def listed(ask: Ask, person: Actor) -> list[dict[str, Any]]:
    """What the person sees of their notifications."""
    return [edge["node"] for edge in (await ask(person, LIST))["viewer"]["notifications"]["edges"]]


async def test_what_a_notification_shows(db: Database, ask: Ask) -> None:
    """A sentence, and what it is about."""
    ann, bob = await make_people(db, "ann", "bob")
    await invite(db, ann, "bob")
    viewer = (await ask(bob, LIST))["viewer"]
    assert viewer["unreadNotificationCount"] == 1
    (node,) = [edge["node"] for edge in viewer["notifications"]["edges"]]
    key = node.pop("id")
    assert node == {
        "kind": "TEAM_INVITATION",
        "message": "Ann invites you to join Reds as a player.",
        "readAt": None,
        "team": {"slug": "reds"},
        "match": None,
        "tournament": None,
    }
    read = "query ($id: ID!) { node(id: $id) { ... on Notification { message } } }"
    admin = await make_admin(db)
    assert (await ask(bob, read, id=key))["node"] == {"message": node["message"]}
    for other in (ANONYMOUS, ann, admin):
        assert (await ask(other, read, id=key))["node"] is None
    assert await listed(ask, ann) == []
    assert await ask(ANONYMOUS, LIST) == {"viewer": None}


async def test_matches_and_tournaments_are_linked(db: Database, ask: Ask) -> None:
    """A client goes from the notification to what it is about."""
    await make_catalogue(db)
    (olga,) = await make_people(db, "olga")
    tournament, players = await started(db, olga, 2, "cup")
    await react(db, tournaments.TournamentStarted, notifications.on_tournament_started)
    await react(db, matches.MatchReady, notifications.on_match_ready)
    for player in players.values():
        ready, start = await listed(ask, player)
        assert (start["kind"], start["match"], start["tournament"]) == ("TOURNAMENT_STARTED", None, {"slug": "cup"})
        assert (ready["kind"], ready["tournament"]) == ("MATCH_READY", {"slug": "cup"})
        assert ready["match"] is not None
    assert tournament.slug == "cup"


async def test_heats_are_linked(db: Database, ask: Ask) -> None:
    """A client goes from the notification to the heat."""
    await make_catalogue(db)
    (olga,) = await make_people(db, "olga")
    _, players = await started(db, olga, 2, structure=None, stages=[free_for_all()])
    await react(db, tournaments.HeatDrawn, notifications.on_heat_drawn)
    document = "{ viewer { notifications(first: 1) { edges { node { kind match { id } heat { round number } } } } } }"
    for player in players.values():
        (edge,) = (await ask(player, document))["viewer"]["notifications"]["edges"]
        assert edge["node"] == {"kind": "HEAT_READY", "match": None, "heat": {"round": 1, "number": 1}}


async def test_marking(db: Database, ask: Ask, clock: FakeClock) -> None:
    """Some, then all."""
    ann, bob = await make_people(db, "ann", "bob")
    for slug in ("reds", "blues", "greens"):
        await invite(db, ann, "bob", slug=slug)
    newest = (await listed(ask, bob))[0]["id"]
    clock.advance(minutes=5)
    marked = await ask(bob, MARK, input={"notificationIds": [newest]})
    assert marked["markNotificationsRead"] == {"__typename": "MarkNotificationsReadPayload", "count": 1}
    assert [node["readAt"] for node in await listed(ask, bob)] == ["2026-05-01T18:05:00Z", None, None]
    assert (await ask(bob, MARK, input={"all": True}))["markNotificationsRead"]["count"] == 2
    assert (await ask(bob, LIST))["viewer"]["unreadNotificationCount"] == 0


ACCESS = {"markNotificationsRead": {"told"}}
OWN = object()
NOT_A_NOTIFICATION = {"notificationIds": [global_id("Team", UUID(int=1))]}


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        ("anonymous", {"all": True}, "UNAUTHENTICATED"),
        ("stranger", OWN, "NOTIFICATION_NOT_FOUND"),
        ("captain", OWN, "NOTIFICATION_NOT_FOUND"),
        ("admin", OWN, "NOTIFICATION_NOT_FOUND"),
        ("told", {}, "BAD_USER_INPUT"),
        ("told", {"notificationIds": [], "all": True}, "BAD_USER_INPUT"),
        ("told", NOT_A_NOTIFICATION, "BAD_USER_INPUT"),
        ("told", OWN, None),
    ],
)
async def test_access(db: Database, ask: Ask, who: str, given: Any, code: str | None) -> None:
    """Only one's own, and exactly what one names; what was refused stays unread."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    people = {"anonymous": ANONYMOUS, "captain": ann, "told": bob, "stranger": cid, "admin": await make_admin(db)}
    await invite(db, ann, "bob")
    if given is OWN:
        given = {"notificationIds": [(await listed(ask, bob))[0]["id"]]}
    answer = (await ask(people[who], MARK, input=given))["markNotificationsRead"]
    assert answer.get("code") == code
    assert (await ask(bob, LIST))["viewer"]["unreadNotificationCount"] == (0 if code is None else 1)


async def test_page_by_page(db: Database, ask: Ask) -> None:
    """Newest first, each once."""
    ann, bob = await make_people(db, "ann", "bob")
    for number in range(5):
        await invite(db, ann, "bob", slug=f"team-{number}")
    seen: list[str] = []
    after = None
    while True:
        page = (await ask(bob, LIST, first=2, after=after))["viewer"]["notifications"]
        seen += [edge["node"]["team"]["slug"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == ["team-4", "team-3", "team-2", "team-1", "team-0"]


async def test_a_list_takes_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    """Two notifications about two teams, then six about six."""
    ann, bob = await make_people(db, "ann", "bob")

    async def statements() -> int:
        with counted_statements(db) as sent:
            await ask(bob, LIST)
        return len([statement for statement in sent if statement.startswith("SELECT")])

    for number in range(2):
        await invite(db, ann, "bob", slug=f"team-{number}")
    few = await statements()
    for number in range(2, 6):
        await invite(db, ann, "bob", slug=f"team-{number}")
    assert await statements() == few
