"""The rules of README, section "The schema": each holds for the schema, and each finds what breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    get_named_type,
)
from graphql import build_schema as read_schema

from cli.schema import WRITTEN
from domain.kernel.errors import DomainError
from schema.server.masking import Code
from tests.architecture.test_documentation import README

SCHEMA = read_schema(WRITTEN.read_text())  # which a test of its own holds to be the schema that is served
REMOVAL = re.compile(r"\w.*\. Removed on (\d{4}-\d{2}-\d{2})\.")
WORD = re.compile(r"[a-z][a-zA-Z0-9]*")
FACT = re.compile(r"(?:is|has|can|viewerCan)[A-Z]")
# What an input tells the server to do is an order, not a fact.
ORDERS = {"accept", "all", "dryRun", "force", "waitlist"}
# One word that happens to begin with another.
ONE_WORD = {"User.username"}
# A side of a match may be unknown, and has no score before play.
WITH_NULLS = {"LiveScore.names", "LiveScore.scores"}


class Part(NamedTuple):
    """A named part of a type: `place` as the specification writes it."""

    place: str
    name: str
    part: GraphQLField | GraphQLArgument | GraphQLInputField


def _types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    return (kind for name, kind in schema.type_map.items() if not name.startswith("__"))


def _answers(schema: GraphQLSchema) -> Iterator[Part]:
    for kind in _types(schema):
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            yield from (Part(f"{kind}.{name}", name, field) for name, field in kind.fields.items())


def _inputs(schema: GraphQLSchema) -> Iterator[Part]:
    for kind in _types(schema):
        if isinstance(kind, GraphQLInputObjectType):
            yield from (Part(f"{kind}.{name}", name, field) for name, field in kind.fields.items())
    for place, _, field in _answers(schema):
        if isinstance(field, GraphQLField):
            yield from (Part(f"{place}({name}:)", name, argument) for name, argument in field.args.items())


def _parts(schema: GraphQLSchema) -> Iterator[Part]:
    yield from _answers(schema)
    yield from _inputs(schema)


def _values(schema: GraphQLSchema) -> Iterator[tuple[str, str, GraphQLEnumValue]]:
    for kind in _types(schema):
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind}.{name}", name, value) for name, value in kind.values.items())


def casing(schema: GraphQLSchema) -> Iterator[str]:
    """Types in PascalCase, fields and arguments in camelCase, values in UPPER_CASE."""
    yield from (str(kind) for kind in _types(schema) if not re.fullmatch(r"[A-Z][a-zA-Z0-9]*", str(kind)))
    yield from (part.place for part in _parts(schema) if not WORD.fullmatch(part.name))
    yield from (place for place, name, _ in _values(schema) if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name))


def prefixes(schema: GraphQLSchema) -> Iterator[str]:
    """No field repeats the name of its type, and no read says that it gets."""
    for place, name, _ in _answers(schema):
        owner = place.split(".")[0]
        if place not in ONE_WORD and (name.lower().startswith(owner.lower()) or re.match(r"get[A-Z]", name)):
            yield place


def verbs(schema: GraphQLSchema) -> Iterator[str]:
    """A mutation begins with a verb, not with what it acts on."""
    things = {str(kind).lower() for kind in _types(schema) if isinstance(kind, GraphQLObjectType)}
    if schema.mutation_type is not None:
        for name in schema.mutation_type.fields:
            if re.split(r"(?=[A-Z])", name)[0] in things:
                yield f"Mutation.{name}"


def booleans(schema: GraphQLSchema) -> Iterator[str]:
    """A fact is, has or can; an input may also be an order."""
    for place, name, part in _answers(schema):
        if str(get_named_type(part.type)) == "Boolean" and not FACT.match(name):
            yield place
    for place, name, part in _inputs(schema):
        if str(get_named_type(part.type)) == "Boolean" and not FACT.match(name) and name not in ORDERS:
            yield place


def ids(schema: GraphQLSchema) -> Iterator[str]:
    """What is named like an id is one, what is one is named so, and what has one is a Node."""
    for place, name, part in _parts(schema):
        is_named = name == "id" or re.search(r"[a-z]Ids?$", name) is not None
        if is_named != (str(get_named_type(part.type)) == "ID"):
            yield place
    for kind in _types(schema):
        if isinstance(kind, GraphQLObjectType):
            is_node = "Node" in [interface.name for interface in kind.interfaces]
            if is_node != ("id" in kind.fields):
                yield str(kind)


def times(schema: GraphQLSchema) -> Iterator[str]:
    """A time ends in At, and nothing else does."""
    for place, name, part in _parts(schema):
        if name.endswith("At") != (str(get_named_type(part.type)) == "DateTime"):
            yield place


def lists(schema: GraphQLSchema) -> Iterator[str]:
    """A list holds no nulls."""
    for place, _, part in _parts(schema):
        if place not in WITH_NULLS and re.search(r"\w\]", str(part.type)):
            yield place


def connections(schema: GraphQLSchema) -> Iterator[str]:
    """A connection has one shape, and every field that answers one is read forward, page by page."""
    for kind in _types(schema):
        name = str(kind).removesuffix("Connection")
        if name != str(kind) and isinstance(kind, GraphQLObjectType):
            shape = {"edges": f"[{name}Edge!]!", "nodes": f"[{name}!]!", "pageInfo": "PageInfo!"}
            if {key: str(field.type) for key, field in kind.fields.items()} != shape:
                yield str(kind)
        name = str(kind).removesuffix("Edge")
        if name != str(kind) and isinstance(kind, GraphQLObjectType):
            shape = {"cursor": "String!", "node": f"{name}!"}
            if {key: str(field.type) for key, field in kind.fields.items()} != shape:
                yield str(kind)
    for place, _, part in _answers(schema):
        if isinstance(part, GraphQLField) and str(part.type).rstrip("!").endswith("Connection"):
            paged = {
                key: str(given.type) for key, given in part.args.items() if key in {"first", "after", "last", "before"}
            }
            if paged != {"first": "Int!", "after": "String"} or _default(part.args["first"]) not in range(1, 101):
                yield place


def _default(argument: GraphQLArgument) -> int | None:
    literal = argument.default and argument.default.literal
    return int(literal.value) if isinstance(literal, IntValueNode) else None


def refusals(schema: GraphQLSchema) -> Iterator[str]:
    """Every error has the fields that every client reads."""
    for kind in _types(schema):
        if isinstance(kind, GraphQLObjectType) and str(kind).endswith("Error"):
            interfaces = [interface.name for interface in kind.interfaces]
            yield from [] if interfaces == ["UserError"] else [str(kind)]


def deprecated(schema: GraphQLSchema) -> Iterator[str]:
    """What goes away says what to use, and until when it can be used."""
    parts = [(part.place, part.part.deprecation_reason) for part in _parts(schema)]
    parts += [(place, value.deprecation_reason) for place, _, value in _values(schema)]
    for place, reason in parts:
        if reason is not None:
            found = REMOVAL.fullmatch(reason)
            if found is None or not _is_date(found[1]):
                yield place


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


QUERY = "type Query { ok: Int } "
NODE = "interface Node { id: ID! } "
PAGES = (
    "type Thing { ok: Int } type PageInfo { hasNextPage: Boolean! } type ThingEdge { cursor: String! node: Thing! }"
    " type ThingConnection { edges: [ThingEdge!]! nodes: [Thing!]! pageInfo: PageInfo! } "
)
BROKEN = [
    (casing, QUERY + "enum Way { upDown UP } type thing { Ok: Int }", ["thing", "thing.Ok", "Way.upDown"]),
    (prefixes, QUERY + "type Team { teamName: String getTag: String tag: String }", ["Team.teamName", "Team.getTag"]),
    (verbs, QUERY + "type Match { ok: Int } type Mutation { matchReport: Int report: Int }", ["Mutation.matchReport"]),
    (
        booleans,
        QUERY + "type Team { open: Boolean! isOpen: Boolean! } input In { silent: Boolean accept: Boolean }",
        ["Team.open", "In.silent"],
    ),
    (
        ids,
        QUERY + NODE + "type Team implements Node { id: ID! captain: ID! matchId: String } type Place { id: ID! }",
        ["Team.captain", "Team.matchId", "Place"],
    ),
    (
        times,
        QUERY + "scalar DateTime type Team { created: DateTime! endedAt: String startedAt: DateTime }",
        ["Team.created", "Team.endedAt"],
    ),
    (lists, QUERY + "type Team { tags: [String]! names: [String!]! }", ["Team.tags"]),
    (
        connections,
        PAGES + "type TeamConnection { edges: [Thing!]! totalCount: Int }"
        " type Query { all: ThingConnection! many(first: Int! = 101, after: String): ThingConnection!"
        " back(first: Int! = 1, after: String, before: String): ThingConnection!"
        " some(first: Int! = 20, after: String): ThingConnection! }",
        ["TeamConnection", "Query.all", "Query.many", "Query.back"],
    ),
    (refusals, QUERY + "type OddError { code: String! }", ["OddError"]),
    (
        deprecated,
        QUERY + 'enum Way { UP @deprecated(reason: "Use DOWN. Removed on 2027-13-01.") DOWN }'
        ' type Team { old: Int @deprecated b: Int @deprecated(reason: "Use c. Removed on 2027-06-01.")'
        ' c(a: Int @deprecated(reason: "Removed on 2027-06-01.")): Int }',
        ["Team.old", "Team.c(a:)", "Way.UP"],
    ),
]  # fmt: skip
Rule = Callable[[GraphQLSchema], Iterator[str]]


@pytest.mark.parametrize("rule", [rule for rule, *_ in BROKEN], ids=lambda rule: rule.__name__)
def test_the_schema_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(SCHEMA)) == [], rule.__doc__


@pytest.mark.parametrize(("rule", "sdl", "places"), BROKEN, ids=[rule.__name__ for rule, *_ in BROKEN])
def test_the_rule_finds_what_breaks_it(rule: Rule, sdl: str, places: list[str]) -> None:
    assert list(rule(read_schema(sdl))) == places


def test_the_codes_of_errors_are_in_the_readme() -> None:
    """A client can only be written against a closed list."""
    kinds = {kind.code for kind in _kinds(DomainError) if kind.__module__ == DomainError.__module__}
    table = README.split("| `extensions.code` |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \| \w.*\. \|$", table, re.MULTILINE) == sorted({*Code, *kinds})


def _kinds(base: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
