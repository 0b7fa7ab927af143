"""What facts about disputes mean for notifications. Who may not see a room is told nothing of it."""

from __future__ import annotations

from uuid import UUID

from domain import disputes, matches, tournaments
from domain.disputes import DisputeEntryAdded, DisputeEntryKind, RefereeCalled
from domain.infra.db import WriteSession
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind

# How much of a message stands in the notification.
_SHOWN = 200


async def on_referee_called(session: WriteSession, event_id: UUID, event: RefereeCalled) -> None:
    """Tell those who can decide it: organizers and referees of the event, but for those who play in it."""
    names = await _names(session, event)
    slot = event.entry.slot
    if names is None or slot is None:
        return
    data = {**await _about(session, event), "names": names, "by": names[slot], "reason": event.entry.text}
    people = await disputes.officials_of(session, event.tournament_id, event.sides)
    await notify(session, event_id, NotificationKind.REFEREE_CALLED, [Note(one, data) for one in people])


async def on_dispute_entry_added(session: WriteSession, event_id: UUID, event: DisputeEntryAdded) -> None:
    """Tell both sides what an official wrote to them."""
    if event.entry.kind is not DisputeEntryKind.MESSAGE or event.entry.slot is not None:
        return
    names = await _names(session, event)
    if names is None:
        return
    about = {**await _about(session, event), "text": (event.entry.text or "")[:_SHOWN]}
    notes = [
        Note(one, {**about, "opponent": names[1 - slot]})
        for slot, side in enumerate(event.sides)
        for one in await disputes.players_of(session, event.tournament_id, [side])
    ]
    await notify(session, event_id, NotificationKind.DISPUTE_MESSAGE, notes)


async def _names(session: WriteSession, event: RefereeCalled | DisputeEntryAdded) -> list[str | None] | None:
    """The names of the sides of a room; None when the match has others by now, so that there is nothing to tell."""
    slots = (await matches.states_by_id(session, [event.match_id]))[event.match_id].slots
    are_same = tuple(slot.participant_id for slot in slots) == event.sides
    return [slot.name for slot in slots] if are_same else None


async def _about(session: WriteSession, event: RefereeCalled | DisputeEntryAdded) -> dict[str, object]:
    cup = (await tournaments.tournaments_by_id(session, [event.tournament_id]))[event.tournament_id]
    return {"match_id": str(event.match_id), "tournament_id": str(cup.id), "tournament": cup.name}
