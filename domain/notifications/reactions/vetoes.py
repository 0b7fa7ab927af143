"""What facts about vetoes mean for notifications."""

from __future__ import annotations

from uuid import UUID

from domain import vetoes
from domain.infra.db import WriteSession
from domain.notifications.commands import Note, notify
from domain.notifications.reactions.matches import about_with_event, deciders
from domain.notifications.values import NotificationKind
from domain.vetoes import VetoTurnCame


async def on_veto_turn_came(session: WriteSession, event_id: UUID, event: VetoTurnCame) -> None:
    """Tell whoever can choose: the user whose turn it is, or the captain of the team. Unless it is done already."""
    found = await vetoes.whose_turn(session, event.veto_id, event.version)
    if found is None:
        return
    state, slot = found
    until = None if event.deadline_at is None else f"{event.deadline_at:%H:%M}"
    data = {**await about_with_event(session, state), "opponent": state.slots[1 - slot].name, "until": until}
    people = await deciders(session, state.slots[slot])
    await notify(session, event_id, NotificationKind.VETO_TURN, [Note(one, data) for one in people])
