"""Making, editing and reading teams."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from domain import teams
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import InvalidInput, StaleVersion, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.teams import CreateTeam, Team, TeamRole, UpdateTeam
from domain.teams.errors import NotCaptain, TeamNotFound, TeamSlugTaken, TooManyTeams
from domain.teams.values import MAX_TEAMS_PER_USER
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.fixtures.database import counted_statements


def creation(slug: str = "reds", name: str = "Reds", tag: str = "RED", description: str = "") -> CreateTeam:
    """The wish for a team."""
    return CreateTeam(name=name, slug=slug, tag=tag, description=description, now=NOW)


async def facts(db: Database) -> list[str]:
    """The names of what was recorded, in order."""
    async with db.read() as session:
        return list(await session.scalars(select(OutboxRow.name).order_by(OutboxRow.id)))


async def test_the_creator_is_captain(db: Database) -> None:
    """A team begins with one member, who leads it."""
    (ann,) = await make_people(db, "ann")
    team = await run(db, teams.create_team, ann, creation(name="  The Reds ", description=" We play. "))
    async with db.read() as session:
        found = await teams.team_by_slug(session, "reds")
        members = await teams.members_of(session, [team.id])
        assert await teams.team_descriptions(session, [team.id]) == {team.id: "We play."}
        assert await teams.captains_of(session, [team.id]) == {team.id: ann.user_id}
        assert await teams.teams_led_by(session, ann.require_user()) == [team.id]
    assert found is not None
    assert (found.name, found.slug, found.tag) == ("The Reds", "reds", "RED")
    assert (found.version, found.created_at, found.disbanded_at) == (1, NOW, None)
    assert [(row.user_id, row.role) for row in members[team.id]] == [(ann.user_id, TeamRole.CAPTAIN)]
    assert await facts(db) == ["teams.team_created", "teams.member_joined"]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (creation(slug="ab"), "slug"),
        (creation(slug="a" * 41), "slug"),
        (creation(slug="Reds"), "slug"),
        (creation(slug="réds"), "slug"),
        (creation(slug="reds\n"), "slug"),
        (creation(tag="R"), "tag"),
        (creation(tag="REDREDS"), "tag"),
        (creation(tag="R D"), "tag"),
        (creation(tag="R_D"), "tag"),
        (creation(name=" R "), "name"),
        (creation(name="R" * 51), "name"),
        (creation(name="R\x00D"), "name"),
        (creation(description="d" * 1001), "description"),
        (creation(description="d\x00d"), "description"),
    ],
)
async def test_malformed_texts_are_refused(db: Database, command: CreateTeam, field: str) -> None:
    """The refusal names the field, and there is no team."""
    (ann,) = await make_people(db, "ann")
    with pytest.raises(InvalidInput) as refusal:
        await run(db, teams.create_team, ann, command)
    assert refusal.value.path == (field,)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Team)) == 0
    assert await facts(db) == []


async def test_the_longest_texts_are_accepted(db: Database) -> None:
    """The bounds themselves are allowed, in the rule and in the database."""
    (ann,) = await make_people(db, "ann")
    command = creation(slug="a" * 40, name="Ü" * 50, tag="ÄÖÜ123", description="d" * 1000)
    team = await run(db, teams.create_team, ann, command)
    assert (team.slug, team.name, team.tag) == ("a" * 40, "Ü" * 50, "ÄÖÜ123")


async def test_nobody_creates_no_team(db: Database) -> None:
    """An anonymous caller cannot be captain."""
    with pytest.raises(Unauthenticated):
        await run(db, teams.create_team, ANONYMOUS, creation())


async def test_raced_teams_of_one_slug_leave_one(db: Database) -> None:
    """The loser hears that the slug is taken, and leads nothing."""
    people = await make_people(db, "ann", "bob", "cid")
    answers = await asyncio.gather(
        *(run(db, teams.create_team, person, creation()) for person in people), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Team", "TeamSlugTaken", "TeamSlugTaken"]
    assert await facts(db) == ["teams.team_created", "teams.member_joined"]


async def test_a_user_is_in_so_many_teams(db: Database) -> None:
    """The limit counts what one leads and what one joined."""
    (ann,) = await make_people(db, "ann")
    for number in range(MAX_TEAMS_PER_USER - 1):
        await make_team(db, ann, f"team-{number}")
    answers = await asyncio.gather(
        *(run(db, teams.create_team, ann, creation(slug=slug)) for slug in ("last", "over")), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Team", "TooManyTeams"]
    with pytest.raises(TooManyTeams):
        await make_team(db, ann, "more")


async def test_an_edit_raises_the_version(db: Database) -> None:
    """What is not named stays as it is."""
    (ann,) = await make_people(db, "ann")
    team = await make_team(db, ann)
    edited = await run(db, teams.update_team, ann, UpdateTeam(team_id=team.id, version=1, tag="RR"))
    assert (edited.name, edited.tag, edited.version) == ("Reds", "RR", 2)
    edited = await run(
        db, teams.update_team, ann, UpdateTeam(team_id=team.id, version=2, name="Rouges", description="Allez.")
    )
    assert (edited.name, edited.tag, edited.description, edited.version) == ("Rouges", "RR", "Allez.", 3)


async def test_raced_edits_leave_one(db: Database) -> None:
    """The second editor hears that the team changed, and to what version."""
    (ann,) = await make_people(db, "ann")
    team = await make_team(db, ann)
    answers = await asyncio.gather(
        *(
            run(db, teams.update_team, ann, UpdateTeam(team_id=team.id, version=1, tag=tag))
            for tag in ("AA", "BB", "CC")
        ),
        return_exceptions=True,
    )
    stale = [answer for answer in answers if isinstance(answer, StaleVersion)]
    assert [refusal.current for refusal in stale] == [2, 2]
    async with db.read() as session:
        found = await teams.teams_by_id(session, [team.id])
    (winner,) = [answer for answer in answers if isinstance(answer, Team)]
    assert (found[team.id].tag, found[team.id].version) == (winner.tag, 2)


async def test_only_the_captain_edits(db: Database) -> None:
    """A member and a stranger are refused, an administrator is not, and nobody edits what is not there."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    admin = await make_admin(db)
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    command = UpdateTeam(team_id=team.id, version=1, name="Blues")
    for person in (bob, cid):
        with pytest.raises(NotCaptain):
            await run(db, teams.update_team, person, command)
    with pytest.raises(Unauthenticated):
        await run(db, teams.update_team, ANONYMOUS, command)
    with pytest.raises(TeamNotFound):
        await run(db, teams.update_team, ann, UpdateTeam(team_id=new_id(), version=1))
    async with db.read() as session:
        assert (await teams.teams_by_id(session, [team.id]))[team.id].name == "Reds"
    assert (await run(db, teams.update_team, admin, command)).name == "Blues"


