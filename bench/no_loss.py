"""Whether clients who are dropped and resume for a minute, while processes die under load, know all at the end."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from bench.server import System
from tests.faults.ordeal import Ordeal, Plan
from tests.faults.several import Books, several_processes

_DATABASE = "no_loss"
_FAULTS = ("valkey", "relay", "valkey", "relay", "api")


async def measure(system: System) -> dict[str, Any]:
    """Fifty clients of an event of 32, with a seed that is told. Its processes are others than those of the system."""
    plan = Plan(
        duration_s=60, clients=50, entrants=32, faults=_FAULTS, changes_per_second=30, scores=10,
        seed=secrets.randbelow(1_000_000),
    )  # fmt: skip
    url = await _database(system.database_url)
    with (
        tempfile.TemporaryDirectory(prefix="mp-loss-") as directory,
        several_processes(url, Path(directory)) as several,
    ):
        return await Ordeal(several, Books(url), plan).run()


async def _database(url: str) -> str:
    """Another database on the same server."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(f"CREATE DATABASE {_DATABASE}")
    finally:
        await connection.close()
    return url.replace("@/matchpoint?", f"@/{_DATABASE}?")
