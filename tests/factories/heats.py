"""Free-for-alls for tests: their heats, reported by whoever runs the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.tournaments import (
    CorrectHeat,
    Format,
    FreeForAll,
    Heat,
    HeatCorrection,
    HeatState,
    HeatStatus,
    Reached,
    ReportHeat,
    StagePlan,
    StageSource,
    Structure,
)
from tests.factories.stages import stages
from tests.factories.teams import NOW, run

Finish = Callable[[HeatState], Sequence[int]]


def free_for_all(*sources: StageSource, **settings: Any) -> StagePlan:
    """Heats of 4, from which two go on, with 5, 3, 2 and 1 points for places."""
    points = (5, 3, 2, 1)[: settings.get("heat_size", 4)]
    terms = FreeForAll(**{"heat_size": 4, "advancing": 2, "points": points, **settings})
    return StagePlan(None, Format(Structure.FREE_FOR_ALL, terms), sources)


async def heats_of(db: Database, tournament_id: UUID, stage: int = 1) -> list[HeatState]:
    """The heats of a stage that are drawn, by rounds."""
    stage_id = (await stages(db, tournament_id))[stage - 1].id
    async with db.snapshot() as session:
        return list((await tournaments.heats_of_stages(session, [stage_id]))[stage_id])


async def heat_at(db: Database, tournament_id: UUID, round_: int, number: int, stage: int = 1) -> HeatState:
    """The heat that stands there."""
    drawn = await heats_of(db, tournament_id, stage)
    return next(heat for heat in drawn if (heat.round, heat.number) == (round_, number))


def by_seed(heat: HeatState) -> list[int]:
    """The seeds in a heat who have not left, as if the better ones always won."""
    return [seat.seed for seat in heat.seats if not seat.has_left]


def results_of(heat: HeatState, order: Sequence[int], scores: Mapping[int, int] | None = None) -> dict[UUID, Reached]:
    """The results of a game in which these seeds come in one after the other."""
    keys = {seat.seed: seat.entrant_id for seat in heat.seats}
    return {keys[seed]: Reached(place, (scores or {}).get(seed, 0)) for place, seed in enumerate(order, start=1)}


def report_of(heat: HeatState, order: Sequence[int], scores: Mapping[int, int] | None = None) -> ReportHeat:
    """A command that lets these seeds come in one after the other in the next game."""
    return ReportHeat(heat.id, heat.version, results_of(heat, order, scores), NOW)


def correction_of(heat: HeatState, order: Sequence[int], game: int = 1, **overrides: Any) -> CorrectHeat:
    """A command that lets these seeds have come in one after the other in a game."""
    command = CorrectHeat(heat.id, heat.version, game, results_of(heat, order), "seen on video", NOW)
    return replace(command, **overrides)


async def report(db: Database, actor: Actor, heat: HeatState, order: Sequence[int] | None = None) -> Heat:
    """Report the next game of a heat; by itself the better seeds come first."""
    return await run(db, tournaments.report_heat, actor, report_of(heat, by_seed(heat) if order is None else order))


async def correct(db: Database, actor: Actor, heat: HeatState, order: Sequence[int], **how: Any) -> HeatCorrection:
    """Let a game have come in otherwise."""
    return await run(db, tournaments.correct_heat, actor, correction_of(heat, order, **how))


async def run_heats(
    db: Database, actor: Actor, tournament_id: UUID, finish: Finish = by_seed, *, stage: int = 1, rounds: int = 99
) -> int:
    """Report every game that can be, up to a round; the answer is how many that were."""
    reported = 0
    while ready := [
        heat
        for heat in await heats_of(db, tournament_id, stage)
        if heat.status is not HeatStatus.FINISHED and heat.round <= rounds
    ]:
        for heat in ready:
            await report(db, actor, heat, finish(heat))
            reported += 1
    return reported
