"""Reads of the vetoes context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra.db import ReadSession
from domain.infra.views import among, select_view
from domain.matches import MatchState, MatchStatus
from domain.vetoes.models import Veto, progress_in
from domain.vetoes.values import VetoView

# What is played can be settled before the match and, at a table, when it has begun already.
RUNNING = (MatchStatus.READY, MatchStatus.LIVE)

_vetoes = Veto.__table__.c
_OF_MATCHES = select_view(Veto, VetoView).where(among(_vetoes.match_id, "match_ids"))
_BY_ID = select_view(Veto, VetoView).where(among(_vetoes.id, "ids"))

Pairing = tuple[UUID, UUID, UUID]
"""A match with its two sides, by slots."""


async def vetoes_of(session: ReadSession, pairings: Sequence[Pairing]) -> Mapping[Pairing, VetoView]:
    """The vetoes of matches between these sides; absent where there is none."""
    found = await session.execute(_OF_MATCHES, {"match_ids": list({match_id for match_id, _, _ in pairings})})
    views = {(view.match_id, view.first_id, view.second_id): view for view in map(VetoView._make, found)}
    return {pairing: views[pairing] for pairing in pairings if pairing in views}


async def vetoes_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, VetoView]:
    """Vetoes by key."""
    return {view.id: view for view in map(VetoView._make, await session.execute(_BY_ID, {"ids": ids}))}


async def whose_turn(session: ReadSession, veto_id: UUID, version: int) -> tuple[MatchState, int] | None:
    """The match of a veto and the slot whose turn it is; None if the veto is not at this version any more, or its match
    has other sides or is not to be played now.
    """
    view = (await vetoes_by_id(session, [veto_id]))[veto_id]
    state = (await matches.states_by_id(session, [view.match_id]))[view.match_id]
    step = progress_in(view, state.games).next_step
    sides = tuple(slot.participant_id for slot in state.slots)
    is_current = view.version == version and sides == (view.first_id, view.second_id) and state.status in RUNNING
    return (state, view.slot_of(step.turn)) if is_current and step is not None and step.turn is not None else None


async def current_veto(session: ReadSession, match_id: UUID, first_id: UUID, second_id: UUID) -> Veto | None:
    """The veto of a match that has these sides, for whoever changes it."""
    statement = select(Veto).where(Veto.match_id == match_id, Veto.first_id == first_id, Veto.second_id == second_id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
