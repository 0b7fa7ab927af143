"""What facts about claimed guests mean for notifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain import accounts, tournaments
from domain.accounts import GrantRole
from domain.infra.db import WriteSession
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind
from domain.tournaments import claims


async def on_guest_claimed(session: WriteSession, event_id: UUID, event: claims.GuestClaimed) -> None:
    """Tell those who can answer: the organizers, but for whoever says it."""
    user = (await accounts.users_by_id(session, [event.user_id]))[event.user_id]
    data = {**await _about(session, event), "user": user.display_name}
    granted = (await accounts.grants_of(session, [event.tournament_id]))[event.tournament_id]
    organizers = [one.user_id for one in granted if one.role is GrantRole.ORGANIZER and one.user_id != event.user_id]
    await notify(session, event_id, NotificationKind.GUEST_CLAIMED, [Note(one, data) for one in organizers])


async def on_guest_claim_answered(session: WriteSession, event_id: UUID, event: claims.GuestClaimAnswered) -> None:
    """Tell whoever said it."""
    data = {**await _about(session, event), "is_accepted": event.is_accepted}
    await notify(session, event_id, NotificationKind.GUEST_CLAIM_ANSWERED, [Note(event.user_id, data)])


async def _about(session: WriteSession, event: claims.GuestClaimed | claims.GuestClaimAnswered) -> dict[str, Any]:
    tournament = (await tournaments.tournaments_by_id(session, [event.tournament_id]))[event.tournament_id]
    entrant = (await tournaments.entrants_by_id(session, [event.entrant_id]))[event.entrant_id]
    return {"tournament_id": str(tournament.id), "tournament": tournament.name, "entrant": entrant.name}
