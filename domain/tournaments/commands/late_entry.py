"""Who comes into an event that runs: onto a ladder at its bottom, or into a Swiss for the rounds still to be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.tournaments.errors import TournamentFull
from domain.tournaments.models import Entrant, Stage, StageBye, StageEntrant, Tournament
from domain.tournaments.queries import event_index, stages_of
from domain.tournaments.rules.formats import Swiss
from domain.tournaments.rules.graph import MAX_ENTRANTS
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.rules.rounds import Kind
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
    if isinstance(stage.format.settings, Swiss):
        drawn = (await event_index(session, tournament)).rounds_drawn(stage.id)
        session.add_all(_missed(stage.id, stage.format.settings, last + 1, len(entrants), drawn))
    tournament.draw_id = new_id()


def _missed(stage_id: UUID, settings: Swiss, first: int, count: int, drawn: int) -> Iterator[StageBye]:
    """The rounds that are drawn already, for as many seeds from the first on: for half a point each, as many as
    everybody has, and then for none.
    """
    scoring, points = settings.ranking.scoring, 0
    for number in range(1, drawn + 1):
        kind = Kind.HALF_BYE if number <= settings.half_byes else Kind.ZERO_BYE
        worth = scoring.of_bye(kind)
        for seed in range(first, first + count):
            yield StageBye(stage_id=stage_id, round=number, seed=seed, kind=kind, worth=worth, points=points, earlier=0)
        points += worth
