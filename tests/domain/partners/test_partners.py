"""Partners, who runs them, and what administrators decide."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from domain import partners
from domain.accounts import UserNotFound
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, InvalidInput, StaleVersion, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.partners import (
    ApiKeyInvalid,
    CreatePartner,
    LastManager,
    NotAnAdministrator,
    Partner,
    PartnerNotFound,
    PartnerSlugTaken,
    PartnerStatus,
    SetPartnerManager,
    SetPartnerStatus,
    TooManyManagers,
    UpdatePartner,
)
from domain.partners.values import MAX_CAPACITY, MAX_MANAGERS, MAX_PER_S
from tests.factories.partners import cast, make_key
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.fixtures.rows import refused


def creation(slug: str = "acme", name: str = "Acme", manager: str = "manager", points: int = 100) -> CreatePartner:
    return CreatePartner(slug=slug, name=name, manager=manager, now=NOW, points_capacity=points, points_per_s=points)


def edit(partner: Partner, version: int | None = None, **changes: object) -> UpdatePartner:
    given: dict[str, object] = {"partner_id": partner.id, "version": version or partner.version, "now": NOW}
    return UpdatePartner(**{**given, **changes})  # type: ignore[arg-type]


async def facts(db: Database) -> list[tuple[str, tuple[str, ...]]]:
    async with db.read() as session:
        rows = await session.execute(select(OutboxRow.name, OutboxRow.topics).order_by(OutboxRow.id))
        return [(name, tuple(topics)) for name, topics in rows]


async def managed(db: Database, actor: Actor) -> list[str]:
    async with db.read() as session:
        page = await partners.partners_page_of(session, actor.require_user(), PageRequest())
    return [row.slug for row, _ in page.rows]


async def test_an_administrator_makes_a_partner_with_a_manager(db: Database) -> None:
    _, manager, stranger, partner = await cast(db)
    assert (partner.slug, partner.name, partner.status) == ("acme", "Acme", PartnerStatus.ACTIVE)
    assert (partner.points_capacity, partner.points_per_s, partner.version) == (2000, 200, 1)
    assert (await managed(db, manager), await managed(db, stranger)) == (["acme"], [])


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (creation(slug="no"), InvalidInput),
        (creation(slug="Upper"), InvalidInput),
        (creation(name=" a "), InvalidInput),
        (creation(name="bell\x07"), InvalidInput),
        (creation(points=0), InvalidInput),
        (creation(points=MAX_CAPACITY + 1), InvalidInput),
        (creation(points=MAX_PER_S + 1), InvalidInput),
        (creation(manager="nobody"), UserNotFound),
    ],
)
async def test_what_no_partner_may_be(db: Database, command: CreatePartner, error: type[DomainError]) -> None:
    admin = await make_admin(db)
    await make_people(db, "manager")
    await refused(db, error, partners.create_partner, admin, command)


async def test_a_slug_is_given_once_also_at_once(db: Database) -> None:
    admin = await make_admin(db)
    await make_people(db, "manager")
    answers = await asyncio.gather(
        *(run(db, partners.create_partner, admin, creation()) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Partner", *["PartnerSlugTaken"] * 3]
    await refused(db, PartnerSlugTaken, partners.create_partner, admin, creation())


async def test_managers_change_the_name_and_only_administrators_the_points(db: Database) -> None:
    admin, manager, stranger, partner = await cast(db)
    key, _ = await make_key(db, manager, partner.id)
    renamed = await run(db, partners.update_partner, manager, edit(partner, name="Acme Two"))
    assert (renamed.name, renamed.version) == ("Acme Two", 2)
    await refused(db, NotAnAdministrator, partners.update_partner, manager, edit(renamed, points_per_s=900))
    await refused(db, PartnerNotFound, partners.update_partner, stranger, edit(renamed, name="Mine"))
    await refused(db, Unauthenticated, partners.update_partner, ANONYMOUS, edit(renamed, name="Mine"))
    await refused(db, StaleVersion, partners.update_partner, manager, edit(renamed, 1, name="Late"))
    await refused(db, InvalidInput, partners.update_partner, admin, edit(renamed, points_capacity=MAX_CAPACITY + 1))
    changed = await run(db, partners.update_partner, admin, edit(renamed, points_per_s=900))
    assert (changed.points_capacity, changed.points_per_s, changed.version) == (2000, 900, 3)
    assert await facts(db) == [("partners.limits_changed", (partners.key_topic(key.id),))]


async def test_the_keys_of_a_suspended_partner_do_not_hold(db: Database) -> None:
    admin, manager, stranger, partner = await cast(db)
    key, secret = await make_key(db, manager, partner.id)
    suspend = SetPartnerStatus(partner_id=partner.id, status=PartnerStatus.SUSPENDED, now=NOW)
    for actor, error in ((manager, NotAnAdministrator), (stranger, NotAnAdministrator), (ANONYMOUS, Unauthenticated)):
        await refused(db, error, partners.set_partner_status, actor, suspend)
    for _ in range(2):
        await run(db, partners.set_partner_status, admin, suspend)
    assert await facts(db) == [("partners.api_key_revoked", (partners.key_topic(key.id),))]
    async with db.read() as session:
        with pytest.raises(ApiKeyInvalid):
            await partners.authenticate_key(session, secret, NOW)
    again = SetPartnerStatus(partner_id=partner.id, status=PartnerStatus.ACTIVE, now=NOW)
    await run(db, partners.set_partner_status, admin, again)
    async with db.read() as session:
        assert (await partners.authenticate_key(session, secret, NOW)).key_id == key.id
    unknown = SetPartnerStatus(partner_id=new_id(), status=PartnerStatus.ACTIVE, now=NOW)
    await refused(db, PartnerNotFound, partners.set_partner_status, admin, unknown)


async def test_a_partner_always_has_a_manager_and_not_too_many(db: Database) -> None:
    admin, manager, stranger, partner = await cast(db)

    def change(username: str, is_manager: bool) -> SetPartnerManager:
        return SetPartnerManager(partner_id=partner.id, username=username, is_manager=is_manager)

    await refused(db, NotAnAdministrator, partners.set_partner_manager, manager, change("stranger", True))
    await refused(db, LastManager, partners.set_partner_manager, admin, change("manager", False))
    await refused(db, UserNotFound, partners.set_partner_manager, admin, change("nobody", True))
    await run(db, partners.set_partner_manager, admin, change("stranger", True))
    await run(db, partners.set_partner_manager, admin, change("manager", False))
    assert (await managed(db, manager), await managed(db, stranger)) == ([], ["acme"])
    crowd = [f"person{number}" for number in range(MAX_MANAGERS)]
    await make_people(db, *crowd)
    for name in crowd[:-1]:
        await run(db, partners.set_partner_manager, admin, change(name, True))
    await refused(db, TooManyManagers, partners.set_partner_manager, admin, change(crowd[-1], True))
    await run(db, partners.set_partner_manager, admin, change(crowd[0], True))
