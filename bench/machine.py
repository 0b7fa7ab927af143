"""What a result was measured on: figures of different machines, or of different code, are not to be compared."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from bench import peers
from bench.event import open_database

_PROJECT = Path(__file__).resolve().parents[1]
# Results are written while the scenarios run.
_CODE = (".", ":!bench/results")


async def described(database_url: str) -> dict[str, Any]:
    """Hardware and versions; null for what is not there."""
    db = open_database(database_url)
    try:
        async with db.read() as session:
            postgres = await session.scalar(text("SHOW server_version"))
    finally:
        await db.close()
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgres": postgres,
        "node": _output("node", "--version"),
        "peers": peers.versions() if peers.are_installed() else None,
    }


def commit() -> dict[str, Any]:
    """The commit that is checked out, and whether the code differs from it; null where there is no repository."""
    changed = _output("git", "status", "--porcelain", "--", *_CODE)
    return {"commit": _output("git", "rev-parse", "HEAD"), "has_changes": None if changed is None else bool(changed)}


def _cpu_model() -> str:
    """As the kernel calls it, on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _output(program: str, *arguments: str) -> str | None:
    if shutil.which(program) is None:
        return None
    done = subprocess.run([program, *arguments], cwd=_PROJECT, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else None
