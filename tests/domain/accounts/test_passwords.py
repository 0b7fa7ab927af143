"""Changing a password, and how one is kept."""

from __future__ import annotations

import asyncio
import time

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import CHEAPEST

from domain import accounts as domain
from domain.accounts import Accounts, PasswordTooWeak, SessionEnded, TooManyAttempts, WrongCredentials, WrongPassword
from domain.infra.db import Database
from domain.infra.security import Passwords
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput, Unauthenticated, Unavailable
from tests.factories.accounts import PASSWORD, actor_of, log_in, register

NEW = "another battery horse"


async def change(accounts: Accounts, actor: Actor, current: str = PASSWORD, new: str = NEW) -> domain.User:
    return await domain.change_password(
        accounts, actor, domain.ChangePassword(current_password=current, new_password=new)
    )


async def test_a_change_ends_the_other_sessions(accounts: Accounts) -> None:
    here, there = await register(accounts, "zoe"), await log_in(accounts, "zoe")
    assert (await change(accounts, actor_of(here))).id == here.user.id
    await accounts.authenticate(here.tokens.access_token)
    with pytest.raises(SessionEnded):
        await accounts.authenticate(there.tokens.access_token)
    with pytest.raises(WrongCredentials):
        await log_in(accounts, "zoe", PASSWORD)
    await log_in(accounts, "zoe", NEW)


@pytest.mark.parametrize(
    ("current", "new", "refusal", "field"),
    [
        ("wrong password", NEW, WrongPassword, "currentPassword"),
        (PASSWORD, "short", InvalidInput, "newPassword"),
        (PASSWORD, "zoe@example.org", PasswordTooWeak, "newPassword"),
    ],
)
async def test_a_refused_change_changes_nothing(
    accounts: Accounts, current: str, new: str, refusal: type[InvalidInput], field: str
) -> None:
    here, there = await register(accounts, "zoe"), await log_in(accounts, "zoe")
    with pytest.raises(refusal) as refused:
        await change(accounts, actor_of(here), current, new)
    assert refused.value.path == (field,)
    await accounts.authenticate(there.tokens.access_token)
    await log_in(accounts, "zoe", PASSWORD)


async def test_a_huge_password_is_just_wrong(accounts: Accounts) -> None:
    """In no time, and without a word about its length."""
    zoe, huge = await register(accounts, "zoe"), "a" + "\u0301\u0316" * 60_000
    began = time.process_time()
    with pytest.raises(WrongCredentials):
        await log_in(accounts, "zoe", huge)
    with pytest.raises(WrongPassword):
        await change(accounts, actor_of(zoe), huge)
    with pytest.raises(InvalidInput) as refusal:
        await change(accounts, actor_of(zoe), PASSWORD, huge)
    assert refusal.value.path == ("newPassword",)
    assert time.process_time() - began < 1


async def test_nobody_changes_nothing(accounts: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        await change(accounts, ANONYMOUS)


async def test_a_stolen_access_token_cannot_guess_on(accounts: Accounts) -> None:
    actor = actor_of(await register(accounts, "zoe"))
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await change(accounts, actor, "wrong password")
    with pytest.raises(TooManyAttempts):
        await change(accounts, actor)


async def test_two_changes_at_once(accounts: Accounts, db: Database) -> None:
    actor = actor_of(await register(accounts, "zoe"))
    news = ("the first new one", "the second new one")
    answers = await asyncio.gather(*(change(accounts, actor, PASSWORD, new) for new in news), return_exceptions=True)
    refusals = [type(answer) for answer in answers if isinstance(answer, BaseException)]
    assert refusals == [WrongPassword]
    winner = next(new for new, answer in zip(news, answers, strict=True) if not isinstance(answer, BaseException))
    await log_in(accounts, "zoe", winner)


async def test_the_cost_of_a_kept_password() -> None:
    passwords = Passwords()
    kept = await passwords.hash("a password")
    assert kept.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert await passwords.hash("a password") != kept
    assert (await passwords.verify(kept, "a password"), await passwords.verify(kept, "another")) == (True, False)
    assert (passwords.is_outdated(kept), Passwords(CHEAPEST).is_outdated(kept)) == (False, True)


async def test_nobody_costs_the_same_work_as_somebody() -> None:
    """The stand-in for a missing hash is computed in full, at the present cost, and matches nothing."""
    tried = []

    class Noted(Passwords):
        def _matches(self, kept: str, password: str) -> bool:
            tried.append(kept)
            return super()._matches(kept, password)

    passwords = Noted()
    assert not await passwords.verify(None, "a password")
    (stand_in,) = tried
    assert not passwords.is_outdated(stand_in)
    # Not "this is no hash", which would cost nothing.
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(stand_in, "a password")


async def test_hashing_is_bounded() -> None:
    passwords = Passwords(CHEAPEST)
    answers = await asyncio.gather(*(passwords.hash("a password") for _ in range(250)), return_exceptions=True)
    assert [type(answer) for answer in answers].count(Unavailable) == 50
    assert [type(answer) for answer in answers].count(str) == 200
    assert (await passwords.hash("a password")).startswith("$argon2id$")
