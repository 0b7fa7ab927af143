"""Reads of the deadlines context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain import tournaments
from domain.deadlines.models import MatchCheckIn, MatchConfirmation, MatchDeadlines
from domain.deadlines.values import (
    MAX_ATTENTION,
    AttentionReason,
    CheckInView,
    ConfirmationView,
    DeadlinesView,
)
from domain.infra.db import ReadSession
from domain.infra.views import among, select_view
from domain.matches import MatchState, MatchStatus, needing_officials, seated_at

_DEADLINES = select_view(MatchDeadlines, DeadlinesView).where(among(MatchDeadlines.__table__.c.id, "ids"))
_CHECK_INS = select_view(MatchCheckIn, CheckInView).where(among(MatchCheckIn.__table__.c.match_id, "ids"))
_CONFIRMATIONS = select_view(MatchConfirmation, ConfirmationView).where(
    among(MatchConfirmation.__table__.c.match_id, "ids")
)


class Attention(NamedTuple):
    """A match that officials should look at. `since` is when its result was reported, or else when it began."""

    state: MatchState
    reason: AttentionReason
    since: datetime


async def deadlines_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, DeadlinesView]:
    """The deadlines of tournaments by their keys; those that never had any are absent."""
    return {row.id: row for row in map(DeadlinesView._make, await session.execute(_DEADLINES, {"ids": ids}))}


async def check_ins_by_match(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, CheckInView]:
    """The check-ins of matches by their keys; those without one are absent."""
    return {row.match_id: row for row in map(CheckInView._make, await session.execute(_CHECK_INS, {"ids": ids}))}


async def confirmations_by_match(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, ConfirmationView]:
    """When the last reported results of matches are confirmed by themselves; those that never are are absent."""
    found = await session.execute(_CONFIRMATIONS, {"ids": ids})
    return {row.match_id: row for row in map(ConfirmationView._make, found)}


async def needs_check_in(session: ReadSession, state: MatchState) -> bool:
    """Whether a match could be played only since its tournament has a check-in, so that both sides have to be there.

    A challenge on a ladder has a time of its own, and needs none.
    """
    deadlines = None if state.owner_id is None else await session.get(MatchDeadlines, state.owner_id)
    if deadlines is None or deadlines.check_in_since is None:
        return False
    if await tournaments.answer_times(session, [state.id]):
        return False
    return (await seated_at(session, [state.id]))[state.id] >= deadlines.check_in_since


async def attention(session: ReadSession, tournament_id: UUID, before: datetime) -> list[Attention]:
    """The matches of a tournament that are disputed, or have been live or reported since before an instant.

    The oldest come first, at most `MAX_ATTENTION`.
    """
    found = await needing_officials(session, tournament_id, before, MAX_ATTENTION)
    return [Attention(state, _REASONS[state.status], _since(state)) for state in found]


def _since(state: MatchState) -> datetime:
    since = state.started_at if state.report is None else state.report.at
    assert since is not None
    return since


_REASONS = {
    MatchStatus.DISPUTED: AttentionReason.DISPUTED,
    MatchStatus.REPORTED: AttentionReason.UNCONFIRMED,
    MatchStatus.LIVE: AttentionReason.WITHOUT_REPORT,
}
