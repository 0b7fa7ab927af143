"""The catalogue in the database."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from domain import games
from domain.games import Game
from domain.games.rules.catalogue import CATALOGUE
from domain.infra.db import Database
from domain.kernel.paging import PageRequest
from tests.factories.games import make_catalogue


def test_keys_never_change() -> None:
    """The key of a game is part of every row that refers to it, in every database there is."""
    assert games.game_key("valorant") == UUID("d209f940-c225-54f6-bae7-8dbcdb9bd756")
    assert games.game_key("eight-ball") == UUID("a5165093-32cf-5ca1-a947-fc1566b536aa")


def test_every_entry_is_sound() -> None:
    """Slugs are unique, formats are odd, stats of a game have distinct names."""
    assert [entry.slug for entry in CATALOGUE] == [
        "valorant",
        "codm",
        "free-fire",
        "rocket-league-1v1",
        "rocket-league-2v2",
        "rocket-league-3v3",
        "eight-ball",
        "nine-ball",
        "ten-ball",
        "straight-pool",
    ]
    for entry in CATALOGUE:
        for choice in entry.formats:
            assert choice.best_of in range(1, 100, 2)
        assert len({stat.slug for stat in entry.stats}) == len(entry.stats)


async def test_writing_twice_changes_nothing(db: Database) -> None:
    """Every process that migrates writes the catalogue."""
    await make_catalogue(db)
    await make_catalogue(db)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Game)) == len(CATALOGUE)
        row = await games.game_by_slug(session, "rocket-league-2v2")
        assert row is not None
        rules = (await games.game_rules_by_id(session, [row.id]))[row.id]
    assert (row.name, row.team_size) == ("Rocket League 2v2", 2)
    assert rules.formats[1] == {"slug": "bo3", "name": "Best of 3", "best_of": 3}
    assert rules.stats[6] == {"slug": "average_boost", "name": "Average boost", "unit": "%"}


async def test_writing_brings_a_row_up_to_date(db: Database) -> None:
    """A new release describes a game better; the row keeps its key."""
    await make_catalogue(db)
    await db.transaction(lambda session: session.execute(update(Game).values(name="old", team_size=9)))
    await make_catalogue(db)
    async with db.read() as session:
        found = await games.games_by_id(session, [games.game_key("valorant")])
    assert (found[games.game_key("valorant")].name, found[games.game_key("valorant")].team_size) == ("Valorant", 5)


async def test_pages_by_name(db: Database) -> None:
    """Every game is on exactly one page."""
    await make_catalogue(db)
    seen: list[str] = []
    request = PageRequest(size=3)
    while True:
        async with db.read() as session:
            page = await games.games_page(session, request)
        seen += [row.slug for row, _ in page.rows]
        if not page.has_next:
            break
        request = PageRequest(size=3, after=page.rows[-1][1])
    assert sorted(seen) == sorted(entry.slug for entry in CATALOGUE)


@pytest.mark.parametrize(
    "change",
    ["slug = 'No Slug'", "team_size = 0", "formats = '[]'", "stats = '{}'"],
)
async def test_the_database_refuses_a_malformed_game(db: Database, change: str) -> None:
    """The constraints hold whatever the code does."""
    await make_catalogue(db)
    with pytest.raises(IntegrityError):
        await db.transaction(
            lambda session: session.execute(text(f"UPDATE games SET {change} WHERE slug = 'valorant'"))
        )
