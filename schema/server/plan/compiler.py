"""From an operation to its plan."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from math import isfinite
from typing import Any

from graphql import GraphQLError, NamedTypeNode, NonNullTypeNode, OperationDefinitionNode, TypeNode
from graphql.execution import Executor

from schema.server.plan.errors import completed
from schema.server.plan.run import Run, merged, whole
from schema.server.plan.selections import Selections, Shape, Uncovered
from schema.server.plan.writer import Writer

_BOOLEAN = "Boolean"
# A document whose variables decide what is skipped has a plan for each set of their values.
_MAX_PLANS = 16
_FIRST = "it comes for the first time"


@dataclass(frozen=True, slots=True)
class Done:
    """What a run answers: the data, the errors, and how many objects were resolved, the root not counted."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]
    objects: int


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation that is compiled. `text` is its Python."""

    text: str
    shape: Shape
    function: Callable[[Run, list[Any]], Any]
    waits: bool

    async def run(self, executor: Executor[Any]) -> Done:
        """Resolve the operation for the variables, the root and the context of an executor."""
        run = Run(executor)
        rows = self.function(run, [executor.root_value])
        (data,) = await rows if self.waits else rows
        if run.has_failed:
            data, errors = completed(self.shape, data)
            return Done(data, errors, run.objects - 1)
        return Done(data, [], run.objects - 1)


class Plans:
    """The plans of one operation, each made when the values of its Boolean variables come for the second time.

    So what is sent once is never compiled.
    """

    def __init__(self, operation: OperationDefinitionNode) -> None:
        # Only these can decide what is skipped.
        self._variables = tuple(
            each.variable.name.value for each in operation.variable_definitions or () if _is_boolean(each.type)
        )
        self._plans: dict[tuple[object, ...], Plan | str] = {}

    def of(self, executor: Executor[Any]) -> Plan | str:
        """The plan for the variables of an executor, or why there is none."""
        values = executor.variable_values.coerced
        key = tuple(values.get(name) for name in self._variables)
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= _MAX_PLANS:
                return "it has too many plans"
            found = self._plans[key] = _FIRST
            return found
        if found is _FIRST:
            found = self._plans[key] = _plan_or_reason(executor)
        return found


def compiled(executor: Executor[Any]) -> Plan:
    """The plan of an executor's operation.

    Raises:
        Uncovered: plans do not cover it.
    """
    selections = Selections(executor)
    root, shape = selections.root()
    writer = Writer(selections)
    text = writer.text()
    names: dict[str, Any] = {"isfinite": isfinite, "merged": merged, "whole": whole, "together": _together}
    names |= writer.constants
    exec(compile(text, f"<plan of {root.type}>", "exec"), names)  # noqa: S102  (the writer puts no text of clients in)
    return Plan(text, shape, names[writer.function_name(root)], root.waits)


def _is_boolean(type_: TypeNode) -> bool:
    inner = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return isinstance(inner, NamedTypeNode) and inner.name.value == _BOOLEAN


def _plan_or_reason(executor: Executor[Any]) -> Plan | str:
    try:
        return compiled(executor)
    except Uncovered as reason:
        return str(reason)


async def _together(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    """What several parts of a level answer; they load together."""
    return await asyncio.gather(*coroutines)
