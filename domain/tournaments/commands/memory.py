"""What a match remembers of sides that it has not now. It holds again when somebody's result brings them back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from domain.infra.db import WriteSession
from domain.matches import MatchState
from domain.tournaments.models import SetAside
from domain.tournaments.rules.progression import EMPTY, Sides


def sides_of(state: MatchState) -> Sides:
    """The seeds in the slots of a match: EMPTY for nobody, None while unknown."""
    first, second = (EMPTY if slot.is_empty else slot.seed for slot in state.slots)
    return first, second


def set_aside(session: WriteSession, state: MatchState) -> None:
    """Remember how the present sides of a match leave it."""
    first, second = sides_of(state)
    session.add(SetAside(match_id=state.id, first_seed=first, second_seed=second, state=msgspec.to_builtins(state)))


async def taken_up(session: WriteSession, match_id: UUID, sides: Sides) -> MatchState | None:
    """How these sides left the match, to go on from there; it is remembered no longer. None when they never met."""
    if None in sides:
        return None
    statement = delete(SetAside).where(
        SetAside.match_id == match_id, SetAside.first_seed == sides[0], SetAside.second_seed == sides[1]
    )
    found = await session.scalar(statement.returning(SetAside.state))
    return None if found is None else msgspec.convert(found, MatchState)


async def remembered(session: WriteSession, match_ids: Collection[UUID]) -> list[MatchState]:
    """Everything that these matches remember, in no order."""
    statement = select(SetAside.state).where(SetAside.match_id.in_(match_ids))
    return [msgspec.convert(state, MatchState) for state in await session.scalars(statement)]
