"""Keys: what they open, until when, and who makes them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from domain import partners
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import DomainError, InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.partners import (
    ApiClient,
    ApiKeyInvalid,
    ApiKeyIsDead,
    ApiKeyNotFound,
    CreateApiKey,
    PartnerNotFound,
    RevokeApiKey,
    RotateApiKey,
    Scope,
    TooManyApiKeys,
)
from domain.partners.values import MAX_GRACE_S, MAX_LIVE_KEYS
from tests.domain.partners.test_partners import facts
from tests.factories.partners import cast, make_key
from tests.factories.teams import NOW, run
from tests.fixtures.rows import every_row, refused

HOUR = timedelta(hours=1)


async def opens(db: Database, secret: str, at: object = NOW) -> ApiClient | None:
    """What a secret opens."""
    async with db.read() as session:
        try:
            return await partners.authenticate_key(session, secret, at)  # type: ignore[arg-type]
        except ApiKeyInvalid:
            return None


async def test_a_key_stands_for_its_partner_and_its_secret_is_kept_nowhere(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    key, secret = await make_key(db, manager, partner.id, Scope.SUBSCRIBE, Scope.READ)
    assert await opens(db, secret) == ApiClient(
        partner_id=partner.id,
        key_id=key.id,
        scopes=frozenset({Scope.READ, Scope.SUBSCRIBE}),
        points_capacity=2000,
        points_per_s=200,
    )
    assert secret.startswith(f"{key.prefix}_")
    random_part = secret.removeprefix(f"{key.prefix}_")
    assert not [row for _, row in await every_row(db) if random_part in row]


@pytest.mark.parametrize("change", [str.upper, lambda secret: secret[:-1], lambda _: "", lambda _: "x" * 100_000])
async def test_what_is_not_the_secret_opens_nothing(db: Database, change: object) -> None:
    _, manager, _, partner = await cast(db)
    _, secret = await make_key(db, manager, partner.id)
    assert await opens(db, change(secret)) is None  # type: ignore[operator]


def test_a_secret_is_told_by_its_form() -> None:
    for _ in range(100):
        assert partners.may_be_secret(partners.new_secret())
    secret = f"mpk_0123abcd_{'aZ0-_' * 8}xyz"
    assert partners.may_be_secret(secret)
    for other in ("", secret[:-1], f"{secret}x", f"{secret}\n", f" {secret}", secret.upper(), f"{secret[:-1]}\u0661"):
        assert not partners.may_be_secret(other)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": " "}, InvalidInput),
        ({"name": "n" * 51}, InvalidInput),
        ({"scopes": ()}, InvalidInput),
        ({"expires_at": NOW}, InvalidInput),
        ({"partner_id": new_id()}, PartnerNotFound),
    ],
)
async def test_what_no_key_may_be(db: Database, changes: dict[str, object], error: type[DomainError]) -> None:
    _, manager, _, partner = await cast(db)
    given: dict[str, object] = {
        "partner_id": partner.id, "name": "server", "scopes": (Scope.READ,), "expires_at": None, "now": NOW,
    }  # fmt: skip
    command = CreateApiKey(**{**given, **changes})  # type: ignore[arg-type]
    await refused(db, error, partial(partners.create_api_key, secret=partners.new_secret()), manager, command)


async def test_only_managers_make_rotate_and_revoke_keys(db: Database) -> None:
    _, manager, stranger, partner = await cast(db)
    key, _ = await make_key(db, manager, partner.id)
    create = CreateApiKey(partner_id=partner.id, name="mine", scopes=(Scope.READ,), expires_at=None, now=NOW)
    rotate, revoke = RotateApiKey(key_id=key.id, grace_s=0, now=NOW), RevokeApiKey(key_id=key.id, now=NOW)
    make = partial(partners.create_api_key, secret=partners.new_secret())
    turn = partial(partners.rotate_api_key, secret=partners.new_secret())
    await refused(db, PartnerNotFound, make, stranger, create)
    await refused(db, ApiKeyNotFound, turn, stranger, rotate)
    await refused(db, ApiKeyNotFound, partners.revoke_api_key, stranger, revoke)
    await refused(db, Unauthenticated, make, ANONYMOUS, create)
    await refused(db, Unauthenticated, turn, ANONYMOUS, rotate)
    await refused(db, Unauthenticated, partners.revoke_api_key, ANONYMOUS, revoke)
    await refused(db, ApiKeyNotFound, partners.revoke_api_key, manager, RevokeApiKey(key_id=new_id(), now=NOW))


async def test_a_key_expires(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    secret = partners.new_secret()
    command = CreateApiKey(partner_id=partner.id, name="short", scopes=(Scope.READ,), expires_at=NOW + HOUR, now=NOW)
    await run(db, partial(partners.create_api_key, secret=secret), manager, command)
    assert await opens(db, secret, NOW + HOUR - timedelta(seconds=1)) is not None
    assert await opens(db, secret, NOW + HOUR) is None


async def test_a_rotated_key_holds_for_the_grace_and_its_successor_from_then_on(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    old, old_secret = await make_key(db, manager, partner.id, Scope.READ)
    secret = partners.new_secret()
    rotate = partial(partners.rotate_api_key, secret=secret)
    for grace in (-1, MAX_GRACE_S + 1):
        await refused(db, InvalidInput, rotate, manager, RotateApiKey(key_id=old.id, grace_s=grace, now=NOW))
    new = await run(db, rotate, manager, RotateApiKey(key_id=old.id, grace_s=3600, now=NOW))
    assert (new.name, new.scopes, new.expires_at) == (old.name, ["READ"], None)
    assert await opens(db, secret) is not None
    assert await opens(db, old_secret, NOW + HOUR - timedelta(seconds=1)) is not None
    assert await opens(db, old_secret, NOW + HOUR) is None
    assert await facts(db) == [("partners.api_key_rotated", (partners.key_topic(old.id),))]
    late = RotateApiKey(key_id=old.id, grace_s=0, now=NOW + HOUR)
    await refused(db, ApiKeyIsDead, partial(partners.rotate_api_key, secret=partners.new_secret()), manager, late)


async def test_a_revoked_key_opens_nothing_and_is_told_once(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    key, secret = await make_key(db, manager, partner.id)
    for _ in range(2):
        await run(db, partners.revoke_api_key, manager, RevokeApiKey(key_id=key.id, now=NOW))
    assert await opens(db, secret) is None
    assert await facts(db) == [("partners.api_key_revoked", (partners.key_topic(key.id),))]


async def test_so_many_keys_live_also_when_made_at_once(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    made = await asyncio.gather(
        *(make_key(db, manager, partner.id) for _ in range(MAX_LIVE_KEYS + 3)), return_exceptions=True
    )
    keys = [answer for answer in made if isinstance(answer, tuple)]
    assert len(keys) == MAX_LIVE_KEYS
    assert {type(answer) for answer in made if not isinstance(answer, tuple)} == {TooManyApiKeys}
    await run(db, partners.revoke_api_key, manager, RevokeApiKey(key_id=keys[0][0].id, now=NOW))
    await make_key(db, manager, partner.id)


async def test_the_database_keeps_no_key_without_a_scope(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    key, _ = await make_key(db, manager, partner.id)
    with pytest.raises(Exception, match="ck_partner_api_keys_scopes"):
        await db.transaction(
            lambda session: session.execute(
                text("UPDATE partner_api_keys SET scopes = '{}' WHERE id = :id"), {"id": key.id}
            )
        )
