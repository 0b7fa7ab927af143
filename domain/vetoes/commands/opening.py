"""How vetoes open: whoever gives a match its sides says so, in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import select

from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.kernel.veto import VetoBeginner, VetoPlan
from domain.matches import Scores, Slot
from domain.vetoes.commands.change import go_on, set_deadline, wait
from domain.vetoes.models import Veto, progress_in
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
    def advantage(self) -> int:
        """How many of them slot 0 is ahead when play begins."""

    @property
    def games(self) -> Sequence[Scores]:
        """Those that were played and told so far."""

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
        match = by_sides.pop((veto.match_id, veto.first_id, veto.second_id), None)
        if match is not None and not (progress := progress_in(veto.view, match.games)).is_complete:
            await go_on(session, veto, progress, now)
    opened = [_opened(plan, match, now) for match in by_sides.values()]
    session.add_all(opened)
    await session.flush()
    for veto in opened:
        await wait(session, veto, progress_in(veto.view, ()))


def _opened(plan: VetoPlan, match: Playable, now: datetime) -> Veto:
    first, second = match.slots
    lot = secrets.randbelow(_LOTS)
    first_slot = _first_slot(plan.beginner, first, second, lot)
    needed = match.best_of // 2 + 1
    to_win = needed - match.advantage, needed
    veto = Veto(
        id=new_id(),
        match_id=match.id,
        first_id=first.participant_id,
        second_id=second.participant_id,
        course=msgspec.to_builtins(course_of(plan, match.best_of, to_win if first_slot == 0 else to_win[::-1])),
        choices=[],
        first_slot=first_slot,
        lot=lot,
        step_s=plan.step_s,
        opened_at=now,
        deadline_at=None,
        version=1,
    )
    set_deadline(veto, progress_in(veto.view, ()), now)
    return veto


def _first_slot(beginner: VetoBeginner, first: Slot, second: Slot, lot: int) -> int:
    if beginner is VetoBeginner.COIN or first.seed is None or second.seed is None:
        return lot % 2
    return int((first.seed < second.seed) is (beginner is VetoBeginner.LOWER_SEED))
