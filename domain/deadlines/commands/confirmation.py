"""A reported result that nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from domain import matches
from domain.deadlines.events import ConfirmationTimeEnded
from domain.deadlines.models import MatchConfirmation, MatchDeadlines
from domain.infra import timers
from domain.infra.db import WriteSession
from domain.matches import MatchState


async def expect_confirmation(session: WriteSession, state: MatchState, since: datetime) -> None:
    """Let the result that a match has reported be confirmed by itself, if its tournament wants that."""
    deadlines = None if state.owner_id is None else await session.get(MatchDeadlines, state.owner_id)
    if deadlines is None or deadlines.confirmation_minutes is None:
        return
    at = since + timedelta(minutes=deadlines.confirmation_minutes)
    values = {"version": state.version, "confirms_at": at}
    statement = insert(MatchConfirmation).values(match_id=state.id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["match_id"], set_=values))
    ended = ConfirmationTimeEnded(tournament_id=deadlines.id, match_id=state.id, version=state.version, at=at)
    timers.record_at(session, at, ended)


async def end_confirmation(session: WriteSession, event: ConfirmationTimeEnded) -> None:
    """Confirm a result that was not answered in time; nothing if the match has changed since."""
    await matches.confirm_unanswered(session, event.match_id, event.version, event.at)
