"""`matchpoint migrate`: brings a database to this version, and to this month."""

from __future__ import annotations

import argparse
import asyncio

from domain import games, registry
from domain.infra import partitions
from domain.infra.db import Database
from domain.infra.migrate import migrate
from domain.infra.settings import Settings
from domain.kernel.clock import SystemClock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`matchpoint migrate` has no arguments."""


def run(_arguments: argparse.Namespace) -> int:
    """Updates the tables, makes the partitions of the coming months, writes the catalogue of games. Can be repeated.

    Raises:
        InvalidSetting: a setting is missing or malformed.
    """
    settings = Settings.from_environment()
    migrate(settings.database_url)
    asyncio.run(_fill(settings))
    return 0


async def _fill(settings: Settings) -> None:
    db = Database(settings.database_url, pool_size=1, within=registry.WITHIN)
    try:
        now = SystemClock().now()
        await db.transaction(lambda session: partitions.ensure_months(session, registry.MONTHLY, now))
        await db.transaction(games.write_catalogue)
    finally:
        await db.close()
