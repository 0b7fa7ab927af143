"""The commands that end: migrate, seed, schema."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cli.schema import WRITTEN
from domain.accounts import Accounts, LogIn, log_in
from domain.accounts.commands.sessions import Device
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.settings import Settings
from domain.kernel.actor import Role
from domain.kernel.clock import SystemClock
from tests.fixtures.processes import LIMIT_S, ROOT
from tests.workers.stage import value


def matchpoint(settings: Settings, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the command says and how it ends."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env={
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key,
            "PYTHONPATH": str(ROOT),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest_asyncio.fixture
async def accounts(db: Database, settings: Settings) -> AsyncIterator[Accounts]:
    """Who knows the accounts."""
    cache = Cache(settings.redis_url)
    yield Accounts(db, cache, settings, SystemClock())
    await cache.close()


async def roles_after_log_in(accounts: Accounts, password: str) -> frozenset[Role]:
    """What the administrator may do who logs in with this password."""
    command = LogIn(login="admin@matchpoint.local", password=password, device=Device(address="", user_agent=""))
    signed_in = await log_in(accounts, command)
    return (await accounts.authenticate(signed_in.tokens.access_token)).actor.roles


async def test_migrate_can_be_repeated_and_leaves_partitions_and_games(db: Database, settings: Settings) -> None:
    for _ in range(2):
        done = matchpoint(settings, "migrate")
        assert (done.returncode, done.stderr) == (0, "")
        assert await value(db, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'match_log'::regclass") == 4
        assert await value(db, "SELECT count(*) FROM games WHERE slug = 'rocket-league-1v1'") == 1


async def test_seed_makes_one_administrator_with_a_password_only_its_owner_can_read(
    accounts: Accounts, settings: Settings, tmp_path: Path
) -> None:
    first = matchpoint(settings, "seed", "--data-dir", tmp_path / "data")
    kept = tmp_path / "data" / "admin-password"
    password = kept.read_text()
    assert first.stdout == f"Administrator admin@matchpoint.local, password in {kept}.\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = matchpoint(settings, "seed", "--data-dir", tmp_path / "data", ADMIN_PASSWORD="not this one either")
    assert (again.returncode, again.stdout, kept.read_text()) == (0, "", password)
    assert await roles_after_log_in(accounts, password) >= {Role.ADMIN}


async def test_seed_takes_the_password_it_is_given(accounts: Accounts, settings: Settings, tmp_path: Path) -> None:
    given = "correct horse battery staple"
    done = matchpoint(settings, "seed", "--data-dir", tmp_path, ADMIN_PASSWORD=given)
    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])
    assert await roles_after_log_in(accounts, given) >= {Role.ADMIN}


async def test_seed_refuses_a_weak_password_and_makes_nobody(db: Database, settings: Settings, tmp_path: Path) -> None:
    done = matchpoint(settings, "seed", "--data-dir", tmp_path, ADMIN_PASSWORD="short")
    assert done.returncode == 2
    assert done.stderr.startswith("matchpoint seed: ")
    assert await value(db, "SELECT count(*) FROM users") == 0


def test_schema_is_printed_written_and_compared(settings: Settings, tmp_path: Path) -> None:
    printed = matchpoint(settings, "schema")
    assert "type Query" in printed.stdout
    file = tmp_path / "schema.graphql"
    assert matchpoint(settings, "schema", "--write", file).returncode == 0
    assert file.read_text() == printed.stdout
    same = matchpoint(settings, "schema", "--check", file)
    assert (same.returncode, same.stdout) == (0, "")
    file.write_text(printed.stdout.replace("type Query", "type Question"))
    different = matchpoint(settings, "schema", "--check", file)
    assert different.returncode == 1
    assert "-type Question" in different.stdout
    assert "+type Query" in different.stdout


def test_the_schema_is_written_beside_its_code() -> None:
    assert Path(ROOT / "schema" / "schema.graphql") == WRITTEN


@pytest.mark.parametrize("address", ["9100", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"])
def test_an_address_that_cannot_be_one_is_refused(settings: Settings, address: str) -> None:
    done = matchpoint(settings, "relay", "--metrics", address)
    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr
