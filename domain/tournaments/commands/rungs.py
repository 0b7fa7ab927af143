"""How the order of a ladder goes on by itself, and what a corrected result does to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from domain.infra import timers
from domain.infra.db import WriteSession
from domain.matches import MatchState
from domain.tournaments.commands.change import held, show
from domain.tournaments.events import LadderDropDue, LadderEndDue
from domain.tournaments.models import Entrant, Stage, StageEntrant
from domain.tournaments.queries import BracketIndex, decided_as, ladders
from domain.tournaments.rules.challenges import LadderView
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.values import RungChange, StageStatus, TournamentStatus

# Viewers are not told more often that somebody has dropped.
_PAUSE = timedelta(minutes=1)


async def ladder_of(session: WriteSession, stage: Stage) -> LadderView:
    """A ladder as it is now, whose tournament is held."""
    key = stage.tournament_id, stage.id
    return (await ladders(session, [key]))[key]


def set_timers(session: WriteSession, stage: Stage, now: datetime) -> None:
    """Let a ladder that begins end by itself where it does, and its viewers be told from when the first can have
    dropped.
    """
    settings = stage.format.settings
    if not isinstance(settings, Ladder):
        return
    if settings.idle_days is not None:
        _tell_at(session, stage, now + timedelta(days=settings.idle_days))
    if settings.ends_at is not None:
        await_end(session, stage, settings.ends_at)


def await_end(session: WriteSession, stage: Stage, at: datetime) -> None:
    """Let a ladder end by itself at an instant, or at once when that is over."""
    timers.record_at(session, at, LadderEndDue(tournament_id=stage.tournament_id, stage_id=stage.id, at=at))


async def tell_of_drops(session: WriteSession, event: LadderDropDue, now: datetime) -> None:
    """Tell the viewers of a ladder that somebody may have dropped, and let them be told of the next one.

    The order itself needs none of it: it follows from the clock.
    """
    tournament = await held(session, event.tournament_id)
    stage = await session.get(Stage, event.stage_id)
    if stage is None or stage.closed_at is not None or tournament.status is not TournamentStatus.RUNNING:
        return
    await show(session, tournament)
    ladder = await ladder_of(session, stage)
    assert ladder.terms.idle_days is not None
    next_drop_at = ladder.standing(now).next_drop_at or now + timedelta(days=ladder.terms.idle_days)
    _tell_at(session, stage, max(next_drop_at, now + _PAUSE))


async def leave_ladders(session: WriteSession, entrant: Entrant, now: datetime) -> None:
    """Take an entrant who has left the event off the ladder that runs; those below move up."""
    running = select(Stage.id).where(Stage.tournament_id == entrant.tournament_id, Stage.status == StageStatus.RUNNING)
    await session.execute(
        update(StageEntrant)
        .where(
            StageEntrant.entrant_id == entrant.id,
            StageEntrant.stage_id.in_(running),
            StageEntrant.joined_at.is_not(None),
        )
        .values(left_at=now)
    )


async def rung_changes(
    session: WriteSession, index: BracketIndex, corrected: MatchState, now: datetime
) -> list[RungChange]:
    """Who stands on another rung when a match of a stage has this result, the top first; nobody outside of ladders."""
    place = index.places[corrected.id]
    key = place.tournament_id, place.stage_id
    ladder = (await ladders(session, [key])).get(key)
    if ladder is None:
        return []
    after = ladder.with_decided({corrected.id: decided_as(corrected, place.position + 1)}).standing(now).order
    rungs = {seed: rung for rung, seed in enumerate(ladder.standing(now).order, start=1)}
    return [
        RungChange(entrant_id=ladder.entrants[seed], before=rungs[seed], after=rung)
        for rung, seed in enumerate(after, start=1)
        if rungs[seed] != rung
    ]


def _tell_at(session: WriteSession, stage: Stage, at: datetime) -> None:
    timers.record_at(session, at, LadderDropDue(tournament_id=stage.tournament_id, stage_id=stage.id))
