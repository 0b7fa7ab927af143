"""Games and ratings through the schema."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain import games
from domain.games import Competitor
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people, make_team
from tests.fixtures.database import counted_statements
from tests.schema.conftest import Ask

BOARD = """query ($game: String!, $kind: ParticipantKind! = USER, $first: Int! = 20, $after: String) {
  leaderboard(game: $game, kind: $kind, first: $first, after: $after) {
    edges { cursor node { mu sigma ordinal matchCount winCount game { slug }
      participant { ... on User { username rating(game: $game) { ordinal } } ... on Team { slug } } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def rate(db: Database, match: int, winner: Competitor, loser: Competitor, slug: str = "nine-ball") -> None:
    """One match that counts."""
    await db.transaction(
        lambda session: games.rate_match(session, games.game_key(slug), UUID(int=match), (winner, loser), 0)
    )


async def test_a_game(db: Database, ask: Ask) -> None:
    """By slug, by id, and in the list, with the ways to decide it and what it measures."""
    await make_catalogue(db)
    fields = "id slug name teamSize formats { slug name bestOf } stats { slug name unit }"
    found = await ask(ANONYMOUS, f'{{ game(slug: "straight-pool") {{ {fields} }} missing: game(slug: "go") {{ id }} }}')
    assert found["missing"] is None
    game = found["game"]
    assert (game["name"], game["teamSize"]) == ("Straight pool (14.1)", 1)
    assert game["formats"] == [
        {"slug": "bo1", "name": "Best of 1", "bestOf": 1},
        {"slug": "bo3", "name": "Best of 3", "bestOf": 3},
    ]
    assert game["stats"][1] == {"slug": "high_run", "name": "High run", "unit": "balls"}
    assert game["stats"][2] == {"slug": "innings", "name": "Innings", "unit": None}
    node = await ask(ANONYMOUS, f"query ($id: ID!) {{ node(id: $id) {{ ... on Game {{ {fields} }} }} }}", id=game["id"])
    assert node["node"] == game
    assert game["id"] == global_id("Game", games.game_key("straight-pool"))
    whole = "{ games(first: 100) { edges { node { slug } } nodes { slug } pageInfo { hasNextPage } } }"
    page = (await ask(ANONYMOUS, whole))["games"]
    assert len(page["edges"]) == 10
    assert page["nodes"] == [edge["node"] for edge in page["edges"]]
    assert page["pageInfo"] == {"hasNextPage": False}


async def test_the_leaderboard_page_by_page(db: Database, ask: Ask) -> None:
    """Best first, everyone once, with who they are."""
    await make_catalogue(db)
    people = await make_people(db, "ann", "bob", "cid", "dan")
    keys = [Competitor(ParticipantKind.USER, person.require_user()) for person in people]
    for match, (winner, loser) in enumerate(((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)), start=1):
        await rate(db, match, keys[winner], keys[loser])
    seen: list[str] = []
    after = None
    while True:
        page = (await ask(ANONYMOUS, BOARD, game="nine-ball", first=3, after=after))["leaderboard"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert page["pageInfo"] == {
            "hasNextPage": after is None,
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0],
            "endCursor": cursors[-1],
        }
        for edge in page["edges"]:
            node = edge["node"]
            assert node["game"] == {"slug": "nine-ball"}
            assert node["ordinal"] == node["mu"] - 3 * node["sigma"] == node["participant"]["rating"]["ordinal"]
            seen.append(node["participant"]["username"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == ["ann", "bob", "cid", "dan"]
    top = (await ask(ANONYMOUS, BOARD, game="nine-ball", first=1))["leaderboard"]["edges"][0]["node"]
    assert (top["matchCount"], top["winCount"]) == (3, 3)
    assert (await ask(ANONYMOUS, BOARD, game="ten-ball"))["leaderboard"] == {
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_teams_have_a_leaderboard_of_their_own(db: Database, ask: Ask) -> None:
    """A team is rated as a team."""
    await make_catalogue(db)
    ann, bob = await make_people(db, "ann", "bob")
    reds, blues = await make_team(db, ann, "reds"), await make_team(db, bob, "blues")
    sides = [Competitor(ParticipantKind.TEAM, team.id) for team in (reds, blues)]
    await rate(db, 1, sides[1], sides[0], slug="valorant")
    page = (await ask(ANONYMOUS, BOARD, game="valorant", kind="TEAM"))["leaderboard"]
    assert [edge["node"]["participant"] for edge in page["edges"]] == [{"slug": "blues"}, {"slug": "reds"}]
    assert (await ask(ANONYMOUS, BOARD, game="valorant"))["leaderboard"]["edges"] == []


async def test_refused_leaderboards(db: Database, ask: Ask) -> None:
    """A page that is too long, a cursor from elsewhere; of a game that is not there, there is none."""
    await make_catalogue(db)
    assert await ask(ANONYMOUS, BOARD, game="go") == {"leaderboard": None}
    assert isinstance(await ask.error(ANONYMOUS, BOARD, game="nine-ball", first=101), InvalidInput)
    cursor = (await ask(ANONYMOUS, "{ games(first: 1) { pageInfo { endCursor } } }"))["games"]["pageInfo"]["endCursor"]
    assert isinstance(await ask.error(ANONYMOUS, BOARD, game="nine-ball", after=cursor), InvalidInput)


async def test_the_rating_of_a_user(db: Database, ask: Ask) -> None:
    """Null before the first rated match, and for a game that is not there."""
    await make_catalogue(db)
    ann, bob = await make_people(db, "ann", "bob")
    winner, loser = (Competitor(ParticipantKind.USER, person.require_user()) for person in (ann, bob))
    await rate(db, 1, winner, loser)
    document = """{ user(username: "ann") {
      rated: rating(game: "nine-ball") { matchCount winCount participant { ... on User { username } } }
      unrated: rating(game: "ten-ball") { mu } nothing: rating(game: "go") { mu } } }"""
    assert (await ask(ANONYMOUS, document))["user"] == {
        "rated": {"matchCount": 1, "winCount": 1, "participant": {"username": "ann"}},
        "unrated": None,
        "nothing": None,
    }


@pytest.mark.parametrize("kind", ["USER", "TEAM"])
async def test_a_leaderboard_takes_the_same_statements_for_any_size(db: Database, ask: Ask, kind: str) -> None:
    """Two competitors, then six."""
    await make_catalogue(db)
    people = await make_people(db, *(f"person{number}" for number in range(6)))
    made = [await make_team(db, person, f"team-{number}") for number, person in enumerate(people)]
    ids = [person.require_user() for person in people] if kind == "USER" else [team.id for team in made]
    keys = [Competitor(ParticipantKind(kind), key) for key in ids]

    async def statements() -> int:
        with counted_statements(db) as sent:
            await ask(ANONYMOUS, BOARD, game="nine-ball", kind=kind)
        return len([statement for statement in sent if statement.startswith("SELECT")])

    await rate(db, 1, keys[0], keys[1])
    few = await statements()
    await rate(db, 2, keys[2], keys[3])
    await rate(db, 3, keys[4], keys[5])
    assert await statements() == few
