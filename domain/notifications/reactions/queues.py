"""What facts about queues mean for notifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain import accounts, matches, tournaments, venues
from domain.infra.db import WriteSession
from domain.matches import DECIDING, MatchState
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind
from domain.queues import CallExpired, CallView, MatchCalled


async def on_match_called(session: WriteSession, event_id: UUID, event: MatchCalled) -> None:
    """Tell everyone who plays, with the table and until when they have to be there."""
    state, about = await _about(session, event.call)
    sides = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    players = await tournaments.players_of_participants(session, event.tournament_id, sides)
    until = None if event.call.begun_at is not None else f"{event.call.answer_by:%H:%M}"
    notes = [
        Note(one, {**about, "opponent": state.slots[1 - side].name, "until": until})
        for side, slot in enumerate(state.slots)
        if slot.participant_id is not None
        for one in players[slot.participant_id]
    ]
    await notify(session, event_id, NotificationKind.MATCH_CALLED, notes)


async def on_call_expired(session: WriteSession, event_id: UUID, event: CallExpired) -> None:
    """Tell those who can decide what then: organizers and referees of the event."""
    state, about = await _about(session, event.call)
    names = [slot.name for slot in state.slots]
    data = {**about, "names": names, "absent": [names[slot] for slot in event.absent]}
    granted = (await accounts.grants_of(session, [event.tournament_id]))[event.tournament_id]
    deciding = [one.user_id for one in granted if one.role in DECIDING]
    await notify(session, event_id, NotificationKind.CALL_EXPIRED, [Note(one, data) for one in deciding])


async def _about(session: WriteSession, call: CallView) -> tuple[MatchState, dict[str, Any]]:
    """The match as it is now, and what every note about the call says."""
    state = (await matches.states_by_id(session, [call.match_id]))[call.match_id]
    event = (await tournaments.tournaments_by_id(session, [call.tournament_id]))[call.tournament_id]
    tables = {} if call.table_id is None else await venues.tables_by_id(session, [call.table_id])
    data = {
        "match_id": str(state.id),
        "tournament_id": str(event.id),
        "tournament": event.name,
        "table": next((table.name or f"table {table.number}" for table in tables.values()), "no table"),
    }
    return state, data
