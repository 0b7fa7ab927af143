"""What monitors and balancers are told."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace

import httpx
from sqlalchemy import text
from starlette.applications import Starlette

from domain.infra.db import Database
from domain.infra.settings import Settings
from resolvers.services import Services
from schema.server.pages import routes
from tests.fixtures.hub import LocalHub


async def test_a_database_that_has_fallen_silent_is_not_ready(services: Services, settings: Settings) -> None:
    """Its connections are open all the same."""
    own = Database(settings.database_url, pool_size=1)
    services = replace(services, db=own)
    app = Starlette(routes=routes(services, LocalHub(), {}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as asking:
        assert (await asking.get("/readyz")).json() == {"ready": True, "missing": []}
        async with own.read() as session:
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
        os.kill(pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(10):
                silent = await asking.get("/readyz")
        finally:
            os.kill(pid, signal.SIGCONT)
        assert (silent.status_code, silent.json()["missing"]) == (503, ["database"])
        assert (await asking.get("/readyz")).status_code == 200
    await own.close()
