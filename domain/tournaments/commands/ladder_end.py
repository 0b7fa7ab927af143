"""A ladder ends: when its organizers say so, or by itself at the instant that they have set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.errors import InvalidInput
from domain.matches import Match, MatchStatus
from domain.tournaments.commands.challenges import call_off
from domain.tournaments.commands.change import held, managed, show
from domain.tournaments.commands.ending import conclude
from domain.tournaments.commands.rungs import await_end
from domain.tournaments.errors import LadderClosed, NotALadder
from domain.tournaments.events import LadderEndDue
from domain.tournaments.models import BracketMatch, Stage, Tournament
from domain.tournaments.queries import count_open, stages_of
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.values import StageStatus, TournamentStatus


@dataclass(frozen=True, slots=True)
class FinishStage:
    """End a ladder."""

    tournament_id: UUID
    number: int
    now: datetime


async def finish_stage(session: WriteSession, actor: Actor, command: FinishStage) -> Tournament:
    """Let nobody challenge on a ladder any more, as an organizer. What has not begun is called off; with the last match
    that has, or at once, the stage is over. A repeat changes nothing.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus.
        InvalidInput: there is no such stage.
        NotALadder: the stage ends with its last result.
        LadderClosed: it has not begun.
    """
    tournament, stage, _ = await _managed_ladder(session, actor, command.tournament_id, command.number)
    if stage.closed_at is not None:
        return tournament
    if stage.status is not StageStatus.RUNNING:
        raise LadderClosed
    await _end(session, actor, tournament, stage, command.now)
    return tournament


@dataclass(frozen=True, slots=True)
class SetLadderEnd:
    """Another instant at which a ladder ends by itself. None: it does not."""

    tournament_id: UUID
    number: int
    ends_at: datetime | None
    now: datetime


async def set_ladder_end(session: WriteSession, actor: Actor, command: SetLadderEnd) -> Tournament:
    """Change when a ladder that runs ends by itself, as an organizer. A repeat changes nothing.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus.
        InvalidInput: there is no such stage, or the instant is over.
        NotALadder: the stage ends with its last result.
        LadderClosed: it has not begun, or has ended.
    """
    tournament, stage, settings = await _managed_ladder(session, actor, command.tournament_id, command.number)
    has_ended = stage.closed_at is not None or (settings.ends_at is not None and settings.ends_at <= command.now)
    if has_ended or stage.status is not StageStatus.RUNNING:
        raise LadderClosed
    if settings.ends_at == command.ends_at:
        return tournament
    if command.ends_at is not None:
        if command.ends_at <= command.now:
            raise InvalidInput("Name an instant that is still to come, or end it with finishStage.", "endsAt")
        await_end(session, stage, command.ends_at)
    stage.settings = msgspec.to_builtins(replace(settings, ends_at=command.ends_at))
    await show(session, tournament)
    return tournament


async def end_ladder(session: WriteSession, event: LadderEndDue) -> None:
    """End a ladder at its instant, unless that was changed, or it has been ended before."""
    tournament = await held(session, event.tournament_id)
    stage = await session.get(Stage, event.stage_id, populate_existing=True)
    if stage is None or stage.status is not StageStatus.RUNNING or stage.closed_at is not None:
        return
    settings = stage.format.settings
    if isinstance(settings, Ladder) and settings.ends_at == event.at:
        await _end(session, SYSTEM, tournament, stage, event.at)


async def _end(session: WriteSession, actor: Actor, tournament: Tournament, stage: Stage, now: datetime) -> None:
    stage.closed_at = now
    await call_off(session, actor, tournament, await _not_begun(session, stage), "The ladder has ended.", now)
    if await count_open(session, stage) == 0:
        await conclude(session, tournament, now)
    else:
        await show(session, tournament)


async def _managed_ladder(
    session: WriteSession, actor: Actor, tournament_id: UUID, number: int
) -> tuple[Tournament, Stage, Ladder]:
    """A stage that is a ladder, held with its event, for one of the organizers."""
    tournament = await managed(session, actor, tournament_id, TournamentStatus.RUNNING, TournamentStatus.FINISHED)
    stages = {stage.number: stage for stage in await stages_of(session, tournament.id)}
    stage = stages.get(number)
    if stage is None:
        raise InvalidInput(f"The stages of this tournament are 1 to {len(stages)}.", "stage")
    settings = stage.format.settings
    if not isinstance(settings, Ladder):
        raise NotALadder(stage.number)
    return tournament, stage, settings


async def _not_begun(session: WriteSession, stage: Stage) -> Sequence[UUID]:
    statement = (
        select(BracketMatch.match_id)
        .join(Match, Match.id == BracketMatch.match_id)
        .where(BracketMatch.stage_id == stage.id, Match.status == MatchStatus.READY)
    )
    return (await session.scalars(statement)).all()
