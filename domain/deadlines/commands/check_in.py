"""Whether those who are to play are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain import matches, tournaments
from domain.deadlines.errors import CheckInOver, NoCheckIn
from domain.deadlines.events import CheckInOpened, CheckInSoonOver, CheckInTimeEnded
from domain.deadlines.models import MatchCheckIn, MatchDeadlines
from domain.deadlines.queries import needs_check_in
from domain.deadlines.rules.check_in import forfeiting, is_over, reminder_at
from domain.infra import outbox, timers
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.errors import InvalidInput
from domain.matches import BothSides, EntryKind, Match, MatchStatus, Outcome, StartMatch

_LONGEST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class CheckInToMatch:
    """Say that a side is there. `slot` None: one's own, or for an official both."""

    match_id: UUID
    now: datetime
    slot: int | None = None


async def check_in_to_match(session: WriteSession, actor: Actor, command: CheckInToMatch) -> Match:
    """Say that a side is there to play. When both are, the match begins. A repeat changes nothing.

    Raises:
        MatchNotFound: there is no such match.
        Unauthenticated, NotAnOfficial, OwnMatch, BothSides: the actor may not say so of that side.
        NoCheckIn: nobody has to check in for it.
        CheckInOver: the deadline has come.
    """
    match = await matches.held(session, command.match_id)
    slots = await _slots(session, actor, match, command.slot)
    check_in = await opened(session, match, command.now)
    if check_in is None:
        raise NoCheckIn
    missing = slots.intersection(check_in.view.absent)
    if not missing:
        return match
    _require_open(match, check_in, command.now)
    for slot in sorted(missing):
        if slot == 0:
            check_in.first_checked_in_at = command.now
        else:
            check_in.second_checked_in_at = command.now
        match = await matches.note(session, actor, match.id, EntryKind.CHECKED_IN, command.now, slot=slot)
    if not check_in.view.absent:
        # Any player may check in for a team, but only its captain may start its matches: so it starts by itself.
        await matches.start_match(session, SYSTEM, StartMatch(match.id, match.version, command.now))
    return match


@dataclass(frozen=True, kw_only=True)
class SetCheckInDeadline:
    """Until when the sides of a match can check in. None: without end."""

    match_id: UUID
    deadline_at: datetime | None
    now: datetime


async def set_check_in_deadline(session: WriteSession, actor: Actor, command: SetCheckInDeadline) -> Match:
    """Give the sides of a match another time to check in, as an official. A repeat changes nothing.

    Raises:
        MatchNotFound, Unauthenticated, NotAnOfficial, OwnMatch.
        InvalidInput: the deadline has passed, or is more than a week away.
        NoCheckIn: nobody has to check in for it.
    """
    match = await matches.held(session, command.match_id)
    await matches.require_official(session, actor, match)
    deadline = command.deadline_at
    if deadline is not None and not command.now < deadline <= command.now + _LONGEST:
        raise InvalidInput("Give a time from now on, at most a week away, or nothing for no deadline.", "deadlineAt")
    check_in = await opened(session, match, command.now)
    if check_in is None or match.status is not MatchStatus.READY:
        raise NoCheckIn
    if check_in.deadline_at != deadline:
        await _set_deadline(session, actor, check_in, deadline, command.now)
    return match


async def opened(session: WriteSession, match: Match, now: datetime) -> MatchCheckIn | None:
    """The check-in of a match, which begins now if it has to and has not. None: nobody has to check in."""
    found = await session.get(MatchCheckIn, match.id, populate_existing=True)
    if found is not None:
        return found
    is_ready = match.owner_id is not None and match.status is MatchStatus.READY
    if not is_ready or not await needs_check_in(session, match.state):
        return None
    assert match.owner_id is not None
    deadlines = await session.get_one(MatchDeadlines, match.owner_id)
    assert deadlines.check_in_minutes is not None
    check_in = MatchCheckIn(match_id=match.id, tournament_id=match.owner_id, opened_at=now)
    session.add(check_in)
    await _set_deadline(session, SYSTEM, check_in, now + timedelta(minutes=deadlines.check_in_minutes), now)
    opening = CheckInOpened(tournament_id=match.owner_id, match_id=match.id, check_in=check_in.view)
    await outbox.record(session, opening)
    return check_in


async def end_check_in(session: WriteSession, event: CheckInTimeEnded) -> None:
    """Let who has not checked in by the deadline lose, unless there is a later one or the match waits no longer.

    When neither side has, nobody goes on.
    """
    match = await matches.held(session, event.match_id)
    check_in = await session.get(MatchCheckIn, match.id, populate_existing=True)
    if check_in is None or match.status is not MatchStatus.READY:
        return
    absent = forfeiting(check_in.view, event.at)
    if absent:
        winner = None if len(absent) > 1 else 1 - absent[0]
        reason = "Nobody had checked in in time." if winner is None else "The other side had not checked in in time."
        await matches.go_on_without_play(session, SYSTEM, match.id, winner, reason, Outcome.WALKOVER, event.at)


async def _set_deadline(
    session: WriteSession, actor: Actor, check_in: MatchCheckIn, deadline: datetime | None, now: datetime
) -> None:
    """Set the deadline, with its timers. Those of another one find that it is not the deadline any more."""
    check_in.deadline_at = deadline
    until = "without a deadline" if deadline is None else f"until {deadline:%Y-%m-%d %H:%M} UTC"
    await matches.note(session, actor, check_in.match_id, EntryKind.CHECK_IN_OPENED, now, message=until)
    if deadline is not None:
        event_id, match_id = check_in.tournament_id, check_in.match_id
        soon = CheckInSoonOver(tournament_id=event_id, match_id=match_id, deadline_at=deadline)
        timers.record_at(session, reminder_at(now, deadline), soon)
        timers.record_at(session, deadline, CheckInTimeEnded(tournament_id=event_id, match_id=match_id, at=deadline))


async def _slots(session: WriteSession, actor: Actor, match: Match, slot: int | None) -> set[int]:
    """The sides that the actor may say are there: their own, or any as an official who does not play."""
    user_id = actor.require_user()
    sides = [slot.participant_id for slot in match.slots]
    known = [key for key in sides if key is not None]
    played = set() if match.owner_id is None else await tournaments.played_for(session, user_id, match.owner_id, known)
    own = {index for index, key in enumerate(sides) if key in played}
    if len(own) > 1 and not actor.is_admin:
        raise BothSides
    if own and slot in (None, *own):
        return own
    await matches.require_official(session, actor, match)
    return {0, 1} if slot is None else {slot}


def _require_open(match: Match, check_in: MatchCheckIn, now: datetime) -> None:
    if match.status is not MatchStatus.READY:
        raise NoCheckIn
    if check_in.deadline_at is not None and is_over(check_in.view, now):
        raise CheckInOver(check_in.deadline_at)
