"""Documents: limits that cost little to hold, and preparing each only once."""

from __future__ import annotations

import gc
import time

import graphql as core
import pytest
from graphql import get_introspection_query

from schema.server.deprecations import Deprecation, deprecations
from schema.server.documents import Documents
from schema.server.limits import Limits
from schema.server.masking import RequestRefused
from schema.server.parameters import Parameters, digest
from tests.schema.server.small import NO_DOCUMENTS, build_schema

VIA_FRAGMENTS = """subscription { cardChanges { ...A } } fragment A on CardAdded { card { ...B } }
    fragment B on Card { isMine }"""


@pytest.fixture(scope="module")
def documents() -> Documents:
    made = Documents(build_schema(), NO_DOCUMENTS)
    made.operation(Parameters(query="{ hello }"))  # the first validation prepares rules
    return made


def refused(documents: Documents, query: str) -> str:
    with pytest.raises(RequestRefused) as refusal:
        documents.operation(Parameters(query=query))
    return refusal.value.code


def chained(length: int, selection: str, last: str = "hello") -> str:
    links = "".join(f"fragment F{i} on Query{{{selection.format(next=f'F{i + 1}')}}}" for i in range(length))
    return f"query{{again{{...F0}}}}{links}fragment F{length} on Query{{{last}}}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (chained(20, "...{next} ...{next}"), None),
        (chained(13, "a:again{{...{next}}} b:again{{...{next}}}"), "DOCUMENT_LIMIT_EXCEEDED"),
        (chained(14, "again{{...{next}}}"), "DOCUMENT_LIMIT_EXCEEDED"),
        (chained(300, "...{next}"), "GRAPHQL_PARSE_FAILED"),
        (chained(49, "...{next}"), None),
        (chained(50, "...{next}"), "DOCUMENT_LIMIT_EXCEEDED"),
        (chained(40, "...{next} ...{next} ...{next}"), "DOCUMENT_LIMIT_EXCEEDED"),
        ("{again{" + "...{hello}" * 30 + "}}", None),
        ("{again{" + "...{hello}" * 31 + "}}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("{" + "".join(f"a{i}:again{{hello hello}}" for i in range(16)) + "}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("query{...A} fragment A on Query{...B} fragment B on Query{...A}", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + "hello " * 1000 + "}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("{again{" + "hello " * 31 + "}}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("{again{" + "".join(f"a{i}:hello " for i in range(31)) + "}}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("{" + "".join(f'hello(name:"{i}") ' for i in range(300)) + "}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("{hello " + "@skip(if:true) " * 51 + "}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("query(" + "".join(f"$v{i}:Int " for i in range(400)) + "){hello}", "GRAPHQL_VALIDATION_FAILED"),
        ("{again" * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{" + "...{" * 190 + "hello" + "}" * 191, None),
        ("#\n" * 30_000 + "{hello}", "GRAPHQL_PARSE_FAILED"),
        ("{__schema{types{fields{type{fields{type{fields{name}}}}}}}}", "GRAPHQL_VALIDATION_FAILED"),
        ("query{again{...Nowhere}}", "GRAPHQL_VALIDATION_FAILED"),
        (get_introspection_query(), None),
    ],
)
def test_no_document_costs_much(documents: Documents, query: str, code: str | None) -> None:
    gc.collect()
    gc.disable()  # collecting what other tests left is not the document's doing
    try:
        began = time.thread_time()
        if code is None:
            documents.operation(Parameters(query=query))
        else:
            assert refused(documents, query) == code
        assert time.thread_time() - began < 0.05
    finally:
        gc.enable()


def test_limits_count_through_fragments() -> None:
    documents = Documents(build_schema(), NO_DOCUMENTS, Limits(aliases=3, depth=4))
    fits = "{ again { ...F } hello } fragment F on Query { a: hello b: again { c: hello } }"
    assert documents.operation(Parameters(query=fits)).name is None
    assert refused(documents, fits.replace("hello }", "x: hello }", 1)) == "DOCUMENT_LIMIT_EXCEEDED"
    assert (
        refused(documents, fits.replace("...F", "...F again { again { again { hello } } }"))
        == "DOCUMENT_LIMIT_EXCEEDED"
    )


def test_a_document_is_prepared_once(documents: Documents) -> None:
    first = documents.operation(Parameters(query="query A { hello } query B { hello }", operation_name="A"))
    again = documents.operation(Parameters(query="query A { hello } query B { hello }", operation_name="A"))
    assert first is again


def test_a_document_to_register_is_prepared_with_what_it_uses_that_will_go_away(documents: Documents) -> None:
    old = documents.prepare("query Old { greeting a: greeting(shout: true) hello }")
    assert (old.name, old.label, old.kind.value) == ("Old", "partner", "query")
    assert old.deprecations == (
        Deprecation("Query.greeting", "Use hello."),
        Deprecation("Query.greeting(shout:)", "It is too loud."),
    )
    assert documents.prepare("{ hello }").deprecations == ()


def test_deprecated_values_of_inputs_are_found_where_they_are_written() -> None:
    schema = core.build_schema(
        """type Query { find(by: By!): ID, old: ID @deprecated(reason: "c") }
           input By { way: Way, name: String @deprecated(reason: "a") }
           enum Way { UP, DOWN @deprecated(reason: "b") }"""
    )
    document = core.parse('query ($w: Way = DOWN) { find(by: {name: "x", way: $w}) ...F } fragment F on Query { old }')
    assert deprecations(schema, document) == (
        Deprecation("Way.DOWN", "b"),
        Deprecation("By.name", "a"),
        Deprecation("Query.old", "c"),
    )


@pytest.mark.parametrize(
    ("source", "limits", "code"),
    [
        ("query A { hello } query B { hello }", None, "OPERATION_RESOLUTION_FAILED"),
        ("fragment F on Query { hello }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ again { hello } }", Limits(depth=1), "DOCUMENT_LIMIT_EXCEEDED"),
    ],
)
def test_what_cannot_be_served_cannot_be_registered(
    documents: Documents, source: str, limits: Limits | None, code: str
) -> None:
    with pytest.raises(RequestRefused) as refusal:
        documents.prepare(source, limits)
    assert refusal.value.code == code


def test_only_registered_sources_are_served_by_hash_or_as_they_stand(documents: Documents) -> None:
    source = "query Mine { again { hello } }"
    sources = {digest(source): source}
    named = documents.registered(sources, Parameters(document_id=f"sha256:{digest(source)}"), "a")
    assert documents.registered(sources, Parameters(query=source), "a") is named
    for other in (Parameters(query=f"{source} "), Parameters(document_id="whatever"), Parameters(query="{ hello }")):
        with pytest.raises(RequestRefused) as refusal:
            documents.registered(sources, other, "a")
        assert refusal.value.code == "PERSISTED_DOCUMENT_NOT_FOUND"


def test_what_is_kept_is_bounded() -> None:
    documents = Documents(build_schema(), NO_DOCUMENTS)
    first = documents.operation(Parameters(query="{ hello }"))
    for number in range(1024):
        documents.operation(Parameters(query=f'{{ hello(name: "{number}") }}'))
    assert documents.operation(Parameters(query="{ hello }")) is not first
    kept = documents.operation(Parameters(query="{ again { hello } }"))
    for number in range(20):
        documents.operation(Parameters(query=f'{{ hello(name: "{number} {"x" * 60_000}") }}'))
    assert documents.operation(Parameters(query="{ again { hello } }")) is not kept


def test_who_has_many_documents_crowds_nobody_out() -> None:
    documents = Documents(build_schema(), NO_DOCUMENTS)
    small = "query Small { hello }"
    large = [f'query Large {{ hello(name: "{number} {"x" * 60_000}") }}' for number in range(12)]

    def ask(source: str, owner: str) -> object:
        return documents.registered({digest(source): source}, Parameters(query=source), owner)

    kept, taken = ask(small, "b"), [ask(source, "a") for source in large]
    assert ask(small, "b") is kept
    assert ask(large[-1], "a") is taken[-1] and ask(large[0], "a") is not taken[0]
    for source in large[:4]:  # a fair share is left to whoever comes later
        ask(source, "b")
    assert ask(small, "b") is kept and ask(large[0], "b") is ask(large[0], "b")
    assert ask(small, "a") is not kept  # nobody learns from the time it takes what others have


@pytest.mark.parametrize(
    ("query", "unshared"),
    [
        ("subscription { cardChanges { ... on CardAdded { card { text __typename } } } }", ()),
        ("subscription { cardChanges { ... on CardAdded { card { isMine } } } }", ("Card.isMine",)),
        (VIA_FRAGMENTS, ("Card.isMine",)),
        ("{ card(number: 1) { isMine } }", ()),
    ],
)
def test_what_keeps_a_subscription_from_being_shared_is_known(
    documents: Documents, query: str, unshared: tuple[str, ...]
) -> None:
    assert documents.operation(Parameters(query=query)).unshared_fields == unshared


@pytest.mark.parametrize(
    ("query", "variable"),
    [
        ("subscription ($c: String) { cardChanges(after: $c) { __typename } }", "c"),
        ("subscription { cardChanges { __typename } }", None),
        ('subscription { cardChanges(after: "3") { __typename } }', None),
        ("subscription ($c: String!) { cardChanges(after: $c, board: $c) { __typename } }", None),
        ("query ($c: Int!) { card(number: $c) { text } }", None),
    ],
)
def test_the_cursor_variable_is_known(documents: Documents, query: str, variable: str | None) -> None:
    assert documents.operation(Parameters(query=query)).cursor_variable == variable
