"""Sessions: logging in, refreshing, reuse, ending, and all of it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from argon2 import Parameters, Type
from sqlalchemy import select, update

from domain import accounts as domain
from domain.accounts import (
    Accounts,
    AuthTokens,
    Device,
    RefreshTokenInvalid,
    RefreshTokenReused,
    RevocationReason,
    Session,
    SessionEnded,
    SessionExpired,
    SessionNotFound,
    WrongCredentials,
)
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.infra.security import Passwords
from domain.kernel.actor import ANONYMOUS, Actor, Role
from domain.kernel.errors import Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from tests.factories.accounts import PASSWORD, actor_of, log_in, register
from tests.fixtures.clock import FakeClock


async def refresh(accounts: Accounts, token: str) -> AuthTokens:
    return await domain.refresh_session(accounts, domain.RefreshSession(refresh_token=token))


async def stored(db: Database, session_id: UUID) -> Session:
    async with db.read() as session:
        return (await domain.sessions_by_id(session, [session_id]))[session_id]


async def revocations(db: Database) -> list[tuple[UUID, dict[str, object], list[str]]]:
    async with db.read() as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.name == "accounts.session_revoked").order_by(OutboxRow.id)
        )
        return [(row.subject, row.payload, row.topics) for row in rows]


async def test_logging_in_by_either_name(accounts: Accounts, clock: FakeClock) -> None:
    user = (await register(accounts, "Zoe")).user
    clock.advance(hours=1)
    for login in ("zoe", "ZOE", " zoe@EXAMPLE.org "):
        signed_in = await log_in(accounts, login, device=Device(address="2001:db8::1", user_agent="x\0y" * 200))
        session = signed_in.tokens.session
        assert (signed_in.user.id, session.user_id) == (user.id, user.id)
        assert (session.address, session.user_agent) == ("2001:db8::1", ("xy" * 200)[:300])
        assert session.created_at == session.last_used_at == clock.now()
        assert session.expires_at == clock.now() + timedelta(days=30)
        assert signed_in.tokens.access_token_expires_at == clock.now() + timedelta(minutes=10)


@pytest.mark.parametrize("login", ["zoe", "nobody", "nobody@example.org", "", "@", "zo\0e", "\ud800", "x" * 1000])
async def test_one_refusal_for_a_wrong_login_and_a_wrong_password(accounts: Accounts, login: str) -> None:
    await register(accounts, "zoe")
    with pytest.raises(WrongCredentials) as refusal:
        await log_in(accounts, login, "not the password")
    assert (refusal.value.code, refusal.value.message) == (
        "WRONG_CREDENTIALS",
        "The login or the password is wrong.",
    )


@pytest.mark.parametrize("password", ["", "Correct horse battery", f"{PASSWORD} ", "\ud800\0"])
async def test_a_password_is_right_or_wrong_as_a_whole(accounts: Accounts, password: str) -> None:
    await register(accounts, "zoe")
    with pytest.raises(WrongCredentials):
        await log_in(accounts, "zoe", password)


async def test_a_letter_may_be_typed_in_two_ways(accounts: Accounts) -> None:
    await register(accounts, "zoe", "gru\u0308n wie Gras")
    assert (await log_in(accounts, "zoe", "gr\u00fcn wie Gras")).user.username == "zoe"


async def test_a_hash_of_another_cost_is_replaced_at_log_in(accounts: Accounts, db: Database) -> None:
    await register(accounts, "zoe")
    accounts.passwords = Passwords(
        Parameters(type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=1, memory_cost=64, parallelism=1)
    )
    user = (await log_in(accounts, "zoe")).user
    async with db.read() as session:
        kept = (await session.get_one(domain.User, user.id)).password_hash
    assert kept.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert (await log_in(accounts, "zoe")).user.id == user.id
    assert not accounts.passwords.is_outdated(kept)


async def test_a_refresh_carries_the_session_on(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    first = (await register(accounts, "zoe")).tokens
    clock.advance(days=29)
    second = await refresh(accounts, first.refresh_token)
    clock.advance(days=29)
    third = await refresh(accounts, second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert len({first.access_token, second.access_token, third.access_token}) == 3
    assert first.session.id == second.session.id == third.session.id
    row = await stored(db, first.session.id)
    assert (row.generation, row.last_used_at) == (2, clock.now())
    assert row.expires_at == third.session.expires_at == clock.now() + timedelta(days=30)
    assert (await accounts.authenticate(third.access_token)).actor.session_id == first.session.id


async def test_a_session_that_is_not_refreshed_runs_out(accounts: Accounts, clock: FakeClock) -> None:
    tokens = (await register(accounts, "zoe")).tokens
    clock.advance(days=30)
    with pytest.raises(SessionExpired) as refusal:
        await refresh(accounts, tokens.refresh_token)
    assert refusal.value.code == "SESSION_EXPIRED"


@pytest.mark.parametrize("steps_back", [1, 2, 3])
async def test_any_older_token_ends_the_session(accounts: Accounts, db: Database, steps_back: int) -> None:
    tokens = [(await register(accounts, "zoe")).tokens]
    for _ in range(3):
        tokens.append(await refresh(accounts, tokens[-1].refresh_token))
    other = (await log_in(accounts, "zoe")).tokens

    with pytest.raises(RefreshTokenReused) as refusal:
        await refresh(accounts, tokens[-1 - steps_back].refresh_token)

    session = tokens[0].session
    assert refusal.value.code == "REFRESH_TOKEN_REUSED"
    assert (await stored(db, session.id)).revoked_reason is RevocationReason.TOKEN_REUSED
    payload = {"session_id": str(session.id), "user_id": str(session.user_id), "reason": "TOKEN_REUSED"}
    assert await revocations(db) == [(session.id, payload, [f"session:{session.id}"])]
    with pytest.raises(SessionEnded):
        await refresh(accounts, tokens[-1].refresh_token)
    with pytest.raises(SessionEnded):
        await accounts.authenticate(tokens[-1].access_token)
    # The user's other device is none of it.
    await refresh(accounts, other.refresh_token)


async def test_no_refresh_token(accounts: Accounts, db: Database) -> None:
    mine, other = (await register(accounts, "zoe")).tokens, (await register(accounts, "max")).tokens
    head, _, proof = mine.refresh_token.partition(".")
    last = "A" if proof[-1] != "A" else "E"
    forged = [
        "",
        ".",
        head,
        mine.access_token,
        f"{head}.{proof[:-1]}{last}",
        f"{head}.{proof}=",
        f"{head}.{other.refresh_token.partition('.')[2]}",
        f"{other.refresh_token.partition('.')[0]}.{proof}",
        f"{mine.refresh_token}\0",
        accounts.refresh_token_at(mine.session, 1),
        accounts.refresh_token(Session(id=new_id(), seed=mine.session.seed, generation=0)),
    ]
    for token in forged:
        with pytest.raises(RefreshTokenInvalid):
            await refresh(accounts, token)
    assert (await stored(db, mine.session.id)).revoked_at is None
    await refresh(accounts, mine.refresh_token)


async def test_two_refreshes_of_one_token_at_once(accounts: Accounts, db: Database) -> None:
    for number in range(8):
        tokens = (await register(accounts, f"racer{number}")).tokens
        answers = await asyncio.gather(
            *(refresh(accounts, tokens.refresh_token) for _ in range(2)), return_exceptions=True
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["AuthTokens", "RefreshTokenReused"]
        row = await stored(db, tokens.session.id)
        assert (row.generation, row.revoked_reason) == (1, RevocationReason.TOKEN_REUSED)
    assert len(await revocations(db)) == 8


async def test_a_refresh_against_a_revocation(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    for number in range(8):
        signed_in = await register(accounts, f"racer{number}")
        session_id, actor = signed_in.tokens.session.id, actor_of(signed_in)
        command = domain.RevokeSession(session_id=session_id, now=clock.now())

        async def revoke(actor: Actor = actor, command: domain.RevokeSession = command) -> None:
            ended = await db.transaction(lambda session: domain.revoke_session(session, actor, command))
            await accounts.forget_soon([ended.id])

        refreshed, _ = await asyncio.gather(
            refresh(accounts, signed_in.tokens.refresh_token), revoke(), return_exceptions=True
        )
        # Whoever was first: nothing of the session opens anything any more.
        assert (await stored(db, session_id)).revoked_reason is RevocationReason.REVOKED
        if isinstance(refreshed, AuthTokens):
            with pytest.raises(SessionEnded):
                await accounts.authenticate(refreshed.access_token)
            with pytest.raises(SessionEnded):
                await refresh(accounts, refreshed.refresh_token)
        else:
            assert isinstance(refreshed, SessionEnded)
    assert len(await revocations(db)) == 8


async def test_logging_out(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    signed_in = await register(accounts, "zoe")
    actor = actor_of(signed_in)
    for _ in range(2):
        row = await db.transaction(lambda session: domain.log_out(session, actor, domain.LogOut(now=clock.now())))
        assert (row.id, row.revoked_reason) == (actor.session_id, RevocationReason.LOGGED_OUT)
    assert len(await revocations(db)) == 1
    for nobody, refusal in ((ANONYMOUS, Unauthenticated), (Actor(user_id=actor.user_id), SessionNotFound)):
        with pytest.raises(refusal):
            await db.transaction(partial(domain.log_out, actor=nobody, command=domain.LogOut(now=clock.now())))


async def test_who_may_end_a_session(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    owner, stranger = await register(accounts, "zoe"), await register(accounts, "max")
    session_id = owner.tokens.session.id
    command = domain.RevokeSession(session_id=session_id, now=clock.now())
    for actor, refusal in ((ANONYMOUS, Unauthenticated), (actor_of(stranger), SessionNotFound)):
        with pytest.raises(refusal):
            await db.transaction(partial(domain.revoke_session, actor=actor, command=command))
        assert (await stored(db, session_id)).revoked_at is None
    assert await revocations(db) == []

    admin = actor_of(stranger, Role.ADMIN)
    row = await db.transaction(lambda session: domain.revoke_session(session, admin, command))
    assert row.revoked_reason is RevocationReason.REVOKED
    assert len(await revocations(db)) == 1


async def test_ending_the_others(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    here = await register(accounts, "zoe")
    there = [(await log_in(accounts, "zoe")).tokens.session.id for _ in range(2)]
    stranger = await register(accounts, "max")
    actor, command = actor_of(here), domain.RevokeOtherSessions(now=clock.now())

    async def end() -> Sequence[UUID]:
        return await db.transaction(lambda session: domain.revoke_other_sessions(session, actor, command))

    assert await end() == sorted(there)
    assert await end() == []
    assert [subject for subject, _, _ in await revocations(db)] == sorted(there)
    for kept in (here, stranger):
        assert (await stored(db, kept.tokens.session.id)).revoked_at is None


async def test_the_list_has_only_live_sessions(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    old = await register(accounts, "zoe")
    clock.advance(days=29)
    ended, newer = await log_in(accounts, "zoe"), await log_in(accounts, "zoe")
    await db.transaction(lambda session: domain.log_out(session, actor_of(ended), domain.LogOut(now=clock.now())))
    user_id = old.user.id
    async with db.read() as session:
        page = await domain.live_sessions_page(session, user_id, clock.now(), PageRequest(size=1))
        rest = await domain.live_sessions_page(session, user_id, clock.now(), PageRequest(after=page.rows[-1][1]))
        clock.advance(days=2)
        later = await domain.live_sessions_page(session, user_id, clock.now(), PageRequest())
    assert [row.id for row, _ in page.rows] == [newer.tokens.session.id]
    assert ([row.id for row, _ in rest.rows], rest.has_next) == ([old.tokens.session.id], False)
    assert [row.id for row, _ in later.rows] == [newer.tokens.session.id]


async def test_a_password_changed_while_it_was_checked(accounts: Accounts, db: Database) -> None:
    """A log-in that verified the old password must not begin a session after everything else was ended."""
    user = (await register(accounts, "zoe")).user

    class Slow(Passwords):
        async def verify(self, kept: str | None, password: str) -> bool:
            matches = await super().verify(kept, password)
            async with db.read() as session:
                changed = update(domain.User).where(domain.User.id == user.id).values(password_hash="changed")
                await session.execute(changed)
            return matches

    accounts.passwords = Slow()
    with pytest.raises(WrongCredentials):
        await log_in(accounts, "zoe")
    async with db.read() as session:
        assert len(list(await session.scalars(select(Session)))) == 1


async def test_what_ended_a_month_ago_is_swept(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    first = await register(accounts, "zoe")
    await db.transaction(lambda session: domain.log_out(session, actor_of(first), domain.LogOut(now=clock.now())))
    clock.advance(days=20)
    second = (await log_in(accounts, "zoe")).tokens.session.id
    for days, kept in ((9, {first.tokens.session.id, second}), (1, {second}), (49, {second}), (1, set[UUID]())):
        clock.advance(days=days)
        await db.transaction(lambda session: domain.sweep_accounts(session, clock.now()))
        async with db.read() as session:
            assert set(await session.scalars(select(Session.id))) == kept
