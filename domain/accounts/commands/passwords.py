"""Passwords: changed by who knows the present one, reset by who reads the mail. Either way other sessions end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from domain.accounts.commands.access import Accounts
from domain.accounts.commands.attempts import count_attempt, forgive_attempt
from domain.accounts.commands.mail_tokens import check_mail_token, new_mail_token, use_mail_token
from domain.accounts.commands.sessions import end_sessions
from domain.accounts.errors import WrongPassword
from domain.accounts.events import PasswordResetRequested
from domain.accounts.models import MailToken, User
from domain.accounts.queries import user_by_email
from domain.accounts.rules.attempts import PASSWORD_CHECKS, RESETS_BY_ADDRESS, RESETS_BY_EMAIL, network_of
from domain.accounts.rules.passwords import checked_password
from domain.accounts.values import MailTokenPurpose, RevocationReason
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """Give one's account another password."""

    current_password: str = field(repr=False)
    new_password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RequestPasswordReset:
    """Ask for a mail with which the password can be reset."""

    email: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ResetPassword:
    """Give the account a mail was sent to another password."""

    token: str = field(repr=False)
    new_password: str = field(repr=False)


async def change_password(accounts: Accounts, actor: Actor, command: ChangePassword) -> User:
    """Change the actor's password and end their other sessions.

    Raises:
        Unauthenticated: nobody is logged in.
        WrongPassword: the current password is another.
        InvalidInput: the new password cannot be one.
        PasswordTooWeak: the new password is easy to guess.
        TooManyAttempts: the current password was guessed at too often.
        Unavailable: too many are logging in at once.
    """
    user_id, now = actor.require_user(), accounts.clock.now()
    await count_attempt(accounts.db, now, (PASSWORD_CHECKS, str(user_id)))
    async with accounts.db.read() as reading:
        user = await reading.get_one(User, user_id)
    verified = user.password_hash
    if not await accounts.passwords.verify(verified, command.current_password):
        raise WrongPassword
    password = checked_password(command.new_password, "newPassword", user.email, user.username)
    password_hash = await accounts.passwords.hash(password)

    async def change(session: WriteSession) -> tuple[User, Sequence[UUID]]:
        await locks.hold(session, user_id)
        row = await session.get_one(User, user_id)
        if row.password_hash != verified:
            raise WrongPassword
        await forgive_attempt(session, (PASSWORD_CHECKS, str(user_id)))
        reason, spared = RevocationReason.PASSWORD_CHANGED, actor.session_id
        return row, await _replace(session, row, password_hash, now, reason, spared)

    user, ended = await accounts.db.transaction(change)
    await accounts.forget_soon(ended)
    return user


async def request_password_reset(accounts: Accounts, command: RequestPasswordReset) -> None:
    """Send a mail to the address, if an account has it. What the caller sees does not tell whether one does.

    Raises:
        TooManyAttempts: too many were asked for with this address, or from this network.
    """
    now, email = accounts.clock.now(), command.email.strip()
    await count_attempt(accounts.db, now, (RESETS_BY_EMAIL, email), (RESETS_BY_ADDRESS, network_of(command.address)))

    async def request(session: WriteSession) -> None:
        user = await user_by_email(session, email)
        token = None if user is None else new_mail_token(session, user, MailTokenPurpose.RESET_PASSWORD, now)
        fact = PasswordResetRequested(request_id=new_id(), token_id=None if token is None else token.id)
        await outbox.record(session, fact)

    await accounts.db.transaction(request)


async def reset_password(accounts: Accounts, command: ResetPassword) -> User:
    """Set another password with the token of a mail, end all sessions, and take the address as proved.

    Raises:
        MailTokenInvalid: the token is none of ours, was used, or has run out.
        InvalidInput: the new password cannot be one.
        PasswordTooWeak: the new password is easy to guess.
        Unavailable: too many are logging in at once.
    """
    now = accounts.clock.now()
    check_mail_token(accounts, command.token, MailTokenPurpose.RESET_PASSWORD)
    password = checked_password(command.new_password, "newPassword")
    password_hash = await accounts.passwords.hash(password)

    async def reset(session: WriteSession) -> tuple[User, Sequence[UUID]]:
        user = await use_mail_token(accounts, session, command.token, MailTokenPurpose.RESET_PASSWORD, now)
        # Refused here, the token is not used up: the transaction is undone.
        checked_password(password, "newPassword", user.email, user.username)
        user.email_verified_at = user.email_verified_at or now
        return user, await _replace(session, user, password_hash, now, RevocationReason.PASSWORD_RESET, None)

    user, ended = await accounts.db.transaction(reset)
    await accounts.forget_soon(ended)
    return user


async def _replace(
    session: WriteSession, user: User, password_hash: str, now: datetime, reason: RevocationReason, spared: UUID | None
) -> Sequence[UUID]:
    user.password_hash = password_hash
    # Other mails on the way must not undo it.
    await session.execute(
        update(MailToken)
        .where(
            MailToken.user_id == user.id,
            MailToken.purpose == MailTokenPurpose.RESET_PASSWORD,
            MailToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return await end_sessions(session, user.id, spared, reason, now)
