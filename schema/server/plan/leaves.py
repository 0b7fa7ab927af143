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

_USUAL: dict[GraphQLLeafType, str] = {
    GraphQLString: "type({0}) is str",
    GraphQLID: "type({0}) is str",
    GraphQLBoolean: "type({0}) is bool",
    GraphQLInt: "type({0}) is int and -0x80000000 <= {0} <= 0x7FFFFFFF",
    GraphQLFloat: "type({0}) is float and isfinite({0})",
}


def test_of(type_: GraphQLLeafType) -> str | None:
    """The test that a value passes which is written as it is; None when every value needs the type."""
    return _USUAL.get(type_)


def names_of(type_: GraphQLLeafType) -> dict[Any, str] | None:
    """The names of an enum's members, for a type that is made from a Python enum."""
    members: Any = getattr(type_, "wrapped_cls", None)
    if not isinstance(type_, GraphQLEnumType) or not isinstance(members, type) or not issubclass(members, Enum):
        return None
    if issubclass(members, Flag):  # has values that are no members
        return None
    return {member: type_.coerce_output_value(member) for member in members}
