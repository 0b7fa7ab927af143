"""Counting attempts: refused calls count, successes forgive, and a race counts each."""

from __future__ import annotations

import asyncio

import pytest
from argon2.profiles import CHEAPEST
from sqlalchemy import select, update

from domain import accounts as domain
from domain.accounts import Accounts, Device, TooManyAttempts, UsernameTaken, WrongCredentials
from domain.accounts.commands.attempts import count_attempt
from domain.accounts.models import Attempts
from domain.accounts.rules.attempts import LOG_IN_BY_ADDRESS, LOG_IN_BY_NAME, REGISTRATIONS_BY_ADDRESS
from domain.infra.db import Database
from domain.infra.security import Passwords
from tests.factories.accounts import DEVICE, PASSWORD, log_in, register
from tests.fixtures.clock import FakeClock


class Unhashed(Passwords):
    """Where nothing may be hashed."""

    async def hash(self, password: str) -> str:
        raise AssertionError(password)


async def fail(accounts: Accounts, login: str, address: str = DEVICE.address) -> None:
    with pytest.raises(WrongCredentials):
        await log_in(accounts, login, "wrong password", Device(address=address, user_agent=""))


async def counts(db: Database) -> dict[bytes, int]:
    async with db.read() as session:
        return {row.key: row.count for row in await session.scalars(select(Attempts))}


async def test_ten_wrong_passwords_and_a_login_must_wait(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    await register(accounts, "zoe")
    for number in range(10):
        await fail(accounts, "zoe" if number % 2 else "ZOE", f"192.0.2.{number}")
        clock.advance(minutes=1)

    for _ in range(3):
        with pytest.raises(TooManyAttempts) as refusal:
            await log_in(accounts, "zoe", PASSWORD)
        assert (refusal.value.code, refusal.value.retry_after_s) == ("TOO_MANY_ATTEMPTS", 300)
    assert (await counts(db))[LOG_IN_BY_NAME.key("zoe")] == 11

    clock.advance(seconds=299)
    with pytest.raises(TooManyAttempts) as refusal:
        await log_in(accounts, "zoe", PASSWORD)
    assert refusal.value.retry_after_s == 1
    clock.advance(seconds=1)
    await log_in(accounts, "zoe", PASSWORD)


async def test_a_login_nobody_has_waits_too(accounts: Accounts) -> None:
    for _ in range(10):
        await fail(accounts, "nobody")
    with pytest.raises(TooManyAttempts):
        await log_in(accounts, "nobody", PASSWORD)


async def test_success_forgives_the_login_but_not_the_address(accounts: Accounts, db: Database) -> None:
    await register(accounts, "zoe")
    for _ in range(9):
        await fail(accounts, "zoe")
    await log_in(accounts, "zoe")
    registered = {REGISTRATIONS_BY_ADDRESS.key(DEVICE.address): 1}
    assert await counts(db) == {**registered, LOG_IN_BY_ADDRESS.key(DEVICE.address): 9}
    for _ in range(9):
        await fail(accounts, "zoe")
    await log_in(accounts, "zoe")
    assert await counts(db) == {**registered, LOG_IN_BY_ADDRESS.key(DEVICE.address): 18}


async def test_fifty_failures_and_an_address_must_wait(accounts: Accounts) -> None:
    await register(accounts, "zoe")
    for number in range(50):
        await fail(accounts, f"guess{number}", f"2001:db8::{number + 1}")
    with pytest.raises(TooManyAttempts):
        await log_in(accounts, "zoe", PASSWORD, Device(address="2001:db8::ffff", user_agent=""))
    await log_in(accounts, "zoe", PASSWORD, Device(address="2001:db8:0:1::1", user_agent=""))


async def test_a_network_that_registers_too_many_must_wait(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    """Refused ones count as well, and before anything is hashed; another network is not held up."""
    await register(accounts, "zoe")
    clock.advance(minutes=5)
    limit, key = REGISTRATIONS_BY_ADDRESS.count, REGISTRATIONS_BY_ADDRESS.key(DEVICE.address)
    assert limit == 600
    # As if all but two had been made: that many would take longer than a test has.
    await db.transaction(lambda session: session.execute(update(Attempts).values(count=limit - 2)))
    with pytest.raises(UsernameTaken):
        await register(accounts, "ZOE")
    await register(accounts, "max")
    assert await counts(db) == {key: limit}

    accounts.passwords = Unhashed(CHEAPEST)
    with pytest.raises(TooManyAttempts) as refusal:
        await register(accounts, "eve")
    assert refusal.value.retry_after_s == 600
    accounts.passwords = Passwords(CHEAPEST)
    await register(accounts, "ada", device=Device(address="192.0.2.8", user_agent=""))

    clock.advance(minutes=10)
    await register(accounts, "eve")


async def test_attempts_at_once_are_all_counted(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    answers = await asyncio.gather(
        *(count_attempt(db, clock.now(), (LOG_IN_BY_NAME, "zoe"), (LOG_IN_BY_ADDRESS, "192.0.2.7")) for _ in range(25)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers if answer is not None] == [TooManyAttempts] * 15
    assert await counts(db) == {LOG_IN_BY_NAME.key("zoe"): 11, LOG_IN_BY_ADDRESS.key("192.0.2.7"): 25}


async def test_log_ins_of_one_network_at_once(accounts: Accounts, db: Database) -> None:
    """Successes and failures touch the same rows in any order; none of them deadlocks, each counts."""
    for number in range(6):
        await register(accounts, f"player{number}")
    answers = await asyncio.gather(
        *(log_in(accounts, f"player{number}", PASSWORD if number % 2 else "wrong password") for number in range(6)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["SignedIn"] * 3 + ["WrongCredentials"] * 3
    assert (await counts(db))[LOG_IN_BY_ADDRESS.key(DEVICE.address)] == 3


async def test_closed_windows_are_swept(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    await fail(accounts, "zoe")
    clock.advance(minutes=14)
    await fail(accounts, "max", "192.0.2.8")
    clock.advance(minutes=1)
    await db.transaction(lambda session: domain.sweep_accounts(session, clock.now()))
    assert await counts(db) == {LOG_IN_BY_NAME.key("max"): 1, LOG_IN_BY_ADDRESS.key("192.0.2.8"): 1}
