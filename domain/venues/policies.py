"""Who runs a venue: its managers, and administrators. Everybody may see it."""

from __future__ import annotations

from uuid import UUID

from domain import accounts
from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.venues.errors import NotVenueManager, VenueNotFound
from domain.venues.models import Venue


async def manages(session: ReadSession, actor: Actor, venue_id: UUID) -> bool:
    """Whether the actor runs the venue."""
    if actor.is_admin:
        return True
    if actor.user_id is None:
        return False
    return await accounts.has_grant(session, actor.user_id, venue_id, accounts.GrantRole.MANAGER)


async def require_manager(session: ReadSession, actor: Actor, venue_id: UUID) -> Venue:
    """The venue, which the actor runs.

    Raises:
        Unauthenticated: nobody is logged in.
        VenueNotFound: there is none.
        NotVenueManager: the actor does not run it.
    """
    if not actor.is_system:
        actor.require_user()
    venue = await session.get(Venue, venue_id, populate_existing=True)
    if venue is None:
        raise VenueNotFound
    if not await manages(session, actor, venue_id):
        raise NotVenueManager
    return venue
