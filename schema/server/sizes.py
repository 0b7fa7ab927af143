"""How many objects a field asks for: what the bound on the cost of a document is counted in.

A page of a connection has as many entries as the document asks for. Of other lists only what is usual is known; what is
written here is meant for large events, so that a document that may ask for too much is refused before it does.
"""

from __future__ import annotations

from typing import NamedTuple

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
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from domain.kernel.paging import MAX_PAGE

LIST_SIZE = 5
# A bracket counts as 256 matches, that of 128 teams who play a double elimination: large enough that no document gets
# through that asks for brackets inside of a bracket.
LIST_SIZES = {
    "BracketPlace.sources": 2,
    "Bracket.rounds": 16,
    "BracketRound.matches": 16,
    "Entrant.players": 10,
    "LiveScoresSnapshot.scores": 256,
    "Match.slots": 2,
    "MatchEventsSnapshot.events": 100,
    "Team.members": 10,
    "Tournament.staff": 10,
}
# Introspection answers the same for everybody; it counts as much as the whole schema, whatever is selected of it.
_INTROSPECTION = {"__schema": 5_000, "__type": 500}
_CONNECTION = "Connection"
# Counts as a part of its connection.
_PAGE_INFO = "PageInfo"
_PAGE_SIZE = "first"


class Asked(NamedTuple):
    """What a field asks for: objects by itself, and how often it asks for what is selected below it, of which type."""

    objects: int
    each: int
    type: GraphQLNamedType | None


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
            return Asked(_INTROSPECTION[name], 0, None)
        if not isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType)) or name not in parent.fields:
            return _NOTHING
        definition = parent.fields[name]
        named = get_named_type(definition.type)
        if is_leaf_type(named) or named.name == _PAGE_INFO:
            return _NOTHING
        if _is_page(named, definition):
            return Asked(1, _page_size(definition, node), named)
        size = _size(parent, name, definition)
        return Asked(size, size, named)


def _is_page(named: GraphQLNamedType, definition: GraphQLField) -> bool:
    return named.name.endswith(_CONNECTION) and _PAGE_SIZE in definition.args


def _size(parent: GraphQLNamedType, name: str, definition: GraphQLField) -> int:
    # What is below a connection is counted for each entry of its page already.
    if parent.name.endswith(_CONNECTION) or not is_list_type(get_nullable_type(definition.type)):
        return 1
    return LIST_SIZES.get(f"{parent.name}.{name}", LIST_SIZE)


def _page_size(definition: GraphQLField, node: FieldNode) -> int:
    """The size of the page. A variable may have any value when it is executed, so it counts as the largest page."""
    given = next((each.value for each in node.arguments or () if each.name.value == _PAGE_SIZE), None)
    if given is None:
        default = definition.args[_PAGE_SIZE].default_value
        return default if isinstance(default, int) else MAX_PAGE
    if not isinstance(given, IntValueNode) or len(given.value) > len(str(MAX_PAGE)):
        return MAX_PAGE
    return min(max(int(given.value), 1), MAX_PAGE)
