"""What a field asks for, by what the schema declares: `@listSize` says how many objects, `@cost` what it costs besides.

A page of a connection has as many entries as the document asks for. Of other lists only what is usual is known; what is
declared is meant for large events, so that a document that may ask for too much is refused before it does. A bracket
counts as 256 matches, that of 128 teams who play a double elimination: large enough that no document gets through that
asks for brackets inside of a bracket.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationType,
    get_named_type,
    is_leaf_type,
)
from strawberry.types.field import StrawberryField

from domain.kernel.paging import MAX_PAGE
from schema.fields import Cost, ListSize

D = TypeVar("D")

# Introspection answers the same for everybody; it counts as much as the whole schema, whatever is selected of it.
_INTROSPECTION = {"__schema": 5_000, "__type": 500}
_CONNECTION = "Connection"
_PAGED = ("edges", "nodes")


class Asked(NamedTuple):
    """What a field asks for.

    Attributes:
        objects: how many objects by itself.
        each: how often it asks for what is selected below it.
        type: what is selected from below it.
        points: what it costs besides its objects.
        is_once: whether a connection has it once, and not for each entry of its page.
        is_introspection: whether it asks about the schema itself.
    """

    objects: int
    each: int
    type: GraphQLNamedType | None
    points: int = 0
    is_once: bool = False
    is_introspection: bool = False


_NOTHING = Asked(0, 0, None)


class Sizes:
    """The sizes of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    def root(self, operation: OperationType) -> GraphQLNamedType | None:
        """The type that an operation selects from."""
        return self._schema.get_root_type(operation)

    def named(self, name: str) -> GraphQLNamedType | None:
        """The type of a condition, if there is such a type."""
        return self._schema.get_type(name)

    def asked(self, parent: GraphQLNamedType | None, node: FieldNode) -> Asked:
        """What a field asks for. Fields that do not exist ask for nothing; validation names them."""
        name = node.name.value
        if name in _INTROSPECTION:
            return Asked(_INTROSPECTION[name], 0, None, is_introspection=True)
        if not isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType)) or name not in parent.fields:
            return _NOTHING
        definition = parent.fields[name]
        cost = _declared(definition, Cost)
        points = 0 if cost is None else cost.weight
        named = get_named_type(definition.type)
        if is_leaf_type(named):
            return Asked(0, 0, None, points)
        objects, each = _counts(definition, node)
        # A page has its entries as edges or as nodes, and what else a connection has, it has once.
        is_once = parent.name.endswith(_CONNECTION) and name not in _PAGED
        return Asked(objects, each, named, points, is_once)


def _declared(definition: GraphQLField, kind: type[D]) -> D | None:
    """The directive of that kind on a field."""
    field = definition.extensions.get("strawberry-definition")
    directives = field.directives if isinstance(field, StrawberryField) else ()
    return next((directive for directive in directives if isinstance(directive, kind)), None)


def _counts(definition: GraphQLField, node: FieldNode) -> tuple[int, int]:
    """How many objects a field asks for, and how often for what is selected below it."""
    size = _declared(definition, ListSize)
    if size is None:
        return 1, 1
    if size.slicing_arguments:
        return 1, _page_size(definition, node, size.slicing_arguments[0])
    count = size.assumed_size or 1
    return count, count


def _page_size(definition: GraphQLField, node: FieldNode, argument: str) -> int:
    """The size of the page. A variable may have any value when it is executed, so it counts as the largest page."""
    given = next((each.value for each in node.arguments or () if each.name.value == argument), None)
    if given is None:
        default = definition.args[argument].default_value
        return default if isinstance(default, int) else MAX_PAGE
    if not isinstance(given, IntValueNode) or len(given.value) > len(str(MAX_PAGE)):
        return MAX_PAGE
    return min(max(int(given.value), 1), MAX_PAGE)
