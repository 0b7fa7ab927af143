"""Byes that are requested: rounds of a Swiss in which somebody does not want to be paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.tournaments import policies
from domain.tournaments.commands.change import held_entrant, require_status, show
from domain.tournaments.errors import NotAnOrganizer, NotASwiss, NotEntered, RoundIsPaired, TooManyByes
from domain.tournaments.events import ByesRequested
from domain.tournaments.models import BracketMatch, Entrant, RequestedBye, Stage, StageBye, StageEntrant
from domain.tournaments.queries import stages_of
from domain.tournaments.rules.formats import MAX_ROUNDS, Swiss
from domain.tournaments.rules.rounds import Kind
from domain.tournaments.values import ENTERED, StageStatus, TournamentStatus

Byes = Mapping[int, Kind]
"""What rounds are to be for somebody, by number."""

REQUESTABLE = frozenset({Kind.FULL_BYE, Kind.HALF_BYE, Kind.ZERO_BYE})


@dataclass(frozen=True, slots=True)
class RequestByes:
    """Which rounds of a stage an entrant is not to be paired in, of those that have not been paired."""

    entrant_id: UUID
    stage: int
    byes: Byes


async def request_byes(session: WriteSession, actor: Actor, command: RequestByes) -> Entrant:
    """Take these byes instead of all that the entrant has requested for rounds of the stage that are not paired.

    Of byes for half a point everybody has as many as the stage says. Organizers give any, also those for a full point.

    Raises:
        EntrantNotFound, TournamentNotFound, Unauthenticated, NotYourEntry, NotAnOrganizer, WrongTournamentStatus,
        NotEntered, InvalidInput.
        NotASwiss, RoundIsPaired, TooManyByes.
    """
    tournament, entrant = await held_entrant(session, command.entrant_id)
    await policies.require_acts_for(session, actor, tournament, entrant)
    require_status(tournament, TournamentStatus.PUBLISHED, TournamentStatus.RUNNING)
    if entrant.status not in ENTERED:
        raise NotEntered(entrant.status)
    stage, settings = await _swiss_stage(session, tournament.id, command.stage)
    if stage.status is not StageStatus.PENDING and await session.get(StageEntrant, (stage.id, entrant.id)) is None:
        raise InvalidInput(f"They do not play in stage {stage.number}.", "stage")
    paired = await session.scalar(select(func.max(BracketMatch.round)).where(BracketMatch.stage_id == stage.id)) or 0
    _require_rounds(command.byes, paired, settings.rounds or MAX_ROUNDS)
    requested = select(RequestedBye).where(RequestedBye.stage_id == stage.id, RequestedBye.entrant_id == entrant.id)
    rows = {row.round: row for row in await session.scalars(requested)}
    waiting = {number: row.kind for number, row in rows.items() if number > paired}
    if not await policies.can_manage(session, actor, tournament):
        _require_own(command.byes, waiting, await _half_byes_had(session, stage, entrant), settings.half_byes)
    if command.byes == waiting:
        return entrant
    for number in waiting:
        await session.delete(rows[number])
    await session.flush()
    session.add_all(
        RequestedBye(stage_id=stage.id, entrant_id=entrant.id, round=number, kind=kind)
        for number, kind in command.byes.items()
    )
    await show(session, tournament, participant_id=entrant.participant_id)
    await outbox.record(session, ByesRequested(tournament_id=tournament.id, entrant_id=entrant.id))
    return entrant


async def _half_byes_had(session: WriteSession, stage: Stage, entrant: Entrant) -> int:
    """How many drawn rounds were half a point for somebody, requested or missed."""
    statement = (
        select(func.count())
        .select_from(StageBye)
        .join(StageEntrant, (StageEntrant.stage_id == StageBye.stage_id) & (StageEntrant.seed == StageBye.seed))
        .where(
            StageEntrant.stage_id == stage.id,
            StageEntrant.entrant_id == entrant.id,
            StageBye.kind == Kind.HALF_BYE,
        )
    )
    return await session.scalar(statement) or 0


async def _swiss_stage(session: WriteSession, tournament_id: UUID, number: int) -> tuple[Stage, Swiss]:
    stages = {stage.number: stage for stage in await stages_of(session, tournament_id)}
    if number not in stages:
        raise InvalidInput(f"The stages are 1 to {len(stages)}.", "stage")
    settings = stages[number].format.settings
    if not isinstance(settings, Swiss):
        raise NotASwiss(number)
    return stages[number], settings


def _require_rounds(byes: Byes, paired: int, last: int) -> None:
    """Refuse rounds that there will not be, or that have been paired, and what is not to be had for the asking."""
    for number, kind in byes.items():
        if not 1 <= number <= last:
            raise InvalidInput(f"The rounds are 1 to {last}.", "byes")
        if kind not in REQUESTABLE:
            raise InvalidInput("FULL_BYE, HALF_BYE and ZERO_BYE can be requested.", "byes")
        if number <= paired:
            raise RoundIsPaired(number)


def _require_own(byes: Byes, waiting: Byes, taken: int, allowed: int) -> None:
    """Refuse who is no organizer what only those give, or more than everybody has."""
    given = {number for number, kind in byes.items() if kind is Kind.FULL_BYE}
    if any(waiting.get(number) is not Kind.FULL_BYE for number in given):
        raise NotAnOrganizer
    if taken + [*byes.values()].count(Kind.HALF_BYE) > allowed:
        raise TooManyByes(allowed)
