"""Whether clients who are dropped and resume for a minute, while processes die under load, know all at the end."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from bench.server import System
from tests.faults.ordeal import TOLD, Ordeal, Plan
from tests.faults.several import Books, several_processes

_DATABASE = "no_loss"
_FAULTS = ("valkey", "relay", "history", "valkey", "relay", "history", "api", "history")


async def measure(system: System) -> dict[str, Any]:
    """Fifty clients of an event of 32, and six slow ones, with a seed that is told.

    Its processes are others than those of the system.

    Raises:
        RuntimeError: nobody was told that they had missed something, so that it was not measured.
    """
    plan = Plan(
        duration_s=60, clients=50, slow=6, entrants=32, faults=_FAULTS, changes_per_second=30, scores=10,
        seed=secrets.randbelow(1_000_000),
    )  # fmt: skip
    url = await _database(system.database_url)
    with (
        tempfile.TemporaryDirectory(prefix="mp-loss-") as directory,
        several_processes(url, Path(directory)) as several,
    ):
        outcome = await Ordeal(several, Books(url), plan).run()
    untold = [reason for reason in TOLD if not outcome["resyncs"][reason]]
    if untold:
        raise RuntimeError(f"no client was told {' or '.join(untold)}: {outcome}")
    return outcome


async def _database(url: str) -> str:
    """Another database on the same server."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(f"CREATE DATABASE {_DATABASE}")
    finally:
        await connection.close()
    return url.replace("@/matchpoint?", f"@/{_DATABASE}?")
