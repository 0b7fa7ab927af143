"""What is due in the matches of a tournament."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_

from domain import queues, tournaments
from domain.deadlines.errors import TablesInUse
from domain.deadlines.models import MatchCheckIn, MatchDeadlines
from domain.deadlines.values import MAX_CHECK_IN_MINUTES, MAX_CONFIRMATION_MINUTES, MIN_MINUTES
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.tournaments import Tournament, TournamentStatus

_BEFORE_THE_END = (TournamentStatus.DRAFT, TournamentStatus.PUBLISHED, TournamentStatus.RUNNING)


@dataclass(frozen=True, kw_only=True)
class SetMatchDeadlines:
    """How many minutes sides have to check in for a match, and to answer a reported result. None: no deadline."""

    tournament_id: UUID
    check_in_minutes: int | None
    confirmation_minutes: int | None
    now: datetime


async def set_match_deadlines(session: WriteSession, actor: Actor, command: SetMatchDeadlines) -> Tournament:
    """Set what is due in the matches of a tournament, for matches that can be played and results that are reported from
    now on. Without a check-in nobody needs to check in any more. A repeat changes nothing.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus: not their tournament, or it is over.
        InvalidInput: a time is out of range.
        TablesInUse: there shall be a check-in, and the matches are called to tables.
    """
    tournament = await tournaments.managed(session, actor, command.tournament_id, *_BEFORE_THE_END)
    _require_within(command.check_in_minutes, MAX_CHECK_IN_MINUTES, "checkInMinutes")
    _require_within(command.confirmation_minutes, MAX_CONFIRMATION_MINUTES, "confirmationMinutes")
    if command.check_in_minutes is not None and await queues.queues_by_id(session, [tournament.id]):
        raise TablesInUse
    deadlines = await session.get(MatchDeadlines, tournament.id, populate_existing=True)
    if deadlines is None:
        deadlines = MatchDeadlines(id=tournament.id)
        session.add(deadlines)
    elif deadlines.view[1:] == (command.check_in_minutes, command.confirmation_minutes):
        return tournament
    if (command.check_in_minutes is None) is not (deadlines.check_in_since is None):
        deadlines.check_in_since = None if command.check_in_minutes is None else command.now
    deadlines.check_in_minutes = command.check_in_minutes
    deadlines.confirmation_minutes = command.confirmation_minutes
    if command.check_in_minutes is None:
        await _forget_open(session, tournament.id)
    await tournaments.show(session, tournament)
    return tournament


async def _forget_open(session: WriteSession, tournament_id: UUID) -> None:
    is_open = or_(MatchCheckIn.first_checked_in_at.is_(None), MatchCheckIn.second_checked_in_at.is_(None))
    await session.execute(delete(MatchCheckIn).where(MatchCheckIn.tournament_id == tournament_id, is_open))


def _require_within(minutes: int | None, most: int, field: str) -> None:
    if minutes is not None and not MIN_MINUTES <= minutes <= most:
        raise InvalidInput(f"Give {MIN_MINUTES} to {most} minutes, or nothing for no deadline.", field)
