"""Who finds whom by name, to invite them."""

from __future__ import annotations

import pytest

from domain import accounts
from domain.accounts import GrantRole, UserNotFound
from domain.infra.db import Database
from domain.kernel.actor import SYSTEM, Actor, Role
from domain.kernel.ids import new_id
from tests.factories.accounts import make_user
from tests.fixtures.clock import FakeClock


async def test_a_private_user_is_found_by_few(db: Database, clock: FakeClock) -> None:
    shown = await make_user(db, clock, "shown")
    hidden = await make_user(db, clock, "hidden", is_private=True)
    stranger = Actor(user_id=shown.id)
    admin = Actor(user_id=new_id(), roles=frozenset({Role.ADMIN}))
    async with db.read() as session:
        for actor in (stranger, admin, Actor(user_id=hidden.id), SYSTEM):
            assert (await accounts.findable_user(session, actor, "SHOWN")).id == shown.id
        for actor in (admin, Actor(user_id=hidden.id)):
            assert (await accounts.findable_user(session, actor, "HIDDEN")).id == hidden.id
        for name in ("hidden", "nobody", "no name", ""):
            with pytest.raises(UserNotFound):
                await accounts.findable_user(session, stranger, name)


async def test_a_private_user_is_found_among_those_with_a_role(db: Database, clock: FakeClock) -> None:
    """Who is listed there anyway must be findable to be removed."""
    hidden = await make_user(db, clock, "hidden", is_private=True)
    actor, subject_id, other_id = Actor(user_id=new_id()), new_id(), new_id()
    await db.transaction(lambda session: accounts.give_grant(session, hidden.id, subject_id, GrantRole.ORGANIZER))
    async with db.read() as session:
        assert (await accounts.findable_user(session, actor, "hidden", among=subject_id)).id == hidden.id
        with pytest.raises(UserNotFound):
            await accounts.findable_user(session, actor, "hidden", among=other_id)
