"""Access: from a token to the one who acts, and from a session to its tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import func, select

from domain.accounts.commands.signing import KeyRing
from domain.accounts.errors import SessionEnded, TokenExpired, TokenInvalid
from domain.accounts.models import Session, User, UserRole
from domain.accounts.rules import tokens
from domain.accounts.values import MailTokenPurpose
from domain.infra.cache import Cache, CacheUnavailable
from domain.infra.db import Database
from domain.infra.security import Passwords, derived_key
from domain.infra.settings import Settings
from domain.kernel.actor import Actor, Role
from domain.kernel.clock import Clock
from domain.kernel.ids import new_id

log = structlog.get_logger()

# A token of this kind opens the API; no other token signed with the same keys does (RFC 9068, 2.1).
_ACCESS_TOKEN = "at+jwt"  # noqa: S105  (a media type, not a secret)
# How long an answer of the database is believed when the mark of a revocation was lost.
_BELIEVED_S = 60
_LIVE = "live"
_REVOKED = "revoked"
# Roles changed a moment ago: ask the database. Longer than any fill that read the old roles could still be under way.
_ASK = "?"
_NO_ROLES = "-"


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who a token stands for, and until when it does."""

    actor: Actor
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuthTokens:
    """What a client keeps of a session."""

    session: Session
    access_token: str = field(repr=False)
    access_token_expires_at: datetime
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone who proved who they are, with the tokens of their new session."""

    user: User
    tokens: AuthTokens


class _Claims(msgspec.Struct):
    iss: str
    sub: UUID
    sid: UUID
    exp: int


class Accounts:
    """What a process needs to know its callers: keys, hashing, and which sessions are live.

    PostgreSQL is the truth about sessions and roles. Redis remembers what it said for a minute, so a call costs one
    round trip there; a revocation overwrites that memory, and when Redis cannot be told at once, a reaction repeats it.
    """

    def __init__(self, db: Database, cache: Cache, settings: Settings, clock: Clock) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.passwords = Passwords()
        self.keys = KeyRing(db, settings, clock)
        self._cache = cache
        self._refresh_key = derived_key(settings.secret_key, "refresh tokens")
        self._mail_key = derived_key(settings.secret_key, "mail tokens")

    async def authenticate(self, token: str) -> Authenticated:
        """Who acts with this access token. Roles are those of now, not those in the token.

        Raises:
            TokenInvalid: it is not one of ours.
            TokenExpired: it has run out.
            SessionEnded: its session was revoked, or has run out.
        """
        claims = await self._claims(token)
        expires_at = datetime.fromtimestamp(claims.exp, UTC)
        if expires_at <= self.clock.now():
            raise TokenExpired
        roles = await self._live_roles(claims.sid, claims.sub)
        return Authenticated(Actor(user_id=claims.sub, roles=roles, session_id=claims.sid), expires_at)

    async def issue(self, session: Session, roles: frozenset[Role]) -> AuthTokens:
        """The tokens of a session at its present generation."""
        now = self.clock.now()
        # Whole seconds, as the claim is: the client is told what will hold.
        expires_at = now.replace(microsecond=0) + timedelta(seconds=self.settings.access_token_ttl_s)
        claims = {
            "iss": self.settings.public_url,
            "sub": str(session.user_id),
            "sid": str(session.id),
            "jti": str(new_id()),
            "roles": sorted(roles),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return AuthTokens(
            session=session,
            access_token=await self.keys.sign(claims, _ACCESS_TOKEN),
            access_token_expires_at=expires_at,
            refresh_token=self.refresh_token(session),
        )

    def refresh_token(self, session: Session) -> str:
        """The refresh token of a session at its present generation."""
        return self.refresh_token_at(session, session.generation)

    def refresh_token_at(self, session: Session, generation: int) -> str:
        """The refresh token a session has, or had, at a generation."""
        return tokens.refresh_token(self._refresh_key, session.seed, session.id, generation)

    def mail_token(self, token_id: UUID, purpose: MailTokenPurpose) -> str:
        """The text that a mail carries for a row of `mail_tokens`."""
        return tokens.mail_token(self._mail_key, token_id, purpose)

    async def jwks(self) -> dict[str, Any]:
        """The document for `/.well-known/jwks.json` (RFC 7517, 5). It may be kept for up to an hour."""
        return {"keys": await self.keys.published()}

    async def forget_sessions(self, session_ids: Iterable[UUID]) -> None:
        """Let every process know that sessions were revoked. Call it after the commit.

        Raises:
            CacheUnavailable: Redis cannot be told now.
        """
        # Until their last access token has run out.
        ttl_s = self.settings.access_token_ttl_s + _BELIEVED_S
        await self._cache.put(ttl_s, **{_session_key(key): _REVOKED for key in session_ids})

    async def forget_roles(self, user_id: UUID) -> None:
        """Let every process know that a user's roles changed. Call it after the commit.

        Raises:
            CacheUnavailable: Redis cannot be told now.
        """
        await self._cache.put(_BELIEVED_S, **{_roles_key(user_id): _ASK})

    async def forget_soon(self, session_ids: Iterable[UUID] = (), user_id: UUID | None = None) -> None:
        """The same for a caller who cannot wait: a failure is logged, and a reaction to the fact tries again."""
        try:
            await self.forget_sessions(session_ids)
            if user_id is not None:
                await self.forget_roles(user_id)
        except CacheUnavailable:
            log.warning("accounts.revocation_not_cached")

    async def _claims(self, token: str) -> _Claims:
        found = await self.keys.verify(token, _ACCESS_TOKEN)
        try:
            claims = msgspec.convert(found, _Claims)
        except msgspec.ValidationError as error:
            raise TokenInvalid from error
        if claims.iss != self.settings.public_url:
            raise TokenInvalid
        return claims

    async def _live_roles(self, session_id: UUID, user_id: UUID) -> frozenset[Role]:
        state, roles = await self._cache.get(_session_key(session_id), _roles_key(user_id))
        if state == _REVOKED:
            raise SessionEnded
        if state == _LIVE and roles is not None and roles != _ASK:
            return _read_roles(roles)
        current = await self._roles_in_database(session_id, user_id)
        await self._cache.fill(
            _BELIEVED_S, **{_session_key(session_id): _LIVE, _roles_key(user_id): _written_roles(current)}
        )
        return current

    async def _roles_in_database(self, session_id: UUID, user_id: UUID) -> frozenset[Role]:
        roles = select(func.array_agg(UserRole.role)).where(UserRole.user_id == user_id).scalar_subquery()
        statement = select(roles).where(
            Session.id == session_id,
            Session.user_id == user_id,
            Session.revoked_at.is_(None),
            Session.expires_at > self.clock.now(),
        )
        async with self.db.read() as session:
            found = (await session.execute(statement)).one_or_none()
        if found is None:
            raise SessionEnded
        return frozenset(Role(name) for name in found[0] or ())


def _session_key(session_id: UUID) -> str:
    return f"session:{session_id}"


def _roles_key(user_id: UUID) -> str:
    return f"roles:{user_id}"


def _written_roles(roles: frozenset[Role]) -> str:
    return ",".join(sorted(roles)) or _NO_ROLES


def _read_roles(text: str) -> frozenset[Role]:
    return frozenset() if text == _NO_ROLES else frozenset(Role(name) for name in text.split(","))
