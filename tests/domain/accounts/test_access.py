"""Who a token stands for: genuine tokens, forged ones, and what Redis may and may not change about it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
import structlog
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import delete

from domain import accounts as domain
from domain.accounts import Accounts, RolesChanged, SessionEnded, SessionRevoked, SignedIn, TokenExpired, TokenInvalid
from domain.infra.cache import Cache, CacheUnavailable
from domain.infra.db import Database
from domain.infra.settings import Settings
from domain.kernel.actor import Actor, Role
from domain.kernel.ids import new_id
from tests.factories.accounts import actor_of, make_accounts, register
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements

NOWHERE = "redis://127.0.0.1:1"


def part(value: Mapping[str, Any]) -> bytes:
    return urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=")


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, claims, signature = token.split(".")
    return orjson.loads(urlsafe_b64decode(header + "==")), orjson.loads(urlsafe_b64decode(claims + "==")), signature


@asynccontextmanager
async def another(db: Database, url: str, settings: Settings, clock: FakeClock) -> AsyncIterator[Accounts]:
    """Accounts of another process."""
    cache = Cache(url)
    yield make_accounts(db, cache, settings, clock)
    await cache.close()


async def revoke(accounts: Accounts, signed_in: SignedIn) -> SessionRevoked:
    session_id = signed_in.tokens.session.id
    command = domain.RevokeSession(session_id=session_id, now=accounts.clock.now())
    row = await accounts.db.transaction(lambda session: domain.revoke_session(session, actor_of(signed_in), command))
    await accounts.forget_soon([row.id])
    return SessionRevoked(session_id=row.id, user_id=signed_in.user.id, reason=domain.RevocationReason.REVOKED)


async def test_a_token_stands_for_its_session(accounts: Accounts, clock: FakeClock) -> None:
    signed_in = await register(accounts, "zoe")
    authenticated = await accounts.authenticate(signed_in.tokens.access_token)
    assert authenticated.actor == Actor(
        user_id=signed_in.user.id, roles=frozenset({Role.PLAYER}), session_id=signed_in.tokens.session.id
    )
    assert authenticated.expires_at == signed_in.tokens.access_token_expires_at == clock.now() + timedelta(minutes=10)


async def test_what_a_token_says(accounts: Accounts, settings: Settings, clock: FakeClock) -> None:
    signed_in = await register(accounts, "zoe")
    header, claims, _ = parts(signed_in.tokens.access_token)
    published = (await accounts.jwks())["keys"]
    assert header == {"alg": "Ed25519", "typ": "at+jwt", "kid": published[0]["kid"]}
    assert claims.pop("jti")
    assert claims == {
        "iss": settings.public_url,
        "sub": str(signed_in.user.id),
        "sid": str(signed_in.tokens.session.id),
        "roles": ["PLAYER"],
        "iat": int(clock.now().timestamp()),
        "exp": int(clock.now().timestamp()) + 600,
    }
    # Anyone can verify it with what is published, and nothing private is.
    assert {tuple(sorted(key)) for key in published} == {("alg", "crv", "kid", "kty", "use", "x")}
    assert jwt.decode(signed_in.tokens.access_token, OKPKey.import_key(published[0]), algorithms=["Ed25519"])


async def test_a_token_runs_out(accounts: Accounts, clock: FakeClock) -> None:
    token = (await register(accounts, "zoe")).tokens.access_token
    clock.advance(seconds=599)
    await accounts.authenticate(token)
    clock.advance(seconds=1)
    with pytest.raises(TokenExpired) as refusal:
        await accounts.authenticate(token)
    assert refusal.value.code == "TOKEN_EXPIRED"


def unsigned(token: str, _: bytes) -> str:
    header, claims, _signature = parts(token)
    return f"{part({**header, 'alg': 'none'}).decode()}.{part(claims).decode()}."


def signed_with_the_public_key(token: str, public: bytes) -> str:
    header, claims, _signature = parts(token)
    signed = part({**header, "alg": "HS256"}) + b"." + part(claims)
    return (signed + b"." + urlsafe_b64encode(hmac.digest(public, signed, hashlib.sha256)).rstrip(b"=")).decode()


def signed_with_another_key(token: str, _: bytes) -> str:
    header, claims, _signature = parts(token)
    return jwt.encode(header, claims, OKPKey.generate_key(), algorithms=["Ed25519"])


def with_its_own_key_inside(token: str, _: bytes) -> str:
    header, claims, _signature = parts(token)
    key = OKPKey.generate_key()
    return jwt.encode({**header, "jwk": key.as_dict(private=False)}, claims, key, algorithms=["Ed25519"])


def of_an_unknown_key(token: str, _: bytes) -> str:
    header, claims, signature = parts(token)
    return f"{part({**header, 'kid': str(new_id())}).decode()}.{part(claims).decode()}.{signature}"


def without_a_key(token: str, _: bytes) -> str:
    header, claims, signature = parts(token)
    del header["kid"]
    return f"{part(header).decode()}.{part(claims).decode()}.{signature}"


def for_someone_else(token: str, _: bytes) -> str:
    header, claims, signature = parts(token)
    return f"{part(header).decode()}.{part({**claims, 'sub': str(new_id())}).decode()}.{signature}"


def with_more_roles(token: str, _: bytes) -> str:
    header, claims, signature = parts(token)
    return f"{part(header).decode()}.{part({**claims, 'roles': ['ADMIN']}).decode()}.{signature}"


def cut(token: str, _: bytes) -> str:
    return token.rpartition(".")[0]


def empty(_: str, __: bytes) -> str:
    return ""


def long(token: str, _: bytes) -> str:
    return token + "A" * 100_000


def not_ascii(token: str, _: bytes) -> str:
    return token + "ü\ud800"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        signed_with_the_public_key,
        signed_with_another_key,
        with_its_own_key_inside,
        of_an_unknown_key,
        without_a_key,
        for_someone_else,
        with_more_roles,
        cut,
        empty,
        long,
        not_ascii,
    ],
)
async def test_a_forged_token(accounts: Accounts, forge: Callable[[str, bytes], str]) -> None:
    token = (await register(accounts, "zoe")).tokens.access_token
    public = OKPKey.import_key((await accounts.jwks())["keys"][0]).as_pem(private=False)
    with pytest.raises(TokenInvalid) as refusal:
        await accounts.authenticate(forge(token, public))
    assert refusal.value.code == "TOKEN_INVALID"
    await accounts.authenticate(token)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("JWT", {}),
        ("at+jwt", {"iss": "https://elsewhere.example"}),
        ("at+jwt", {"sub": "somebody"}),
        ("at+jwt", {"sid": None}),
        ("at+jwt", {"exp": "tomorrow"}),
        ("at+jwt", {"exp": 1e400}),
    ],
)
async def test_a_token_we_signed_for_something_else(accounts: Accounts, kind: str, change: dict[str, Any]) -> None:
    token = (await register(accounts, "zoe")).tokens.access_token
    _, claims, _ = parts(token)
    other = await accounts.keys.sign({**claims, **change}, kind)
    with pytest.raises(TokenInvalid):
        await accounts.authenticate(other)


async def test_a_token_of_a_server_with_another_name(
    db: Database, redis_url: str, accounts: Accounts, settings: Settings, clock: FakeClock
) -> None:
    token = (await register(accounts, "zoe")).tokens.access_token
    async with another(db, redis_url, replace(settings, public_url="https://other.example"), clock) as elsewhere:
        with pytest.raises(TokenInvalid):
            await elsewhere.authenticate(token)


async def test_a_known_session_costs_no_statement(accounts: Accounts, db: Database) -> None:
    signed_in = await register(accounts, "zoe")
    with counted_statements(db) as first:
        await accounts.authenticate(signed_in.tokens.access_token)
    with counted_statements(db) as second:
        await accounts.authenticate(signed_in.tokens.access_token)
    assert (len(first), len(second)) == (1, 0)


async def test_a_revocation_holds_in_every_process_at_once(
    db: Database, redis_url: str, accounts: Accounts, settings: Settings, clock: FakeClock
) -> None:
    signed_in = await register(accounts, "zoe")
    async with another(db, redis_url, settings, clock) as elsewhere:
        await elsewhere.authenticate(signed_in.tokens.access_token)
        await revoke(accounts, signed_in)
        with pytest.raises(SessionEnded) as refusal:
            await elsewhere.authenticate(signed_in.tokens.access_token)
        assert refusal.value.code == "SESSION_REVOKED"


async def test_a_late_fill_cannot_bring_a_session_back(accounts: Accounts, cache: Cache, settings: Settings) -> None:
    """A process that read "live" just before the revocation writes it only after."""
    signed_in = await register(accounts, "zoe")
    await revoke(accounts, signed_in)
    key = f"session:{signed_in.tokens.session.id}"
    await cache.fill(60, **{key: "live"})
    assert await cache.get(key) == ["revoked"]
    with pytest.raises(SessionEnded):
        await accounts.authenticate(signed_in.tokens.access_token)


@pytest.mark.parametrize("_", range(5))
async def test_revoking_while_others_look(db: Database, accounts: Accounts, cache: Cache, _: int) -> None:
    signed_in = await register(accounts, "zoe")

    async def look() -> None:
        await accounts.authenticate(signed_in.tokens.access_token)

    looks = [look() for _ in range(4)]
    with structlog.testing.capture_logs() as logs:
        results = await asyncio.gather(*looks, revoke(accounts, signed_in), return_exceptions=True)
    fact = results[-1]
    assert isinstance(fact, SessionRevoked)
    if logs:
        # A busy machine may let the half second pass in which Valkey is told; then the reaction to the fact tells it.
        assert [line["event"] for line in logs] == ["accounts.revocation_not_cached"]
        async with db.read() as session:
            await domain.forget_revoked_session(session, fact, accounts)
    with pytest.raises(SessionEnded):
        await look()
    assert await cache.get(f"session:{signed_in.tokens.session.id}") == ["revoked"]


async def test_without_redis_the_database_answers(db: Database, settings: Settings, clock: FakeClock) -> None:
    async with another(db, NOWHERE, settings, clock) as alone:
        signed_in = await register(alone, "zoe")
        assert (await alone.authenticate(signed_in.tokens.access_token)).actor.user_id == signed_in.user.id
        await revoke(alone, signed_in)
        with pytest.raises(SessionEnded):
            await alone.authenticate(signed_in.tokens.access_token)


async def test_a_silent_redis_is_waited_for_once(db: Database, settings: Settings, clock: FakeClock) -> None:
    connections = []

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await reader.read()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with another(db, f"redis://127.0.0.1:{port}", settings, clock) as slow:
        token = (await register(slow, "zoe")).tokens.access_token
        for _ in range(5):
            await slow.authenticate(token)
        assert len(connections) == 1
    for writer in connections:
        writer.close()
    server.close()


async def test_a_mark_that_was_lost_is_made_up_for(
    db: Database, redis_url: str, accounts: Accounts, settings: Settings, clock: FakeClock
) -> None:
    signed_in = await register(accounts, "zoe")
    await accounts.authenticate(signed_in.tokens.access_token)
    async with another(db, NOWHERE, settings, clock) as cut_off:
        fact = await revoke(cut_off, signed_in)
        # What the memory says is believed for a minute at most, until the reaction puts it right.
        await accounts.authenticate(signed_in.tokens.access_token)
        async with db.read() as session:
            with pytest.raises(CacheUnavailable):
                await domain.forget_revoked_session(session, fact, cut_off)
            await domain.forget_revoked_session(session, fact, accounts)
    with pytest.raises(SessionEnded):
        await accounts.authenticate(signed_in.tokens.access_token)


async def test_roles_are_those_of_now(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    token = (signed_in := await register(accounts, "zoe")).tokens.access_token
    admin = actor_of(await register(accounts, "root"), Role.ADMIN)
    give = domain.GiveRole(user_id=signed_in.user.id, role=Role.MODERATOR, now=clock.now())
    take = domain.TakeRole(user_id=signed_in.user.id, role=Role.MODERATOR, now=clock.now())
    assert (await accounts.authenticate(token)).actor.roles == {Role.PLAYER}

    await db.transaction(lambda session: domain.give_role(session, admin, give))
    await accounts.forget_soon(user_id=signed_in.user.id)
    assert (await accounts.authenticate(token)).actor.roles == {Role.PLAYER, Role.MODERATOR}

    await db.transaction(lambda session: domain.take_role(session, admin, take))
    fact = RolesChanged(user_id=signed_in.user.id, roles=(Role.PLAYER,), session_ids=())
    async with db.read() as session:
        await domain.forget_changed_roles(session, fact, accounts)
    assert (await accounts.authenticate(token)).actor.roles == {Role.PLAYER}
    assert (await accounts.authenticate(token)).actor.roles == {Role.PLAYER}


async def test_a_user_without_roles(accounts: Accounts, db: Database) -> None:
    signed_in = await register(accounts, "zoe")
    async with db.read() as session:
        await session.execute(delete(domain.models.UserRole))
    for _ in range(2):
        assert (await accounts.authenticate(signed_in.tokens.access_token)).actor.roles == frozenset()


async def test_the_session_of_another_user(accounts: Accounts) -> None:
    """A signed token whose parts do not belong together opens nothing."""
    zoe, other = await register(accounts, "zoe"), await register(accounts, "max")
    _, claims, _ = parts(zoe.tokens.access_token)
    mixed = await accounts.keys.sign({**claims, "sid": str(other.tokens.session.id)}, "at+jwt")
    with pytest.raises(SessionEnded):
        await accounts.authenticate(mixed)
