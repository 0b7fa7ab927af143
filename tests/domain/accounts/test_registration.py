"""Registration, alone and at the same time."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from domain import accounts as domain
from domain.accounts import Accounts, EmailTaken, EmailVerificationRequested, User, UsernameTaken
from domain.accounts.models import MailToken, Preferences, Session, UserRole
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.infra.settings import Settings
from domain.kernel.actor import Role
from domain.kernel.errors import InvalidInput
from tests.factories.accounts import DEVICE, PASSWORD, log_in, register
from tests.fixtures.clock import FakeClock


async def count(db: Database, row: type) -> int:
    async with db.read() as session:
        return (await session.scalar(select(func.count()).select_from(row))) or 0


async def test_an_account_begins_with_its_first_session(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    signed_in = await register(accounts, "Zoe")

    user, session = signed_in.user, signed_in.tokens.session
    assert (user.email, user.username, user.display_name) == ("Zoe@example.org", "Zoe", "Zoe")
    assert (user.avatar_url, user.email_verified_at, user.created_at) == (None, None, clock.now())
    assert (session.user_id, session.user_agent, session.address) == (user.id, "a test", "192.0.2.7")
    assert user.password_hash.startswith("$argon2id$")
    async with db.read() as reading:
        assert await domain.roles_by_user(reading, [user.id]) == {user.id: {Role.PLAYER}}
        preferences = (await domain.preferences_by_user(reading, [user.id]))[user.id]
        events = list(await reading.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        token = (await reading.scalars(select(MailToken))).one()
    assert (preferences.language, preferences.time_zone, preferences.theme) == ("en", "UTC", domain.Theme.SYSTEM)
    assert (preferences.email_notifications, preferences.is_profile_public) == (True, True)
    assert [(event.name, event.payload) for event in events] == [
        ("accounts.user_registered", {"user_id": str(user.id), "username": "Zoe"}),
        ("accounts.email_verification_requested", {"user_id": str(user.id), "token_id": str(token.id)}),
    ]
    assert EmailVerificationRequested.name == "accounts.email_verification_requested"


async def test_without_a_display_name_the_username_shows(accounts: Accounts) -> None:
    command = domain.Register(
        email=" zoe@example.org ", username="zoe_9", password=PASSWORD, display_name=None, device=DEVICE
    )
    user = (await domain.register(accounts, command)).user
    assert (user.email, user.display_name) == ("zoe@example.org", "zoe_9")


async def test_names_and_addresses_are_taken_whatever_their_case(accounts: Accounts, db: Database) -> None:
    await register(accounts, "zoe")
    with pytest.raises(UsernameTaken):
        await domain.register(
            accounts,
            domain.Register(
                email="other@example.org", username="ZOE", password=PASSWORD, display_name=None, device=DEVICE
            ),
        )
    with pytest.raises(EmailTaken):
        await domain.register(
            accounts,
            domain.Register(
                email="ZOE@Example.Org", username="other", password=PASSWORD, display_name=None, device=DEVICE
            ),
        )
    assert [await count(db, row) for row in (User, UserRole, Preferences, Session, MailToken)] == [1, 1, 1, 1, 1]


async def test_a_refused_password_leaves_nothing(accounts: Accounts, db: Database) -> None:
    with pytest.raises(InvalidInput):
        await register(accounts, "zoe", "too short")
    with pytest.raises(domain.PasswordTooWeak):
        await register(accounts, "longusername", "LongUsername")
    assert [await count(db, row) for row in (User, OutboxRow)] == [0, 0]


async def test_two_at_once_for_one_name(accounts: Accounts, db: Database) -> None:
    for number in range(5):
        answers = await asyncio.gather(
            *(register(accounts, name) for name in (f"racer{number}", f"RACER{number}")), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, BaseException)]
        assert [type(refusal) for refusal in refused] == [UsernameTaken]
        assert await count(db, User) == number + 1
    assert await count(db, Session) == 5


async def test_the_first_administrator(accounts: Accounts, db: Database, settings: Settings) -> None:
    first = await db.transaction(lambda session: domain.ensure_admin(session, "root@example.org", PASSWORD))
    again = await db.transaction(lambda session: domain.ensure_admin(session, "ROOT@example.org", "another password"))
    assert first.id == again.id
    assert first.email_verified_at is not None
    signed_in = await log_in(accounts, "admin")
    assert signed_in.user.id == first.id
    authenticated = await accounts.authenticate(signed_in.tokens.access_token)
    assert authenticated.actor.roles == {Role.PLAYER, Role.ADMIN}


async def test_a_user_becomes_administrator(accounts: Accounts, db: Database) -> None:
    user = (await register(accounts, "zoe")).user
    await db.transaction(lambda session: domain.ensure_admin(session, user.email, "another password"))
    signed_in = await log_in(accounts, "zoe")
    assert (await accounts.authenticate(signed_in.tokens.access_token)).actor.roles == {Role.PLAYER, Role.ADMIN}
