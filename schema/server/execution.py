"""Runs a prepared operation: variables in, an answer out. By its plan, or by graphql-core for what plans leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, cast

import orjson
import strawberry
from graphql import (
    ExecutionResult,
    ExperimentalIncrementalExecutionResults,
    GraphQLError,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution import (
    Executor,
    InitialIncrementalExecutionResult,
    SubsequentIncrementalExecutionResult,
    create_source_event_stream,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import Path
from msgspec import Struct
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.infra.telemetry import UNPLANNED
from resolvers.context import Context
from resolvers.streams import Stream
from schema.server.documents import Operation
from schema.server.masking import MAX_ERRORS, Code, RequestRefused, failure, masked
from schema.server.plan import Done, Plan, Plans, Run
from schema.server.waiting import within

TIME_LIMIT_S = 10.0


class Answer(Struct, frozen=True):
    """What a client gets, and how many objects were resolved for it, the root not counted."""

    body: dict[str, Any]
    objects: int


# strawberry's check is quicker and says the same; only its annotation is narrower.
_is_awaitable = cast("Any", optimized_is_awaitable)


class _Eager(StrawberryGraphQLCoreExecutionContext):
    """Executes what is deferred or streamed together with everything else, for whoever takes one whole answer."""

    execute_collected_root_fields = Executor.execute_collected_root_fields
    # Only the name of the last parameter differs.
    execute_collected_subfields = Executor.execute_collected_subfields  # type: ignore[assignment]

    def get_stream_usage(self, field_details_list: FieldDetailsList, path: Path) -> None:
        """No list is streamed."""


class Engine:
    """Executes operations against one schema."""

    def __init__(self, schema: strawberry.Schema, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._schema = schema._schema  # noqa: SLF001  (strawberry has no public way to its graphql-core schema)
        self._time_limit_s = time_limit_s
        self._plans = Plans()

    async def answer(
        self, operation: Operation, variables: dict[str, Any], ctx: Context, root: object = None
    ) -> Answer:
        """The answer to a query, a mutation, or one message of a subscription (then `root` is its value).

        Raises:
            RequestRefused: the variables do not fit, or it took too long.
        """
        values = self._values(operation, variables, ctx)
        run = Run(
            root,
            values,
            lambda: self._executor(_Eager, operation, values, ctx, root),
            hide_suggestions=_hides_suggestions(ctx),
        )
        plan = self._plans.of((operation, *map(values.coerced.get, operation.deciding)), run.executor)
        if isinstance(plan, Plan):
            planned = cast("Done", await self._settled(plan.answer(run)))
            # Of what failed only what is left counts.
            objects = objects_in(planned.data) if planned.errors else planned.objects
            return Answer(_body(planned, operation), objects)
        UNPLANNED.labels(operation.label, plan).inc()
        executed = cast("ExecutionResult", await self._settled(run.executor().execute_operation()))
        return Answer(_body(executed, operation), objects_in(executed.data))

    async def increments(
        self, operation: Operation, variables: dict[str, Any], ctx: Context
    ) -> tuple[Answer, AsyncGenerator[dict[str, Any], None] | None]:
        """The answer without what is deferred, and then that, part by part; None when nothing is.

        Raises:
            RequestRefused: the variables do not fit, or it took too long.
        """
        values = self._values(operation, variables, ctx)
        executor = self._executor(StrawberryGraphQLCoreExecutionContext, operation, values, ctx, None)
        done = await self._settled(executor.execute_operation())
        if not isinstance(done, ExperimentalIncrementalExecutionResults):
            whole = cast("ExecutionResult", done)
            return Answer(_body(whole, operation), objects_in(whole.data)), None
        first = done.initial_result
        body = _body(first, operation) | {
            "pending": [pending.formatted for pending in first.pending],
            "hasNext": True,
        }
        return Answer(body, objects_in(first.data)), self._rest(done.subsequent_results)

    async def _rest(
        self, results: AsyncGenerator[SubsequentIncrementalExecutionResult, None]
    ) -> AsyncGenerator[dict[str, Any], None]:
        deadline = asyncio.get_running_loop().time() + self._time_limit_s
        async with aclosing(results):
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        result = await anext(results, None)
                except TimeoutError:
                    error = failure(Code.UNAVAILABLE, "The rest took too long and was given up.")
                    yield {"hasNext": False, "errors": [error]}
                    return
                if result is None:
                    return
                yield _part(result)

    async def stream(
        self, operation: Operation, variables: dict[str, Any], ctx: Context
    ) -> tuple[Stream[Any], dict[str, Any]]:
        """The stream that a subscription asks for, and its variables as resolvers see them.

        Raises:
            RequestRefused: the variables do not fit, the field refuses, or it took too long.
        """
        values = self._values(operation, variables, ctx)
        executor = self._executor(_Eager, operation, values, ctx, None)
        source = await self._settled(create_source_event_stream(executor))
        if isinstance(source, ExecutionResult):
            errors = masked(source.errors or ())
            raise RequestRefused(errors[0]["extensions"]["code"], errors[0]["message"], errors)
        if not isinstance(source, Stream):
            raise TypeError(f"a subscription must answer a Stream, not {type(source).__name__}")
        return source, values.coerced

    async def _settled(self, result: object) -> object:
        if not optimized_is_awaitable(result):
            return result
        try:
            return await within(self._time_limit_s, cast("Coroutine[Any, Any, object]", result))
        except TimeoutError:  # of this limit: one in a resolver is an error of its field
            raise RequestRefused(
                Code.UNAVAILABLE, "This took too long and was given up; read the state again before repeating a change."
            ) from None

    def _values(self, operation: Operation, variables: dict[str, Any], ctx: Context) -> VariableValues:
        values = get_variable_values(
            self._schema,
            operation.definition.variable_definitions or (),
            variables,
            MAX_ERRORS,
            _hides_suggestions(ctx),
        )
        if isinstance(values, list):
            raise RequestRefused.because(Code.BAD_USER_INPUT, values)
        return values

    def _executor(
        self,
        kind: type[StrawberryGraphQLCoreExecutionContext],
        operation: Operation,
        values: VariableValues,
        ctx: Context,
        root: object,
    ) -> Executor[Any]:
        # `Executor.build` would look for the operation in the document, and at its variables, once more.
        return kind(
            self._schema,
            {name: fragment.definition for name, fragment in operation.fragments.items()},
            operation.fragments,
            root,
            ctx,
            operation.definition,
            values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=_is_awaitable,
            hide_suggestions=_hides_suggestions(ctx),
        )


def _hides_suggestions(ctx: Context) -> bool:
    return not ctx.actor.is_admin


def _body(done: Done | ExecutionResult | InitialIncrementalExecutionResult, operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"data": done.data}
    if done.errors:
        answer["errors"] = masked(done.errors)
    if operation.deprecations:
        answer["extensions"] = {"deprecations": [asdict(each) for each in operation.deprecations]}
    return answer


def _part(result: SubsequentIncrementalExecutionResult) -> dict[str, Any]:
    part: dict[str, Any] = {"hasNext": result.has_next}
    if result.pending:
        part["pending"] = [pending.formatted for pending in result.pending]
    for name, found in (("incremental", result.incremental), ("completed", result.completed)):
        if found:
            part[name] = [_masked_in(one.formatted, one.errors) for one in found]
    return part


def _masked_in(formatted: Mapping[str, Any], errors: Sequence[GraphQLError] | None) -> dict[str, Any]:
    return {**formatted, "errors": masked(errors)} if errors else dict(formatted)


def objects_in(data: object) -> int:
    """How many objects an answer holds, the root not counted."""
    count, pending = -1, [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            count += 1
            pending.extend(each for each in value.values() if isinstance(each, (dict, list)))
        elif isinstance(value, list):
            pending.extend(value)
    return max(0, count)


def encoded(answer: dict[str, Any]) -> bytes:
    """The answer as JSON."""
    return orjson.dumps(answer)
