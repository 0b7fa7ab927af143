"""What facts mean for deadlines: a check-in opens with its match, and ends with its sides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from domain import matches, tournaments
from domain.deadlines.commands import expect_confirmation, opened
from domain.deadlines.errors import CheckInInUse, CheckInNeeded
from domain.deadlines.models import MatchCheckIn, MatchDeadlines
from domain.deadlines.queries import needs_check_in
from domain.infra.db import WriteSession
from domain.matches import (
    EntryKind,
    LogEntry,
    MatchChanged,
    MatchKind,
    MatchReady,
    MatchReported,
    MatchRestored,
    MatchState,
    MatchStatus,
)
from domain.queues import QueueOpened

# What people do that begins a match.
_BEGUN_BY = frozenset({EntryKind.STARTED, EntryKind.SCORE, EntryKind.REPORTED})


async def open_on_ready(session: WriteSession, event: MatchReady, now: datetime) -> None:
    """Let both sides of a match check in from now on, if they have to and it still waits."""
    if event.state.kind is MatchKind.TOURNAMENT and await needs_check_in(session, event.state):
        await opened(session, await matches.held(session, event.state.id), now)


async def follow_match(session: WriteSession, event: MatchChanged) -> None:
    """Let the check-in of a match end with its sides, in the transaction in which it gets others.

    Raises:
        CheckInNeeded: a side begins a match for which not both have checked in. Officials may.
    """
    state = event.state
    if state.kind is not MatchKind.TOURNAMENT or not event.is_new_version or event.is_score_alone:
        return
    if event.has_other_sides:
        await session.execute(delete(MatchCheckIn).where(MatchCheckIn.match_id == state.id))
    else:
        begun_by = next((entry for entry in event.entries if _begins(entry, state)), None)
        if begun_by is not None and not await _may_begin(session, state, begun_by):
            raise CheckInNeeded


async def await_confirmation(session: WriteSession, event: MatchReported) -> None:
    """Let a reported result be confirmed by itself after a while, in the transaction in which it is reported."""
    assert event.state.report is not None
    await expect_confirmation(session, event.state, event.state.report.at)


async def await_confirmation_again(session: WriteSession, event: MatchRestored) -> None:
    """The same for a reported result that holds again, with all of the time again."""
    if event.state.status is MatchStatus.REPORTED:
        await expect_confirmation(session, event.state, event.at)


async def keep_from_tables(session: WriteSession, event: QueueOpened) -> None:
    """Let the matches of a tournament not have a check-in and be called to tables as well.

    Raises:
        CheckInInUse: they have a check-in.
    """
    deadlines = await session.get(MatchDeadlines, event.tournament_id)
    if deadlines is not None and deadlines.check_in_minutes is not None:
        raise CheckInInUse


def _begins(entry: LogEntry, state: MatchState) -> bool:
    """Whether somebody begins the match with this. When both sides have checked in, the system does."""
    return entry.kind in _BEGUN_BY and entry.actor_id is not None and entry.at == state.started_at


async def _may_begin(session: WriteSession, state: MatchState, entry: LogEntry) -> bool:
    """Whether both sides are there, if they have to be, or an official begins the match who does not play in it."""
    check_in = await session.get(MatchCheckIn, state.id)
    # Where it has not opened yet, it waits for the workers.
    is_missing = await needs_check_in(session, state) if check_in is None else bool(check_in.view.absent)
    if not is_missing or entry.actor_id is None or state.owner_id is None:
        return not is_missing
    sides = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    return entry.slot is None and not await tournaments.played_for(session, entry.actor_id, state.owner_id, sides)
