"""What facts mean for vetoes: play waits for them, and they do not wait for ever."""

from __future__ import annotations

from datetime import datetime

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM
from domain.matches import EntryKind, MatchChanged
from domain.vetoes.commands.change import choose, is_between
from domain.vetoes.errors import VetoUnfinished
from domain.vetoes.events import VetoStepDue
from domain.vetoes.models import Veto
from domain.vetoes.queries import RUNNING, current_veto
from domain.vetoes.rules.progress import drawn_choice

_PLAY = frozenset({EntryKind.STARTED, EntryKind.SCORE, EntryKind.REPORTED})


async def require_settled(session: WriteSession, event: MatchChanged) -> None:
    """Let a side begin a match, or say how it stands, only when it is settled what is played. Officials may always.

    Raises:
        VetoUnfinished: it is not.
    """
    if not any(entry.kind in _PLAY and entry.slot is not None for entry in event.entries):
        return
    first, second = (slot.participant_id for slot in event.state.slots)
    if first is None or second is None:
        return
    veto = await current_veto(session, event.state.id, first, second)
    if veto is not None and not veto.progress.is_complete:
        raise VetoUnfinished


async def do_overdue_step(session: WriteSession, event: VetoStepDue, now: datetime) -> None:
    """Do a step by lot for the side that has not chosen in time, if that still matters."""
    match = await matches.held(session, event.match_id)
    veto = await session.get_one(Veto, event.veto_id, populate_existing=True)
    if veto.version != event.version or not is_between(veto, match) or match.status not in RUNNING:
        return
    option = drawn_choice(veto.progress, veto.lot)
    await choose(session, SYSTEM, match, veto, option, now, is_automatic=True)
