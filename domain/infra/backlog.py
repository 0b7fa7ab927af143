"""How far facts and reactions are behind, as metrics."""

from __future__ import annotations

from domain.infra import inbox, outbox
from domain.infra.db import ReadSession
from domain.infra.telemetry import OUTBOX_LAG_SECONDS, REACTIONS_GIVEN_UP, REACTIONS_OWED


async def observe(session: ReadSession) -> None:
    """Set the gauges of the backlog to what is true now. Three short reads of small indexes."""
    OUTBOX_LAG_SECONDS.set(await outbox.outbox_lag(session))
    REACTIONS_OWED.set(await inbox.owed(session))
    REACTIONS_GIVEN_UP.set(await inbox.given_up(session))
