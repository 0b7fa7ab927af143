"""What a request carries: who asks, the database, the loaders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.infra import idempotency
from domain.infra.db import ReadSession, WriteSession
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.clock import Clock
from domain.kernel.errors import NotFound
from resolvers.loaders import Loaders
from resolvers.reads import Reads
from resolvers.services import Services

C = TypeVar("C")
R = TypeVar("R")


class _Keyed(Protocol):
    id: Any


K = TypeVar("K", bound=_Keyed)


@dataclass(slots=True)
class Context:
    """One request, one mutation field, or one event of a subscription. Made anew for each; never kept."""

    services: Services
    actor: Actor = ANONYMOUS
    address: str = ""
    user_agent: str = ""
    reads: Reads = field(default_factory=Reads)
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(self.services, self.reads)

    @property
    def clock(self) -> Clock:
        """The clock. What depends on it changes without a word."""
        self.reads.add(None)
        return self.services.clock

    def read(self, told_on: Collection[str] | None = None) -> AbstractAsyncContextManager[ReadSession]:
        """A session for one batch of reads, of what is told on these topics (see `Reads.add`)."""
        self.reads.add(told_on)
        return self.services.db.read()

    def snapshot(self) -> AbstractAsyncContextManager[ReadSession]:
        """A session for reads that must see one instant."""
        self.reads.add(None)
        return self.services.db.snapshot()

    async def execute(self, use_case: Callable[[WriteSession, Actor, C], Awaitable[R]], command: C) -> R:
        """Run one command in one transaction."""
        result = await self.services.db.transaction(lambda session: use_case(session, self.actor, command))
        self.loaders = Loaders(self.services, self.reads)  # what was loaded before the change may be old now
        return result

    async def execute_once(
        self,
        use_case: Callable[[WriteSession, Actor, C], Awaitable[K]],
        command: C,
        key: str | None,
        row_type: type[K],
    ) -> K:
        """Run one command in one transaction, at most once for an idempotency key; a repeat answers the same row."""
        if key is None:
            return await self.execute(use_case, command)
        given = key

        async def once(session: WriteSession, actor: Actor, command: C) -> K:
            user_id = actor.require_user()
            earlier = await idempotency.earlier_result(session, user_id, given, command)
            if earlier is not None:
                return await _again(session, row_type, earlier)
            row = await use_case(session, actor, command)
            idempotency.remember(session, user_id, given, command, row.id)
            return row

        return await self.execute(once, command)


async def _again(session: WriteSession, row_type: type[K], key: UUID) -> K:
    row = await session.get(row_type, key)
    if row is None:
        raise NotFound(row_type.__name__.lower())
    return row
