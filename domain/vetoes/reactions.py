"""What facts mean for vetoes: play waits for them, later games are picked when others are told, and no step waits for
ever.
"""

from __future__ import annotations

from datetime import datetime

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM
from domain.matches import EntryKind, MatchChanged
from domain.vetoes.commands.change import choose, go_on, is_between
from domain.vetoes.errors import GamesUntold, VetoUnfinished
from domain.vetoes.events import VetoStepDue
from domain.vetoes.models import Veto, progress_in
from domain.vetoes.queries import RUNNING, current_veto
from domain.vetoes.rules.progress import drawn_choice

_PLAY = frozenset({EntryKind.STARTED, EntryKind.SCORE, EntryKind.REPORTED})


async def follow_match(session: WriteSession, event: MatchChanged) -> None:
    """Let a side begin a match, or say how it stands, only when it is settled what is played. Officials may always.

    Where later games are picked by themselves, the next one is to be picked when a game is told, or told otherwise.

    Raises:
        VetoUnfinished: it is not settled.
        GamesUntold: nobody could know who picks next.
    """
    state = event.state
    entry = next((entry for entry in event.entries if entry.kind in _PLAY), None)
    first, second = (slot.participant_id for slot in state.slots)
    if entry is None or first is None or second is None:
        return
    veto = await current_veto(session, state.id, first, second)
    if veto is None:
        return
    games = state.games if state.report is None else state.report.games
    played = 0 if entry.scores is None else sum(entry.scores) - state.advantage
    progress = progress_in(veto.view, games)
    if progress.course.counter_picks is not None and len(games) != played:
        raise GamesUntold
    if entry.slot is not None and not progress.covers(len(games)):
        raise VetoUnfinished
    if entry.kind is EntryKind.SCORE and progress.after != veto.waits_after:
        await go_on(session, veto, progress, entry.at)


async def do_overdue_step(session: WriteSession, event: VetoStepDue, now: datetime) -> None:
    """Do a step by lot for the side that has not chosen in time, if that still matters."""
    match = await matches.held(session, event.match_id)
    veto = await session.get_one(Veto, event.veto_id, populate_existing=True)
    if veto.version != event.version or not is_between(veto, match) or match.status not in RUNNING:
        return
    option = drawn_choice(progress_in(veto.view, match.games), veto.lot)
    await choose(session, SYSTEM, match, veto, option, now, is_automatic=True)
