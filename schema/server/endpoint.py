"""What every transport of a process shares: who serves, and the one way an operation is noted, paid for and run."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

from resolvers.services import Services
from resolvers.streams import Stream
from schema.server.bus import Bus
from schema.server.clients import Client
from schema.server.documents import Documents, Operation
from schema.server.execution import Engine
from schema.server.fanout import Fanout
from schema.server.meter import Meter
from schema.server.parameters import Parameters
from schema.server.registry import Registry
from schema.server.results import Question, Result, Results
from schema.server.usage import Usage
from schema.server.viewer import ApiKeys

# Connections that began together, after a deploy, do not end together.
_LIFETIME_JITTER = 0.25


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the server is with connections that stay, and how often an idle stream shows that it lives."""

    init_s: float = 10.0
    keep_alive_s: float = 10.0
    unwritable_s: float = 30.0
    lifetime_s: float = 2 * 3600.0

    def lifetime(self) -> float:
        """How many seconds a new connection lives."""
        return self.lifetime_s * random.uniform(1, 1 + _LIFETIME_JITTER)  # noqa: S311  (spreads clients, no secret)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the transports of a process share."""

    services: Services
    registry: Registry
    keys: ApiKeys
    usage: Usage
    engine: Engine
    meter: Meter
    hub: Bus
    fanout: Fanout
    results: Results

    @classmethod
    def over(cls, services: Services, documents: Documents, engine: Engine, meter: Meter, hub: Bus) -> Endpoint:
        """The endpoint of a schema, whose documents and engine are given."""
        return cls(
            services=services,
            registry=Registry(documents, services, hub),
            keys=ApiKeys(services, hub, meter),
            usage=Usage(services),
            engine=engine,
            meter=meter,
            hub=hub,
            fanout=Fanout(engine, hub, services),
            results=Results(engine, hub, services),
        )

    async def operation(self, parameters: Parameters, client: Client) -> Operation:
        """The operation that a request asks for. Who sends documents that cannot be served pays for it.

        Raises:
            RequestRefused: the client has used up its points, or see `Parameters.require_own_hash` and
                `Registry.operation`.
        """
        parameters.require_own_hash()
        if not self.registry.prepares(parameters, client):
            return await self.registry.operation(parameters, client)
        known = self.registry.prepared(parameters)
        if known is not None:
            return known
        deposit = await self.meter.deposit(client)
        operation = await self.registry.operation(parameters, client)
        deposit.returned()
        return operation

    async def answer(self, operation: Operation, parameters: Parameters, client: Client) -> dict[str, Any]:
        """The answer to a query or a mutation.

        Raises:
            RequestRefused: the client has used up its points, or see `Engine.answer`.
        """
        with self.usage.observed(operation, client) as observed:
            charge = await self.meter.charge(operation, client)
            answered = await self.engine.answer(operation, parameters.variables, client.context(self.services))
            answer = charge.settled(answered)
            observed.settle(answer)
        return answer

    async def result(self, question: Question, client: Client) -> Result:
        """The answer to what anybody may ask. Only who has it made pays; what is kept, or made already, costs nothing.

        Raises:
            RequestRefused: the client has used up its points, or see `Results.get`.
        """
        with self.usage.observed(question.operation, client) as observed:
            result, observed.points = await self.results.get(
                question, lambda: self.meter.charge(question.operation, client)
            )
            if result.has_errors:
                observed.outcome = "errors"
        return result

    async def increments(
        self, operation: Operation, parameters: Parameters, client: Client
    ) -> tuple[dict[str, Any], AsyncGenerator[dict[str, Any], None] | None]:
        """The answer without what is deferred, and then that, part by part; None when nothing is.

        Raises:
            RequestRefused: the client has used up its points, or see `Engine.increments`.
        """
        with self.usage.observed(operation, client) as observed:
            charge = await self.meter.charge(operation, client)
            first, rest = await self.engine.increments(operation, parameters.variables, client.context(self.services))
            answer = charge.settled(first) if rest is None else charge.kept(first)
            observed.settle(answer)
        return answer, rest

    async def stream(
        self, operation: Operation, parameters: Parameters, client: Client
    ) -> tuple[Stream[Any], Mapping[str, Any]]:
        """The stream that a subscription asks for, and its variables as resolvers see them.

        The field is not asked where others follow already what everybody may.

        Raises:
            RequestRefused: the client has used up its points, or see `Engine.stream`.
        """
        with self.usage.observed(operation, client) as observed:
            await self.meter.charge(operation, client)
            observed.points = operation.demand.points

            def ask() -> Awaitable[tuple[Stream[Any], Mapping[str, Any]]]:
                return self.engine.stream(operation, parameters.variables, client.context(self.services))

            return await self.fanout.stream(operation, parameters.variables, client.actor, ask)
