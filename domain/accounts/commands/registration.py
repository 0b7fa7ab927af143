"""Registration: a new account, logged in at once, its address to be proved by a mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.commands.access import Accounts, SignedIn
from domain.accounts.commands.attempts import count_attempt
from domain.accounts.commands.mail_tokens import new_mail_token
from domain.accounts.commands.sessions import Device, begin_session
from domain.accounts.errors import EmailTaken, UsernameTaken
from domain.accounts.events import EmailVerificationRequested, UserRegistered
from domain.accounts.models import Preferences, Session, User, UserRole
from domain.accounts.rules.attempts import REGISTRATIONS_BY_ADDRESS, network_of
from domain.accounts.rules.identity import checked_display_name, checked_email, checked_username
from domain.accounts.rules.passwords import checked_password
from domain.accounts.values import MailTokenPurpose
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.infra.security import Passwords
from domain.kernel.actor import Role
from domain.kernel.ids import new_id

_FIRST_ROLES = frozenset({Role.PLAYER})


@dataclass(frozen=True, kw_only=True)
class Register:
    """Make an account. Without a display name it shows the username."""

    email: str
    username: str
    password: str = field(repr=False)
    display_name: str | None
    device: Device


async def register(accounts: Accounts, command: Register) -> SignedIn:
    """Make an account and begin its first session.

    Raises:
        InvalidInput: address, username, display name or password cannot be one.
        PasswordTooWeak: the password is easy to guess.
        EmailTaken: another account has the address.
        UsernameTaken: another account has the name.
        TooManyAttempts: too many were made, or tried, from this network.
        Unavailable: too many are registering at once.
    """
    email, username = checked_email(command.email), checked_username(command.username)
    display_name = checked_display_name(username if command.display_name is None else command.display_name)
    password = checked_password(command.password, "password", email, username)
    now = accounts.clock.now()
    await count_attempt(accounts.db, now, (REGISTRATIONS_BY_ADDRESS, network_of(command.device.address)))
    password_hash = await accounts.passwords.hash(password)

    async def create(session: WriteSession) -> tuple[User, Session]:
        user = await _add_user(session, email, username, display_name, password_hash, now)
        token = new_mail_token(session, user, MailTokenPurpose.VERIFY_EMAIL, now)
        await outbox.record(session, EmailVerificationRequested(user_id=user.id, token_id=token.id))
        return user, begin_session(accounts, session, user.id, command.device)

    user, row = await accounts.db.transaction(create)
    return SignedIn(user=user, tokens=await accounts.issue(row, _FIRST_ROLES))


async def ensure_admin(session: WriteSession, email: str, password: str, username: str = "admin") -> User:
    """The user with this address, made if there is none, as an administrator. An existing password stays.

    Raises:
        InvalidInput: address or password cannot be one.
        PasswordTooWeak: the password is easy to guess.
        UsernameTaken: a new account is needed and another has its name.
    """
    email = checked_email(email)
    now = (await session.scalars(select(func.clock_timestamp()))).one()
    user = (await session.scalars(select(User).where(func.lower(User.email) == email.lower()))).one_or_none()
    if user is None:
        password_hash = await Passwords().hash(checked_password(password, "password", email, username))
        user = await _add_user(session, email, checked_username(username), username, password_hash, now)
        user.email_verified_at = now
    await session.execute(insert(UserRole).values(user_id=user.id, role=Role.ADMIN).on_conflict_do_nothing())
    return user


async def _add_user(
    session: WriteSession, email: str, username: str, display_name: str, password_hash: str, now: datetime
) -> User:
    statement = (
        insert(User)
        .values(
            id=new_id(),
            email=email,
            username=username,
            display_name=display_name,
            password_hash=password_hash,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(User)
    )
    user = (await session.scalars(statement)).one_or_none()
    if user is None:
        # The insert has waited for whoever was first, so what it ran into can be seen now.
        raise UsernameTaken if await _has_username(session, username) else EmailTaken
    session.add_all(UserRole(user_id=user.id, role=role) for role in _FIRST_ROLES)
    session.add(Preferences(user_id=user.id))
    await outbox.record(session, UserRegistered(user_id=user.id, username=username))
    return user


async def _has_username(session: WriteSession, username: str) -> UUID | None:
    return await session.scalar(select(User.id).where(func.lower(User.username) == username.lower()))
