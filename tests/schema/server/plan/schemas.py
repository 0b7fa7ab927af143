"""Schemas by chance: objects, interfaces and unions with fields of every kind of type."""

from __future__ import annotations

from random import Random

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema

from tests.schema.server.plan.worlds import Resolvers

_SCALARS = ("String", "Int", "Float", "Boolean", "ID", "Colour")


def random_schema(chance: Random, resolvers: Resolvers) -> GraphQLSchema:
    """A schema whose fields are answered by the resolvers."""
    count = chance.randint(1, 5)
    objects = [f"T{number}" for number in range(count)]
    named = [*objects, "Being", "Any"]

    def field(name: str) -> str:
        type_ = chance.choice([*_SCALARS, *named])
        for _ in range(chance.choice([0, 0, 1, 1, 2])):
            type_ = f"[{type_}{chance.choice(['', '!'])}]"
        arguments = chance.choice(["", "", "(n: Int = 3)", "(s: String! , c: Colour)"])
        return f"{name}{arguments}: {type_}{chance.choice(['', '', '!'])}"

    def fields(prefix: str) -> str:
        return " ".join(field(f"{prefix}{number}") for number in range(chance.randint(1, 5)))

    shared = fields("s")
    beings = chance.sample(objects, chance.randint(1, count))
    members = chance.sample(objects, chance.randint(1, count))
    types = [
        f"type {name}{' implements Being' if name in beings else ''}"
        f" {{ {shared if name in beings else ''} {fields(name.lower())} }}"
        for name in objects
    ]
    source = " ".join(
        [
            "enum Colour { RED GREEN BLUE }",
            f"interface Being {{ {shared} }}",
            f"union Any = {' | '.join(members)}",
            *types,
            f"type Query {{ {fields('q')} {fields('r')} }}",
        ]
    )
    return _resolved(build_schema(source), resolvers, chance)


def _resolved(schema: GraphQLSchema, resolvers: Resolvers, chance: Random) -> GraphQLSchema:
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType)):
            type_.resolve_type = lambda value, *_: getattr(value, "type_name", None)
        elif isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                field.resolve = resolvers.resolve
            if chance.random() < 0.3:
                name = type_.name
                type_.is_type_of = lambda value, _, name=name: value.type_name == name
    return schema
