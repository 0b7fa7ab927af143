"""`matchpoint migrate`: brings a database to this version, and to this month."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from domain import games, registry
from domain.infra import partitions
from domain.infra.db import Database
from domain.infra.embedded import PostgreSQL
from domain.infra.migrate import draft, migrate
from domain.infra.settings import Settings
from domain.kernel.clock import SystemClock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint migrate`."""
    parser.add_argument(
        "--draft",
        metavar="MESSAGE",
        help="instead, write a migration for what is new in the code",
    )


def run(arguments: argparse.Namespace) -> int:
    """Updates the tables, makes the partitions of the coming months, writes the catalogue of games. Can be repeated.

    Raises:
        InvalidSetting: a setting is missing or malformed.
    """
    if arguments.draft:
        print(_draft(arguments.draft))
        return 0
    settings = Settings.from_environment()
    migrate(settings.database_url)
    asyncio.run(_fill(settings))
    return 0


def _draft(message: str) -> Path:
    """The migration, written against a database of its own that is gone again."""
    with tempfile.TemporaryDirectory() as directory:
        server = PostgreSQL(Path(directory))
        server.start()
        try:
            migrate(server.url())
            return draft(server.url(), message)
        finally:
            server.stop()


async def _fill(settings: Settings) -> None:
    db = Database(settings.database_url, pool_size=1, within=registry.WITHIN)
    try:
        now = SystemClock().now()
        await db.transaction(lambda session: partitions.ensure_months(session, registry.MONTHLY, now))
        await db.transaction(games.write_catalogue)
    finally:
        await db.close()
