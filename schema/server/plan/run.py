"""One run of a plan: what generated code calls for all that is not the usual case.

A column has one value for each object of a level. `Failed` stands in it, and later in the answer, where a value should
be; `None` stands for null, which may not be where the schema says so. Nothing here raises for what a resolver did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    Undefined,
    default_type_resolver,
    is_abstract_type,
    is_non_null_type,
)
from graphql.execution import Executor
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, inspect, is_iterable
from strawberry.execution import optimized_is_awaitable
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from schema.server.plan.selections import Selected, Selection

Column: TypeAlias = list[Any]
# Where the objects of a column stand, if not everywhere, and the column with what stands between them.
Holes: TypeAlias = "tuple[Column, list[int]] | None"


class Failed:
    """Stands where a value should be, and says what happened instead."""

    __slots__ = ("error", "nodes")

    def __init__(self, error: Exception, nodes: list[FieldNode]) -> None:
        self.error = error
        self.nodes = nodes


class Run:
    """The state of one run: of an operation with these variables, on this root.

    Most runs call resolvers that ask for nothing but their object. The executor of graphql-core is made by `build` when
    something asks for what it knows.
    """

    __slots__ = ("_build", "_executor", "_hide_suggestions", "has_failed", "objects", "root", "variables")

    def __init__(
        self, root: object, variables: VariableValues, build: Callable[[], Executor[Any]], *, hide_suggestions: bool
    ) -> None:
        self.root = root
        self.variables = variables
        self.has_failed = False
        self.objects = 0
        self._build = build
        self._executor: Executor[Any] | None = None
        self._hide_suggestions = hide_suggestions

    def executor(self) -> Executor[Any]:
        """What graphql-core executes the operation with, for these variables and on this root."""
        if self._executor is None:
            self._executor = self._build()
        return self._executor

    def fail(self, field: Selected, error: Exception) -> Failed:
        """What stands where a field has failed."""
        self.has_failed = True
        return Failed(error, field.nodes)

    def read(self, field: Selected, sources: Column) -> Column:
        """An attribute of each object."""
        assert field.attribute is not None
        assert field.path is not None
        try:
            return list(map(attrgetter(field.path), sources))
        except Exception:  # noqa: BLE001  (whose attribute it is shows one by one)
            return [self._attribute(field, field.attribute, source) for source in sources]

    def _attribute(self, field: Selected, name: str, source: Any) -> Any:
        try:
            return getattr(source, name)
        except Exception as error:  # noqa: BLE001  (becomes an error of the answer)
            return self.fail(field, error)

    def call(self, field: Selected, sources: Column) -> Column:
        """What the resolver answers for each object; things to await among it."""
        try:
            resolver = self._resolver(field)
        except Exception as error:  # noqa: BLE001  (an argument does not hold)
            return [self.fail(field, error) for _ in sources]
        answers: Column = []
        rest = iter(sources)
        while len(answers) < len(sources):
            try:
                answers.extend(map(resolver, rest))
            except Exception as error:  # noqa: BLE001  (becomes an error of the answer; what came before it is there)
                answers.append(self.fail(field, error))
        return answers

    def _resolver(self, field: Selected) -> Callable[[Any], Any]:
        arguments = self._arguments(field)
        if field.source is None or field.function is None:
            resolve, info = field.definition.resolve or self.executor().field_resolver, self._info(field)
            return lambda source: resolve(source, info, **arguments)
        if not arguments and not field.needs_info:
            return field.function
        return partial(field.function, **self._converted(field, field.source, arguments))

    def _arguments(self, field: Selected) -> dict[str, Any]:
        node = field.nodes[0]
        if not field.definition.args and not node.arguments:
            return {}
        return get_argument_values(field.definition, node, self.variables, None, self._hide_suggestions)

    def _converted(self, field: Selected, source: StrawberryField, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the resolver takes them."""
        resolver, owner = source.base_resolver, field.owner
        assert resolver is not None
        info = owner.config.info_class(_raw_info=self._info(field), _field=source) if field.needs_info else None
        given = convert_arguments(
            arguments, source.arguments, owner.schema_converter.scalar_registry, owner.config, info
        )
        if resolver.info_parameter:
            given[resolver.info_parameter.name] = info
        return given

    def _info(self, field: Selected) -> GraphQLResolveInfo[Any]:
        # One for all objects of the level, so its path has no positions in lists.
        path = Path(None, field.key, field.parent.name)
        return self.executor().build_resolve_info(field.definition, field.nodes, field.parent, path)

    async def settle(self, field: Selected, column: Column) -> None:
        """Await all that is to be awaited in a column, together, and put what came of it in its place."""
        waiting = [index for index, value in enumerate(column) if optimized_is_awaitable(value)]
        if len(waiting) == 1:
            (index,) = waiting
            try:
                column[index] = await column[index]
            except Exception as error:  # noqa: BLE001  (becomes an error of the answer)
                column[index] = self.fail(field, error)
        elif waiting:
            results = await gathered([column[index] for index in waiting])
            for index, result in zip(waiting, results, strict=True):
                column[index] = self.fail(field, result) if isinstance(result, Exception) else result

    def leaf(self, field: Selected, value: Any) -> Any:
        """A value of a leaf type as it is written, whatever it is."""
        if type(value) is Failed:
            return value
        try:
            if isinstance(value, Exception):
                raise value
            if value is None or value is Undefined:
                return self._null(field) if is_non_null_type(field.definition.type) and not field.shape.item else None
            assert field.leaf is not None
            return Executor.complete_leaf_value(field.leaf, value)
        except Exception as error:  # noqa: BLE001  (becomes an error of the answer)
            return self.fail(field, error)

    def filled(self, field: Selected, column: Column) -> Column:
        """The column, with failures for nulls that may not be."""
        return [self._null(field) if value is None else value for value in column] if None in column else column

    def _null(self, field: Selected) -> Failed:
        return self.fail(field, TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}."))

    def flat(self, field: Selected, column: Column, *, is_non_null: bool) -> tuple[Column, Column]:
        """The items of all lists, one after the other, and the length of each; what is no list stands for itself."""
        if set(map(type, column)) == {list}:
            return list(chain.from_iterable(column)), list(map(len, column))
        items: Column = []
        lengths: Column = []
        for value in column:
            found = value if type(value) is list else self._items(field, value)
            if type(found) is list:
                lengths.append(len(found))
                items += found
            else:
                lengths.append(self._null(field) if found is None and is_non_null else found)
        return items, lengths

    def _items(self, field: Selected, value: Any) -> Any:
        if value is None or value is Undefined or type(value) is Failed:
            return None if value is Undefined else value
        try:
            if isinstance(value, Exception):
                raise value
            if not is_iterable(value):
                raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
            return list(value)
        except Exception as error:  # noqa: BLE001  (becomes an error of the answer)
            return self.fail(field, error)

    def live(self, field: Selected, selection: Selection, column: Column, *, is_non_null: bool) -> tuple[Column, Holes]:
        """The objects of a column, and what stands between them if anything does."""
        if set(map(type, column)) <= {selection.python_type}:
            return column, None
        done = list(column)
        objects: Column = []
        places: list[int] = []
        for index, value in enumerate(column):
            found = self._checked(field, selection.type, value)
            if found is None:
                done[index] = self._null(field) if is_non_null else None
            elif type(found) is Failed:
                done[index] = found
            else:
                objects.append(found)
                places.append(index)
        return objects, (done, places)

    def _checked(self, field: Selected, type_: GraphQLObjectType, value: Any) -> Any:
        if value is None or value is Undefined or type(value) is Failed:
            return None if value is Undefined else value
        try:
            if isinstance(value, Exception):
                raise value
            if type_.is_type_of is not None and not type_.is_type_of(value, self._info(field)):
                raise GraphQLError(f"Expected value of type '{type_}' but got: {inspect(value)}.", field.nodes)
        except Exception as error:  # noqa: BLE001  (becomes an error of the answer)
            return self.fail(field, error)
        return value

    def by_type(self, field: Selected, column: Column, *, is_non_null: bool) -> list[tuple[Column, Holes]]:
        """The objects of a column by their types, in the order of the field's selections.

        What is no object stands in the first; merging them one after the other gives the whole column.
        """
        done = list(column)
        found: dict[str, tuple[Column, list[int]]] = {name: ([], []) for name in field.selections}
        for index, value in enumerate(column):
            typed = self._typed(field, value)
            if typed is None or type(typed) is Failed:
                done[index] = self._null(field) if typed is None and is_non_null else typed
                continue
            objects, places = found[typed.name]
            objects.append(value)
            places.append(index)
        return [(objects, (done, places)) for objects, places in found.values()]

    def _typed(self, field: Selected, value: Any) -> Any:
        if value is None or value is Undefined or type(value) is Failed:
            return None if value is Undefined else value
        abstract = field.named_type
        assert is_abstract_type(abstract)
        try:
            if isinstance(value, Exception):
                raise value
            type_ = self._runtime_type(field, abstract, value)
        except Exception as error:  # noqa: BLE001  (becomes an error of the answer)
            return self.fail(field, error)
        found = self._checked(field, type_, value)
        return found if type(found) is Failed else type_

    def _runtime_type(self, field: Selected, abstract: GraphQLAbstractType, value: Any) -> GraphQLObjectType:
        info = self._info(field)
        name = (abstract.resolve_type or default_type_resolver)(value, info, abstract)
        return self.executor().ensure_valid_runtime_type(name, abstract, field.details, info, value)

    def rows(self, selection: Selection, sources: Column, columns: Sequence[Column]) -> list[dict[str, Any]]:
        """The rows of a selection, made one by one because an attribute of some object could not be read."""
        plain = [
            list(self._plain(each, sources)) if each is not None and each.is_plain else None
            for each in selection.fields.values()
        ]
        rest = iter(columns)
        merged: list[Iterable[Any]] = [
            [selection.type.name] * len(sources) if field is None else given if given is not None else next(rest)
            for field, given in zip(selection.fields.values(), plain, strict=True)
        ]
        return [dict(zip(selection.fields, row, strict=True)) for row in zip(*merged, strict=True)]

    def _plain(self, field: Selected, sources: Column) -> Iterable[Any]:
        return (self.leaf(field, value) for value in self.read(field, sources))


def whole(lengths: Column, items: Column) -> Column:
    """The lists again, from their items and the length of each."""
    column: Column = []
    start = 0
    for length in lengths:
        if type(length) is int:
            column.append(items[start : start + length])
            start += length
        else:
            column.append(length)
    return column


def merged(holes: Holes, rows: Column) -> Column:
    """The column again, with the rows of its objects in their places."""
    if holes is None:
        return rows
    column, places = holes
    for place, row in zip(places, rows, strict=True):
        column[place] = row
    return column


async def gathered(awaitables: Sequence[Awaitable[Any]]) -> list[Any]:
    """What came of each: its value or its exception. They run together."""
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Exception):
            raise result
    return results
