"""Reads of the vetoes context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from domain.infra.db import ReadSession
from domain.infra.views import among, select_view
from domain.vetoes.models import Veto
from domain.vetoes.values import VetoView

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


async def current_veto(session: ReadSession, match_id: UUID, first_id: UUID, second_id: UUID) -> Veto | None:
    """The veto of a match that has these sides, for whoever changes it."""
    statement = select(Veto).where(Veto.match_id == match_id, Veto.first_id == first_id, Veto.second_id == second_id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
