"""Keys of partners: made, rotated, revoked. The secret of a key is shown to whoever made it and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import new_id
from domain.partners.errors import ApiKeyIsDead, ApiKeyNotFound, PartnerNotFound, TooManyApiKeys
from domain.partners.events import ApiKeyRevoked, ApiKeyRotated
from domain.partners.models import ApiKey
from domain.partners.policies import require_manager
from domain.partners.rules.keys import hash_of, prefix_of
from domain.partners.rules.names import checked_text
from domain.partners.values import MAX_GRACE_S, MAX_LIVE_KEYS, Scope


@dataclass(frozen=True, kw_only=True)
class CreateApiKey:
    """Make a key of a partner."""

    partner_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None
    now: datetime


async def create_api_key(session: WriteSession, actor: Actor, command: CreateApiKey, secret: str) -> ApiKey:
    """Make a key with a secret that `new_secret` gave.

    Raises:
        Unauthenticated, PartnerNotFound: see `require_manager`.
        InvalidInput: the name is malformed, there is no scope, or it would have expired already.
        TooManyApiKeys: the partner has as many as it may.
    """
    await locks.hold(session, command.partner_id)
    await require_manager(session, actor, command.partner_id)
    if not command.scopes:
        raise InvalidInput("A key has at least one scope.", "scopes")
    if command.expires_at is not None and command.expires_at <= command.now:
        raise InvalidInput("A key expires in the future, or never.", "expiresAt")
    await _require_room(session, command.partner_id, command.now)
    key = ApiKey(
        id=new_id(),
        partner_id=command.partner_id,
        name=checked_text(command.name, "name"),
        prefix=prefix_of(secret),
        secret_hash=hash_of(secret),
        scopes=[scope for scope in Scope if scope in command.scopes],
        created_at=command.now,
        created_by_id=actor.require_user(),
        expires_at=command.expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    session.add(key)
    return key


@dataclass(frozen=True, kw_only=True)
class RotateApiKey:
    """Give a key a successor; the old one holds for `grace_s` more seconds."""

    key_id: UUID
    grace_s: int
    now: datetime


async def rotate_api_key(session: WriteSession, actor: Actor, command: RotateApiKey, secret: str) -> ApiKey:
    """Make a key of the same name and scopes; the old one expires after the grace, or earlier if it would have.

    Raises:
        Unauthenticated, ApiKeyNotFound: the actor does not manage the partner.
        InvalidInput: the grace is out of range.
        ApiKeyIsDead: there is nothing to rotate any more.
        TooManyApiKeys: the partner has as many as it may.
    """
    if not 0 <= command.grace_s <= MAX_GRACE_S:
        raise InvalidInput(f"The old key holds for 0 to {MAX_GRACE_S} seconds more.", "graceSeconds")
    old = await _held(session, actor, command.key_id)
    if not _is_live(old, command.now):
        raise ApiKeyIsDead
    if command.grace_s > 0:
        await _require_room(session, old.partner_id, command.now)
    ends = command.now + timedelta(seconds=command.grace_s)
    successor = ApiKey(
        id=new_id(),
        partner_id=old.partner_id,
        name=old.name,
        prefix=prefix_of(secret),
        secret_hash=hash_of(secret),
        scopes=old.scopes,
        created_at=command.now,
        created_by_id=actor.require_user(),
        expires_at=old.expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    session.add(successor)
    old.expires_at = ends if old.expires_at is None else min(old.expires_at, ends)
    await outbox.record(session, ApiKeyRotated(partner_id=old.partner_id, key_id=old.id, expires_at=old.expires_at))
    return successor


@dataclass(frozen=True, kw_only=True)
class RevokeApiKey:
    """Let a key open nothing any more."""

    key_id: UUID
    now: datetime


async def revoke_api_key(session: WriteSession, actor: Actor, command: RevokeApiKey) -> ApiKey:
    """Let a key open nothing any more, and end what it has opened. A repeat changes nothing.

    Raises:
        Unauthenticated, ApiKeyNotFound: the actor does not manage the partner.
    """
    key = await _held(session, actor, command.key_id)
    if key.revoked_at is None:
        key.revoked_at = command.now
        await outbox.record(session, ApiKeyRevoked(partner_id=key.partner_id, key_id=key.id))
    return key


async def _held(session: WriteSession, actor: Actor, key_id: UUID) -> ApiKey:
    """The key, with its partner held, if the actor manages that."""
    if not actor.is_system:
        actor.require_user()
    partner_id = await session.scalar(select(ApiKey.partner_id).where(ApiKey.id == key_id))
    if partner_id is None:
        raise ApiKeyNotFound
    await locks.hold(session, partner_id)
    try:
        await require_manager(session, actor, partner_id)
    except PartnerNotFound:
        raise ApiKeyNotFound from None
    return (await session.scalars(select(ApiKey).where(ApiKey.id == key_id))).one()


def _is_live(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


async def _require_room(session: WriteSession, partner_id: UUID, now: datetime) -> None:
    statement = select(func.count()).where(
        ApiKey.partner_id == partner_id,
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at.is_(None) | (ApiKey.expires_at > now),
    )
    if (await session.scalar(statement) or 0) >= MAX_LIVE_KEYS:
        raise TooManyApiKeys
