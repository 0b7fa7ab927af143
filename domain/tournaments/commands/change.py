"""How every change of a tournament is made: held, checked, and shown to its viewers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, exists, func, select

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.matches import MatchState
from domain.tournaments import policies
from domain.tournaments.errors import EntrantNotFound, TournamentNotFound, WrongTournamentStatus
from domain.tournaments.events import BracketChanged
from domain.tournaments.heat_values import HeatState
from domain.tournaments.models import BracketChange, Entrant, Tournament
from domain.tournaments.values import IN_THE_FIELD, EntrantStatus, TournamentStatus

# How many changes of one tournament viewers can resume from, and how often older ones are removed.
HISTORY = 5000
_CLEAN_EVERY = 500
# How long after its end an event keeps any, and how many events are cleaned in one transaction.
_KEPT = timedelta(days=7)
_CLEANED = 20
_MAX_REASON = 500


async def held(session: WriteSession, tournament_id: UUID) -> Tournament:
    """The tournament, held with all of its matches until the transaction ends.

    Raises:
        TournamentNotFound: there is no such tournament.
    """
    await locks.hold(session, tournament_id)
    tournament = await session.get(Tournament, tournament_id, populate_existing=True)
    if tournament is None:
        raise TournamentNotFound
    return tournament


async def managed(session: WriteSession, actor: Actor, tournament_id: UUID, *statuses: TournamentStatus) -> Tournament:
    """The tournament, held, for one of its organizers.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus: it is in none of the statuses.
    """
    tournament = await held(session, tournament_id)
    await policies.require_can_manage(session, actor, tournament)
    require_status(tournament, *statuses)
    return tournament


def require_status(tournament: Tournament, *statuses: TournamentStatus) -> None:
    """Refuse a tournament in none of the statuses.

    Raises:
        WrongTournamentStatus: it is in another.
    """
    if tournament.status not in statuses:
        raise WrongTournamentStatus(tournament.status, " or ".join(status.value for status in statuses))


def checked_reason(text: str) -> str:
    """Why an organizer does something, without surrounding spaces.

    Raises:
        InvalidInput: it is empty, longer than 500 characters, or holds a null character.
    """
    text = text.strip()
    if not 1 <= len(text) <= _MAX_REASON or "\x00" in text:
        raise InvalidInput(f"Give a reason of 1 to {_MAX_REASON} characters.", "reason")
    return text


async def held_entrant(session: WriteSession, entrant_id: UUID) -> tuple[Tournament, Entrant]:
    """An entrant and its tournament, both held.

    Raises:
        EntrantNotFound: there is no such entrant.
    """
    tournament_id = await session.scalar(select(Entrant.tournament_id).where(Entrant.id == entrant_id))
    if tournament_id is None:
        raise EntrantNotFound
    tournament = await held(session, tournament_id)
    entrant = await session.get(Entrant, entrant_id, populate_existing=True)
    if entrant is None:
        raise EntrantNotFound
    return tournament, entrant


async def count_entrants(session: WriteSession, tournament: Tournament) -> None:
    """Bring the counts of the tournament up to date."""
    await session.flush()
    statement = (
        select(Entrant.status, func.count()).where(Entrant.tournament_id == tournament.id).group_by(Entrant.status)
    )
    counts: dict[EntrantStatus, int] = dict((await session.execute(statement)).all())
    tournament.entrant_count = sum(counts.get(status, 0) for status in IN_THE_FIELD)
    tournament.waitlist_count = counts.get(EntrantStatus.WAITLISTED, 0)


async def show(
    session: WriteSession,
    tournament: Tournament,
    match: MatchState | None = None,
    *,
    is_score_alone: bool = False,
    heat: HeatState | None = None,
    participant_id: UUID | None = None,
) -> None:
    """Tell the viewers that a match or a heat changed, or without one the tournament itself (see `BracketChanged`)."""
    tournament.change_count += 1
    sequence = tournament.change_count
    state, heat_state = (None if changed is None else msgspec.to_builtins(changed) for changed in (match, heat))
    session.add(BracketChange(tournament_id=tournament.id, sequence=sequence, match=state, heat=heat_state))
    if sequence % _CLEAN_EVERY == 0:
        await forget_changes(session, tournament.id, sequence - HISTORY)
    fact = BracketChanged(
        tournament_id=tournament.id,
        sequence=sequence,
        match=match,
        is_score_alone=is_score_alone,
        heat=heat,
        participant_id=participant_id,
    )
    await outbox.record(session, fact)


async def forget_changes(session: WriteSession, tournament_id: UUID, up_to: int) -> None:
    """Remove old changes; whoever still wants to resume from them starts over with a snapshot."""
    await session.execute(
        delete(BracketChange).where(BracketChange.tournament_id == tournament_id, BracketChange.sequence <= up_to)
    )


async def forget_finished(session: WriteSession, now: datetime) -> int:
    """Remove the changes of some of the events that ended a week ago; of how many, 0 when all are clean."""
    has_changes = exists().where(BracketChange.tournament_id == Tournament.id)
    old = select(Tournament.id).where(Tournament.finished_at <= now - _KEPT, has_changes).limit(_CLEANED)
    ended = (await session.scalars(old)).all()
    await session.execute(delete(BracketChange).where(BracketChange.tournament_id.in_(ended)))
    return len(ended)
