"""Data for any schema, by chance but the same each time: nulls, failures and wrong values among it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

_SCALARS: dict[str, Callable[[Random], Any]] = {
    "String": lambda chance: chance.choice(["", "a", "ü\u2028", "7"]),
    "ID": lambda chance: chance.choice(["x1", 17]),
    "Int": lambda chance: chance.choice([0, -5, 2**31 - 1, 2**31, True, 3.0]),
    "Float": lambda chance: chance.choice([0.5, 2, -1e300, float("inf"), 3.0]),
    "Boolean": lambda chance: chance.choice([True, False, 1]),
    "DateTime": lambda chance: datetime(2026, 5, chance.randint(1, 28), tzinfo=UTC),
}
_LONGEST = 3


class Trouble(Exception):
    """What resolvers raise here."""


class Thing:
    """An object of a type; `own_seed`, a name that no field has, decides everything about it."""

    def __init__(self, type_name: str, seed: str) -> None:
        self.type_name = type_name
        self.own_seed = seed


class World:
    """What resolvers answer, given the seed of the object and the name of the field."""

    def __init__(
        self, schema: GraphQLSchema, seed: str, *, trouble: float, make: Callable[[str, str], Any] = Thing
    ) -> None:
        self._schema = schema
        self._trouble = trouble
        self._make = make
        self.root = make(schema.query_type.name, seed) if schema.query_type else None
        self.seed = seed

    def answer(self, source: Any, type_: Any, name: str) -> Any:
        """The value of a field. Sometimes raises."""
        chance = Random(f"{self.seed}/{source.own_seed}/{name}")
        if chance.random() < self._trouble:
            raise Trouble(f"{name} of {source.own_seed}")
        return self.value(type_, chance, f"{source.own_seed}.{name}")

    def value(self, type_: Any, chance: Random, seed: str) -> Any:
        """A value of a type, or what is none."""
        if is_non_null_type(type_):
            return self.value(type_.of_type, chance, seed) if chance.random() > self._trouble else None
        dice = chance.random()
        if dice < 2 * self._trouble:
            return Trouble(f"an exception as the value of {seed}") if dice < self._trouble else object
        if dice < 2 * self._trouble + 0.1:
            return None
        return self._right(type_, chance, seed)

    def _right(self, type_: Any, chance: Random, seed: str) -> Any:
        if is_list_type(type_):
            items = [self.value(type_.of_type, chance, f"{seed}{n}") for n in range(chance.randint(0, _LONGEST))]
            return chance.choice([list, tuple])(items)
        if isinstance(type_, GraphQLEnumType):
            return chance.choice([each.value for each in type_.values.values()])
        if is_leaf_type(type_):
            return _SCALARS[type_.name](chance)
        return self._object(type_, chance, seed)

    def _object(self, type_: Any, chance: Random, seed: str) -> Any:
        named = get_named_type(type_)
        if is_abstract_type(named):
            kinds = self._schema.get_possible_types(named)
            if chance.random() < self._trouble:
                kinds = [each for each in self._schema.type_map.values() if isinstance(each, GraphQLObjectType)]
            named = chance.choice(sorted(kinds, key=str))
        return self._make(named.name, seed)


class Resolvers:
    """Gives the fields of a schema resolvers that ask the present world."""

    def __init__(self) -> None:
        self.world: World | None = None
        # How many answers in a hundred have to be awaited.
        self.awaited = 0

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """The value of a field, or what to await for it."""
        assert self.world is not None
        name = f"{info.field_name}{sorted(arguments.items(), key=str)}"
        if Random(f"{source.own_seed}{name}").randrange(100) < self.awaited:
            return self._later(source, info.return_type, name)
        return self.world.answer(source, info.return_type, name)

    async def _later(self, source: Any, type_: Any, name: str) -> Any:
        assert self.world is not None
        for _ in range(Random(name).randrange(3)):
            await asyncio.sleep(0)
        return self.world.answer(source, type_, name)
