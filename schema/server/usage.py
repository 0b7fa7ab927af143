"""How often applications use their documents: added up in the process, and written every few seconds.

A process that is killed loses what it has not written, so the last seconds at most. What could not be written is kept
for the next time; when only the answer to a write was lost, its uses count twice. The numbers are for people who look
at what is used; nothing is paid by them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from uuid import UUID

import structlog

from domain.infra.telemetry import USES_LOST
from domain.partners import Use, record_usage
from resolvers.services import Services
from schema.server.clients import Client
from schema.server.documents import Operation
from schema.server.tracing import Outcome, observed

_EVERY_S = 5.0
_AT_ONCE = 1_000
# Days, keys and documents are few; when nothing can be written for long, and they are many, new ones are not counted.
_MAX_KEPT = 50_000

_log = structlog.get_logger("usage")


class Usage:
    """What was used since it was last written. `start` it to write regularly, `stop` it at the end."""

    def __init__(self, services: Services, every_s: float = _EVERY_S) -> None:
        self._services = services
        self._every_s = every_s
        self._uses: dict[tuple[UUID, str, date], Use] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def observed(self, operation: Operation, client: Client) -> Iterator[Outcome]:
        """Count and time an operation, and open a span around it; note its use if an application sent it."""
        outcome = Outcome()
        try:
            with observed(operation) as outcome:
                yield outcome
        finally:
            self._note(operation, client, outcome)

    def start(self) -> None:
        """Write every few seconds from now on."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self.write()

    async def write(self) -> None:
        """Write what was used; what the database does not take stays."""
        while self._uses:
            uses = list(islice(self._uses.values(), _AT_ONCE))
            for use in uses:
                del self._uses[use.key_id, use.hash, use.day]
            try:
                await self._services.db.transaction(partial(record_usage, uses=uses))
            except BaseException as error:
                self._keep(uses)
                if not isinstance(error, Exception):
                    raise
                _log.warning("usage could not be written", uses=len(self._uses), error=repr(error))
                return

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await self.write()

    def _note(self, operation: Operation, client: Client, outcome: Outcome) -> None:
        if client.partner is None:
            return
        now = self._services.clock.now()
        use = Use(
            partner_id=client.partner.partner_id,
            key_id=client.partner.key_id,
            hash=operation.document_hash,
            day=now.date(),
            count=1,
            errors=int(outcome.name != "ok"),
            points=outcome.points,
            last_at=now,
        )
        self._keep([use])

    def _keep(self, uses: Sequence[Use]) -> None:
        for use in uses:
            key = (use.key_id, use.hash, use.day)
            known = self._uses.get(key)
            if known is not None:
                self._uses[key] = replace(
                    known,
                    count=known.count + use.count,
                    errors=known.errors + use.errors,
                    points=known.points + use.points,
                    last_at=max(known.last_at, use.last_at),
                )
            elif len(self._uses) < _MAX_KEPT:
                self._uses[key] = use
            else:
                USES_LOST.inc(use.count)
