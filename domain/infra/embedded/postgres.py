"""A PostgreSQL server in a directory of ours, reached through a unix socket."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg

from domain.infra.embedded.binaries import PostgresBinaries, postgres_binaries
from domain.infra.embedded.errors import DataVersionMismatch, StartFailed, UserUnknown, storage_error, storage_error_in
from domain.infra.embedded.identity import OURSELVES, give_away, server_identity
from domain.infra.embedded.process import Process, end_orphan, is_alive, run, spawn, wait_until
from domain.infra.embedded.server import EmbeddedServer

_USER = "postgres"
_DATABASE = "matchpoint"
_PORT = 5432
_INITDB_LIMIT_S = 120.0
# Long, because after a crash the server first replays what it had written ahead.
_START_LIMIT_S = 120.0
# PostgreSQL 17 brought a collation of its own; the locale is then only for the character classes of extensions.
_BUILTIN_PROVIDER = 17
_LOCALES = ("C.UTF-8", "C")


class PostgreSQL(EmbeddedServer):
    """Starts and stops one PostgreSQL with a database `matchpoint`.

    `settings` are server parameters on top of the defaults, such as {"fsync": "off"} for tests.
    """

    name = "postgresql"
    _stop_signal = signal.SIGINT

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None, log: Path | None = None) -> None:
        super().__init__(data_dir, log)
        self._settings = dict(settings or {})
        self._data = self.data_dir / "data"
        self._identity = OURSELVES
        self._binaries: PostgresBinaries | None = None

    def url(self, database: str = _DATABASE) -> str:
        """The address for SQLAlchemy with asyncpg. Raises: RuntimeError when it has not been started."""
        return f"postgresql+asyncpg://{_USER}@/{database}?host={quote(str(self.sockets))}&port={_PORT}"

    def _before_launch(self) -> None:
        self._identity = server_identity(self.data_dir)
        self._binaries = postgres_binaries(self._identity, self.data_dir / "programs")
        if not (self._data / "PG_VERSION").exists():
            self._initialise(self._binaries)
        found = (self._data / "PG_VERSION").read_text().strip()
        if found != str(self._binaries.major):
            raise DataVersionMismatch(self._data, found, self._binaries.major)
        self._clear_pid_file()

    def _launch(self, sockets: Path) -> Process:
        assert self._binaries is not None
        give_away(sockets, self._identity)
        settings = {"listen_addresses": "", "unix_socket_permissions": "0700", **self._settings}
        command: list[str | Path] = [self._binaries.postgres, "-D", self._data, "-k", sockets, "-p", str(_PORT)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return spawn(
            command,
            env=_environment(),
            cwd=self._data,
            log=self.log,
            identity=self._identity,
            death_signal=signal.SIGINT,
        )

    def _wait_until_ready(self, process: Process) -> None:
        wait_until(lambda: process.poll() is not None or self._says_ready(process.pid), _START_LIMIT_S)
        if process.poll() is not None or not self._says_ready(process.pid):
            raise self._failure()
        # In a thread of its own, because the caller may be inside an event loop.
        with ThreadPoolExecutor(max_workers=1) as executor:
            created = executor.submit(asyncio.run, _create_database(self.sockets))
            try:
                created.result()
            except (asyncpg.PostgresError, OSError) as error:
                raise self._failure() from error

    def _says_ready(self, pid: int) -> bool:
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _initialise(self, binaries: PostgresBinaries) -> None:
        """Creates the cluster beside its place and moves it there, so that half a cluster never looks like one."""
        fresh = self.data_dir / "data.init"
        if self._identity is OURSELVES:
            _require_named_user()
        output = ""
        for locale in _LOCALES:
            shutil.rmtree(fresh, ignore_errors=True)
            status, output = run(
                _initdb(binaries, fresh, locale),
                env=_environment(),
                identity=self._identity,
                limit_s=_INITDB_LIMIT_S,
            )
            if status == 0:
                break
        else:
            shutil.rmtree(fresh, ignore_errors=True)
            reason = " | ".join(output.split("\n")[-5:])
            raise storage_error_in(self.data_dir, output) or StartFailed(
                f"PostgreSQL cannot create a database in {self.data_dir}: {reason}"
            )
        try:
            fresh.rename(self._data)
        except OSError as error:
            raise storage_error(self._data, error) from error

    def _clear_pid_file(self) -> None:
        """Removes a pid file left by a dead server whose pid now is somebody else's, who is left alone.

        PostgreSQL refuses to start when that pid lives, which after the restart of a container it often does.
        """
        with suppress(IndexError, ValueError):
            pid = int(self._pid_file_lines()[0])
            end_orphan(pid, self._data, "postgres", signal.SIGINT, limit_s=10)
            if is_alive(pid):
                (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return []


def _initdb(binaries: PostgresBinaries, directory: Path, locale: str) -> list[str | Path]:
    command: list[str | Path] = [binaries.initdb, "-D", directory, "-U", _USER, "-A", "trust", "-E", "UTF8"]
    if binaries.major >= _BUILTIN_PROVIDER:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Without --no-sync the first start waits seconds for files that a power cut could at worst make us create again.
    return [*command, f"--locale={locale}", "--no-sync", "--no-instructions"]


def _environment() -> dict[str, str]:
    """Ours without what would reconfigure PostgreSQL behind our back."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_")) and name != "LANG"}


def _require_named_user() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise UserUnknown(os.geteuid()) from None


async def _create_database(sockets: Path) -> None:
    connection = await asyncpg.connect(host=str(sockets), port=_PORT, user=_USER, database="postgres", ssl=False)
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", _DATABASE):
            await connection.execute(f'CREATE DATABASE "{_DATABASE}"')
    finally:
        await connection.close()
