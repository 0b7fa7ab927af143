"""Guests: entrants of whom only a name is known. Organizers enter them, and officials act for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments.commands.change import count_entrants, managed, require_status, show
from domain.tournaments.commands.late_entry import join, stage_to_enter
from domain.tournaments.errors import AlreadyRegistered, TournamentFull
from domain.tournaments.events import EntrantRegistered
from domain.tournaments.models import Entrant, Tournament
from domain.tournaments.values import ENTERED, MAX_GUESTS, EntrantStatus, TournamentStatus

_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class AddGuests:
    """Who enters a tournament by name alone, in this order."""

    tournament_id: UUID
    names: Sequence[str]
    now: datetime


async def add_guests(session: WriteSession, actor: Actor, command: AddGuests) -> Tournament:
    """Enter guests as an organizer, whatever the window of registration: all of them, or nobody.

    Into an event that runs and lets people in they come as others do.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, InvalidInput.
        AlreadyRegistered: somebody who has not gone has such a name, or two of these have the same.
        TournamentFull: not all of them have a place.
    """
    statuses = TournamentStatus.PUBLISHED, TournamentStatus.RUNNING
    tournament = await managed(session, actor, command.tournament_id, *statuses)
    running = await stage_to_enter(session, tournament)
    if running is None:
        require_status(tournament, TournamentStatus.PUBLISHED)
    names = _checked_names(command.names)
    await _require_new_names(session, tournament, names)
    free = tournament.capacity - tournament.entrant_count
    if len(names) > free:
        raise TournamentFull(f"{free} places are free for {len(names)} guests; raise the capacity, or add fewer.")
    statement = select(func.max(Entrant.number)).where(Entrant.tournament_id == tournament.id)
    last = await session.scalar(statement) or 0
    ids = [new_id() for _ in names]
    rows = [
        {
            "id": guest_id,
            "tournament_id": tournament.id,
            "kind": ParticipantKind.GUEST,
            "participant_id": guest_id,
            "name": name,
            "number": number,
            "status": EntrantStatus.REGISTERED if running is None else EntrantStatus.PLAYING,
            "registered_at": command.now,
        }
        for number, (guest_id, name) in enumerate(zip(ids, names, strict=True), start=last + 1)
    ]
    await insert_all(session, Entrant, rows)
    if running is not None:
        added = select(Entrant).where(Entrant.id.in_(ids)).order_by(Entrant.number)
        await join(session, tournament, running, list(await session.scalars(added)), command.now)
    await count_entrants(session, tournament)
    await show(session, tournament)
    for guest_id in ids:
        fact = EntrantRegistered(tournament_id=tournament.id, entrant_id=guest_id, is_waitlisted=False)
        await outbox.record(session, fact)
    return tournament


def _checked_names(given: Sequence[str]) -> list[str]:
    names = [name.strip() for name in given]
    if not 1 <= len(names) <= MAX_GUESTS:
        raise InvalidInput(f"Name 1 to {MAX_GUESTS} guests at once.", "names")
    for index, name in enumerate(names):
        if not 1 <= len(name) <= _MAX_NAME or not name.isprintable():
            raise InvalidInput(f"A name has 1 to {_MAX_NAME} printable characters.", "names", str(index))
    return names


async def _require_new_names(session: WriteSession, tournament: Tournament, names: Sequence[str]) -> None:
    """Refuse names that a screen could not tell apart."""
    statement = select(Entrant.name).where(Entrant.tournament_id == tournament.id, Entrant.status.in_(ENTERED))
    taken = {name.casefold() for name in await session.scalars(statement)}
    for name in names:
        if name.casefold() in taken:
            raise AlreadyRegistered(name)
        taken.add(name.casefold())
