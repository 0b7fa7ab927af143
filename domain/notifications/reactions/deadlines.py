"""What facts about deadlines mean for notifications."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from domain import deadlines, matches, tournaments
from domain.deadlines import CheckInOpened, CheckInSoonOver
from domain.infra.db import WriteSession
from domain.matches import MatchStatus
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind


async def on_check_in_opened(session: WriteSession, event_id: UUID, event: CheckInOpened) -> None:
    """Tell everyone who plays that they can, and until when they have to check in."""
    deadline = event.check_in.deadline_at
    await _tell(session, event_id, NotificationKind.MATCH_READY, event, (0, 1), deadline)


async def on_check_in_soon_over(session: WriteSession, event_id: UUID, event: CheckInSoonOver) -> None:
    """Remind those who have not checked in, if the match still waits for them and the deadline is still the same."""
    check_in = (await deadlines.check_ins_by_match(session, [event.match_id])).get(event.match_id)
    if check_in is not None and check_in.deadline_at == event.deadline_at:
        absent, deadline = check_in.absent, event.deadline_at
        await _tell(session, event_id, NotificationKind.CHECK_IN_REMINDER, event, absent, deadline)


async def _tell(
    session: WriteSession,
    event_id: UUID,
    kind: NotificationKind,
    event: CheckInOpened | CheckInSoonOver,
    slots: Collection[int],
    deadline: datetime | None,
) -> None:
    """Tell everyone who plays for one of these slots, if the match still waits."""
    state = (await matches.states_by_id(session, [event.match_id]))[event.match_id]
    if state.status is not MatchStatus.READY:
        return
    cup = (await tournaments.tournaments_by_id(session, [event.tournament_id]))[event.tournament_id]
    about = {
        "match_id": str(state.id),
        "tournament_id": str(cup.id),
        "tournament": cup.name,
        "until": None if deadline is None else f"{deadline:%H:%M}",
    }
    sides = {slot: side for slot in slots if (side := state.slots[slot].participant_id) is not None}
    players = await tournaments.players_of_participants(session, cup.id, list(sides.values()))
    notes = [
        Note(one, {**about, "opponent": state.slots[1 - slot].name})
        for slot, side in sides.items()
        for one in players[side]
    ]
    await notify(session, event_id, kind, notes)
