"""Roles everywhere, and grants on one row."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from domain import accounts as domain
from domain.accounts import Accounts, GrantRole, OwnAdminRole, UserNotFound
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS, SYSTEM, Actor, Role
from domain.kernel.errors import Forbidden
from domain.kernel.ids import new_id
from tests.factories.accounts import actor_of, make_user, register
from tests.fixtures.clock import FakeClock


async def give(db: Database, actor: Actor, user_id: UUID, role: Role, clock: FakeClock) -> None:
    command = domain.GiveRole(user_id=user_id, role=role, now=clock.now())
    await db.transaction(lambda session: domain.give_role(session, actor, command))


async def take(db: Database, actor: Actor, user_id: UUID, role: Role, clock: FakeClock) -> None:
    command = domain.TakeRole(user_id=user_id, role=role, now=clock.now())
    await db.transaction(lambda session: domain.take_role(session, actor, command))


async def roles(db: Database, user_id: UUID) -> frozenset[Role]:
    async with db.read() as session:
        return (await domain.roles_by_user(session, [user_id]))[user_id]


async def told(db: Database) -> list[tuple[dict[str, object], list[str]]]:
    async with db.read() as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.name == "accounts.roles_changed").order_by(OutboxRow.id)
        )
        return [(row.payload, row.topics) for row in rows]


async def test_an_administrator_gives_and_takes(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    signed_in = await register(accounts, "zoe")
    user_id, session_id = signed_in.user.id, str(signed_in.tokens.session.id)
    admin = Actor(user_id=new_id(), roles=frozenset({Role.ADMIN}))
    for _ in range(2):
        await give(db, admin, user_id, Role.ORGANIZER, clock)
    assert await roles(db, user_id) == {Role.PLAYER, Role.ORGANIZER}
    for _ in range(2):
        await take(db, SYSTEM, user_id, Role.ORGANIZER, clock)
    assert await roles(db, user_id) == {Role.PLAYER}
    common = {"user_id": str(user_id), "session_ids": [session_id]}
    assert await told(db) == [
        ({**common, "roles": ["ORGANIZER", "PLAYER"]}, [f"session:{session_id}"]),
        ({**common, "roles": ["PLAYER"]}, [f"session:{session_id}"]),
    ]


async def test_nobody_else_does(accounts: Accounts, db: Database, clock: FakeClock) -> None:
    signed_in = await register(accounts, "zoe")
    own = actor_of(signed_in)
    stranger = Actor(user_id=new_id(), roles=frozenset(Role) - {Role.ADMIN})
    for actor in (ANONYMOUS, own, stranger):
        with pytest.raises(Forbidden):
            await give(db, actor, signed_in.user.id, Role.ADMIN, clock)
        with pytest.raises(Forbidden):
            await take(db, actor, signed_in.user.id, Role.PLAYER, clock)
    assert await roles(db, signed_in.user.id) == {Role.PLAYER}
    assert await told(db) == []


async def test_an_administrator_stays_one(db: Database, clock: FakeClock) -> None:
    user = await make_user(db, clock, "root", Role.ADMIN)
    admin = Actor(user_id=user.id, roles=frozenset({Role.ADMIN}))
    with pytest.raises(OwnAdminRole):
        await take(db, admin, user.id, Role.ADMIN, clock)
    await take(db, admin, user.id, Role.PLAYER, clock)
    assert await roles(db, user.id) == {Role.ADMIN}


async def test_a_user_who_is_not_there(db: Database, clock: FakeClock) -> None:
    with pytest.raises(UserNotFound):
        await give(db, SYSTEM, new_id(), Role.COACH, clock)
    with pytest.raises(UserNotFound):
        await take(db, SYSTEM, new_id(), Role.COACH, clock)


async def test_grants_are_on_one_row(db: Database, clock: FakeClock) -> None:
    zoe, other = await make_user(db, clock, "zoe"), await make_user(db, clock, "max")
    first, second, third = (new_id() for _ in range(3))

    async def grant(user_id: UUID, subject_id: UUID) -> None:
        await db.transaction(lambda session: domain.give_grant(session, user_id, subject_id, GrantRole.ORGANIZER))

    for user_id, subject_id in ((zoe.id, first), (other.id, first), (zoe.id, first), (other.id, second)):
        await grant(user_id, subject_id)
    async with db.read() as session:
        assert await domain.grants_of(session, [first, second, third]) == {
            first: [(zoe.id, GrantRole.ORGANIZER), (other.id, GrantRole.ORGANIZER)],
            second: [(other.id, GrantRole.ORGANIZER)],
            third: [],
        }
        assert await domain.has_grant(session, zoe.id, first, GrantRole.ORGANIZER)
        assert not await domain.has_grant(session, zoe.id, second, GrantRole.ORGANIZER)
        assert not await domain.has_grant(session, zoe.id, first, GrantRole.REFEREE, GrantRole.SCORER)
        assert await domain.has_grant(session, zoe.id, first, GrantRole.REFEREE, GrantRole.ORGANIZER)

    async def ungrant() -> bool:
        return await db.transaction(lambda session: domain.take_grant(session, zoe.id, first, GrantRole.ORGANIZER))

    assert sorted(await asyncio.gather(ungrant(), ungrant())) == [False, True]
    async with db.read() as session:
        assert not await domain.has_grant(session, zoe.id, first, GrantRole.ORGANIZER)
        assert await domain.grants_of(session, [first]) == {first: [(other.id, GrantRole.ORGANIZER)]}
