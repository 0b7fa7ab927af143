"""Accounts for tests."""

from __future__ import annotations

from collections.abc import Sequence

from argon2.profiles import CHEAPEST

from domain import accounts
from domain.accounts import Accounts, Device, Preferences, SignedIn, User
from domain.accounts.models import UserRole
from domain.infra.cache import Cache
from domain.infra.db import Database, WriteSession
from domain.infra.security import Passwords
from domain.infra.settings import Settings
from domain.kernel.actor import Actor, Role
from domain.kernel.clock import Clock
from domain.kernel.ids import new_id

PASSWORD = "correct horse battery"
DEVICE = Device(address="192.0.2.7", user_agent="a test")


def make_accounts(db: Database, cache: Cache, settings: Settings, clock: Clock) -> Accounts:
    """Accounts as a process has them, but with passwords that are hashed in no time."""
    made = Accounts(db, cache, settings, clock)
    made.passwords = Passwords(CHEAPEST)
    return made


async def make_user(db: Database, clock: Clock, username: str, *more: Role, is_private: bool = False) -> User:
    """A user who plays, with an address at example.org, and a password nobody knows."""
    (user,) = await make_users(db, clock, [username], *more, is_private=is_private)
    return user


async def make_users(
    db: Database, clock: Clock, usernames: Sequence[str], *more: Role, is_private: bool = False
) -> list[User]:
    """Users who are all alike, made at once."""
    users = [
        User(
            id=new_id(),
            email=f"{username}@example.org",
            username=username,
            display_name=username.title(),
            password_hash="",
            created_at=clock.now(),
        )
        for username in usernames
    ]

    async def work(session: WriteSession) -> list[User]:
        session.add_all(users)
        await session.flush()  # the rows below refer to them
        session.add_all(Preferences(user_id=user.id, is_profile_public=not is_private) for user in users)
        session.add_all(UserRole(user_id=user.id, role=role) for user in users for role in {Role.PLAYER, *more})
        return users

    return await db.transaction(work)


async def register(made: Accounts, username: str, password: str = PASSWORD, device: Device = DEVICE) -> SignedIn:
    """Someone who registered as people do."""
    command = accounts.Register(
        email=f"{username}@example.org",
        username=username,
        password=password,
        display_name=username.title(),
        device=device,
    )
    return await accounts.register(made, command)


async def log_in(made: Accounts, login: str, password: str = PASSWORD, device: Device = DEVICE) -> SignedIn:
    """Someone who logs in."""
    return await accounts.log_in(made, accounts.LogIn(login=login, password=password, device=device))


def actor_of(signed_in: SignedIn, *more: Role) -> Actor:
    """Who acts in a session."""
    session = signed_in.tokens.session
    return Actor(user_id=session.user_id, roles=frozenset({Role.PLAYER, *more}), session_id=session.id)
