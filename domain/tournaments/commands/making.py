"""How far an import is, told while the one transaction that makes it is open.

It is told in short transactions of their own, on the row of the import, which the long one does not lock until its end.
If that one is lost, what it has told stands until the next attempt tells what it has made.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import update

from domain.infra import outbox
from domain.infra.db import Database, WriteSession
from domain.kernel.clock import Clock
from domain.tournaments.events import EventImportAdvanced
from domain.tournaments.models import EventImport
from domain.tournaments.rules.events.making import Made, is_due


class Making:
    """Counts what of an import is made, and tells it. `beside` has connections that no import is made with."""

    def __init__(self, beside: Database, import_id: UUID, clock: Clock) -> None:
        self._beside = beside
        self._import_id = import_id
        self._clock = clock
        self._made = self._told = Made()
        self._told_at = clock.now()

    async def stage_made(self) -> None:
        """One more stage is made."""
        await self._count(replace(self._made, stages=self._made.stages + 1))

    async def matches_made(self, count: int) -> None:
        """So many more matches or heats are made."""
        await self._count(replace(self._made, matches=self._made.matches + count))

    async def _count(self, made: Made) -> None:
        self._made = made
        now = self._clock.now()
        if is_due(made, self._told, now - self._told_at):
            await self._beside.transaction(self._tell)
            self._told, self._told_at = made, now

    async def _tell(self, session: WriteSession) -> None:
        statement = (
            update(EventImport)
            .where(EventImport.id == self._import_id)
            .values(
                made_stage_count=self._made.stages,
                made_match_count=self._made.matches,
                version=EventImport.version + 1,
            )
        )
        await session.execute(statement.execution_options(synchronize_session=False))
        await outbox.record(session, EventImportAdvanced(import_id=self._import_id))
