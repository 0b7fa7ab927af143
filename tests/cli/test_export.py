"""`matchpoint export`: what it refuses."""

from __future__ import annotations

import asyncio

import pytest

from cli.main import main
from domain import registry
from domain.infra.db import Database
from tests.factories.ladders import make_ladder
from tests.factories.teams import make_people
from tests.fixtures.server import RunningServer, shared_server

__all__ = ["shared_server"]


async def test_an_event_with_a_ladder_is_not_exported(
    shared_server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    db = Database(shared_server.environment["DATABASE_URL"], within=registry.WITHIN)
    (organizer,) = await make_people(db, "ladder-manager")
    hall = await make_ladder(db, organizer, 4, "rungs")
    await hall.fought(3, 1)
    await db.close()
    status = await asyncio.to_thread(main, ["export", "rungs", "--url", shared_server.url])
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err == ("matchpoint export: 'rungs' is played on a ladder, for which matchpoint-event-1 has no form.\n")
