"""Asking the real schema in this process, without a transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.kernel.actor import Actor
from resolvers.context import Context
from resolvers.services import Services
from schema.root import build_schema
from tests.factories.accounts import make_accounts
from tests.fixtures.clock import FakeClock
from tests.fixtures.hub import LocalHub

_SCHEMA = build_schema()


def payload_of(mutation: str) -> str:
    """The name of the type that a mutation answers when it has happened."""
    return f"{mutation[0].upper()}{mutation[1:]}Payload"


class Ask:
    """Executes documents as somebody."""

    def __init__(self, services: Services) -> None:
        self.services = services

    async def __call__(self, actor: Actor, document: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        result = await self._execute(actor, document, variables)
        assert result.errors is None, result.errors
        return result.data

    async def mutate(self, actor: Actor, field: str, given: dict[str, Any], selection: str = "") -> Any:
        """What one mutation answers: its type, what is selected of the payload, and the code of a refusal."""
        root = _SCHEMA._schema.mutation_type
        assert root is not None
        takes = root.fields[field].args["input"].type
        selected = f"{{ __typename {selection} ... on UserError {{ code }} }}"
        document = f"mutation ($input: {takes}) {{ {field}(input: $input) {selected} }}"
        return (await self(actor, document, input=given))[field]

    async def error(self, actor: Actor, document: str, **variables: Any) -> Exception:
        """What the only error of an answer was caused by."""
        result = await self._execute(actor, document, variables)
        assert result.errors is not None
        (error,) = result.errors
        cause = error.original_error
        assert isinstance(cause, Exception), error
        return cause

    async def _execute(self, actor: Actor, document: str, variables: dict[str, Any]) -> Any:
        context = Context(services=self.services, actor=actor)
        return await _SCHEMA.execute(document, variable_values=variables, context_value=context)


@pytest_asyncio.fixture
async def ask(db: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[Ask]:
    """Asks the schema on this test's own database."""
    cache, presence = Cache(settings.redis_url), Presence(settings.redis_url, LocalHub())
    yield Ask(
        Services(
            settings=settings,
            db=db,
            clock=clock,
            accounts=make_accounts(db, cache, settings, clock),
            presence=presence,
        )
    )
    await presence.stop()
    await cache.close()
