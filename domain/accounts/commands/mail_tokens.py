"""Tokens sent by mail: each allows one thing, once, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from domain.accounts.commands.access import Accounts
from domain.accounts.errors import MailTokenInvalid
from domain.accounts.models import MailToken, User
from domain.accounts.rules import tokens
from domain.accounts.values import MailTokenPurpose
from domain.infra import locks
from domain.infra.db import WriteSession
from domain.kernel.ids import new_id

_LIVES = {MailTokenPurpose.VERIFY_EMAIL: timedelta(days=3), MailTokenPurpose.RESET_PASSWORD: timedelta(hours=1)}


def new_mail_token(session: WriteSession, user: User, purpose: MailTokenPurpose, now: datetime) -> MailToken:
    """A token for a user's present address. Its text is computed only where the mail is written."""
    token = MailToken(
        id=new_id(),
        user_id=user.id,
        purpose=purpose,
        email=user.email,
        created_at=now,
        expires_at=now + _LIVES[purpose],
    )
    session.add(token)
    return token


def check_mail_token(accounts: Accounts, text: str, purpose: MailTokenPurpose) -> UUID:
    """The row a token stands for, proved by its text alone: forgeries cost neither a query nor a hash.

    Raises:
        MailTokenInvalid: it is none of ours for this purpose.
    """
    token_id = tokens.read_mail_token(text)
    if token_id is None or not tokens.is_same(accounts.mail_token(token_id, purpose), text):
        raise MailTokenInvalid
    return token_id


async def use_mail_token(
    accounts: Accounts, session: WriteSession, text: str, purpose: MailTokenPurpose, now: datetime
) -> User:
    """Use a token up; the user it was sent to, held.

    Raises:
        MailTokenInvalid: it is none of ours for this purpose, was used, has run out, or went to an earlier address.
    """
    token_id = check_mail_token(accounts, text, purpose)
    owner = await session.scalar(select(MailToken.user_id).where(MailToken.id == token_id))
    if owner is None:
        raise MailTokenInvalid
    await locks.hold(session, owner)
    token = await session.get_one(MailToken, token_id)
    user = await session.get_one(User, owner)
    if token.used_at is not None or token.expires_at <= now or token.email != user.email:
        raise MailTokenInvalid
    token.used_at = now
    return user
