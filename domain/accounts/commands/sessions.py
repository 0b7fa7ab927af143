"""Sessions: begun with a password, carried on by refresh tokens, ended by their owner or by doubt.

Use cases that hash or count work in steps that are each a transaction of their own, so they take `Accounts` instead of
a database session and read its clock.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from domain.accounts.commands.access import Accounts, AuthTokens, SignedIn
from domain.accounts.commands.attempts import count_attempt, forgive_attempt
from domain.accounts.errors import (
    RefreshTokenInvalid,
    RefreshTokenReused,
    SessionEnded,
    SessionExpired,
    SessionNotFound,
    WrongCredentials,
)
from domain.accounts.events import SessionRevoked
from domain.accounts.models import Session, User
from domain.accounts.policies import require_can_end
from domain.accounts.queries import roles_by_user, user_by_login
from domain.accounts.rules import tokens
from domain.accounts.rules.attempts import LOG_IN_BY_ADDRESS, LOG_IN_BY_NAME, network_of
from domain.accounts.values import RevocationReason
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor, Role
from domain.kernel.ids import new_id

_MAX_USER_AGENT = 300
_MAX_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class Device:
    """Where a call comes from, as far as the server can tell."""

    address: str
    user_agent: str


@dataclass(frozen=True, kw_only=True)
class LogIn:
    """Begin a session. `login` is an e-mail address or a username."""

    login: str
    password: str = field(repr=False)
    device: Device


@dataclass(frozen=True, kw_only=True)
class RefreshSession:
    """Carry a session on. The token is used up."""

    refresh_token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class LogOut:
    """End the session the actor acts in."""

    now: datetime


@dataclass(frozen=True, kw_only=True)
class RevokeSession:
    """End a session."""

    session_id: UUID
    now: datetime


@dataclass(frozen=True, kw_only=True)
class RevokeOtherSessions:
    """End every session of the actor but the one they act in."""

    now: datetime


async def log_in(accounts: Accounts, command: LogIn) -> SignedIn:
    """Begin a session of the one who knows the password.

    Raises:
        WrongCredentials: nobody has this login and this password.
        TooManyAttempts: too many failed with this login, or from this address.
        Unavailable: too many are logging in at once.
    """
    network = network_of(command.device.address)
    login = command.login.strip()
    await count_attempt(accounts.db, accounts.clock.now(), (LOG_IN_BY_NAME, login), (LOG_IN_BY_ADDRESS, network))
    async with accounts.db.read() as session:
        user = await user_by_login(session, login)
    # Someone who does not exist costs the same work, so that time does not tell who does.
    if not await accounts.passwords.verify(user.password_hash if user else None, command.password) or user is None:
        raise WrongCredentials
    is_outdated = accounts.passwords.is_outdated(user.password_hash)
    better = await accounts.passwords.hash(command.password) if is_outdated else user.password_hash
    verified, known = user.password_hash, user.id

    async def begin(session: WriteSession) -> tuple[User, Session, frozenset[Role]]:
        await locks.hold(session, known)
        fresh = await session.get(User, known)
        # The password may have been changed, and all sessions ended, while the old one was being checked.
        if fresh is None or fresh.password_hash != verified:
            raise WrongCredentials
        fresh.password_hash = better
        await forgive_attempt(session, (LOG_IN_BY_NAME, login), (LOG_IN_BY_ADDRESS, network))
        row = begin_session(accounts, session, known, command.device)
        return fresh, row, (await roles_by_user(session, [known]))[known]

    owner, row, roles = await accounts.db.transaction(begin)
    return SignedIn(user=owner, tokens=await accounts.issue(row, roles))


def begin_session(accounts: Accounts, session: WriteSession, user_id: UUID, device: Device) -> Session:
    """A new session of a user, who has proved to be it."""
    now = accounts.clock.now()
    row = Session(
        id=new_id(),
        user_id=user_id,
        seed=os.urandom(tokens.SEED_BYTES),
        generation=0,
        user_agent=_shown(device.user_agent, _MAX_USER_AGENT),
        address=_shown(device.address, _MAX_ADDRESS),
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(seconds=accounts.settings.refresh_token_ttl_s),
    )
    session.add(row)
    return row


async def refresh_session(accounts: Accounts, command: RefreshSession) -> AuthTokens:
    """New tokens for the newest refresh token of a session, which lives on from now.

    An older one means that two hold a copy, and nobody can tell which of them is the owner: the session ends.

    Raises:
        RefreshTokenInvalid: it is not one of ours.
        RefreshTokenReused: it was used before; the session has been revoked.
        SessionEnded: the session was revoked before.
        SessionExpired: the session was not refreshed in time.
    """
    claim = tokens.read_refresh_token(command.refresh_token)
    if claim is None:
        raise RefreshTokenInvalid
    given, now = claim, accounts.clock.now()

    async def carry_on(session: WriteSession) -> tuple[Session, frozenset[Role] | None]:
        row = await _held(session, given.session_id)
        expected = None if row is None else accounts.refresh_token_at(row, given.generation)
        if row is None or expected is None or not tokens.is_same(expected, command.refresh_token):
            raise RefreshTokenInvalid
        if row.revoked_at is not None:
            raise SessionEnded
        if row.expires_at <= now:
            raise SessionExpired
        if given.generation > row.generation:
            raise RefreshTokenInvalid
        if given.generation < row.generation:
            # Answered, not raised: the revocation is to be committed.
            await _revoke(session, row, RevocationReason.TOKEN_REUSED, now)
            return row, None
        row.generation += 1
        row.last_used_at = now
        row.expires_at = now + timedelta(seconds=accounts.settings.refresh_token_ttl_s)
        return row, (await roles_by_user(session, [row.user_id]))[row.user_id]

    row, roles = await accounts.db.transaction(carry_on)
    if roles is None:
        await accounts.forget_soon([row.id])
        raise RefreshTokenReused
    return await accounts.issue(row, roles)


async def log_out(session: WriteSession, actor: Actor, command: LogOut) -> Session:
    """End the session the actor acts in. Call `Accounts.forget_soon` after the commit.

    Raises:
        Unauthenticated: nobody is logged in.
        SessionNotFound: the actor does not act in a session.
    """
    actor.require_user()
    row = None if actor.session_id is None else await _held(session, actor.session_id)
    if row is None:
        raise SessionNotFound
    await _revoke(session, row, RevocationReason.LOGGED_OUT, command.now)
    return row


async def revoke_session(session: WriteSession, actor: Actor, command: RevokeSession) -> Session:
    """End a session of the actor, or as an administrator of anyone; one that has ended stays as it is.

    Call `Accounts.forget_soon` after the commit.

    Raises:
        Unauthenticated: nobody is logged in.
        SessionNotFound: there is none, or it is someone else's.
    """
    actor.require_user()
    row = require_can_end(actor, await _held(session, command.session_id))
    await _revoke(session, row, RevocationReason.REVOKED, command.now)
    return row


async def revoke_other_sessions(session: WriteSession, actor: Actor, command: RevokeOtherSessions) -> Sequence[UUID]:
    """End every session of the actor but the present one. Call `Accounts.forget_soon` after the commit.

    Raises:
        Unauthenticated: nobody is logged in.
    """
    user_id = actor.require_user()
    return await end_sessions(session, user_id, actor.session_id, RevocationReason.REVOKED, command.now)


async def end_sessions(
    session: WriteSession, user_id: UUID, spared: UUID | None, reason: RevocationReason, now: datetime
) -> Sequence[UUID]:
    """End the live sessions of a user, but one."""
    await locks.hold(session, user_id)
    statement = (
        update(Session)
        .where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > now)
        .values(revoked_at=now, revoked_reason=reason)
        .returning(Session.id)
    )
    if spared is not None:
        statement = statement.where(Session.id != spared)
    ended = sorted(await session.scalars(statement))
    for key in ended:
        await outbox.record(session, SessionRevoked(session_id=key, user_id=user_id, reason=reason))
    return ended


async def _held(session: WriteSession, session_id: UUID) -> Session | None:
    # The row's own lock, because `end_sessions` meets rows it has no id of before.
    return (await session.scalars(select(Session).where(Session.id == session_id).with_for_update())).one_or_none()


async def _revoke(session: WriteSession, row: Session, reason: RevocationReason, now: datetime) -> None:
    if row.revoked_at is None:
        row.revoked_at, row.revoked_reason = now, reason
        await outbox.record(session, SessionRevoked(session_id=row.id, user_id=row.user_id, reason=reason))


def _shown(text: str, longest: int) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:longest]
