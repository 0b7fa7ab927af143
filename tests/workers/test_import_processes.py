"""An import is made by whichever worker lives: as a whole, and once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from domain import tournaments
from domain.infra.db import Database
from domain.infra.embedded import Valkey
from domain.infra.settings import Settings
from domain.tournaments import write_event_json
from tests.domain.tournaments.exchange.events import own
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


# Where the final is to be written, whoever writes it waits for the lock of this number.
_FUNCTION = """
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END'"""
_TRIGGER = """
    CREATE TRIGGER wait_for_the_test BEFORE INSERT ON bracket_matches FOR EACH ROW WHEN (NEW.key = 'U1.1')
    EXECUTE FUNCTION wait_for_the_test()"""


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


async def test_how_far_an_import_is_shows_while_it_is_made_and_again_after_a_kill(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    asked = await run(db, tournaments.import_event, organizer, wanted([write_event_json(own.finals(1, 2))]))
    await db.transaction(lambda session: session.execute(text(_FUNCTION)))
    await db.transaction(lambda session: session.execute(text(_TRIGGER)))
    told = "SELECT count(*) FROM outbox WHERE name = 'tournaments.import_advanced' AND published_at IS NOT NULL"

    async def told_times(times: int) -> bool:
        return bool(await value(db, told) == times)

    log = tmp_path / "log"
    with process("relay", settings, log):
        for attempt in (1, 2):
            async with held(settings.database_url, "SELECT pg_advisory_xact_lock(4711)"):
                with process("worker", settings, log) as worker:
                    await until(lambda attempt=attempt: told_times(attempt))  # type: ignore[misc]
                    worker.send_signal(signal.SIGKILL)
                    worker.wait(LIMIT_S)
                found = await import_of(db, asked.id)
                assert (found.status, found.version) == ("WAITING", 1 + attempt)
                assert (found.made_stage_count, found.stage_count) == (1, 2)
                assert (found.made_match_count, found.match_count) == (2, 3)
                assert await value(db, "SELECT count(*) FROM tournaments") == 0
        with process("worker", settings, log):
            await until(lambda: none_owed(db))
    found = await import_of(db, asked.id)
    assert (found.status, found.made_stage_count, found.made_match_count) == ("FINISHED", 2, 3)
    # Each attempt that was killed told one stage, the last both, and then its end.
    assert (found.version, await told_times(4)) == (6, True)
    assert await value(db, "SELECT count(*) FROM matches") == 3
