"""Writes valid queries over any schema, by chance: aliases, fragments, conditions, variables and arguments."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

_LITERALS = {"Int": "7", "Float": "2.5", "Boolean": "true", "DateTime": '"2026-05-01T18:00:00Z"'}


class DocumentWriter:
    """Queries over one schema."""

    def __init__(self, schema: GraphQLSchema, chance: Random) -> None:
        self._schema = schema
        self._chance = chance
        self._fragments: list[str] = []
        self._aliases = 0

    def query(self) -> str:
        """A query, with the variables $yes and $no, which are Booleans."""
        self._fragments = []
        root = self._schema.query_type
        assert root is not None
        selection = self._selected(root, self._chance.randint(1, 5))
        used = "__typename @skip(if: $no) @include(if: $yes)"
        return " ".join(["query ($yes: Boolean = true, $no: Boolean!)", f"{{ {selection} {used} }}", *self._fragments])

    def _selected(self, parent: GraphQLNamedType, depth: int) -> str:
        if isinstance(parent, GraphQLUnionType) or (
            isinstance(parent, GraphQLInterfaceType) and self._chance.random() < 0.7
        ):
            kinds = list(self._schema.get_possible_types(parent))
            chosen = self._chance.sample(kinds, min(len(kinds), self._chance.randint(1, 3)))
            own = self._fields(parent, 0) if isinstance(parent, GraphQLInterfaceType) else ""
            return " ".join(["__typename", own, *(self._spread(kind, depth) for kind in chosen)])
        assert isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
        return self._fields(parent, depth) or "__typename"

    def _spread(self, kind: GraphQLNamedType, depth: int) -> str:
        selection = self._selected(kind, depth)
        if self._chance.random() < 0.4:
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {kind.name} {{ {selection} }}")
            return f"...{name}{self._condition()}"
        return f"... on {kind.name}{self._condition()} {{ {selection} }}"

    def _fields(self, parent: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        usable = [name for name, each in parent.fields.items() if depth or is_leaf_type(get_named_type(each.type))]
        names = self._chance.sample(usable, min(len(usable), self._chance.randint(1, 4)))
        parts = [self._field(parent, name, depth) for name in names]
        if parts and self._chance.random() < 0.15:
            parts.append(self._spread(parent, max(0, depth - 1)))
        if self._chance.random() < 0.2:
            parts.append("__typename")
        return " ".join(parts)

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        field = parent.fields[name]
        given = [
            f"{key}: {self._literal(each.type)}"
            for key, each in field.args.items()
            if is_required_argument(each) or self._gives(each)
        ]
        kind = get_named_type(field.type)
        selection = "" if is_leaf_type(kind) else f" {{ {self._selected(kind, depth - 1)} }}"
        self._aliases += 1
        # An alias of its own, since what another place gives the same name may not go together with it.
        arguments = f"({', '.join(given)})" if given else ""
        return f"a{self._aliases}: {name}{arguments}{self._condition()}{selection}"

    def _gives(self, argument: GraphQLArgument) -> bool:
        return self._chance.random() < 0.3

    def _condition(self) -> str:
        if self._chance.random() > 0.15:
            return ""
        return " " + self._chance.choice(
            ["@include(if: $yes)", "@skip(if: $no)", "@skip(if: $yes)", "@include(if: true)", "@include(if: false)"]
        )

    def _literal(self, type_: Any) -> str:
        if is_non_null_type(type_):
            return self._literal(type_.of_type)
        if is_list_type(type_):
            return f"[{self._literal(type_.of_type)}]"
        if isinstance(type_, GraphQLEnumType):
            return self._chance.choice([str(name) for name in type_.values])
        if isinstance(type_, GraphQLInputObjectType):
            needed = {key: each for key, each in type_.fields.items() if is_non_null_type(each.type)}
            return f"{{{', '.join(f'{key}: {self._literal(each.type)}' for key, each in needed.items())}}}"
        return _LITERALS.get(str(type_), '"x"')
