"""Answers that are the same for everybody who is not signed in, kept until something they were made of changes.

An answer is kept by document, operation and variables, and only of registered documents, so that nobody fills the
memory with documents of their own. It is made as nobody, whoever asks. What it has read says on which topics of the bus
changes are told: those that subscriptions listen to. A fact of one of them drops the answer at once; one that was made
of anything that nothing tells about is soon made again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson
from graphql import OperationType

from domain.infra.telemetry import RESULTS
from resolvers.context import Context
from resolvers.services import Services
from schema.server.bus import Bus
from schema.server.clients import Client
from schema.server.documents import Operation
from schema.server.execution import Engine, encoded
from schema.server.meter import Charge
from schema.server.parameters import Parameters
from schema.server.watched import Watched

# Nothing is older than this, not even while no relay tells the bus what happens.
_TOLD_S = 10.0
_UNTOLD_S = 2.0
_MAX_BYTES = 64 * 1024 * 1024
# Variables that are longer are rarely equal; in JSON.
_MAX_VARIABLES = 1_024


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of everybody's data: equal questions have equal answers."""

    operation: Operation
    variables: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """An answer to everybody.

    Attributes:
        body: as JSON.
        etag: a weak validator: answers with the same one say the same, in whatever media type.
        objects: how many objects it holds, the root not counted.
        has_errors: whether something of it failed.
        topics: on which topics the changes of what it was made of are told.
        is_told: whether all of them are.
    """

    body: bytes
    etag: str
    objects: int
    has_errors: bool
    topics: frozenset[str]
    is_told: bool


class Results:
    """The kept answers of a process."""

    def __init__(self, engine: Engine, hub: Bus, services: Services) -> None:
        self._engine = engine
        self._services = services
        self._paying: dict[Question, asyncio.Future[None]] = {}
        self._watched = Watched(
            hub,
            self._read,
            lambda _, result: result.topics,
            kept_s=_kept_s,
            max_size=_MAX_BYTES,
            size_of=lambda result: len(result.body),
        )

    def question(self, operation: Operation, parameters: Parameters, client: Client) -> Question | None:
        """What a request asks of everybody's data; None when only this viewer may have the answer.

        Who is signed in gets no kept answer, also to what is public: it may be older than what they have just changed.
        """
        if operation.kind is not OperationType.QUERY or not operation.is_registered or client.actor.user_id is not None:
            return None
        variables = orjson.dumps(parameters.variables, option=orjson.OPT_SORT_KEYS)
        return Question(operation, variables) if len(variables) <= _MAX_VARIABLES else None

    async def get(self, question: Question, pay: Callable[[], Awaitable[Charge]]) -> tuple[Result, int]:
        """The answer, and what it has cost who asks. It is made once for all who ask meanwhile, and only one pays.

        Raises:
            RequestRefused: by `pay`, or the variables do not fit, or it took too long.
        """
        while (kept := self._watched.kept(question)) is None:
            if self._watched.is_being_read(question):
                RESULTS.labels(question.operation.label, "shared").inc()
                return await self._watched.get(question), 0
            paying = self._paying.get(question)
            if paying is None:
                return await self._made(question, pay)
            # Whoever pays may have nothing left; then the next one pays.
            await asyncio.wait([paying])
        RESULTS.labels(question.operation.label, "kept").inc()
        return kept, 0

    async def _made(self, question: Question, pay: Callable[[], Awaitable[Charge]]) -> tuple[Result, int]:
        paying = self._paying[question] = asyncio.get_running_loop().create_future()
        try:
            charge = await pay()
            making = self._watched.get(question)
        finally:
            del self._paying[question]
            paying.set_result(None)
        RESULTS.labels(question.operation.label, "made").inc()
        result = await making
        return result, charge.settle(result.objects)

    async def _read(self, question: Question) -> Result:
        ctx = Context(services=self._services)
        answer = await self._engine.answer(question.operation, orjson.loads(question.variables), ctx)
        body = encoded(answer.body)
        return Result(
            body=body,
            etag=f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
            objects=answer.objects,
            has_errors="errors" in answer.body,
            topics=frozenset(ctx.reads.topics),
            is_told=ctx.reads.is_told,
        )


def _kept_s(result: Result) -> float:
    if result.has_errors:
        return 0.0
    return _TOLD_S if result.is_told else _UNTOLD_S
