"""Who may do what to a match."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain import accounts, teams
from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.kernel.participant import ParticipantKind
from domain.matches.errors import BothSides, NotAnOfficial, NotYourMatch
from domain.matches.models import Match
from domain.matches.values import MatchState


def teams_in(match: Match | MatchState) -> list[UUID]:
    """The teams among the two sides."""
    return [
        slot.participant_id
        for slot in match.slots
        if slot.kind is ParticipantKind.TEAM and slot.participant_id is not None
    ]


def sides_of(user_id: UUID, match: Match | MatchState, captains: Mapping[UUID, UUID | None]) -> list[int]:
    """The slots a user stands for: as the player, or as captain of the team. `captains` has those of its teams."""
    return [
        index
        for index, slot in enumerate(match.slots)
        if slot.participant_id is not None and user_id in (slot.participant_id, captains.get(slot.participant_id))
    ]


async def require_side(session: ReadSession, actor: Actor, match: Match) -> int:
    """The slot the actor stands for.

    Raises:
        Unauthenticated, NotYourMatch, BothSides: the actor stands for none, or for both.
    """
    user_id = actor.require_user()
    led = teams_in(match)
    sides = sides_of(user_id, match, await teams.captains_of(session, led) if led else {})
    if not sides:
        raise NotYourMatch
    if len(sides) == 2:
        raise BothSides
    return sides[0]


async def is_official(session: ReadSession, actor: Actor, match: Match) -> bool:
    """Whether the actor runs what the match belongs to."""
    if actor.is_admin:
        return True
    if actor.user_id is None or match.owner_id is None:
        return False
    return await accounts.has_grant(session, actor.user_id, match.owner_id, accounts.GrantRole.ORGANIZER)


async def require_official(session: ReadSession, actor: Actor, match: Match) -> None:
    """Let only the organizers of the match through.

    Raises:
        Unauthenticated, NotAnOfficial: the actor is not one.
    """
    if not actor.is_system:
        actor.require_user()
    if not await is_official(session, actor, match):
        raise NotAnOfficial


async def require_side_or_official(session: ReadSession, actor: Actor, match: Match) -> int | None:
    """The slot the actor stands for, or None for an official.

    Raises:
        Unauthenticated, NotYourMatch: neither.
    """
    if await is_official(session, actor, match):
        return None
    return await require_side(session, actor, match)
