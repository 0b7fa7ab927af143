"""How much a document may ask for, counted on the real schema."""

from __future__ import annotations

import re
import time

import pytest
from graphql import DocumentNode, GraphQLObjectType, get_introspection_query, get_named_type, is_leaf_type, print_ast

from bench import queries, viewers, writes
from cli.play import documents as player
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.limits import Limits
from schema.server.masking import RequestRefused
from schema.server.parameters import Parameters
from schema.server.sizes import LIST_SIZES
from tests.fixtures.processes import ROOT
from tests.schema.server.small import NO_DOCUMENTS

SCHEMA = build_schema()
NESTED = "bracket { rounds { matches { tournament { "
PAGES = (
    "tournaments(first: {first}) {{ edges {{ node {{ entrants(first: {inner}) {{ edges {{ node {{ id }} }} }} }} }} }}"
)
SUBSCRIBED = """subscription { bracketChanges(tournamentId: "x") { ... on BracketSnapshot { bracket { rounds { matches {
    slots { participant { ... on Team { members { user { teams(first: 2) { edges { cursor } } } } } } } } } } } } }"""
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
        SUBSCRIBED,
        doubled(12, "bracket { rounds { matches { id } } }"),
        "{ " + " ".join(f"a{number}: __schema {{ types {{ name }} }}" for number in range(11)) + " }",
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
        page("100", "100"),
        page("20", "$n", "($n: Int!)").replace("node { id }", "node { id placement { low } }"),
        page("1", "1").replace("node { id }", "node { id players { id } }"),
        SUBSCRIBED.replace("first: 2", "first: 1"),
    ],
)
def test_a_document_that_asks_for_what_people_need_passes(documents: Documents, query: str) -> None:
    documents.operation(Parameters(query=query))


@pytest.mark.parametrize(
    ("query", "objects"),
    [
        ('{ game(slug: "x") { name slug } }', 1),
        ('{ tournament(slug: "x") { staff { id } } }', 11),
        ('{ tournament(slug: "x") { ... { staff { id } } ...T } } fragment T on Tournament { game { name } }', 12),
        ("{ games { edges { cursor } pageInfo { hasNextPage } } }", 21),
        ("{ games(first: 3) { edges { node { formats { __typename } } } } }", 22),
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


def test_every_declared_size_is_of_a_list_of_objects() -> None:
    for place in LIST_SIZES:
        parent, name = place.split(".")
        declared = SCHEMA._schema.get_type(parent)
        assert isinstance(declared, GraphQLObjectType), place
        assert str(declared.fields[name].type).startswith("["), place
        assert not is_leaf_type(get_named_type(declared.fields[name].type)), place
