"""Who may do what to a match."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from uuid import UUID

from domain import accounts, teams
from domain.infra.db import ReadSession
from domain.kernel.actor import Actor
from domain.kernel.participant import ParticipantKind
from domain.matches.errors import BothSides, NotAnOfficial, NotYourMatch, OwnMatch
from domain.matches.models import Match
from domain.matches.values import MatchKind, MatchState, Slot

# Who may decide matches of an event, and who may also say how they stand.
DECIDING = (accounts.GrantRole.ORGANIZER, accounts.GrantRole.REFEREE)
SCORING = (*DECIDING, accounts.GrantRole.SCORER)

# Who plays for users and teams in an event (its key, theirs), by what kind of match it holds. `domain.registry` says it
# of each kind, because events are above matches.
Rosters = Callable[[ReadSession, UUID, Sequence[UUID]], Awaitable[Mapping[UUID, Collection[UUID]]]]
ROSTERS: dict[MatchKind, Rosters] = {}


def teams_in(match: Match | MatchState) -> list[UUID]:
    """The teams among the two sides."""
    return _teams_on(match.slots)


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


async def require_official(session: ReadSession, actor: Actor, match: Match) -> None:
    """Let only organizers and referees through, and none of those who play in it: they would act for both sides.

    Raises:
        Unauthenticated, NotAnOfficial, OwnMatch: the actor may not decide it.
    """
    if not actor.is_system:
        actor.require_user()
    if not await _has_role(session, actor, match, *DECIDING):
        raise NotAnOfficial
    await require_not_playing(session, actor, match.kind, match.owner_id, match.slots)


async def require_not_playing(
    session: ReadSession, actor: Actor, kind: MatchKind, owner_id: UUID | None, sides: Collection[Slot]
) -> None:
    """Let nobody through who plays on one of these sides in what has this owner of this kind, but administrators.

    That is the player, whoever is in the team, and whoever plays for it in the event, also after leaving the team.

    Raises:
        OwnMatch: the actor does.
    """
    if not actor.is_admin and await _plays_on(session, actor, kind, owner_id, sides):
        raise OwnMatch


async def require_side_or_scorer(session: ReadSession, actor: Actor, match: Match) -> int | None:
    """The slot the actor stands for, or None for an organizer, a referee or a scorer.

    Raises:
        Unauthenticated, NotYourMatch, BothSides: neither.
    """
    if await _has_role(session, actor, match, *SCORING):
        return None
    return await require_side(session, actor, match)


async def require_side_or_official(session: ReadSession, actor: Actor, match: Match) -> int | None:
    """The slot the actor stands for, or None for an organizer or a referee who does not play in it.

    Raises:
        Unauthenticated, NotYourMatch, BothSides: neither.
    """
    if await _has_role(session, actor, match, *DECIDING):
        plays = await _plays_on(session, actor, match.kind, match.owner_id, match.slots)
        if not plays:
            return None
    return await require_side(session, actor, match)


async def _has_role(session: ReadSession, actor: Actor, match: Match, *roles: accounts.GrantRole) -> bool:
    if actor.is_admin:
        return True
    if actor.user_id is None or match.owner_id is None:
        return False
    return await accounts.has_grant(session, actor.user_id, match.owner_id, *roles)


async def _plays_on(
    session: ReadSession, actor: Actor, kind: MatchKind, owner_id: UUID | None, sides: Collection[Slot]
) -> bool:
    playing = [slot.participant_id for slot in sides if slot.participant_id is not None]
    in_teams = _teams_on(sides)
    members = await teams.members_of(session, in_teams) if in_teams else {}
    users = {*playing, *(member.user_id for team in members.values() for member in team)}
    if owner_id is not None:
        rosters = await ROSTERS[kind](session, owner_id, playing)
        users.update(user_id for roster in rosters.values() for user_id in roster)
    return actor.user_id in users


def _teams_on(sides: Collection[Slot]) -> list[UUID]:
    return [
        slot.participant_id for slot in sides if slot.kind is ParticipantKind.TEAM and slot.participant_id is not None
    ]
