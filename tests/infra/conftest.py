"""Fixtures for tests that start servers and processes of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.infra.embedded import PostgreSQL, Valkey
from tests.fixtures.processes import unmount_below


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory of this test's own that other users may pass through, unlike pytest's."""
    directory = Path(tempfile.mkdtemp(prefix="up-"))
    directory.chmod(0o755)
    yield directory
    unmount_below(directory)
    shutil.rmtree(directory)


@pytest.fixture
def own_postgres(place: Path) -> Iterator[PostgreSQL]:
    """A PostgreSQL of this test's own, not started yet."""
    server = PostgreSQL(place / "pg")
    yield server
    server.stop()


@pytest.fixture
def own_valkey(place: Path) -> Iterator[Valkey]:
    """A Valkey of this test's own, not started yet."""
    server = Valkey(place / "vk")
    yield server
    server.stop()
