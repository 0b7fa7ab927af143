"""Who may see a tournament, run it, and act for an entrant."""

from __future__ import annotations

from domain import accounts, teams
from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.kernel.participant import ParticipantKind
from domain.tournaments.errors import NotAnOrganizer, NotYourEntry, TournamentNotFound
from domain.tournaments.models import Entrant, Tournament


async def can_manage(session: ReadSession, actor: Actor, tournament: Tournament) -> bool:
    """Whether the actor is one of the organizers."""
    if actor.is_admin:
        return True
    if actor.user_id is None:
        return False
    return await accounts.has_grant(session, actor.user_id, tournament.id, accounts.GrantRole.ORGANIZER)


async def require_visible(session: ReadSession, actor: Actor, tournament: Tournament) -> None:
    """Let everyone see what was published, and organizers their drafts, cancelled ones too.

    Raises:
        TournamentNotFound: it is a draft of somebody else.
    """
    if not tournament.is_published and not await can_manage(session, actor, tournament):
        raise TournamentNotFound


async def require_can_manage(session: ReadSession, actor: Actor, tournament: Tournament) -> None:
    """Let only organizers through.

    Raises:
        Unauthenticated, TournamentNotFound, NotAnOrganizer: the actor is not one.
    """
    if not actor.is_system:
        actor.require_user()
    await require_visible(session, actor, tournament)
    if not await can_manage(session, actor, tournament):
        raise NotAnOrganizer


async def acts_for(session: ReadSession, actor: Actor, entrant: Entrant) -> bool:
    """Whether the actor is the entrant, or captain of the team that is. Nobody is a guest."""
    if actor.user_id is None or entrant.kind is ParticipantKind.GUEST:
        return False
    if entrant.kind is ParticipantKind.USER:
        return entrant.participant_id == actor.user_id
    captains = await teams.captains_of(session, [entrant.participant_id])
    return captains.get(entrant.participant_id) == actor.user_id


async def require_acts_for(session: ReadSession, actor: Actor, tournament: Tournament, entrant: Entrant) -> None:
    """Let the entrant and the organizers through.

    Raises:
        Unauthenticated, TournamentNotFound, NotYourEntry: the actor is neither.
    """
    actor.require_user()
    await require_visible(session, actor, tournament)
    if not await acts_for(session, actor, entrant) and not await can_manage(session, actor, tournament):
        raise NotYourEntry
