"""Making partners, and what administrators decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain import accounts
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import StaleVersion
from domain.kernel.events import Event
from domain.kernel.ids import new_id
from domain.partners.errors import LastManager, PartnerSlugTaken, TooManyManagers
from domain.partners.events import ApiKeyRevoked, LimitsChanged
from domain.partners.models import ApiKey, Partner
from domain.partners.policies import require_administrator, require_manager
from domain.partners.rules.names import checked_points, checked_slug, checked_text
from domain.partners.values import DEFAULT_CAPACITY, DEFAULT_PER_S, MAX_MANAGERS, PartnerStatus


@dataclass(frozen=True, kw_only=True)
class CreatePartner:
    """Make a partner with its first manager."""

    slug: str
    name: str
    manager: str
    now: datetime
    points_capacity: int = DEFAULT_CAPACITY
    points_per_s: int = DEFAULT_PER_S


async def create_partner(session: WriteSession, actor: Actor, command: CreatePartner) -> Partner:
    """Make a partner; `manager` is a username.

    Raises:
        Unauthenticated, NotAnAdministrator: see `require_administrator`.
        InvalidInput: a text or a number is out of range.
        UserNotFound: nobody has the manager's name.
        PartnerSlugTaken: another partner has the slug.
    """
    require_administrator(actor)
    capacity, per_s = checked_points(command.points_capacity, command.points_per_s)
    values = {
        "id": new_id(),
        "slug": checked_slug(command.slug),
        "name": checked_text(command.name, "name", least=2),
        "status": PartnerStatus.ACTIVE,
        "points_capacity": capacity,
        "points_per_s": per_s,
        "created_at": command.now,
        "version": 1,
    }
    manager = await accounts.findable_user(session, actor, command.manager)
    statement = insert(Partner).values(values).on_conflict_do_nothing(index_elements=[Partner.slug]).returning(Partner)
    partner = (await session.scalars(statement)).one_or_none()
    if partner is None:
        raise PartnerSlugTaken(command.slug)
    await accounts.give_grant(session, manager.id, partner.id, accounts.GrantRole.MANAGER)
    return partner


@dataclass(frozen=True, kw_only=True)
class UpdatePartner:
    """Change a partner. A field that is None stays as it is; only administrators change the points."""

    partner_id: UUID
    version: int
    now: datetime
    name: str | None = None
    points_capacity: int | None = None
    points_per_s: int | None = None


async def update_partner(session: WriteSession, actor: Actor, command: UpdatePartner) -> Partner:
    """Change what a partner is called, and how much it may ask for.

    Raises:
        Unauthenticated, PartnerNotFound: see `require_manager`.
        NotAnAdministrator: somebody else wants to change the points.
        StaleVersion: the partner was changed since the actor read it.
        InvalidInput: a text or a number is out of range.
    """
    await locks.hold(session, command.partner_id)
    partner = await require_manager(session, actor, command.partner_id)
    if partner.version != command.version:
        raise StaleVersion("partner", partner.version)
    if command.name is not None:
        partner.name = checked_text(command.name, "name", least=2)
    if command.points_capacity is not None or command.points_per_s is not None:
        require_administrator(actor)
        partner.points_capacity, partner.points_per_s = checked_points(
            partner.points_capacity if command.points_capacity is None else command.points_capacity,
            partner.points_per_s if command.points_per_s is None else command.points_per_s,
        )
        await _tell_keys(session, partner, LimitsChanged, command.now)
    partner.version += 1
    return partner


@dataclass(frozen=True, kw_only=True)
class SetPartnerStatus:
    """Suspend a partner, so that none of its keys holds, or let them hold again."""

    partner_id: UUID
    status: PartnerStatus
    now: datetime


async def set_partner_status(session: WriteSession, actor: Actor, command: SetPartnerStatus) -> Partner:
    """Suspend a partner, so that none of its keys holds, or let them hold again. A repeat changes nothing.

    Raises:
        Unauthenticated, NotAnAdministrator, PartnerNotFound: the actor may not.
    """
    require_administrator(actor)
    await locks.hold(session, command.partner_id)
    partner = await require_manager(session, actor, command.partner_id)
    if partner.status is not command.status:
        partner.status = command.status
        partner.version += 1
        if command.status is PartnerStatus.SUSPENDED:
            await _tell_keys(session, partner, ApiKeyRevoked, command.now)
    return partner


@dataclass(frozen=True, kw_only=True)
class SetPartnerManager:
    """Let somebody manage a partner, or no longer."""

    partner_id: UUID
    username: str
    is_manager: bool


async def set_partner_manager(session: WriteSession, actor: Actor, command: SetPartnerManager) -> Partner:
    """Let somebody manage a partner, or no longer. A repeat changes nothing.

    Raises:
        Unauthenticated, NotAnAdministrator, PartnerNotFound: the actor may not.
        UserNotFound: nobody has this name.
        TooManyManagers, LastManager: the partner would have too many, or none.
    """
    require_administrator(actor)
    await locks.hold(session, command.partner_id)
    partner = await require_manager(session, actor, command.partner_id)
    user = await accounts.findable_user(session, actor, command.username, among=partner.id)
    managers = [granted.user_id for granted in (await accounts.grants_of(session, [partner.id]))[partner.id]]
    if command.is_manager:
        if user.id not in managers and len(managers) >= MAX_MANAGERS:
            raise TooManyManagers
        await accounts.give_grant(session, user.id, partner.id, accounts.GrantRole.MANAGER)
    else:
        if managers == [user.id]:
            raise LastManager
        await accounts.take_grant(session, user.id, partner.id, accounts.GrantRole.MANAGER)
    return partner


async def _tell_keys(
    session: WriteSession, partner: Partner, fact: type[ApiKeyRevoked | LimitsChanged], now: datetime
) -> None:
    live = select(ApiKey.id).where(
        ApiKey.partner_id == partner.id,
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at.is_(None) | (ApiKey.expires_at > now),
    )
    for key_id in sorted(await session.scalars(live)):
        event: Event = fact(partner_id=partner.id, key_id=key_id)
        await outbox.record(session, event)
