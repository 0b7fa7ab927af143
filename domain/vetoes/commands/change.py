"""How every change of a veto is made: held with its match, logged there, and waiting for whose turn it is then."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from domain import matches
from domain.infra import outbox, timers
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import StaleVersion
from domain.kernel.veto import VetoOption, VetoStepKind
from domain.matches import Change, EntryKind, Match
from domain.vetoes.errors import VetoNotFound, VetoReplaced
from domain.vetoes.events import VetoStepDue, VetoTurnCame
from domain.vetoes.models import Veto, progress_in
from domain.vetoes.queries import RUNNING
from domain.vetoes.rules.progress import DoneStep, Progress
from domain.vetoes.values import VetoChoice

_TOLD = {
    VetoStepKind.BAN: "{side} banned {option}",
    VetoStepKind.PICK: "{side} picked {option}",
    VetoStepKind.SIDE: "{side} starts on {option}",
    VetoStepKind.DECIDER: "{option} is left over",
}


async def held_veto(session: WriteSession, veto_id: UUID, version: int) -> tuple[Match, Veto]:
    """A veto with its match, both held.

    Raises:
        VetoNotFound: there is no such veto.
        StaleVersion: it is not at the version the caller saw.
    """
    match_id = await session.scalar(select(Veto.match_id).where(Veto.id == veto_id))
    if match_id is None:
        raise VetoNotFound
    match = await matches.held(session, match_id)
    veto = await session.get_one(Veto, veto_id, populate_existing=True)
    if veto.version != version:
        raise StaleVersion("veto", veto.version)
    return match, veto


def is_between(veto: Veto, match: Match) -> bool:
    """Whether these are the sides that the match has now."""
    return (veto.first_id, veto.second_id) == (match.first.participant_id, match.second.participant_id)


def require_running(veto: Veto, match: Match) -> None:
    """Refuse the veto of a match that has other sides, or is not to be played any more.

    Raises:
        VetoReplaced, WrongMatchStatus.
    """
    if not is_between(veto, match):
        raise VetoReplaced
    if match.status not in RUNNING:
        raise matches.WrongMatchStatus(match.status, "READY or LIVE")


async def choose(
    session: WriteSession,
    actor: Actor,
    match: Match,
    veto: Veto,
    option: VetoOption,
    now: datetime,
    *,
    is_automatic: bool = False,
) -> None:
    """Do the next step of a veto with this option; a decider after it is done as well."""
    before = progress_in(veto.view, match.games)
    choice = VetoChoice(option.slug, now, is_automatic, before.after)
    veto.choices = [*veto.choices, msgspec.to_builtins(choice)]
    change = Change(match, actor, now)
    progress = progress_in(veto.view, match.games)
    for done in progress.done[len(before.done) :]:
        slot = None if done.step.turn is None else veto.view.slot_of(done.step.turn)
        change.log(EntryKind.VETO, slot=slot, message=_told(done, match, slot))
    await go_on(session, veto, progress, now)
    await change.record(session, is_new_version=False)


async def go_on(session: WriteSession, veto: Veto, progress: Progress, now: datetime) -> None:
    """Give a veto its next version, in which it waits for whose turn it is by then."""
    veto.version += 1
    set_deadline(veto, progress, now)
    await session.flush()
    await wait(session, veto, progress)


def set_deadline(veto: Veto, progress: Progress, now: datetime) -> None:
    """Let the time of the next step begin now, if there is one and it is limited."""
    is_limited = veto.step_s is not None and not progress.is_complete
    veto.deadline_at = now + timedelta(seconds=veto.step_s or 0) if is_limited else None
    veto.waits_after = progress.after


async def wait(session: WriteSession, veto: Veto, progress: Progress) -> None:
    """Tell whose turn it is, and have the step done for them when their time is over."""
    if progress.is_complete:
        return
    at = veto.deadline_at
    await outbox.record(
        session, VetoTurnCame(match_id=veto.match_id, veto_id=veto.id, version=veto.version, deadline_at=at)
    )
    if at is not None:
        due = VetoStepDue(match_id=veto.match_id, veto_id=veto.id, version=veto.version, at=at)
        timers.record_at(session, at, due)


def _told(done: DoneStep, match: Match, slot: int | None) -> str:
    told = _TOLD[done.step.kind].format(option=done.option.name, side=None if slot is None else match.slots[slot].name)
    is_late = done.is_automatic and done.step.kind is not VetoStepKind.DECIDER
    return f"{told}, by lot, because the time was over" if is_late else told
