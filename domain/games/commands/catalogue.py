"""Writing the catalogue to the database."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.dialects.postgresql import insert

from domain.games.models import Game
from domain.games.rules.catalogue import CATALOGUE, game_key
from domain.infra.db import WriteSession


async def write_catalogue(session: WriteSession) -> None:
    """Make the games of the catalogue exist as it describes them. Repeating it changes nothing."""
    rows = [
        {
            "id": game_key(entry.slug),
            "slug": entry.slug,
            "name": entry.name,
            "team_size": entry.team_size,
            "formats": [asdict(one) for one in entry.formats],
            "stats": [asdict(one) for one in entry.stats],
            "options": [asdict(one) for one in entry.options],
            "starting_sides": [asdict(one) for one in entry.starting_sides],
        }
        for entry in CATALOGUE
    ]
    statement = insert(Game).values(rows)
    columns = ("slug", "name", "team_size", "formats", "stats", "options", "starting_sides")
    described = {name: statement.excluded[name] for name in columns}
    await session.execute(statement.on_conflict_do_update(index_elements=[Game.id], set_=described))
