"""How much a document may ask for, counted on the real schema."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from graphql import DocumentNode, GraphQLError, get_introspection_query, print_ast

from bench import queries, viewers, writes
from cli.play import documents as player
from domain.kernel.actor import Actor, Role
from domain.kernel.errors import NotFound
from resolvers.context import Context
from resolvers.services import Services
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.execution import Engine
from schema.server.limits import PARTNER_LIMITS, Limits
from schema.server.masking import RequestRefused, masked
from schema.server.parameters import Parameters
from tests.fixtures.processes import ROOT
from tests.schema.server.small import NO_DOCUMENTS
from tests.schema.server.small import build_schema as build_small_schema

SCHEMA = build_schema()
ADMIN = Actor(roles=frozenset({Role.ADMIN}))
NESTED = "bracket { rounds { matches { tournament { "
PAGES = (
    "tournaments(first: {first}) {{ edges {{ node {{ entrants(first: {inner}) {{ edges {{ node {{ id }} }} }} }} }} }}"
)
SUBSCRIBED = """subscription { bracketChanges(tournamentId: "x") { ... on BracketSnapshot { bracket { rounds { matches {
    slots { participant { ... on Team { id } } } } } } } } }"""
TWICE = """query { ...Both } fragment Both on Query {
    a: tournaments(first: 100) { ...Page } b: tournaments(first: 100) { ...Page } }
    fragment Page on TournamentConnection { edges { node { bracket { rounds { matches { id } } } } } }"""
DOUBLED = "fragment F{i} on Tournament {{ ...F{next} ...F{next} }}"


@pytest.fixture(scope="module")
def documents() -> Documents:
    made = Documents(SCHEMA)  # and the documents of our own pages pass
    made.operation(Parameters(query="{ __typename }"))  # the first validation prepares rules
    return made


def nested(brackets: int) -> str:
    opened = '{ tournament(slug: "x") { ' + NESTED * (brackets - 1) + "bracket { rounds { matches { id "
    return opened + "}" * opened.count("{")


def page(first: str, inner: str, variables: str = "") -> str:
    return f"query {variables} {{ {PAGES.format(first=first, inner=inner)} }}"


def doubled(length: int, last: str) -> str:
    links = "".join(DOUBLED.format(i=number, next=number + 1) for number in range(length))
    return f'query {{ tournament(slug: "x") {{ ...F0 }} }} {links} fragment F{length} on Tournament {{ {last} }}'


@pytest.mark.parametrize(
    "query",
    [
        nested(2),
        nested(3),
        page("100", "100").replace("node { id }", "node { id players { id } }"),
        page("$n", "$n", "($n: Int = 1)").replace("node { id }", "node { id placement { low } players { id } }"),
        page("100", "9" * 5000).replace("node { id }", "node { id players { id } }"),
        TWICE,
        SUBSCRIBED.replace("id }", "members { user { id } } }"),
        doubled(12, "bracket { rounds { matches { id } } }"),
        "{ " + " ".join(f"a{number}: __schema {{ types {{ name }} }}" for number in range(3)) + " }",
    ],
)
def test_a_document_that_may_ask_for_too_much_is_refused_at_once(documents: Documents, query: str) -> None:
    began = time.thread_time()
    with pytest.raises(RequestRefused, match=r"Ask for less per request") as refusal:
        documents.operation(Parameters(query=query))
    assert refusal.value.code == "QUERY_TOO_COMPLEX"
    assert time.thread_time() - began < 0.05


@pytest.mark.parametrize(
    "query",
    [
        queries.DOCUMENT,
        viewers.DOCUMENT,
        writes._READY,
        *(print_ast(document) for document in vars(player).values() if isinstance(document, DocumentNode)),
        *re.findall(r"```graphql\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL),
        get_introspection_query(),
        page("45", "100"),
        page("20", "$n", "($n: Int!)").replace("node { id }", "node { id placement { low } }"),
        page("1", "1").replace("node { id }", "node { id players { id } }"),
        SUBSCRIBED,
    ],
)
def test_a_document_that_asks_for_what_people_need_passes(documents: Documents, query: str) -> None:
    documents.operation(Parameters(query=query), ADMIN)


@pytest.mark.parametrize(
    ("query", "objects"),
    [
        ('{ game(slug: "x") { name slug } }', 1),
        ('{ tournament(slug: "x") { staff { role } } }', 11),
        ('{ tournament(slug: "x") { ... { staff { role } } ...T } } fragment T on Tournament { game { name } }', 12),
        ("{ games { edges { cursor } pageInfo { hasNextPage } } }", 22),
        ("{ games(first: 3) { edges { node { formats { __typename } } } } }", 22),
        ("{ games(first: 3) { nodes { formats { __typename } } } }", 19),
        ("query ($n: Int = 3) { games(first: $n) { edges { cursor } } }", 101),
        ("{ games(first: 3) { ...P } } fragment P on GameConnection { edges { node { name } } }", 7),
        ('{ tournament(slug: "x") { bracket { rounds { matches { slots { name } } } } } }', 786),
    ],
)
def test_objects_are_counted_by_the_sizes_of_lists(query: str, objects: int) -> None:
    Documents(SCHEMA, NO_DOCUMENTS, Limits(objects=objects)).operation(Parameters(query=query))
    with pytest.raises(RequestRefused) as refusal:
        Documents(SCHEMA, NO_DOCUMENTS, Limits(objects=objects - 1)).operation(Parameters(query=query))
    assert refusal.value.code == "QUERY_TOO_COMPLEX"


def fragments(count: int, directive: str = "") -> str:
    return f"... {directive} {{ hello }} " * count


def tokens(count: int) -> str:
    """So many tokens: five around, four in each fragment, and the rest fields."""
    filled, rest = divmod(count - 5, 4)
    return "{ again { " + fragments(filled) + "hello " * rest + "} }"


TABLE: dict[str, Callable[[int], str]] = {
    "depth": lambda count: "{ again " * (count - 1) + "{ hello }" + "}" * (count - 1),
    "aliases": lambda count: "{ again { " + " ".join(f"a{number}: hello" for number in range(count)) + " } }",
    "directives": lambda count: "{ again { " + fragments(count, "@include(if: true)") + "} }",
    "root_fields": lambda count: "{ " + "hello " * count + "}",
    "repeats": lambda count: "{ again { " + "hello " * (count - 2) + "} ... { again { __typename } } }",
    "fragments": lambda count: (
        "{ ...F0 } "
        + " ".join(f"fragment F{number} on Query {{ ...F{number + 1} }}" for number in range(count - 1))
        + f" fragment F{count - 1} on Query {{ hello }}"
    ),
    "spreads": lambda count: "{ " + "...F " * count + "} fragment F on Query { hello }",
    "tokens": tokens,
    "source_length": "{ hello }".ljust,
}


@pytest.mark.parametrize("limits", [Limits(), PARTNER_LIMITS], ids=["own", "partner"])
@pytest.mark.parametrize("limit", TABLE)
def test_each_limit_lets_its_number_pass_and_not_one_more(limit: str, limits: Limits) -> None:
    allowed: int = getattr(limits, limit)
    # What holds many tokens or directives repeats fields.
    roomy = {name: 10_000 for name in ("repeats", "fragments", "spreads", "root_fields") if name != limit}
    small = Documents(build_small_schema(), NO_DOCUMENTS, replace(limits, **roomy))
    small.operation(Parameters(query=TABLE[limit](allowed)))
    with pytest.raises(RequestRefused) as refusal:
        small.operation(Parameters(query=TABLE[limit](allowed + 1)))
    is_parsed = limit not in ("tokens", "source_length")
    assert refusal.value.code == ("DOCUMENT_LIMIT_EXCEEDED" if is_parsed else "GRAPHQL_PARSE_FAILED")


@pytest.mark.parametrize(
    ("limits", "outer", "inner", "more"),
    # 1 + 99 * (3 + 2 * 49) = 10,000 and 1 + 98 * (3 + 2 * 24) + 1 = 5,000.
    [(Limits(), "99", "49", ""), (PARTNER_LIMITS, "98", "24", 'game(slug: "x") { id } ')],
)
def test_so_many_objects_pass_and_not_one_more(limits: Limits, outer: str, inner: str, more: str) -> None:
    documents = Documents(SCHEMA, NO_DOCUMENTS, limits)
    fits = page(outer, inner).replace("{", "{ " + more, 1)
    assert documents.operation(Parameters(query=fits)).demand.objects == limits.objects
    with pytest.raises(RequestRefused, match=f"{limits.objects:,} objects") as refusal:
        documents.operation(Parameters(query=fits.replace("{", '{ team(slug: "x") { id } ', 1)))
    assert refusal.value.code == "QUERY_TOO_COMPLEX"


def test_a_subscription_may_ask_for_less() -> None:
    followed = Limits(subscribed_objects=1 + 1 + 16 + 256 + 512 + 512)
    Documents(SCHEMA, NO_DOCUMENTS, followed).operation(Parameters(query=SUBSCRIBED))
    with pytest.raises(RequestRefused, match="more than"):
        one_less = replace(followed, subscribed_objects=followed.subscribed_objects - 1)
        Documents(SCHEMA, NO_DOCUMENTS, one_less).operation(Parameters(query=SUBSCRIBED))


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ("{ __typename }", 1),
        ('{ game(slug: "x") { id } }', 1),
        ("{ games(first: 4) { edges { cursor } pageInfo { hasNextPage } } }", 1),
        ("{ games(first: 5) { edges { node { id } } } }", 2),
        ("{ games(first: 5) { ...P } } fragment P on GameConnection { edges { node { id } } }", 2),
        ("mutation { logOut { __typename } }", 11),
        ("mutation { ...M b: logOut { __typename } } fragment M on Mutation { a: logOut { __typename } }", 21),
        (SUBSCRIBED, 10),
    ],
)
def test_points_are_for_objects_and_changes(documents: Documents, query: str, points: int) -> None:
    assert documents.operation(Parameters(query=query)).demand.points == points


def test_at_most_fifty_errors_are_told() -> None:
    small = Documents(build_small_schema(), NO_DOCUMENTS)
    unknown = "{ again { " + " ".join(f"x{number}" for number in range(60)) + " } }"
    with pytest.raises(RequestRefused) as refusal:
        small.operation(Parameters(query=unknown))
    assert len(refusal.value.errors) == 50
    assert len(masked([GraphQLError("no", original_error=NotFound("card"))] * 60)) == 50


async def test_at_most_fifty_wrong_values_are_told(services: Services) -> None:
    declared = ", ".join(f"$v{number}: Float!" for number in range(60))
    used = " ".join(f"... @include(if: true) {{ a{number}: slow(seconds: $v{number}) }}" for number in range(60))
    roomy = Documents(build_small_schema(), NO_DOCUMENTS, Limits(aliases=60, directives=60, repeats=100))
    operation = roomy.operation(Parameters(query=f"query ({declared}) {{ again {{ {used} }} }}"))
    context = Context(services=services)
    with pytest.raises(RequestRefused) as refusal:
        await Engine(build_small_schema()).answer(operation, {f"v{number}": "x" for number in range(60)}, context)
    assert refusal.value.code == "BAD_USER_INPUT" and len(refusal.value.errors) == 50
