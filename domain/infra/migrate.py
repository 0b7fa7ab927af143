"""Brings a database to the newest version of the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

_PROJECT = Path(__file__).resolve().parents[2]


def configuration(database_url: str) -> Config:
    """Alembic's configuration: the project's, with the address of this database."""
    config = Config(toml_file=_PROJECT / "pyproject.toml")
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str) -> None:
    """Run what has not run yet, in one transaction, while nobody else migrates the same database."""
    command.upgrade(configuration(database_url), "head")
