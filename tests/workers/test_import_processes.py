"""An import is made by whichever worker lives: as a whole, and once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain import tournaments
from domain.infra.db import Database
from domain.infra.embedded import Valkey
from domain.infra.settings import Settings
from domain.tournaments import write_event_json
from tests.factories.games import make_catalogue
from tests.factories.imports import CUP, import_of, wanted
from tests.factories.teams import make_people, run
from tests.fixtures.processes import LIMIT_S
from tests.workers.stage import held, none_owed, process, until, value


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Valkey of this test's own, so that no worker takes the jobs of another test."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server.url
    server.stop()


async def waits_for_a_table(db: Database) -> bool:
    """Whether a worker is in the middle of an import, at the table that the test holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'relation'"
    return bool(await value(db, waiting))


async def test_an_import_that_a_killed_worker_was_at_is_made_by_another(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    asked = await run(db, tournaments.import_event, organizer, wanted([write_event_json(CUP)]))
    log = tmp_path / "log"
    with process("relay", settings, log):
        # Where those in a stage are written the event itself and its entrants have been, in the same transaction.
        async with held(settings.database_url, "LOCK TABLE stage_entrants IN EXCLUSIVE MODE"):
            with process("worker", settings, log) as worker:
                await until(lambda: waits_for_a_table(db))
                worker.send_signal(signal.SIGKILL)
                worker.wait(LIMIT_S)
            assert await value(db, "SELECT count(*) FROM tournaments") == 0
            assert await value(db, "SELECT status FROM event_imports") == "WAITING"
        with process("worker", settings, log):
            await until(lambda: none_owed(db))
    found = await import_of(db, asked.id)
    assert (found.status, found.tournament_id is None) == ("FINISHED", False)
    assert await value(db, "SELECT count(*) FROM tournaments") == 1
    assert await value(db, "SELECT count(*) FROM entrants") == 3
    assert await value(db, "SELECT count(*) FROM matches") == 2
    assert await value(db, "SELECT count(*) FROM notifications") == 0
    assert await value(db, "SELECT count(*) FROM rating_changes") == 0
