"""Plans and graphql-core answer the same: data, errors and their order.

`HYPOTHESIS_PROFILE=fuzz` (`make fuzz`) compares thousands of documents instead of hundreds.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    parse,
    validate,
)
from graphql.execution import Executor

from schema.fields import PATH
from schema.root import build_schema
from schema.server.plan import Run, Uncovered, compiled
from tests.schema.server.plan.documents import DocumentWriter
from tests.schema.server.plan.schemas import random_schema
from tests.schema.server.plan.worlds import Resolvers, World

_IS_FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
OWN_DOCUMENTS = 5_000 if _IS_FUZZ else 300
OTHER_DOCUMENTS = 2_000 if _IS_FUZZ else 400
_DOCUMENTS_PER_SCHEMA = 4
_SEED = 20260914


async def test_documents_over_random_schemas() -> None:
    compared = 0
    for number in count():
        if compared >= OTHER_DOCUMENTS:
            return
        chance = Random(f"{_SEED}/{number}")
        resolvers = Resolvers()
        schema = random_schema(chance, resolvers)
        writer = DocumentWriter(schema, chance)
        for _ in range(_DOCUMENTS_PER_SCHEMA):
            world = World(schema, str(chance.random()), trouble=chance.choice([0, 0.02, 0.1]))
            compared += await _compare(schema, writer.query(), resolvers, world)


async def test_documents_over_our_schema() -> None:
    resolvers = Resolvers()
    schema, make = _ours(resolvers)
    chance = Random(_SEED)
    writer = DocumentWriter(schema, chance)
    compared = 0
    while compared < OWN_DOCUMENTS:
        world = World(schema, str(chance.random()), trouble=chance.choice([0, 0.02, 0.1]), make=make)
        make.world = world
        compared += await _compare(schema, writer.query(), resolvers, world)


async def _compare(schema: GraphQLSchema, source: str, resolvers: Resolvers, world: World) -> bool:
    """Compare the answers to a document; false when it is not valid, or too much for a plan."""
    document = parse(source)
    if validate(schema, document):
        return False
    resolvers.world = world

    def executor() -> Executor[Any]:
        built = Executor.build(schema, document, world.root, None, {"no": False})
        assert not isinstance(built, list), (source, built)
        return built

    resolvers.awaited = 0
    expected = cast("ExecutionResult", await _maybe(executor().execute_operation()))
    try:
        plan = compiled(executor())
    except Uncovered as uncovered:
        if "more than" in str(uncovered):
            return False
        raise
    # graphql-core's order of errors depends on which awaitable is done first; that of a plan never does.
    for resolvers.awaited in (0, 50, 100):
        run = Run(world.root, executor().variable_values, executor, hide_suggestions=False)
        done = await plan.answer(run)
        assert _bytes(done.data, done.errors) == _bytes(expected.data, expected.errors or []), source
    if not expected.errors:  # after one, graphql-core leaves coroutines behind
        awaited = cast("ExecutionResult", await _maybe(executor().execute_operation()))
        assert _bytes(done.data, done.errors) == _bytes(awaited.data, awaited.errors or []), source
    return True


async def _maybe(result: Any) -> Any:
    return await result if isinstance(result, Awaitable) else result


def _bytes(data: Any, errors: list[GraphQLError]) -> bytes:
    return orjson.dumps({"data": data, "errors": [each.formatted for each in errors]})


class _Make:
    """Makes objects as strawberry would: instances of our types, with the attributes that have no resolver."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.world: World | None = None

    def __call__(self, type_name: str, seed: str) -> Any:
        """An object of the type. Of some an attribute is missing."""
        type_ = self._schema.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        made = object.__new__(type_.extensions["strawberry-definition"].origin)
        made.own_seed = seed
        for name, field in type_.fields.items():
            own = field.extensions["strawberry-definition"]
            if own.base_resolver is None and self.world is not None:
                chance = Random(f"{self.world.seed}/{seed}/{name}")
                holder, attribute = _place(made, own.metadata.get(PATH, own.python_name))
                setattr(holder, attribute, self.world.value(field.type, chance, f"{seed}.{name}"))
                if chance.random() < 0.01:
                    delattr(holder, attribute)
        return made


def _place(made: Any, path: str) -> tuple[Any, str]:
    """What holds the end of a path, and the name it has there."""
    *holders, attribute = path.split(".")
    for name in holders:
        if not isinstance(getattr(made, name, None), SimpleNamespace):
            setattr(made, name, SimpleNamespace())
        made = getattr(made, name)
    return made, attribute


def _ours(resolvers: Resolvers) -> tuple[GraphQLSchema, _Make]:
    """Our schema, in which the fields that have resolvers ask the present world instead."""
    schema = build_schema()._schema
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field in type_.fields.values():
                if field.extensions["strawberry-definition"].base_resolver is not None:
                    field.resolve = resolvers.resolve
    return schema, _Make(schema)
