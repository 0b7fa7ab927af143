"""What an operation selects, type by type, as graphql-core collects it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLLeafType,
    GraphQLNamedOutputType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields, collect_subfields
from strawberry.types.field import StrawberryField

from schema.fields import PATH
from schema.server.timing import TIMED, timed

_TYPENAME = "__typename"
# A field is compiled for each type that its object may have. Python compiles this many in 25 ms.
_MAX_FIELDS = 500


class Uncovered(Exception):
    """An operation that plans do not cover; the message says why."""


@dataclass(slots=True, eq=False)
class Shape:
    """Which nulls a type allows. `item` is the shape of the items of a list."""

    is_non_null: bool
    item: Shape | None = None


@dataclass(slots=True, eq=False)
class Selected:
    """A field that is selected of objects of one type.

    Attributes:
        key: its name in the answer.
        nodes: where the document asks for it.
        attribute: where its value is read, for a field that has no resolver.
        path: the same without detours: the attribute, or the path to where it is read.
        source: the field as strawberry knows it, when its resolver can be called without detours.
        function: that resolver.
        owner: strawberry's schema, whose scalars and configuration the arguments of such a resolver are converted with.
        needs_info: whether that resolver, or the conversion of its arguments, has to know where it is called.
        waits: whether its resolver may answer something to await.
        leaf: its type, if it has nothing below.
        selections: what is selected below, by the type of the object.
    """

    number: int
    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    details: FieldDetailsList
    nodes: list[FieldNode]
    shape: Shape
    attribute: str | None
    path: str | None
    source: StrawberryField | None
    function: Callable[..., Any] | None
    owner: Any
    needs_info: bool
    waits: bool
    leaf: GraphQLLeafType | None
    selections: Mapping[str, Selection]

    @property
    def name(self) -> str:
        """Its name in the schema."""
        return self.details[0].node.name.value

    @property
    def named_type(self) -> GraphQLNamedOutputType:
        """Its type without lists and non-nulls."""
        return cast("GraphQLNamedOutputType", get_named_type(self.definition.type))

    @property
    def waits_below(self) -> bool:
        """Whether something below it may have to be awaited."""
        return any(each.waits for each in self.selections.values())

    @property
    def is_plain(self) -> bool:
        """Whether it is an attribute that needs nothing but a check of its type."""
        return self.attribute is not None and self.leaf is not None and self.shape.item is None


@dataclass(slots=True, eq=False)
class Selection:
    """What is selected of objects of one type: the fields by response key, None for the name of the type.

    Attributes:
        waits: whether anything of it or below it may have to be awaited.
        python_type: the class whose instances are such objects without a further question, if there is one.
    """

    number: int
    type: GraphQLObjectType
    fields: dict[str, Selected | None]
    waits: bool
    python_type: Callable[..., Any] | None


class Selections:
    """Collects the selections of one operation, for one set of values of the variables that decide what is skipped."""

    def __init__(self, executor: Executor[Any]) -> None:
        self._executor = executor
        self._schema: GraphQLSchema = executor.schema
        self.all: list[Selection] = []
        self.fields: list[Selected] = []
        # What is below a field, by its type and by where the document asks for it: a fragment is compiled once, however
        # often it is spread.
        self._known: dict[tuple[str, ...], Mapping[str, Selection]] = {}

    def root(self) -> Selection:
        """The selection of the operation's root.

        Raises:
            Uncovered: plans do not cover the operation.
        """
        executor, operation = self._executor, self._executor.operation
        if operation.operation is OperationType.MUTATION:
            raise Uncovered("a mutation runs field by field")
        root_type = self._schema.get_root_type(operation.operation)
        if root_type is None:
            raise Uncovered("the schema has no such root")
        collected = collect_fields(
            self._schema, executor.fragments, executor.variable_values, root_type, operation, executor.hide_suggestions
        )
        return self._selection(root_type, collected.grouped_field_set)

    def _selection(self, type_: GraphQLObjectType, grouped: GroupedFieldSet) -> Selection:
        fields = {key: self._selected(type_, key, details) for key, details in grouped.items()}
        selection = Selection(
            number=len(self.all),
            type=type_,
            fields=fields,
            waits=any(each is not None and (each.waits or each.waits_below) for each in fields.values()),
            python_type=_python_type(type_),
        )
        self.all.append(selection)
        return selection

    def _selected(self, parent: GraphQLObjectType, key: str, details: FieldDetailsList) -> Selected | None:
        name = details[0].node.name.value
        if name == _TYPENAME:
            return None
        if name.startswith("__"):
            raise Uncovered("it asks about the schema")
        definition = self._schema.get_field(parent, name)
        if definition is None:
            raise Uncovered(f"{parent} has no field {name}")
        named = cast("GraphQLNamedOutputType", get_named_type(definition.type))
        if len(self.fields) >= _MAX_FIELDS:
            raise Uncovered(f"it has more than {_MAX_FIELDS} fields, counted for each type they may meet")
        attribute, source = _attribute(definition), _called_directly(definition)
        selected = Selected(
            number=len(self.fields),
            key=key,
            parent=parent,
            definition=definition,
            details=details,
            nodes=[each.node for each in details],
            shape=_shape_of(definition.type),
            attribute=attribute,
            path=None if attribute is None else _path(definition, attribute),
            source=source,
            function=None if source is None else _function(definition, source),
            owner=self._schema.extensions.get("strawberry-definition"),
            needs_info=source is not None and _needs_info(definition, source),
            waits=attribute is None and (source is None or source.is_async),
            leaf=named if is_leaf_type(named) else None,
            selections={},
        )
        self.fields.append(selected)
        if selected.leaf is None:
            selected.selections = self._selections_below(named, details)
        return selected

    def _selections_below(self, named: GraphQLNamedOutputType, details: FieldDetailsList) -> Mapping[str, Selection]:
        key = (named.name, *(str(id(each.node)) for each in details))
        if key not in self._known:
            self._known[key] = {
                each.name: self._selection(each, self._below(each, details)) for each in self._possible_types(named)
            }
        return self._known[key]

    def _below(self, type_: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        executor = self._executor
        return collect_subfields(
            self._schema,
            executor.fragments,
            executor.variable_values,
            executor.operation,
            type_,
            details,
            executor.hide_suggestions,
        ).grouped_field_set

    def _possible_types(self, named: GraphQLNamedOutputType) -> list[GraphQLObjectType]:
        if is_abstract_type(named):
            return list(self._schema.get_possible_types(named))
        assert isinstance(named, GraphQLObjectType)
        return [named]


def _shape_of(type_: GraphQLOutputType) -> Shape:
    is_non_null = is_non_null_type(type_)
    inner: Any = type_.of_type if is_non_null_type(type_) else type_
    return Shape(is_non_null=is_non_null, item=_shape_of(inner.of_type) if is_list_type(inner) else None)


def _strawberry_field(definition: GraphQLField) -> StrawberryField | None:
    """The field as strawberry knows it, unless something has been put around its resolver."""
    found = definition.extensions.get("strawberry-definition")
    is_untouched = hasattr(definition.resolve, "_is_default")
    return found if isinstance(found, StrawberryField) and is_untouched and not found.extensions else None


def _attribute(definition: GraphQLField) -> str | None:
    found = _strawberry_field(definition)
    return found.python_name if found is not None and found.base_resolver is None else None


def _path(definition: GraphQLField, attribute: str) -> str:
    found = _strawberry_field(definition)
    return attribute if found is None else str(found.metadata.get(PATH, attribute))


def _called_directly(definition: GraphQLField) -> StrawberryField | None:
    found = _strawberry_field(definition)
    if found is None or found.base_resolver is None or is_abstract_type(get_named_type(definition.type)):
        return None
    resolver = found.base_resolver
    takes_self_alone = resolver.self_parameter and not (resolver.parent_parameter or resolver.root_parameter)
    return found if takes_self_alone else None


def _function(definition: GraphQLField, source: StrawberryField) -> Callable[..., Any]:
    """The resolver as it is written, timed where the schema says so."""
    assert source.base_resolver is not None
    function = cast("Callable[..., Any]", source.base_resolver.wrapped_func)
    observe = definition.extensions.get(TIMED)
    return function if observe is None else timed(function, observe)


def _needs_info(definition: GraphQLField, source: StrawberryField) -> bool:
    resolver = source.base_resolver
    # Input types may build their own value, and are given the info for it.
    return (resolver is not None and resolver.info_parameter is not None) or any(
        is_input_object_type(get_named_type(argument.type)) for argument in definition.args.values()
    )


def _python_type(type_: GraphQLObjectType) -> Callable[..., Any] | None:
    declared = type_.extensions.get("strawberry-definition")
    if declared is None or declared.is_type_of is not None or declared.concrete_of is not None:
        return None
    origin: Callable[..., Any] = declared.origin
    return origin
