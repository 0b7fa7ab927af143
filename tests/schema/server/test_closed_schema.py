"""Who learns what from the schema: no hints in refusals, and no introspection without documents of one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from domain.accounts.models import UserRole
from domain.infra.db import WriteSession
from domain.kernel.actor import ANONYMOUS, Actor, Role
from domain.kernel.ids import new_id
from resolvers.context import Context
from resolvers.services import Services
from schema.server.documents import Documents
from schema.server.execution import Engine
from schema.server.masking import RequestRefused
from schema.server.parameters import Parameters
from tests.factories.accounts import register
from tests.schema.server.small import NO_DOCUMENTS, build_schema, serving

ADMIN = Actor(user_id=new_id(), roles=frozenset({Role.PLAYER, Role.ADMIN}))
PLAYER = Actor(user_id=new_id(), roles=frozenset(Role) - {Role.ADMIN})
ADD = "addCard(input: {{text: {text}, colour: {colour}}}) {{ __typename }}"

# A document with a slip, and the name that a hint would give away.
SLIPS = [
    ("{ helo }", "hello"),
    ("{ cards { numbr } }", "number"),
    ('{ hello(nme: "x") }', "name"),
    ("{ hello @skip(if: true, iff: true) }", "'if'"),
    ("query ($c: Colur) { hello }", "Colour"),
    ("{ cards }", "{ ... }"),
    ("{ ... on Quer { hello } }", "'Query'"),
    ("mutation { " + ADD.format(text='"x"', colour="REDD") + " }", "'RED'"),
    ('mutation { addCard(input: {text: "x", colur: RED}) { __typename } }', "colour"),
    ("mutation { " + ADD.format(text='"x"', colour="'RED'").replace("'RED'", '"BLU"') + " }", "'BLUE'"),
    ('mutation { addCard(input: {text: "x"}) { card { number } } }', "AddCardPayload"),
]
# Variables with a slip; these are looked at when the operation runs.
VALUES = [
    ({"c": "REDD", "i": {"text": "x"}}, "'RED'"),
    ({"c": "RED", "i": {"text": "x", "colur": "RED"}}, "colour"),
    ({"c": "RED", "i": {"text": "x", "colour": "BLU"}}, "'BLUE'"),
]


@pytest.fixture
def documents() -> Documents:
    return Documents(build_schema(), NO_DOCUMENTS)


def messages(documents: Documents, query: str, actor: Actor) -> str:
    with pytest.raises(RequestRefused) as refusal:
        documents.operation(Parameters(query=query), actor)
    assert refusal.value.code == "GRAPHQL_VALIDATION_FAILED"
    return " ".join(error["message"] for error in refusal.value.errors)


@pytest.mark.parametrize(("query", "name"), SLIPS)
def test_a_slip_in_a_document_gives_nothing_away(documents: Documents, query: str, name: str) -> None:
    for actor in (ANONYMOUS, PLAYER):
        found = messages(documents, query, actor)
        assert name not in found and "Did you mean" not in found
    hinted = messages(documents, query, ADMIN)
    assert "Did you mean" in hinted and name in hinted


@pytest.mark.parametrize(("variables", "name"), VALUES)
async def test_a_slip_in_a_variable_gives_nothing_away(
    documents: Documents, services: Services, variables: dict[str, Any], name: str
) -> None:
    query = "mutation ($c: Colour, $i: CardInput!) { addCard(input: $i) { __typename } again: " + ADD.format(
        text='"x"', colour="$c"
    )
    operation = documents.operation(Parameters(query=query + " }"))
    engine = Engine(build_schema())
    for actor, has_hint in ((ANONYMOUS, False), (PLAYER, False), (ADMIN, True)):
        with pytest.raises(RequestRefused) as refusal:
            await engine.answer(operation, variables, Context(services=services, actor=actor))
        assert refusal.value.code == "BAD_USER_INPUT"
        found = str(refusal.value)
        assert ("Did you mean" in found) is has_hint
        assert (name in found) is has_hint


@pytest.mark.parametrize(
    "query",
    [
        "query A { __schema { queryType { name } } }",
        'query A { hello __type(name: "Card") { name } }',
        "query A { again { again { ...F } } } fragment F on Query { ... { s: __schema { queryType { name } } } }",
        get_introspection_query(),
    ],
)
def test_no_registered_document_introspects(documents: Documents, query: str) -> None:
    with pytest.raises(RequestRefused, match=r"schema/schema\.graphql") as refusal:
        documents.prepare(query)
    assert refusal.value.code == "INTROSPECTION_DISABLED"


@pytest.mark.parametrize("mode", ["open", "persisted"])
async def test_who_sends_documents_of_their_own_introspects(services: Services, mode: str) -> None:
    services = replace(services, settings=replace(services.settings, documents=mode))
    ada = (await register(services.accounts, "ada")).tokens.access_token
    root = await register(services.accounts, "root")
    await services.db.transaction(lambda session: make_admin(session, root.user.id))
    asked = {"query": get_introspection_query()}

    async with serving(services) as server, httpx.AsyncClient(timeout=20) as client:

        async def answered(**headers: str) -> Any:
            return (await client.post(server.url, json=asked, headers=headers)).json()

        for headers in ({}, {"authorization": f"Bearer {ada}"}):
            answer = await answered(**headers)
            if mode == "open":
                assert answer["data"]["__schema"]["queryType"]["name"] == "Query"
            else:
                assert "data" not in answer
                assert answer["errors"][0]["extensions"] == {"code": "PERSISTED_DOCUMENT_NOT_FOUND"}

        answer = await answered(authorization=f"Bearer {root.tokens.access_token}")
        assert print_schema(build_client_schema(answer["data"])).count("type Query")
        cost = answer["extensions"]["cost"]
        assert (cost["requested"], cost["actual"]) == (500, 500)


async def make_admin(session: WriteSession, user_id: UUID) -> None:
    session.add(UserRole(user_id=user_id, role=Role.ADMIN))
