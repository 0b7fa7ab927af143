"""Proof that an address is its user's."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.accounts.commands.access import Accounts
from domain.accounts.commands.attempts import count_attempt
from domain.accounts.commands.mail_tokens import new_mail_token, use_mail_token
from domain.accounts.errors import EmailAlreadyVerified
from domain.accounts.events import EmailVerificationRequested
from domain.accounts.models import User
from domain.accounts.rules.attempts import VERIFICATIONS
from domain.accounts.values import MailTokenPurpose
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class VerifyEmail:
    """Prove that one reads the mail of an address."""

    token: str = field(repr=False)


async def request_email_verification(accounts: Accounts, actor: Actor) -> None:
    """Send the actor another mail to prove their address with.

    Raises:
        Unauthenticated: nobody is logged in.
        EmailAlreadyVerified: there is nothing to prove.
        TooManyAttempts: too many were asked for.
    """
    user_id, now = actor.require_user(), accounts.clock.now()
    await count_attempt(accounts.db, now, (VERIFICATIONS, str(user_id)))

    async def request(session: WriteSession) -> None:
        await locks.hold(session, user_id)
        user = await session.get_one(User, user_id)
        if user.email_verified_at is not None:
            raise EmailAlreadyVerified
        token = new_mail_token(session, user, MailTokenPurpose.VERIFY_EMAIL, now)
        await outbox.record(session, EmailVerificationRequested(user_id=user_id, token_id=token.id))

    await accounts.db.transaction(request)


async def verify_email(accounts: Accounts, command: VerifyEmail) -> User:
    """Take an address as proved by the token of a mail.

    Raises:
        MailTokenInvalid: the token is none of ours, was used, or has run out.
    """
    now = accounts.clock.now()

    async def verify(session: WriteSession) -> User:
        user = await use_mail_token(accounts, session, command.token, MailTokenPurpose.VERIFY_EMAIL, now)
        user.email_verified_at = user.email_verified_at or now
        return user

    return await accounts.db.transaction(verify)
