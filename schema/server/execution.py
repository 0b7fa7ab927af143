"""Runs a prepared operation: variables in, an answer out. The only place that calls graphql-core's executor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Any, cast

import orjson
import strawberry
from graphql import ExecutionResult
from graphql.execution import Executor, create_source_event_stream
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.context import Context
from resolvers.streams import Stream
from schema.server.documents import Operation
from schema.server.masking import MAX_ERRORS, Code, RequestRefused, masked

TIME_LIMIT_S = 10.0

# strawberry's check is quicker and says the same; only its annotation is narrower.
_is_awaitable = cast("Any", optimized_is_awaitable)


class Engine:
    """Executes operations against one schema."""

    def __init__(self, schema: strawberry.Schema, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._schema = schema._schema  # noqa: SLF001  (strawberry has no public way to its graphql-core schema)
        self._time_limit_s = time_limit_s

    async def answer(
        self, operation: Operation, variables: dict[str, Any], ctx: Context, root: object = None
    ) -> dict[str, Any]:
        """The answer to a query, a mutation, or one message of a subscription (then `root` is its value).

        Raises:
            RequestRefused: the variables do not fit, or it took too long.
        """
        executor = self._executor(operation, variables, ctx, root)
        done = cast("ExecutionResult", await self._settled(executor.execute_operation()))
        answer = {"data": done.data} if not done.errors else {"data": done.data, "errors": masked(done.errors)}
        if operation.deprecations:
            answer["extensions"] = {"deprecations": [asdict(each) for each in operation.deprecations]}
        return answer

    async def stream(
        self, operation: Operation, variables: dict[str, Any], ctx: Context
    ) -> tuple[Stream[Any], dict[str, Any]]:
        """The stream that a subscription asks for, and its variables as resolvers see them.

        Raises:
            RequestRefused: the variables do not fit, the field refuses, or it took too long.
        """
        executor = self._executor(operation, variables, ctx, None)
        source = await self._settled(create_source_event_stream(executor))
        if isinstance(source, ExecutionResult):
            errors = masked(source.errors or ())
            raise RequestRefused(errors[0]["extensions"]["code"], errors[0]["message"], errors)
        if not isinstance(source, Stream):
            raise TypeError(f"a subscription must answer a Stream, not {type(source).__name__}")
        return source, executor.variable_values.coerced

    async def _settled(self, result: object) -> object:
        if not optimized_is_awaitable(result):
            return result
        try:
            async with asyncio.timeout(self._time_limit_s):
                return await cast("Awaitable[object]", result)
        except TimeoutError:  # of this limit: one in a resolver is an error of its field
            raise RequestRefused(
                Code.UNAVAILABLE, "This took too long and was given up; read the state again before repeating a change."
            ) from None

    def _executor(self, operation: Operation, variables: dict[str, Any], ctx: Context, root: object) -> Executor[Any]:
        built = StrawberryGraphQLCoreExecutionContext.build(
            self._schema,
            operation.document,
            root,
            ctx,
            variables,
            operation.name,
            max_coercion_errors=MAX_ERRORS,
            hide_suggestions=not ctx.actor.is_admin,
            is_awaitable=_is_awaitable,
        )
        if isinstance(built, list):
            raise RequestRefused.because(Code.BAD_USER_INPUT, built)
        return built


def encoded(answer: dict[str, Any]) -> bytes:
    """The answer as JSON."""
    return orjson.dumps(answer)
