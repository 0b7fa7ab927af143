"""Who may see and run a partner: its managers, and administrators."""

from __future__ import annotations

from uuid import UUID

from domain import accounts
from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.partners.errors import NotAnAdministrator, PartnerNotFound
from domain.partners.models import Partner


async def manages(session: ReadSession, actor: Actor, partner_id: UUID) -> bool:
    """Whether the actor may see and run the partner."""
    if actor.is_admin:
        return True
    if actor.user_id is None:
        return False
    return await accounts.has_grant(session, actor.user_id, partner_id, accounts.GrantRole.MANAGER)


async def require_manager(session: ReadSession, actor: Actor, partner_id: UUID) -> Partner:
    """The partner, which the actor runs.

    Raises:
        Unauthenticated: nobody is logged in.
        PartnerNotFound: there is none, or the actor does not run it.
    """
    if not actor.is_system:
        actor.require_user()
    partner = await session.get(Partner, partner_id, populate_existing=True)
    if partner is None or not await manages(session, actor, partner_id):
        raise PartnerNotFound
    return partner


def require_administrator(actor: Actor) -> None:
    """Let only administrators through.

    Raises:
        Unauthenticated: nobody is logged in.
        NotAnAdministrator: somebody else is.
    """
    if not actor.is_admin:
        actor.require_user()
        raise NotAnAdministrator
