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
    """Tell everyone who plays in the match or the heat, with the table and until when they have to be there."""
    until = None if event.call.begun_at is not None else f"{event.call.answer_by:%H:%M}"
    if event.call.heat_id is not None:
        await _tell_heat(session, event_id, event.call, event.call.heat_id, until)
        return
    state, about = await _about(session, event.call)
    sides = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    players = await tournaments.players_of_participants(session, event.tournament_id, sides)
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
    state = (await matches.states_by_id(session, [call.played_id]))[call.played_id]
    return state, {"match_id": str(state.id), **await _where(session, call)}


async def _tell_heat(session: WriteSession, event_id: UUID, call: CallView, heat_id: UUID, until: str | None) -> None:
    """Tell everyone who plays in a heat and has not left."""
    heat = (await tournaments.heats_by_id(session, [heat_id]))[heat_id]
    about = {"heat_id": str(heat.id), "round": heat.round, "number": heat.number, "until": until}
    data = {**about, **await _where(session, call)}
    players = await tournaments.players_of(session, [seat.entrant_id for seat in heat.seats if not seat.has_left])
    notes = [Note(one, data) for user_ids in players.values() for one in user_ids]
    await notify(session, event_id, NotificationKind.HEAT_CALLED, notes)


async def _where(session: WriteSession, call: CallView) -> dict[str, Any]:
    event = (await tournaments.tournaments_by_id(session, [call.tournament_id]))[call.tournament_id]
    tables = {} if call.table_id is None else await venues.tables_by_id(session, [call.table_id])
    return {
        "tournament_id": str(event.id),
        "tournament": event.name,
        "table": next((table.name or f"table {table.number}" for table in tables.values()), "no table"),
    }
