"""How the values of leaf types are checked where a row is written: an expression for the usual case, and the rest."""

from __future__ import annotations

from enum import Enum, Flag
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)

# Python compares integers below 2 ** 30 without a call; larger ones, which GraphQL may have too, are the rest.
_USUAL: dict[GraphQLLeafType, str] = {
    GraphQLString: "type({0}) is str",
    GraphQLID: "type({0}) is str",
    GraphQLBoolean: "type({0}) is bool",
    GraphQLInt: "type({0}) is int and -0x3FFFFFFF <= {0} <= 0x3FFFFFFF",
    GraphQLFloat: "type({0}) is float and isfinite({0})",
}


def test_of(type_: GraphQLLeafType) -> str | None:
    """The test that a value passes which is written as it is; None when every value needs the type."""
    return _USUAL.get(type_)


def names_of(type_: GraphQLLeafType) -> tuple[type[Enum], dict[str, str]] | None:
    """The Python enum that a type is made from, and the names of its values by those of its members."""
    members: Any = getattr(type_, "wrapped_cls", None)
    if not isinstance(type_, GraphQLEnumType) or not isinstance(members, type) or not issubclass(members, Enum):
        return None
    if issubclass(members, Flag):  # has values that are no members
        return None
    return members, {member.name: type_.coerce_output_value(member) for member in members}
