"""From an operation to its plan."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias

from graphql import GraphQLError
from graphql.execution import Executor
from msgspec import Struct

from schema.server.plan.errors import completed
from schema.server.plan.run import Run, merged, whole
from schema.server.plan.selections import Selection, Selections, Uncovered
from schema.server.plan.writer import Writer

# A field takes up to 1.5 KB.
_MAX_FIELDS = 50_000
_MAX_ENTRIES = 2_000
_FIRST = "it comes for the first time"

Key: TypeAlias = tuple[Hashable, ...]


class Done(Struct, frozen=True):
    """What a run answers: the data, the errors, and how many objects were resolved, the root not counted."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]
    objects: int


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation that is compiled. `text` is its Python, `size` the number of its fields."""

    text: str
    size: int
    root: Selection
    function: Callable[[Run, list[Any]], Any]

    async def answer(self, run: Run) -> Done:
        """Resolve the operation."""
        rows = self.function(run, [run.root])
        (data,) = await rows if self.root.waits else rows
        if run.has_failed:
            data, errors = completed(self.root, data)
            return Done(data, errors, run.objects - 1)
        return Done(data, [], run.objects - 1)


class Plans:
    """The plans of a process, each made when its key comes for the second time, so that what is sent once is not.

    A key is an operation, with the values of the variables that decide what of it is skipped. Bounded by the number of
    fields in all plans together; those that nobody has asked for the longest go.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[Key, None] = OrderedDict()
        self._made: OrderedDict[Key, Plan | str] = OrderedDict()
        self._fields = 0

    @property
    def fields(self) -> int:
        """How many fields all plans have together."""
        return self._fields

    def of(self, key: Key, executor: Callable[[], Executor[Any]]) -> Plan | str:
        """The plan of a key, for whose operation and variables an executor can be made; or why there is none."""
        found = self._made.get(key)
        if found is not None:
            self._made.move_to_end(key)
            return found
        if key not in self._seen:
            self._seen[key] = None
            if len(self._seen) > _MAX_ENTRIES:
                self._seen.popitem(last=False)
            return _FIRST
        del self._seen[key]
        return self._keep(key, _plan_or_reason(executor()))

    def _keep(self, key: Key, made: Plan | str) -> Plan | str:
        self._made[key] = made
        self._fields += _size(made)
        while self._fields > _MAX_FIELDS or len(self._made) > _MAX_ENTRIES:
            _, oldest = self._made.popitem(last=False)
            self._fields -= _size(oldest)
        return made


def compiled(executor: Executor[Any]) -> Plan:
    """The plan of an executor's operation.

    Raises:
        Uncovered: plans do not cover it.
    """
    selections = Selections(executor)
    root = selections.root()
    writer = Writer(selections)
    text = writer.text()
    names: dict[str, Any] = {"isfinite": isfinite, "merged": merged, "whole": whole, "together": _together}
    names |= writer.constants
    exec(compile(text, f"<plan of {root.type}>", "exec"), names)  # noqa: S102  (the writer puts no text of clients in)
    return Plan(text, len(selections.fields), root, names[writer.function_name(root)])


def _size(made: Plan | str) -> int:
    return made.size if isinstance(made, Plan) else 0


def _plan_or_reason(executor: Executor[Any]) -> Plan | str:
    try:
        return compiled(executor)
    except Uncovered as reason:
        return str(reason)
    except GraphQLError:
        # graphql-core finds the same, and says where.
        return "a condition has no value"


async def _together(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    """What several parts of a level answer; they load together."""
    return await asyncio.gather(*coroutines)
