"""Accounts through the schema: who may do what, and what a client sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.accounts import Accounts, SignedIn
from domain.accounts.values import MailTokenPurpose
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.settings import Settings
from domain.kernel.actor import ANONYMOUS, Actor, Role
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id
from tests.factories.accounts import PASSWORD, actor_of, log_in, make_accounts, make_user, register
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

REFUSAL = "... on UserError { __typename code message }"


@pytest_asyncio.fixture
async def accounts(db: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[Accounts]:
    """Accounts of the process that is asked."""
    cache = Cache(settings.redis_url)
    yield make_accounts(db, cache, settings, clock)
    await cache.close()


@dataclass
class World:
    """An owner with two sessions, a stranger and an administrator."""

    owner: SignedIn
    elsewhere: SignedIn
    people: dict[str, Actor]


@pytest_asyncio.fixture
async def world(accounts: Accounts) -> World:
    """The world of the access matrix."""
    owner, elsewhere = await register(accounts, "zoe"), await log_in(accounts, "zoe")
    stranger, admin = await register(accounts, "max"), await register(accounts, "root")
    people = {
        "anonymous": ANONYMOUS,
        "stranger": actor_of(stranger, *(set(Role) - {Role.ADMIN})),
        "owner": actor_of(owner),
        "admin": actor_of(admin, Role.ADMIN),
    }
    return World(owner=owner, elsewhere=elsewhere, people=people)


def call(field: str, *, takes_input: bool = True, selection: str = "__typename") -> str:
    """A document with one mutation; what it takes is the variable."""
    if not takes_input:
        return f"mutation {{ {field} {{ {selection} {REFUSAL} }} }}"
    name = field[0].upper() + field[1:]
    return f"mutation($input: {name}Input!) {{ {field}(input: $input) {{ {selection} {REFUSAL} }} }}"


def inputs(world: World) -> dict[str, dict[str, Any] | None]:
    """Each mutation that not everyone may call, with an input that works for whoever may."""
    owner = global_id("User", world.owner.user.id)
    return {
        "logOut": None,
        "revokeOtherSessions": None,
        "requestEmailVerification": None,
        "revokeSession": {"sessionId": global_id("Session", world.elsewhere.tokens.session.id)},
        "changePassword": {"currentPassword": PASSWORD, "newPassword": "another battery horse"},
        "updateProfile": {"displayName": "New"},
        "updatePreferences": {"theme": "DARK"},
        "grantRole": {"userId": owner, "role": "COACH"},
        "revokeRole": {"userId": owner, "role": "PLAYER"},
    }


ALLOWED = {
    "logOut": {"stranger", "owner", "admin"},
    "revokeOtherSessions": {"stranger", "owner", "admin"},
    "requestEmailVerification": {"stranger", "owner", "admin"},
    "revokeSession": {"owner", "admin"},
    "changePassword": {"stranger", "owner", "admin"},
    "updateProfile": {"stranger", "owner", "admin"},
    "updatePreferences": {"stranger", "owner", "admin"},
    "grantRole": {"admin"},
    "revokeRole": {"admin"},
}
OPEN = ("register", "logIn", "refreshSession", "requestPasswordReset", "resetPassword", "verifyEmail")
ACCESS = {**ALLOWED, **{field: {"anonymous"} for field in OPEN}}
REFUSED = {
    ("revokeSession", "stranger"): "SESSION_NOT_FOUND",
    **{(field, who): "FORBIDDEN" for field in ("grantRole", "revokeRole") for who in ("stranger", "owner")},
    **{(field, "anonymous"): "UNAUTHENTICATED" for field in ALLOWED},
}


@pytest.mark.parametrize("who", ["anonymous", "stranger", "owner", "admin"])
@pytest.mark.parametrize("field", sorted(ALLOWED))
async def test_who_may_do_what(ask: Ask, db: Database, world: World, field: str, who: str) -> None:
    given = inputs(world)[field]
    before = await every_row(db)
    answer = (await ask(world.people[who], call(field, takes_input=given is not None), input=given))[field]
    if who in ALLOWED[field]:
        assert answer == {"__typename": f"{field[0].upper()}{field[1:]}Payload"}
        # Some have nothing to end: their only session is the one they act in.
        is_idle = field == "revokeOtherSessions" and who != "owner"
        assert (await every_row(db) == before) == is_idle
    else:
        assert answer["code"] == REFUSED[field, who]
        assert await every_row(db) == before


async def test_the_first_steps_of_a_client(ask: Ask, accounts: Accounts, clock: FakeClock) -> None:
    tokens = """tokens {
        accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt
        session { id createdAt lastUsedAt expiresAt userAgent address isCurrent }
    }"""
    given = {"email": "zoe@example.org", "username": "Zoe", "password": PASSWORD, "displayName": "Zoë"}
    selection = f"... on RegisterPayload {{ user {{ id username displayName avatarUrl createdAt }} {tokens} }}"
    answer = (await ask(ANONYMOUS, call("register", selection=selection), input=given))["register"]

    now, later = "2026-05-01T18:00:00Z", "2026-05-31T18:00:00Z"
    assert {**answer["user"], "id": None} == {
        "id": None,
        "username": "Zoe",
        "displayName": "Zoë",
        "avatarUrl": None,
        "createdAt": now,
    }
    first = answer["tokens"]
    assert (first["accessTokenExpiresAt"], first["refreshTokenExpiresAt"]) == ("2026-05-01T18:10:00Z", later)
    assert {**first["session"], "id": None} == {
        "id": None,
        "createdAt": now,
        "lastUsedAt": now,
        "expiresAt": later,
        "userAgent": "",
        "address": "",
        "isCurrent": False,
    }

    clock.advance(minutes=5)
    refresh = call("refreshSession", selection=f"... on RefreshSessionPayload {{ {tokens} }}")
    given = {"refreshToken": first["refreshToken"]}
    second = (await ask(ANONYMOUS, refresh, input=given))["refreshSession"]["tokens"]
    assert second["session"]["id"] == first["session"]["id"]
    assert second["session"]["lastUsedAt"] == "2026-05-01T18:05:00Z"

    reused = (await ask(ANONYMOUS, refresh, input=given))["refreshSession"]
    assert (reused["__typename"], reused["code"]) == ("UnauthenticatedError", "REFRESH_TOKEN_REUSED")
    ended = (await ask(ANONYMOUS, refresh, input={"refreshToken": second["refreshToken"]}))["refreshSession"]
    assert ended["code"] == "SESSION_REVOKED"

    log_in_ = call("logIn", selection=f"... on LogInPayload {{ user {{ id }} {tokens} }}")
    again = (await ask(ANONYMOUS, log_in_, input={"login": "ZOE", "password": PASSWORD}))["logIn"]
    assert again["user"]["id"] == answer["user"]["id"]
    actor = (await accounts.authenticate(again["tokens"]["accessToken"])).actor
    out = await ask(actor, call("logOut", takes_input=False, selection="... on LogOutPayload { sessionId }"))
    assert out == {"logOut": {"sessionId": again["tokens"]["session"]["id"]}}


async def test_refusals_name_the_field(ask: Ask, db: Database, world: World) -> None:
    before = await every_row(db)
    good = {"email": "new@example.org", "username": "newcomer", "password": PASSWORD}
    selection = "... on InvalidInputError { path }"
    for change, code, path in (
        ({"email": "nowhere"}, "BAD_USER_INPUT", ["email"]),
        ({"username": "x"}, "BAD_USER_INPUT", ["username"]),
        ({"password": "short"}, "BAD_USER_INPUT", ["password"]),
        ({"password": "password123"}, "PASSWORD_TOO_WEAK", ["password"]),
        ({"displayName": "a\u0000b"}, "BAD_USER_INPUT", ["displayName"]),
        ({"email": "ZOE@example.org"}, "EMAIL_TAKEN", None),
        ({"username": "ZOE"}, "USERNAME_TAKEN", None),
    ):
        answer = (await ask(ANONYMOUS, call("register", selection=selection), input={**good, **change}))["register"]
        assert (answer["code"], answer.get("path")) == (code, path)
    assert await every_row(db) == before


async def test_ten_wrong_passwords(ask: Ask, world: World) -> None:
    document = call("logIn", selection="... on LimitReachedError { retryAfterSeconds }")
    given = {"login": "zoe", "password": "wrong password"}
    for _ in range(10):
        answer = (await ask(ANONYMOUS, document, input=given))["logIn"]
        assert (answer["__typename"], answer["code"]) == ("UnauthenticatedError", "WRONG_CREDENTIALS")
    answer = (await ask(ANONYMOUS, document, input={**given, "password": PASSWORD}))["logIn"]
    assert answer == {
        "__typename": "LimitReachedError",
        "code": "TOO_MANY_ATTEMPTS",
        "message": "Too many attempts; try again later.",
        "retryAfterSeconds": 900,
    }


async def test_the_viewer(ask: Ask, db: Database, world: World) -> None:
    document = """{ viewer {
        user { id username } email isEmailVerified roles
        preferences { language timeZone theme hasEmailNotifications isProfilePublic isPresencePublic }
        sessions(first: 1) { edges { node { id isCurrent } } pageInfo { hasNextPage endCursor } }
    } }"""
    assert await ask(ANONYMOUS, document) == {"viewer": None}
    with counted_statements(db) as statements:
        viewer = (await ask(world.people["owner"], document))["viewer"]
    assert len(statements) == 5
    newest = global_id("Session", world.elsewhere.tokens.session.id)
    cursor = viewer["sessions"]["pageInfo"].pop("endCursor")
    assert viewer == {
        "user": {"id": global_id("User", world.owner.user.id), "username": "zoe"},
        "email": "zoe@example.org",
        "isEmailVerified": False,
        "roles": ["PLAYER"],
        "preferences": {
            "language": "en",
            "timeZone": "UTC",
            "theme": "SYSTEM",
            "hasEmailNotifications": True,
            "isProfilePublic": True,
            "isPresencePublic": False,
        },
        "sessions": {"edges": [{"node": {"id": newest, "isCurrent": False}}], "pageInfo": {"hasNextPage": True}},
    }
    more = "query($after: String) { viewer { sessions(after: $after) { edges { node { id isCurrent } } } } }"
    rest = (await ask(world.people["owner"], more, after=cursor))["viewer"]["sessions"]["edges"]
    assert rest == [{"node": {"id": global_id("Session", world.owner.tokens.session.id), "isCurrent": True}}]
    assert isinstance(await ask.error(world.people["owner"], more, after="x"), InvalidInput)


async def test_profile_and_preferences(ask: Ask, world: World) -> None:
    me = world.people["owner"]
    profile = call("updateProfile", selection="... on UpdateProfilePayload { user { displayName avatarUrl } }")
    for given, shown in (
        ({"avatarUrl": "https://cdn.example/z.png"}, {"displayName": "Zoe", "avatarUrl": "https://cdn.example/z.png"}),
        ({"displayName": " Z. "}, {"displayName": "Z.", "avatarUrl": "https://cdn.example/z.png"}),
        ({"avatarUrl": None}, {"displayName": "Z.", "avatarUrl": None}),
        ({}, {"displayName": "Z.", "avatarUrl": None}),
    ):
        assert (await ask(me, profile, input=given))["updateProfile"] == {"user": shown}
    refused = (await ask(me, profile, input={"displayName": "", "avatarUrl": "https://cdn.example"}))["updateProfile"]
    assert refused["code"] == "BAD_USER_INPUT"

    fields = "language timeZone theme hasEmailNotifications isProfilePublic isPresencePublic"
    preferences = call(
        "updatePreferences", selection=f"... on UpdatePreferencesPayload {{ preferences {{ {fields} }} }}"
    )
    changed = {
        "language": "pt-BR",
        "timeZone": "America/Sao_Paulo",
        "theme": "DARK",
        "hasEmailNotifications": False,
        "isProfilePublic": False,
        "isPresencePublic": True,
    }
    assert (await ask(me, preferences, input=changed))["updatePreferences"] == {"preferences": changed}
    assert (await ask(me, preferences, input={"theme": "LIGHT"}))["updatePreferences"] == {
        "preferences": {**changed, "theme": "LIGHT"}
    }
    for wrong in ({"language": "Portuguese"}, {"timeZone": "../etc/passwd"}, {"timeZone": "Mars/Olympus"}):
        assert (await ask(me, preferences, input={**wrong, "theme": "DARK"}))["updatePreferences"][
            "code"
        ] == "BAD_USER_INPUT"
    kept = (await ask(me, "{ viewer { user { displayName } preferences { theme timeZone } } }"))["viewer"]
    assert kept == {
        "user": {"displayName": "Z."},
        "preferences": {"theme": "LIGHT", "timeZone": "America/Sao_Paulo"},
    }


async def test_a_private_profile_is_found_by_its_owner_and_administrators(
    ask: Ask, db: Database, clock: FakeClock
) -> None:
    hidden = await make_user(db, clock, "Hidden", is_private=True)
    shown = await make_user(db, clock, "shown")
    document = """query($name: String!, $id: ID!) {
        user(username: $name) { username } node(id: $id) { ... on User { username } }
    }"""
    for actor, sees in (
        (ANONYMOUS, False),
        (Actor(user_id=shown.id), False),
        (Actor(user_id=hidden.id), True),
        (Actor(user_id=shown.id, roles=frozenset({Role.ADMIN})), True),
    ):
        found = {"username": "Hidden"} if sees else None
        answer = await ask(actor, document, name="hiDDen", id=global_id("User", hidden.id))
        assert answer == {"user": found, "node": found}
    public = await ask(ANONYMOUS, document, name="SHOWN", id=global_id("User", shown.id))
    assert public == {"user": {"username": "shown"}, "node": {"username": "shown"}}
    for name in ("nobody", "", "no\u0000body", "x" * 1000):
        assert (await ask(ANONYMOUS, document, name=name, id=global_id("User", shown.id)))["user"] is None


async def test_a_session_is_its_owners(ask: Ask, world: World) -> None:
    document = "query($id: ID!) { node(id: $id) { ... on Session { id } } }"
    key = global_id("Session", world.owner.tokens.session.id)
    for who, sees in (("anonymous", False), ("stranger", False), ("admin", False), ("owner", True)):
        answer = await ask(world.people[who], document, id=key)
        assert answer == {"node": {"id": key} if sees else None}


async def test_a_session_cannot_be_named_by_another_id(ask: Ask, db: Database, world: World) -> None:
    before = await every_row(db)
    for wrong, code in (
        (global_id("User", world.owner.user.id), "BAD_USER_INPUT"),
        ("nonsense", "BAD_USER_INPUT"),
        (global_id("Session", world.owner.user.id), "SESSION_NOT_FOUND"),
    ):
        answer = await ask(world.people["owner"], call("revokeSession"), input={"sessionId": wrong})
        assert answer["revokeSession"]["code"] == code
    assert await every_row(db) == before


async def test_mails(ask: Ask, accounts: Accounts, db: Database, world: World) -> None:
    me = world.owner.user
    for email in ("zoe@example.org", "nobody@example.org"):
        selection = "... on RequestPasswordResetPayload { isAccepted }"
        document = call("requestPasswordReset", selection=selection)
        assert await ask(ANONYMOUS, document, input={"email": email}) == {"requestPasswordReset": {"isAccepted": True}}
    async with db.read() as session:
        statement = text("SELECT id, purpose FROM mail_tokens WHERE user_id = :key")
        codes = {row.purpose: row.id for row in await session.execute(statement, {"key": me.id})}
    assert set(codes) == {"VERIFY_EMAIL", "RESET_PASSWORD"}

    verify = call("verifyEmail", selection="... on VerifyEmailPayload { user { username } }")
    code = accounts.mail_token(codes["VERIFY_EMAIL"], MailTokenPurpose.VERIFY_EMAIL)
    assert (await ask(ANONYMOUS, verify, input={"token": code}))["verifyEmail"] == {"user": {"username": "zoe"}}
    assert (await ask(ANONYMOUS, verify, input={"token": code}))["verifyEmail"]["code"] == "MAIL_TOKEN_INVALID"
    assert await ask(world.people["owner"], "{ viewer { isEmailVerified } }") == {"viewer": {"isEmailVerified": True}}

    reset = call("resetPassword", selection="... on ResetPasswordPayload { user { username } }")
    code = accounts.mail_token(codes["RESET_PASSWORD"], MailTokenPurpose.RESET_PASSWORD)
    given = {"token": code, "newPassword": "another battery horse"}
    assert (await ask(ANONYMOUS, reset, input=given))["resetPassword"] == {"user": {"username": "zoe"}}
    assert (await ask(ANONYMOUS, reset, input=given))["resetPassword"]["code"] == "MAIL_TOKEN_INVALID"


async def test_an_administrator_cannot_stop_being_one(ask: Ask, db: Database, world: World) -> None:
    admin = world.people["admin"]
    before = await every_row(db)
    given = {"userId": global_id("User", admin.require_user()), "role": "ADMIN"}
    answer = (await ask(admin, call("revokeRole"), input=given))["revokeRole"]
    assert (answer["__typename"], answer["code"]) == ("ConflictError", "OWN_ADMIN_ROLE")
    assert await every_row(db) == before
