"""Brings a database to the newest version of the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def configuration(database_url: str) -> Config:
    """Alembic's configuration for this database. Not read from pyproject.toml, which an installed package lacks."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str) -> None:
    """Run what has not run yet, in one transaction, while nobody else migrates the same database."""
    command.upgrade(configuration(database_url), "head")


def draft(database_url: str, message: str) -> Path:
    """Write a migration for what is new in the tables of the code, against a database at the newest version.

    The answer is the file, to be read and mended before it is committed.
    """
    config = configuration(database_url)
    number = 1 + sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions())
    script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    assert isinstance(script, Script)
    return Path(script.path)
