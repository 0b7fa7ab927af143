"""The waitlist moves up when a place is free before the start."""

from __future__ import annotations

from sqlalchemy import select

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.tournaments.commands.change import count_entrants
from domain.tournaments.events import EntrantPromoted
from domain.tournaments.models import Entrant, Tournament
from domain.tournaments.values import EntrantStatus


async def move_up(session: WriteSession, tournament: Tournament) -> None:
    """Give every free place to whoever has waited longest, and bring the counts up to date."""
    await count_entrants(session, tournament)
    free = tournament.capacity - tournament.entrant_count
    if not free or not tournament.waitlist_count:
        return
    statement = (
        select(Entrant)
        .where(Entrant.tournament_id == tournament.id, Entrant.status == EntrantStatus.WAITLISTED)
        .order_by(Entrant.number)
        .limit(free)
    )
    for entrant in await session.scalars(statement):
        entrant.status = EntrantStatus.CHECKED_IN if entrant.checked_in_at else EntrantStatus.REGISTERED
        await outbox.record(session, EntrantPromoted(tournament_id=tournament.id, entrant_id=entrant.id))
    await count_entrants(session, tournament)
