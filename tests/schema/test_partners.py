"""Partners through the schema: who may do what, what is shown once, and which documents are refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from domain import partners
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.partners import ApiKey, Document, Partner, Release, Use
from schema.server.documents import Documents
from tests.factories.partners import cast, make_key, publish
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

GAMES = "query Games { games { edges { node { slug } } } }"
TEAMS = "query Teams($first: Int!) { teams(first: $first) { edges { node { slug } } } }"


@dataclass
class World:
    """A partner with a key, a release and a document, and people around it."""

    partner: Partner
    key: ApiKey
    release: Release
    document: Document
    people: dict[str, Actor]

    @property
    def partner_id(self) -> str:
        """The id clients use."""
        return global_id("Partner", self.partner.id)


async def make_world(db: Database) -> World:
    """The world of the access matrix."""
    admin, manager, stranger, partner = await cast(db)
    key, _ = await make_key(db, manager, partner.id)
    release = await publish(db, manager, partner.id, "1.0", GAMES)
    async with db.read() as session:
        (document,) = (await partners.documents_of_releases(session, [release.id]))[release.id]
    people = {"anonymous": ANONYMOUS, "stranger": stranger, "manager": manager, "admin": admin}
    return World(partner, key, release, document, people)


def mutations(world: World) -> dict[str, dict[str, Any]]:
    """Each mutation with an input that changes something."""
    partner = {"partnerId": world.partner_id}
    key = {"apiKeyId": global_id("ApiKey", world.key.id)}
    release = {"releaseId": global_id("PartnerRelease", world.release.id)}
    document = {"documentId": global_id("PartnerDocument", world.document.id)}
    return {
        "createPartner": {"slug": "other", "name": "Other", "manager": "stranger"},
        "updatePartner": {**partner, "version": 1, "name": "Renamed"},
        "setPartnerStatus": {**partner, "status": "SUSPENDED"},
        "setPartnerManager": {**partner, "username": "stranger", "isManager": True},
        "createApiKey": {**partner, "name": "second", "scopes": ["READ"]},
        "rotateApiKey": key,
        "revokeApiKey": key,
        "publishDocuments": {**partner, "label": "2.0", "documents": [TEAMS]},
        "withdrawRelease": release,
        "restoreRelease": release,
        "revokeDocument": {**document, "reason": "leaks"},
        "restoreDocument": document,
    }


def _hash(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


ADMINISTRATORS = {"anonymous": "UNAUTHENTICATED", "stranger": "FORBIDDEN", "manager": "FORBIDDEN", "admin": ""}


def _managers(unseen: str) -> dict[str, str]:
    return {"anonymous": "UNAUTHENTICATED", "stranger": unseen, "manager": "", "admin": ""}


MATRIX: dict[str, dict[str, str]] = {
    "createPartner": ADMINISTRATORS,
    "updatePartner": _managers("PARTNER_NOT_FOUND"),
    "setPartnerStatus": ADMINISTRATORS,
    "setPartnerManager": ADMINISTRATORS,
    "createApiKey": _managers("PARTNER_NOT_FOUND"),
    "rotateApiKey": _managers("API_KEY_NOT_FOUND"),
    "revokeApiKey": _managers("API_KEY_NOT_FOUND"),
    "publishDocuments": _managers("PARTNER_NOT_FOUND"),
    "withdrawRelease": _managers("RELEASE_NOT_FOUND"),
    "restoreRelease": _managers("RELEASE_NOT_FOUND"),
    "revokeDocument": _managers("DOCUMENT_NOT_FOUND"),
    "restoreDocument": _managers("DOCUMENT_NOT_FOUND"),
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}
CELLS = [(name, who, code) for name, row in MATRIX.items() for who, code in row.items()]


@pytest.mark.parametrize(("name", "who", "code"), CELLS, ids=[f"{name}-{who}" for name, who, _ in CELLS])
async def test_access(db: Database, ask: Ask, name: str, who: str, code: str) -> None:
    """Whoever may not gets the code, and no row has changed; whoever may gets the payload, and something has."""
    world = await make_world(db)
    given = mutations(world)
    if name in ("restoreRelease", "restoreDocument"):
        undone = {"restoreRelease": "withdrawRelease", "restoreDocument": "revokeDocument"}[name]
        await ask.mutate(world.people["manager"], undone, given[undone])
    before = await every_row(db)
    answer = await ask.mutate(world.people[who], name, given[name])
    if code:
        assert answer["code"] == code
        assert await every_row(db) == before
    else:
        assert answer == {"__typename": payload_of(name)}
        assert await every_row(db) != before


async def test_a_secret_is_shown_once(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    manager = world.people["manager"]
    given = {**mutations(world)["createApiKey"], "idempotencyKey": "one"}
    shown = "... on CreateApiKeyPayload { secret apiKey { id prefix scopes lastUsedAt } }"
    first = await ask.mutate(manager, "createApiKey", given, shown)
    again = await ask.mutate(manager, "createApiKey", given, shown)
    assert first["secret"].startswith(first["apiKey"]["prefix"])
    assert again == {**first, "secret": None}
    async with db.read() as session:
        assert (await partners.authenticate_key(session, first["secret"], FakeClock().now())).scopes == {"READ"}
    turn = {"apiKeyId": first["apiKey"]["id"], "graceSeconds": 0, "idempotencyKey": "two"}
    shown = "... on RotateApiKeyPayload { secret apiKey { id } }"
    new = await ask.mutate(manager, "rotateApiKey", turn, shown)
    assert new["secret"] not in (None, first["secret"])
    assert await ask.mutate(manager, "rotateApiKey", turn, shown) == {**new, "secret": None}


@pytest.mark.parametrize(
    ("documents", "problems"),
    [
        (["query A { nothing }"], [(0, "GRAPHQL_VALIDATION_FAILED", 1)]),
        ([GAMES, "query {"], [(1, "GRAPHQL_PARSE_FAILED", 1)]),
        (["{ games { pageInfo { hasNextPage } } }"], [(0, "OPERATION_WITHOUT_NAME", None)]),
        ([f"{GAMES} query B {{ __typename }}"], [(0, "OPERATION_RESOLUTION_FAILED", None)]),
        (["query A { __schema { description } }"], [(0, "INTROSPECTION_DISABLED", None)]),
        (
            ["query A { " + " ".join(f"a{n}: __typename" for n in range(16)) + " }"],
            [(0, "DOCUMENT_LIMIT_EXCEEDED", None)],
        ),
        (["query A { a b }", "\x00"], [(0, "GRAPHQL_VALIDATION_FAILED", 1)] * 2 + [(1, "GRAPHQL_PARSE_FAILED", 1)]),
    ],
)
async def test_documents_that_cannot_be_served_are_named(
    db: Database, ask: Ask, documents: list[str], problems: list[tuple[int, str, int | None]]
) -> None:
    world = await make_world(db)
    before = await every_row(db)
    answer = await ask.mutate(
        world.people["manager"],
        "publishDocuments",
        {"partnerId": world.partner_id, "label": "2.0", "documents": documents},
        "... on DocumentsInvalidError { problems { index code line } }",
    )
    assert (answer["__typename"], answer["code"]) == ("DocumentsInvalidError", "DOCUMENTS_INVALID")
    assert [(one["index"], one["code"], one["line"]) for one in answer["problems"]] == problems
    assert await every_row(db) == before


async def test_a_release_is_published_once_for_a_key(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    given = {**mutations(world)["publishDocuments"], "documents": [TEAMS, GAMES], "idempotencyKey": "one"}
    shown = "... on PublishDocumentsPayload { release { id number documents { name kind hash isServed } } }"
    first = await ask.mutate(world.people["manager"], "publishDocuments", given, shown)
    assert await ask.mutate(world.people["manager"], "publishDocuments", given, shown) == first
    assert first["release"]["number"] == 2
    assert first["release"]["documents"] == [
        {"name": name, "kind": "QUERY", "hash": _hash(text), "isServed": True}
        for name, text in (("Board", GAMES), ("Teams", TEAMS))
    ]  # fmt: skip
    many = {**given, "documents": [GAMES] * 501, "idempotencyKey": "two"}
    refused = await ask.mutate(world.people["manager"], "publishDocuments", many)
    assert refused["__typename"] == "InvalidInputError"


async def test_what_was_found_servable_is_not_looked_at_again(
    db: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, looked_at, prepare = await make_world(db), [], Documents.prepare

    def noted(self: Documents, source: str, *rest: Any) -> Any:
        looked_at.append(source)
        return prepare(self, source, *rest)

    monkeypatch.setattr(Documents, "prepare", noted)
    shown = "... on PublishDocumentsPayload { release { documents { name hash } } } ... on UserError { code }"
    other, broken = "query Other { games { nodes { name } } }", "query Broken { nothing }"

    async def release(label: str, *documents: str) -> Any:
        given = {"partnerId": world.partner_id, "label": label, "documents": list(documents)}
        return await ask.mutate(world.people["manager"], "publishDocuments", given, shown)

    assert (await release("2.0", TEAMS, broken))["code"] == "DOCUMENTS_INVALID"
    assert (await release("2.0", TEAMS, other))["release"]["documents"] == [
        {"name": "Other", "hash": _hash(other)},
        {"name": "Teams", "hash": _hash(TEAMS)},
    ]
    assert (await release("3.0", TEAMS, broken))["code"] == "DOCUMENTS_INVALID"
    assert looked_at == [TEAMS, broken, other, broken]


PAGE = """query ($slug: String!) { partner(slug: $slug) {
    id name status pointsCapacity pointsPerSecond managers { username }
    apiKeys { edges { node { name scopes revokedAt } } }
    documents { edges { node { name source isServed revokedReason
        usage(days: 7) { count errorCount points lastUsedAt } } } }
    releases { edges { node { label withdrawnAt publishedBy { username } documents { name } } } }
    usage(days: 7) { day usage { count } }
} }"""


async def test_only_those_who_manage_it_know_of_a_partner(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    nodes = [
        world.partner_id,
        global_id("ApiKey", world.key.id),
        global_id("PartnerDocument", world.document.id),
        global_id("PartnerRelease", world.release.id),
    ]
    for who, sees in (("anonymous", False), ("stranger", False), ("manager", True), ("admin", True)):
        actor = world.people[who]
        assert ((await ask(actor, PAGE, slug="acme"))["partner"] is not None) is sees
        for node in nodes:
            assert (
                (await ask(actor, "query ($id: ID!) { node(id: $id) { id } }", id=node))["node"] is not None
            ) is sees
        found = (await ask(actor, "{ partners { edges { node { slug } } } }"))["partners"]
        assert found == (None if who == "anonymous" else {"edges": [{"node": {"slug": "acme"}}] if sees else []})


async def test_what_a_partner_shows(db: Database, ask: Ask, clock: FakeClock) -> None:
    world = await make_world(db)
    now, hash_ = clock.now(), world.document.hash
    uses = [
        Use(world.partner.id, world.key.id, hash_, at.date(), 3_000_000_000, 1, 5, at)
        for at in (now, now - timedelta(days=6), now - timedelta(days=7))
    ]
    await db.transaction(lambda session: partners.record_usage(session, uses))
    found = (await ask(world.people["manager"], PAGE, slug="acme"))["partner"]
    assert (found["name"], found["status"], found["managers"]) == ("Acme", "ACTIVE", [{"username": "manager"}])
    assert [edge["node"]["scopes"] for edge in found["apiKeys"]["edges"]] == [["READ", "WRITE", "SUBSCRIBE"]]
    (document,) = [edge["node"] for edge in found["documents"]["edges"]]
    assert (document["source"], document["isServed"], document["revokedReason"]) == (GAMES, True, None)
    assert (document["usage"]["count"], document["usage"]["errorCount"], document["usage"]["points"]) == (6e9, 2, 10)
    assert [day["usage"]["count"] for day in found["usage"]] == [3e9, 3e9]
    (release,) = [edge["node"] for edge in found["releases"]["edges"]]
    assert (release["label"], release["publishedBy"]) == ("1.0", {"username": "manager"})
    error = await ask.error(world.people["manager"], '{ partner(slug: "acme") { usage(days: 91) { day } } }')
    assert "1 to 90 days" in str(error)


async def test_lists_take_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    manager = world.people["manager"]

    async def statements() -> int:
        with counted_statements(db) as sent:
            await ask(manager, PAGE, slug="acme")
        return len([statement for statement in sent if statement.startswith("SELECT")])

    few = await statements()
    for number in range(4):
        await make_key(db, manager, world.partner.id)
        await publish(db, manager, world.partner.id, f"2.{number}", GAMES, TEAMS, f"query Q{number} {{ __typename }}")
    assert await statements() == few


async def test_who_no_longer_manages_gets_no_earlier_answer(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    manager, admin = world.people["manager"], world.people["admin"]
    create = {**mutations(world)["createApiKey"], "idempotencyKey": "one"}
    rotate = {**mutations(world)["rotateApiKey"], "idempotencyKey": "two"}
    for name, given in (("createApiKey", create), ("rotateApiKey", rotate)):
        assert (await ask.mutate(manager, name, given))["__typename"] == payload_of(name)
    partner = {"partnerId": world.partner_id}
    await ask.mutate(admin, "setPartnerManager", {**partner, "username": "stranger", "isManager": True})
    await ask.mutate(admin, "setPartnerManager", {**partner, "username": "manager", "isManager": False})
    before = await every_row(db)
    assert (await ask.mutate(manager, "createApiKey", create))["code"] == "PARTNER_NOT_FOUND"
    assert (await ask.mutate(manager, "rotateApiKey", rotate))["code"] == "API_KEY_NOT_FOUND"
    assert await every_row(db) == before


async def test_a_bucket_cannot_hold_nothing(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    for name in ("pointsCapacity", "pointsPerSecond"):
        given = {"partnerId": world.partner_id, "version": 1, name: 0}
        assert (await ask.mutate(world.people["admin"], "updatePartner", given))["code"] == "BAD_USER_INPUT"
