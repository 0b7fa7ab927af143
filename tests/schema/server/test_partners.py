"""Applications with API keys: what they may send, on each transport, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from prometheus_client import generate_latest

from domain import partners
from domain.accounts.models import UserRole
from domain.infra.db import Database, WriteSession
from domain.infra.settings import PERSISTED, Allowance
from domain.kernel.actor import Actor, Role
from domain.partners import PartnerStatus, RevokeApiKey, RevokeDocument, Scope, SetPartnerStatus, WithdrawRelease
from domain.partners.models import DocumentUsage
from resolvers.services import Services
from schema.server.parameters import digest
from tests.factories.accounts import register
from tests.factories.partners import cast, make_key, make_partner, publish
from tests.factories.teams import NOW, run
from tests.fixtures.database import counted_statements
from tests.fixtures.hub import envelope
from tests.fixtures.rows import every_row
from tests.schema.server.small import Server, serving
from tests.schema.server.test_meter import limited
from tests.schema.server.test_websocket import acknowledged, closed, heard, nothing_left, opened, say

HELLO = "query Hello { hello }"
OLD = "query Old { greeting }"
REVOKED = "query Revoked { again { hello } }"
FOREIGN = "query Foreign { hello viewer }"
FIRST_PARTY = "query Ours { viewer }"
ADD = 'mutation Add { addCard(input: {text: "x"}) { __typename } }'
CARDS = "subscription Cards { cardChanges { __typename } }"
NOT_FOUND = "PERSISTED_DOCUMENT_NOT_FOUND"


@dataclass
class Stage:
    """A server, a partner with a key, and somebody who manages it."""

    server: Server
    db: Database
    admin: Actor
    manager: Actor
    partner_id: UUID
    key_id: UUID
    secret: str
    release_id: UUID

    async def post(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(timeout=20) as client:
            return await client.post(self.server.url, json=body, headers={"x-api-key": self.secret, **headers})

    async def tell(self, topic: str, name: str) -> None:
        """What the relay does once a fact is recorded."""
        await self.server.hub.publish(envelope(topic, name))


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "Ours.graphql").write_text(FIRST_PARTY)
    return tmp_path


@pytest_asyncio.fixture
async def stage(services: Services, db: Database, documents: Path) -> AsyncIterator[Stage]:
    admin, manager, _, partner = await cast(db)
    key, secret = await make_key(db, manager, partner.id)
    release = await publish(db, manager, partner.id, "1.0", HELLO, OLD, REVOKED, ADD, CARDS)
    other = await make_partner(db, admin, "stranger", "other")
    await publish(db, admin, other.id, "1.0", FOREIGN)
    async with serving(services, documents=documents) as server:
        made = Stage(server, db, admin, manager, partner.id, key.id, secret, release.id)
        await revoke(made, REVOKED)
        yield made


async def revoke(stage: Stage, source: str) -> None:
    async with stage.db.read() as session:
        pages = await partners.documents_of_releases(session, [stage.release_id])
    (found,) = [row for row in pages[stage.release_id] if row.source == source]
    await run(
        stage.db, partners.revoke_document, stage.manager, RevokeDocument(document_id=found.id, reason="old", now=NOW)
    )


def code(answer: Any) -> Any:
    return answer["errors"][0]["extensions"]["code"]


def named(source: str) -> list[dict[str, Any]]:
    """The three spellings of an id."""
    return [
        {"documentId": f"sha256:{digest(source)}"},
        {"documentId": digest(source)},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(source)}}},
    ]


REFUSED = [
    *named("query Never { hello }"),
    *named(REVOKED),
    *named(FOREIGN),
    *named(FIRST_PARTY),
    {"documentId": digest(HELLO)[:-1] + "x"},
    {"documentId": digest(HELLO).upper()},
    {"query": "{ hello }"},
    {"query": HELLO + " "},
    {"query": "{ this is no document"},
    {"query": REVOKED},
    {"query": FOREIGN},
    {"query": FIRST_PARTY},
    {"query": CARDS.replace("Cards", "Mine")},
    {"query": ADD.replace("Add ", "Mine ")},
]


async def asked(stage: Stage, how: str, body: dict[str, Any], **variables: Any) -> Any:
    """The answer to a request, whatever brings it."""
    if how == "post":
        return (await stage.post(body)).json()
    if how == "get":
        query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        async with httpx.AsyncClient(timeout=20) as client:
            return (await client.get(stage.server.url, params=query, headers={"x-api-key": stage.secret})).json()
    async with acknowledged(stage.server, {"apiKey": stage.secret}) as socket:
        await say(socket, id="1", type="subscribe", payload=body)
        message = await heard(socket)
        return message["payload"] if message["type"] == "next" else {"errors": message["payload"]}


@pytest.mark.parametrize("how", ["get", "post", "socket"])
async def test_a_registered_document_is_served_by_any_spelling_of_its_id_and_as_text(stage: Stage, how: str) -> None:
    for body in (*named(HELLO), {"query": HELLO}):
        assert (await asked(stage, how, body))["data"] == {"hello": "hello world"}


@pytest.mark.parametrize("how", ["get", "post", "socket"])
async def test_everything_else_is_refused_alike(stage: Stage, how: str) -> None:
    await asked(stage, how, {"documentId": digest(HELLO)})  # the registry is loaded
    before = await every_row(stage.db)
    answers = [await asked(stage, how, body) for body in REFUSED]
    for answer in answers:
        assert code(answer) == NOT_FOUND
        assert answer == answers[0]
    assert stage.server.board.cards == []
    assert await every_row(stage.db) == before


async def test_a_refusal_asks_the_database_nothing_about_the_document(stage: Stage, services: Services) -> None:
    await stage.post({"documentId": digest(HELLO)})
    with counted_statements(services.db) as statements:
        for body in REFUSED:
            assert code((await stage.post(body)).json()) == NOT_FOUND
    assert statements == []


async def test_in_persisted_mode_only_first_party_documents_are_for_everybody(
    services: Services, documents: Path
) -> None:
    ada = await register(services.accounts, "ada")
    services = replace(services, settings=replace(services.settings, documents=PERSISTED))
    token = {"authorization": f"Bearer {ada.tokens.access_token}"}
    async with serving(services, documents=documents) as server, httpx.AsyncClient(timeout=20) as client:
        for body in (*named(FIRST_PARTY), {"query": FIRST_PARTY}):
            assert (await client.post(server.url, json=body)).json()["data"] == {"viewer": None}
        for body in ({"query": "{ hello }"}, {"query": "{ no"}, *named(HELLO)):
            assert code((await client.post(server.url, json=body, headers=token)).json()) == NOT_FOUND
        async with acknowledged(server) as socket:
            await say(socket, id="1", type="subscribe", payload={"query": CARDS})
            assert code({"errors": (await heard(socket))["payload"]}) == NOT_FOUND
        await services.db.transaction(partial(_make_admin, user_id=ada.user.id))
        await services.accounts.forget_roles(ada.user.id)
        answer = await client.post(server.url, json={"query": "{ hello }"}, headers=token)
        assert answer.json()["data"] == {"hello": "hello world"}


async def _make_admin(session: WriteSession, user_id: UUID) -> None:
    session.add(UserRole(user_id=user_id, role=Role.ADMIN))


@pytest.mark.parametrize("how", ["post", "socket"])
@pytest.mark.parametrize(
    ("source", "scopes"),
    [(HELLO, (Scope.WRITE, Scope.SUBSCRIBE)), (ADD, (Scope.READ,)), (CARDS, (Scope.READ, Scope.WRITE))],
)
async def test_a_key_is_used_within_its_scopes(stage: Stage, how: str, source: str, scopes: tuple[Scope, ...]) -> None:
    _, secret = await make_key(stage.db, stage.manager, stage.partner_id, *scopes, name="less")
    answer = await asked(replace(stage, secret=secret), how, {"documentId": digest(source)})
    assert code(answer) == "SCOPE_MISSING"
    assert stage.server.board.cards == []


async def test_the_key_names_the_application_and_the_token_the_person(stage: Stage, services: Services) -> None:
    ada = await register(services.accounts, "ada")
    await publish(stage.db, stage.manager, stage.partner_id, "2.0", FIRST_PARTY)
    authorization = f"Bearer {ada.tokens.access_token}"
    assert (await stage.post({"query": FIRST_PARTY}, authorization=authorization)).json()["data"] == {
        "viewer": str(ada.user.id)
    }
    async with acknowledged(stage.server, {"apiKey": stage.secret, "Authorization": authorization}) as socket:
        await say(socket, id="1", type="subscribe", payload={"documentId": digest(FIRST_PARTY)})
        assert (await heard(socket))["payload"]["data"] == {"viewer": str(ada.user.id)}


async def test_a_key_that_does_not_hold_opens_nothing(stage: Stage) -> None:
    for secret in ("", "mpk_00000000_nothing"):
        answer = await stage.post({"query": HELLO}, **{"x-api-key": secret})
        assert (answer.status_code, code(answer.json())) == (401, "API_KEY_INVALID")
        async with opened(stage.server) as socket:
            await say(socket, type="connection_init", payload={"apiKey": secret})
            assert await closed(socket) == (4403, "API_KEY_INVALID")
    async with opened(stage.server) as socket:
        await say(socket, type="connection_init", payload={"apiKey": 7})
        assert (await closed(socket))[0] == 4400


async def test_the_database_is_not_asked_about_what_is_no_secret(stage: Stage, services: Services) -> None:
    with counted_statements(services.db) as statements:
        for secret in ("", "mpk_00000000_nothing", stage.secret[:-1], f"{stage.secret}x", stage.secret.upper()):
            answer = await stage.post({"query": HELLO}, **{"x-api-key": secret})
            assert (answer.status_code, code(answer.json())) == (401, "API_KEY_INVALID")
            async with opened(stage.server) as socket:
                await say(socket, type="connection_init", payload={"apiKey": secret})
                assert await closed(socket) == (4403, "API_KEY_INVALID")
    assert statements == []


@pytest.mark.parametrize("how", ["revoked", "suspended", "unheard"])
async def test_a_key_that_is_taken_away_ends_what_it_has_opened(stage: Stage, how: str) -> None:
    async with acknowledged(stage.server, {"apiKey": stage.secret}) as socket:
        await say(socket, id="1", type="subscribe", payload={"documentId": digest(CARDS)})
        assert (await heard(socket))["type"] == "next"
        if how == "suspended":
            command = SetPartnerStatus(partner_id=stage.partner_id, status=PartnerStatus.SUSPENDED, now=NOW)
            await run(stage.db, partners.set_partner_status, stage.admin, command)
        else:
            await run(stage.db, partners.revoke_api_key, stage.manager, RevokeApiKey(key_id=stage.key_id, now=NOW))
        if how == "unheard":
            stage.server.hub.gap()
        else:
            await stage.tell(partners.key_topic(stage.key_id), partners.ApiKeyRevoked.name)
        assert await closed(socket) == (4403, "API_KEY_INVALID")
    assert (await stage.post({"query": HELLO})).status_code == 401


@pytest.mark.parametrize("how", ["told", "unheard"])
async def test_a_withdrawn_release_is_not_served_and_a_restored_one_is(stage: Stage, how: str) -> None:
    async def changed() -> None:
        if how == "told":
            await stage.tell(partners.registry_topic(stage.partner_id), partners.RegistryChanged.name)
        else:
            stage.server.hub.gap()

    async with acknowledged(stage.server, {"apiKey": stage.secret}) as socket:
        await say(socket, id="1", type="subscribe", payload={"documentId": digest(CARDS)})
        assert (await heard(socket))["type"] == "next"
        command = WithdrawRelease(release_id=stage.release_id, now=NOW)
        await run(stage.db, partners.withdraw_release, stage.manager, command)
        await changed()
        message = await heard(socket)
        assert (message["type"], code({"errors": message["payload"]})) == ("error", NOT_FOUND)
        assert code((await stage.post({"query": HELLO})).json()) == NOT_FOUND
        again = partners.RestoreRelease(release_id=stage.release_id)
        await run(stage.db, partners.restore_release, stage.manager, again)
        await changed()
        assert (await stage.post({"query": HELLO})).json()["data"] == {"hello": "hello world"}


async def test_what_will_go_away_is_told(stage: Stage) -> None:
    answer = (await stage.post({"documentId": digest(OLD)})).json()
    assert answer["extensions"]["deprecations"] == [{"name": "Query.greeting", "reason": "Use hello."}]
    assert "extensions" not in (await stage.post({"query": HELLO})).json()


async def test_uses_are_added_up_and_written_also_after_a_failure(stage: Stage, monkeypatch: Any) -> None:
    for _ in range(3):
        await stage.post({"query": HELLO})
    await stage.post({"query": "{ hello }"})  # refused: no document, no use

    async def fail(*_: object) -> None:
        raise OSError("no database")

    services = stage.server.usage._services
    monkeypatch.setattr(services.db, "transaction", fail)
    await stage.server.usage.write()
    monkeypatch.undo()
    await stage.post({"query": HELLO})
    await stage.server.usage.write()
    await stage.server.usage.write()
    async with stage.db.read() as session:
        row = await session.get(DocumentUsage, (stage.partner_id, digest(HELLO), services.clock.now().date()))
        assert row is not None
        assert (row.count, row.errors, row.points) == (4, 0, 1)  # the answer was kept, and is free from then on


async def test_clients_add_no_labels_to_metrics(stage: Stage) -> None:
    sources = [f"query Q{number} {{ hello }}" for number in range(5)]
    await publish(stage.db, stage.manager, stage.partner_id, "2.0", *sources)
    for source in sources:
        await stage.post({"query": source})
    metrics = generate_latest().decode()
    assert 'operation="partner"' in metrics
    assert "Q3" not in metrics


async def test_a_socket_with_a_key_leaves_nothing_behind(stage: Stage) -> None:
    async with acknowledged(stage.server, {"apiKey": stage.secret}):
        await asyncio.sleep(0)
    stage.server.hub.gap()  # what the process keeps of keys and documents is dropped, too
    await nothing_left(stage.server)


@pytest.mark.parametrize(("how", "expected"), [("withdrawn", NOT_FOUND), ("revoked", "API_KEY_INVALID")])
async def test_an_event_stream_ends_with_its_document_and_with_its_key(stage: Stage, how: str, expected: str) -> None:
    headers = {"x-api-key": stage.secret, "accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("POST", stage.server.url, json={"documentId": digest(CARDS)}, headers=headers) as response,
    ):
        lines = response.aiter_lines()
        while "BoardSnapshot" not in await anext(lines):
            pass
        if how == "withdrawn":
            command = WithdrawRelease(release_id=stage.release_id, now=NOW)
            await run(stage.db, partners.withdraw_release, stage.manager, command)
            await stage.tell(partners.registry_topic(stage.partner_id), partners.RegistryChanged.name)
        else:
            await run(stage.db, partners.revoke_api_key, stage.manager, RevokeApiKey(key_id=stage.key_id, now=NOW))
            await stage.tell(partners.key_topic(stage.key_id), partners.ApiKeyRevoked.name)
        rest = "\n".join([line async for line in lines])
        assert expected in rest
        assert "event: complete" in rest


async def test_keys_that_nobody_has_cost_the_address(services: Services, db: Database) -> None:
    _, manager, _, partner = await cast(db)
    _, secret = await make_key(db, manager, partner.id)
    await publish(db, manager, partner.id, "1.0", HELLO)
    body = {"documentId": digest(HELLO)}

    async with limited(services, Allowance(50, 1), Allowance(39, 1)) as server, httpx.AsyncClient(timeout=20) as client:

        async def answer(key: str) -> httpx.Response:
            return await client.post(server.url, json=body, headers={"x-api-key": key})

        assert (await answer(secret)).status_code == 200  # its deposit comes back
        guesses = [await answer(partners.new_secret()) for _ in range(3)]
        assert [(each.status_code, code(each.json())) for each in guesses] == [(401, "API_KEY_INVALID")] * 3
        with counted_statements(db) as statements:
            guess = await answer(partners.new_secret())
            assert (guess.status_code, code(guess.json())) == (429, "RATE_LIMITED")
            assert int(guess.headers["retry-after"]) in range(1, 11)
            async with opened(server) as socket:
                await say(socket, type="connection_init", payload={"apiKey": partners.new_secret()})
                assert (await closed(socket))[0] == 1013
            assert (await answer(secret)).status_code == 200  # who is known goes on
        assert not any("api_key" in statement for statement in statements)
