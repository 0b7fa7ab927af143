"""Matches that were played elsewhere. The caller holds the event that they belong to, and has checked who may do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.matches.models import Match, MatchLogRow, slot_columns
from domain.matches.values import EntryKind, MatchState, MatchStatus


async def import_owned(
    session: WriteSession,
    states: Sequence[MatchState],
    now: datetime,
    made_at: Mapping[UUID, datetime] = MappingProxyType({}),
) -> None:
    """Write matches as they are, made now or at a time that is told. Nothing is announced, so nobody is told, rated or
    called.
    """
    await insert_all(session, Match, [_row(state, made_at.get(state.id, now)) for state in states])
    await insert_all(session, MatchLogRow, [entry for state in states for entry in _entries(state, now)])


def _row(state: MatchState, made_at: datetime) -> dict[str, object]:
    first, second = state.slots
    return {
        "id": state.id,
        "owner_id": state.owner_id,
        "game_id": state.game_id,
        "kind": state.kind,
        "best_of": state.best_of,
        "advantage": state.advantage,
        "scoring": state.scoring,
        "can_be_drawn": state.can_be_drawn,
        "status": state.status,
        "version": state.version,
        "log_length": len(_entries(state, made_at)),
        **slot_columns("first", first),
        **slot_columns("second", second),
        "games": [list(pair) for pair in state.games],
        "winner": state.winner,
        "outcome": state.outcome,
        "created_at": made_at,
        "started_at": state.started_at,
        "finished_at": state.finished_at,
    }


def _entries(state: MatchState, now: datetime) -> list[dict[str, object]]:
    """That it came to be, and with which result."""
    entry = {"match_id": state.id, "at": now, "slot": None, "scores": None}
    entries: list[dict[str, object]] = [{**entry, "sequence": 1, "kind": EntryKind.CREATED}]
    if state.status is MatchStatus.FINISHED:
        scores = [slot.score for slot in state.slots]
        told = {"slot": state.winner, "scores": None if None in scores else scores}
        entries.append({**entry, "sequence": 2, "kind": EntryKind.FINISHED, **told})
    return entries
