"""Who comes into an event that runs: onto a ladder at its bottom, or into a Swiss for the rounds still to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.tournaments.errors import TournamentFull
from domain.tournaments.models import Entrant, Stage, StageEntrant, Tournament
from domain.tournaments.queries import event_index, stages_of
from domain.tournaments.rules.graph import MAX_ENTRANTS
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.rules.stored import takes_late_entries
from domain.tournaments.values import TournamentStatus


async def stage_to_enter(session: WriteSession, tournament: Tournament) -> Stage | None:
    """The stage that those come into who enter the event now that it runs, if it lets people in."""
    if tournament.status is not TournamentStatus.RUNNING:
        return None
    opening = (await stages_of(session, tournament.id))[0]
    if not takes_late_entries(opening.view):
        return None
    drawn = (await event_index(session, tournament)).rounds_drawn(opening.id)
    return opening if takes_late_entries(opening.view, drawn) else None


async def join(
    session: WriteSession, tournament: Tournament, stage: Stage, entrants: Sequence[Entrant], now: datetime
) -> None:
    """Give entrants the last seeds of a stage that takes them, in this order.

    Raises:
        TournamentFull: a stage has no more seeds.
    """
    last = await session.scalar(select(func.max(StageEntrant.seed)).where(StageEntrant.stage_id == stage.id)) or 0
    if last + len(entrants) > MAX_ENTRANTS:
        raise TournamentFull(f"A stage takes {MAX_ENTRANTS} entrants, who have left it among them.")
    best = await session.scalar(select(func.max(Entrant.seed)).where(Entrant.tournament_id == tournament.id)) or 0
    joined_at = now if isinstance(stage.format.settings, Ladder) else None
    for number, entrant in enumerate(entrants, start=1):
        entrant.seed = best + number
        session.add(
            StageEntrant(
                stage_id=stage.id, entrant_id=entrant.id, seed=last + number, group_number=1, joined_at=joined_at
            )
        )
    tournament.draw_id = new_id()
