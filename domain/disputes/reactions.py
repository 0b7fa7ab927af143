"""What facts of matches mean for rooms: a dispute opens one, and the decision closes it."""

from __future__ import annotations

from domain.disputes.commands import close_rooms, open_room
from domain.infra.db import WriteSession
from domain.matches import OVER, EntryKind, MatchChanged, MatchKind, MatchStatus

_DISPUTED_BY = frozenset({EntryKind.DISPUTED, EntryKind.RESTORED})


async def follow_match(session: WriteSession, event: MatchChanged) -> None:
    """Let the room of a match go where the match goes, in the transaction in which it does."""
    state = event.state
    if state.kind is not MatchKind.TOURNAMENT or not event.is_new_version or event.is_score_alone:
        return
    at = event.entries[-1].at
    if state.status in OVER or event.has_other_sides:
        await close_rooms(session, state.id, at)
    by = next((entry for entry in event.entries if entry.kind in _DISPUTED_BY), None)
    if state.status is MatchStatus.DISPUTED and by is not None:
        slot = by.slot if by.kind is EntryKind.DISPUTED else None
        await open_room(session, state, by.actor_id, slot, state.dispute_reason or "The result is disputed.", at)
