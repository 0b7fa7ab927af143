"""How vetoes open: whoever gives a match its sides says so, in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import select

from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.kernel.veto import VetoBeginner, VetoPlan
from domain.matches import Slot
from domain.vetoes.commands.change import go_on, wait
from domain.vetoes.models import Veto
from domain.vetoes.rules.plans import course_of

_LOTS = 2**62


class Playable(Protocol):
    """A match that can be played, or will be when both of its slots are known."""

    @property
    def id(self) -> UUID:
        """Its key."""

    @property
    def best_of(self) -> int:
        """How many games it has at most."""

    @property
    def slots(self) -> tuple[Slot, Slot]:
        """Both sides, in order."""


async def open_vetoes(session: WriteSession, plan: VetoPlan, playable: Iterable[Playable], now: datetime) -> None:
    """Open the vetoes of matches whose two sides are known. Sides that have one already go on where they left it."""
    by_sides = {
        (match.id, match.slots[0].participant_id, match.slots[1].participant_id): match
        for match in playable
        if all(slot.participant_id is not None for slot in match.slots)
    }
    statement = select(Veto).where(Veto.match_id.in_([match_id for match_id, _, _ in by_sides]))
    for veto in await session.scalars(statement):
        is_back = by_sides.pop((veto.match_id, veto.first_id, veto.second_id), None) is not None
        if is_back and not veto.progress.is_complete:
            await go_on(session, veto, now)
    opened = [_opened(plan, match, now) for match in by_sides.values()]
    session.add_all(opened)
    await session.flush()
    for veto in opened:
        await wait(session, veto)


def _opened(plan: VetoPlan, match: Playable, now: datetime) -> Veto:
    first, second = match.slots
    lot = secrets.randbelow(_LOTS)
    veto = Veto(
        id=new_id(),
        match_id=match.id,
        first_id=first.participant_id,
        second_id=second.participant_id,
        course=msgspec.to_builtins(course_of(plan, match.best_of)),
        choices=[],
        first_slot=_first_slot(plan.beginner, first, second, lot),
        lot=lot,
        step_s=plan.step_s,
        opened_at=now,
        deadline_at=None,
        version=1,
    )
    if plan.step_s is not None and not veto.progress.is_complete:
        veto.deadline_at = now + timedelta(seconds=plan.step_s)
    return veto


def _first_slot(beginner: VetoBeginner, first: Slot, second: Slot, lot: int) -> int:
    if beginner is VetoBeginner.COIN or first.seed is None or second.seed is None:
        return lot % 2
    return int((first.seed < second.seed) is (beginner is VetoBeginner.LOWER_SEED))
