"""How often applications use their documents: added up in the process, and written every few seconds.

A process that is killed loses what it has not written, so the last seconds at most. What could not be written is kept
for the next time; when only the answer to a write was lost, its uses count twice. The numbers are for people who look
at what is used; nothing is paid by them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from types import TracebackType
from uuid import UUID

import structlog

from domain.infra.telemetry import USES_LOST
from domain.partners import ApiClient, Use, record_usage
from resolvers.services import Services
from schema.server.clients import Client
from schema.server.documents import Operation
from schema.server.tracing import Observed

_EVERY_S = 5.0
_AT_ONCE = 1_000
# Days, keys and documents are few; when nothing can be written for long, and they are many, new ones are not counted.
_MAX_KEPT = 50_000

_log = structlog.get_logger("usage")


class _Noted(Observed):
    """Notes the use, too."""

    def __init__(
        self, operation: Operation, partner: ApiClient, note: Callable[[Operation, ApiClient, Observed], None]
    ) -> None:
        super().__init__(operation)
        self._partner = partner
        self._note = note

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End, and note it."""
        super().__exit__(kind, error, traceback)
        self._note(self._operation, self._partner, self)


class Usage:
    """What was used since it was last written. `start` it to write regularly, `stop` it at the end."""

    def __init__(self, services: Services, every_s: float = _EVERY_S) -> None:
        self._services = services
        self._every_s = every_s
        self._uses: dict[tuple[UUID, str, date], Use] = {}
        self._task: asyncio.Task[None] | None = None

    def observed(self, operation: Operation, client: Client) -> Observed:
        """Counts and times an operation, with a span around it, and notes its use if an application sent it."""
        return Observed(operation) if client.partner is None else _Noted(operation, client.partner, self._note)

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

    def _note(self, operation: Operation, partner: ApiClient, observed: Observed) -> None:
        now = self._services.clock.now()
        use = Use(
            partner_id=partner.partner_id,
            key_id=partner.key_id,
            hash=operation.document_hash,
            day=now.date(),
            count=1,
            errors=int(observed.outcome != "ok"),
            points=observed.points,
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
