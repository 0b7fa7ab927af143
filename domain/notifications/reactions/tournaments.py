"""What facts about tournaments mean for notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain import teams, tournaments
from domain.infra.db import WriteSession
from domain.kernel.paging import MAX_PAGE, PageRequest
from domain.kernel.participant import ParticipantKind
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind
from domain.tournaments import (
    EntrantDisqualified,
    EntrantPromoted,
    EntrantStatus,
    EntrantView,
    TournamentCancelled,
    TournamentStarted,
)

_TAKING_PART = (EntrantStatus.PLAYING,)
_WAITING = (
    EntrantStatus.REGISTERED,
    EntrantStatus.WAITLISTED,
    EntrantStatus.CHECKED_IN,
    EntrantStatus.PLAYING,
)


async def on_tournament_started(session: WriteSession, event_id: UUID, event: TournamentStarted) -> None:
    """Tell everyone who plays in it."""
    about = await _about(session, event.tournament_id)
    people = await _entered(session, event.tournament_id, _TAKING_PART)
    await notify(session, event_id, NotificationKind.TOURNAMENT_STARTED, [Note(one, about) for one in people])


async def on_tournament_cancelled(session: WriteSession, event_id: UUID, event: TournamentCancelled) -> None:
    """Tell everyone who entered and has not gone, the waitlist too."""
    data = {**await _about(session, event.tournament_id), "reason": event.reason}
    people = await _entered(session, event.tournament_id, _WAITING)
    await notify(session, event_id, NotificationKind.TOURNAMENT_CANCELLED, [Note(one, data) for one in people])


async def on_entrant_promoted(session: WriteSession, event_id: UUID, event: EntrantPromoted) -> None:
    """Tell those who came into the field."""
    entrant = (await tournaments.entrants_by_id(session, [event.entrant_id]))[event.entrant_id]
    data = {**await _about(session, event.tournament_id), "entrant": entrant.name}
    people = await _people_of(session, [entrant])
    await notify(session, event_id, NotificationKind.ENTRANT_PROMOTED, [Note(one, data) for one in people])


async def on_entrant_disqualified(session: WriteSession, event_id: UUID, event: EntrantDisqualified) -> None:
    """Tell those who were put out."""
    entrant = (await tournaments.entrants_by_id(session, [event.entrant_id]))[event.entrant_id]
    data = {**await _about(session, event.tournament_id), "entrant": entrant.name, "reason": event.reason}
    people = await _people_of(session, [entrant])
    await notify(session, event_id, NotificationKind.ENTRANT_DISQUALIFIED, [Note(one, data) for one in people])


async def _about(session: WriteSession, tournament_id: UUID) -> dict[str, Any]:
    tournament = (await tournaments.tournaments_by_id(session, [tournament_id]))[tournament_id]
    return {"tournament_id": str(tournament.id), "tournament": tournament.name}


async def _entered(session: WriteSession, tournament_id: UUID, statuses: Sequence[EntrantStatus]) -> set[UUID]:
    """Everyone behind the entrants of a tournament that have one of the statuses."""
    people: set[UUID] = set()
    request = PageRequest(size=MAX_PAGE)
    while True:
        page = await tournaments.entrants_page(session, tournament_id, statuses, request)
        people |= await _people_of(session, [entrant for entrant, _ in page.rows])
        if not page.has_next:
            return people
        request = PageRequest(size=MAX_PAGE, after=page.rows[-1][1])


async def _people_of(session: WriteSession, entrants: Sequence[EntrantView]) -> set[UUID]:
    """Those who play for entrants, and the captains of the teams among them."""
    players = await tournaments.players_of(session, [entrant.id for entrant in entrants])
    team_ids = [entrant.participant_id for entrant in entrants if entrant.kind is ParticipantKind.TEAM]
    captains = await teams.captains_of(session, team_ids)
    return {user_id for user_ids in players.values() for user_id in user_ids} | set(captains.values())
