"""Reads of ladders: who is on them, and every challenge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.infra.db import ReadSession
from domain.infra.views import among
from domain.matches import OVER, Match, MatchState, MatchStatus, Outcome
from domain.tournaments.models import BracketMatch, Stage, StageEntrant
from domain.tournaments.rules.challenges import LadderMatch, LadderView
from domain.tournaments.rules.ladder import Challenge, Climber, Ladder
from domain.tournaments.rules.stored import settings_from
from domain.tournaments.values import Structure

_stages, _seats, _nodes = Stage.__table__.c, StageEntrant.__table__.c, BracketMatch.__table__.c
_matches = Match.__table__.c
_LADDERS = select(_stages.id, _stages.settings, _stages.closed_at).where(
    among(_stages.id, "stage_ids"), _stages.structure == Structure.LADDER
)
_CLIMBERS = (
    select(_seats.stage_id, _seats.seed, _seats.entrant_id, _seats.joined_at, _seats.left_at)
    .where(among(_seats.stage_id, "stage_ids"))
    .order_by(_seats.stage_id, _seats.seed)
)
_CHALLENGES = (
    select(
        _nodes.stage_id,
        _nodes.match_id,
        _nodes.position,
        _matches.first_seed,
        _matches.second_seed,
        _matches.created_at,
        _matches.status,
        _matches.winner,
        _matches.outcome,
        _matches.finished_at,
    )
    .join_from(BracketMatch.__table__, Match.__table__, _matches.id == _nodes.match_id)
    .where(among(_nodes.stage_id, "stage_ids"))
    .order_by(_nodes.stage_id, _nodes.ordinal)
)
_MADE = (
    select(_matches.id, _matches.created_at, _stages.settings)
    .join_from(BracketMatch.__table__, Match.__table__, _matches.id == _nodes.match_id)
    .join(Stage.__table__, _stages.id == _nodes.stage_id)
    .where(among(_nodes.match_id, "match_ids"), _stages.structure == Structure.LADDER)
)


async def ladders(session: ReadSession, keys: Sequence[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], LadderView]:
    """Ladders by (tournament, stage); other stages are left out. Pass a snapshot session, so that all is of one
    instant.
    """
    stages = {row.id: row for row in await session.execute(_LADDERS, {"stage_ids": [key for _, key in keys]})}
    asked = {"stage_ids": list(stages)}
    climbers: dict[UUID, list[Climber[int]]] = {key: [] for key in stages}
    entrants: dict[UUID, dict[int, UUID]] = {key: {} for key in stages}
    for stage_id, seed, entrant_id, joined_at, left_at in await session.execute(_CLIMBERS, asked):
        climbers[stage_id].append(Climber(seed, joined_at, left_at))
        entrants[stage_id][seed] = entrant_id
    matches: dict[UUID, list[LadderMatch]] = {key: [] for key in stages}
    for row in await session.execute(_CHALLENGES, asked):
        matches[row.stage_id].append(_challenge(row))
    return {
        key: LadderView(
            _terms(stages[key[1]].settings),
            stages[key[1]].closed_at,
            climbers[key[1]],
            entrants[key[1]],
            matches[key[1]],
        )
        for key in keys
        if key[1] in stages
    }


async def answer_times(session: ReadSession, match_ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Until when the challenged have to play, by match; matches that are no challenges on a ladder are left out."""
    found = await session.execute(_MADE, {"match_ids": match_ids})
    return {row.id: row.created_at + timedelta(days=_terms(row.settings).answer_days) for row in found}


def decided_as(state: MatchState, number: int) -> Challenge[int]:
    """What a finished match means for its ladder; it is the challenge with this number there."""
    first, second = (slot.seed for slot in state.slots)
    assert first is not None
    assert second is not None
    assert state.finished_at is not None
    return _decided(number, (first, second), state.winner, state.outcome, state.finished_at)


def _challenge(row: Any) -> LadderMatch:
    number, sides = row.position + 1, (row.first_seed, row.second_seed)
    is_decided = row.status is MatchStatus.FINISHED
    decided = _decided(number, sides, row.winner, row.outcome, row.finished_at) if is_decided else None
    return LadderMatch(row.match_id, number, *sides, row.created_at, row.status not in OVER, decided)


def _decided(
    number: int, sides: tuple[int, int], winner: int | None, outcome: Outcome | None, at: datetime
) -> Challenge[int]:
    return Challenge(number, at, *sides, None if winner is None else sides[winner], outcome is Outcome.PLAYED)


def _terms(settings: Mapping[str, Any]) -> Ladder:
    found = settings_from(Structure.LADDER, settings)
    assert isinstance(found, Ladder)
    return found
