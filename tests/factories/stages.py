"""Events of several stages for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.infra.db import Database
from domain.matches import MatchState
from domain.tournaments import (
    BracketPlace,
    Elimination,
    Format,
    RoundRobin,
    StagePlan,
    StageSource,
    StageView,
    Structure,
    Swiss,
    bracket_views,
    stage_fields,
    stage_views,
)


def round_robin(*sources: StageSource, **settings: Any) -> StagePlan:
    """Groups, best of 1."""
    return StagePlan(None, Format(Structure.ROUND_ROBIN, RoundRobin(**{"best_of": 1, **settings})), sources)


def knockout(*sources: StageSource, **settings: Any) -> StagePlan:
    """A single elimination, best of 1."""
    return StagePlan(None, Format(Structure.SINGLE_ELIMINATION, _short(settings)), sources)


def double(*sources: StageSource, **settings: Any) -> StagePlan:
    """A double elimination, best of 1."""
    return StagePlan(None, Format(Structure.DOUBLE_ELIMINATION, _short(settings)), sources)


def swiss(*sources: StageSource, **settings: Any) -> StagePlan:
    """A Swiss, best of 1."""
    return StagePlan(None, Format(Structure.SWISS, Swiss(**{"best_of": 1, **settings})), sources)


async def stages(db: Database, tournament_id: UUID) -> list[StageView]:
    """The stages of a tournament, in order."""
    async with db.read() as session:
        return list((await stage_views(session, [tournament_id]))[tournament_id])


Placed = tuple[MatchState, BracketPlace]


async def matches_of_stage(db: Database, tournament_id: UUID, number: int) -> dict[str, Placed]:
    """The matches of a stage that has started, by key."""
    async with db.snapshot() as session:
        view = (await bracket_views(session, [tournament_id]))[tournament_id]
    return {place.key: (state, place) for state, place in view.matches if place.stage == number}


async def names_in(db: Database, tournament_id: UUID, number: int) -> list[str]:
    """Who plays in a stage, seed 1 first."""
    key = tournament_id, (await stages(db, tournament_id))[number - 1].id
    async with db.read() as session:
        return [seat.entrant.name for seat in (await stage_fields(session, [key]))[key]]


def _short(settings: Mapping[str, Any]) -> Elimination:
    return Elimination(**{"best_of": 1, **settings})
