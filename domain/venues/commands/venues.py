"""Making venues, editing them, and who manages them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain import accounts
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import StaleVersion
from domain.kernel.ids import new_id
from domain.venues.errors import OwnerStays, TooManyVenueManagers, TooManyVenues, VenueSlugTaken
from domain.venues.events import VenueChanged
from domain.venues.models import Venue
from domain.venues.policies import require_manager
from domain.venues.rules.names import checked_address, checked_name, checked_position, checked_slug
from domain.venues.values import MAX_MANAGERS, MAX_VENUES_PER_OWNER, Position


@dataclass(frozen=True, kw_only=True)
class CreateVenue:
    """Make a venue that the actor owns."""

    slug: str
    name: str
    now: datetime
    address: str = ""
    position: Position | None = None


async def create_venue(session: WriteSession, actor: Actor, command: CreateVenue) -> Venue:
    """Make a venue, owned and managed by the actor.

    Raises:
        Unauthenticated: nobody is logged in.
        InvalidInput: a text or the position is malformed.
        TooManyVenues: the actor owns as many as one may.
        VenueSlugTaken: another venue has the slug.
    """
    owner_id = actor.require_user()
    await locks.hold(session, owner_id)
    position = None if command.position is None else checked_position(command.position)
    values = {
        "id": new_id(),
        "slug": checked_slug(command.slug),
        "name": checked_name(command.name),
        "owner_id": owner_id,
        "address": checked_address(command.address),
        "latitude": None if position is None else position.latitude,
        "longitude": None if position is None else position.longitude,
        "created_at": command.now,
        "version": 1,
    }
    owned = await session.scalar(select(func.count()).where(Venue.owner_id == owner_id))
    if (owned or 0) >= MAX_VENUES_PER_OWNER:
        raise TooManyVenues
    # The slug is the one thing that two commands can want at once without holding the same row, so the index decides.
    statement = insert(Venue).values(values).on_conflict_do_nothing(index_elements=[Venue.slug]).returning(Venue)
    venue = (await session.scalars(statement)).one_or_none()
    if venue is None:
        raise VenueSlugTaken(command.slug)
    await accounts.give_grant(session, owner_id, venue.id, accounts.GrantRole.MANAGER)
    return venue


@dataclass(frozen=True, kw_only=True)
class UpdateVenue:
    """Change a venue. None, and UNSET for the position, leave a thing as it is; an empty address removes it."""

    venue_id: UUID
    version: int
    name: str | None = None
    address: str | None = None
    position: Position | UnsetType | None = UNSET


async def update_venue(session: WriteSession, actor: Actor, command: UpdateVenue) -> Venue:
    """Change what a venue is called and where it is.

    Raises:
        Unauthenticated, VenueNotFound, NotVenueManager: see `require_manager`.
        StaleVersion: it was changed since the actor read it.
        InvalidInput: a text or the position is malformed.
    """
    await locks.hold(session, command.venue_id)
    venue = await require_manager(session, actor, command.venue_id)
    if venue.version != command.version:
        raise StaleVersion("venue", venue.version)
    if command.name is not None:
        venue.name = checked_name(command.name)
    if command.address is not None:
        venue.address = checked_address(command.address)
    if command.position is None:
        venue.latitude = venue.longitude = None
    elif command.position is not UNSET:
        venue.latitude, venue.longitude = checked_position(command.position)
    venue.version += 1
    await outbox.record(session, VenueChanged(venue_id=venue.id))
    return venue


@dataclass(frozen=True, kw_only=True)
class SetVenueManager:
    """Let somebody manage a venue, or no longer."""

    venue_id: UUID
    username: str
    is_manager: bool


async def set_venue_manager(session: WriteSession, actor: Actor, command: SetVenueManager) -> Venue:
    """Let somebody manage a venue, or no longer. A repeat changes nothing.

    Raises:
        Unauthenticated, VenueNotFound, NotVenueManager: see `require_manager`.
        UserNotFound: nobody has this name.
        TooManyVenueManagers, OwnerStays: the venue would have too many, or its owner would not be one.
    """
    await locks.hold(session, command.venue_id)
    venue = await require_manager(session, actor, command.venue_id)
    user = await accounts.findable_user(session, actor, command.username, among=venue.id)
    managers = [one.user_id for one in (await accounts.grants_of(session, [venue.id]))[venue.id]]
    if command.is_manager:
        if user.id not in managers and len(managers) >= MAX_MANAGERS:
            raise TooManyVenueManagers
        await accounts.give_grant(session, user.id, venue.id, accounts.GrantRole.MANAGER)
    elif user.id == venue.owner_id:
        raise OwnerStays
    else:
        await accounts.take_grant(session, user.id, venue.id, accounts.GrantRole.MANAGER)
    await outbox.record(session, VenueChanged(venue_id=venue.id))
    return venue