async def test_relations_are_read_in_one_statement_each(db: Database) -> None:
    """Members, captains and the teams of users, for any number of them."""
    people = await make_people(db, "ann", "bob", "cid", "dan")
    made = [await make_team(db, person, f"team-{number}") for number, person in enumerate(people)]
    await add_members(db, made[0].id, people[2], people[1])
    keys = [team.id for team in made]
    request = PageRequest(size=1)
    async with db.read() as session:
        with counted_statements(db) as statements:
            members = await teams.members_of(session, keys)
            captains = await teams.captains_of(session, keys)
            pages = await teams.team_pages_of_users(session, [(person.require_user(), request) for person in people])
    assert len(statements) == 3
    assert [row.user_id for row in members[made[0].id]] == [people[0].user_id, people[2].user_id, people[1].user_id]
    assert captains == {team.id: person.user_id for team, person in zip(made, people, strict=True)}
    bobs = pages[people[1].require_user(), request]
    assert [row.slug for row, _ in bobs.rows] == ["team-0"]
    assert bobs.has_next is True
    assert [row.slug for row, _ in pages[people[0].require_user(), request].rows] == ["team-0"]
    assert pages[people[0].require_user(), request].has_next is False


async def test_the_teams_of_a_user_are_read_page_by_page(db: Database) -> None:
    """By name; each is on exactly one page, and a cursor of another list is refused."""
    ann, bob = await make_people(db, "ann", "bob")
    for number in (2, 0, 3, 1):
        await make_team(db, ann, f"team-{number}", name=f"Same {number // 2}")
    seen: list[str] = []
    request = PageRequest(size=3)
    while True:
        async with db.read() as session:
            page = (await teams.team_pages_of_users(session, [(ann.require_user(), request)]))[
                ann.require_user(), request
            ]
        seen += [row.name for row, _ in page.rows]
        if not page.has_next:
            break
        request = PageRequest(size=3, after=page.rows[-1][1])
    assert seen == ["Same 0", "Same 0", "Same 1", "Same 1"]
    async with db.read() as session:
        nothing = await teams.team_pages_of_users(session, [(bob.require_user(), PageRequest())])
        assert nothing[bob.require_user(), PageRequest()].rows == []
        with pytest.raises(InvalidInput):
            await teams.team_pages_of_users(session, [(ann.require_user(), PageRequest(after=("x",)))])


async def test_the_list_shows_live_teams(db: Database) -> None:
    """By name, without those that exist only as history."""
    (ann,) = await make_people(db, "ann")
    for slug in ("reds", "blues", "greens"):
        await make_team(db, ann, slug)
    await db.transaction(
        lambda session: session.execute(update(Team).where(Team.slug == "reds").values(disbanded_at=NOW))
    )
    async with db.read() as session:
        page = await teams.teams_page(session, PageRequest())
    assert [row.slug for row, _ in page.rows] == ["blues", "greens"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE teams SET slug = 'No Slug'",
        "UPDATE teams SET tag = 'x'",
        "UPDATE teams SET name = 'x'",
        "UPDATE team_members SET role = 'CAPTAIN'",
        "UPDATE team_members SET role = 'OWNER'",
        "UPDATE team_members SET left_at = joined_at - interval '1 second'",
        "INSERT INTO team_members SELECT gen_random_uuid(), team_id, user_id, 'PLAYER', joined_at FROM team_members",
    ],
)
async def test_the_database_refuses_what_no_rule_allows(db: Database, statement: str) -> None:
    """The constraints hold whatever the code does."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    await add_members(db, team.id, bob)
    with pytest.raises(IntegrityError):
        await db.transaction(lambda session: session.execute(text(statement)))


async def test_a_slug_is_never_given_again(db: Database) -> None:
    """Not even when the team that had it was disbanded."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    await run(db, teams.disband_team, ann, teams.DisbandTeam(team_id=team.id, now=NOW))
    with pytest.raises(TeamSlugTaken) as refusal:
        await make_team(db, bob)
    assert refusal.value.slug == "reds"
