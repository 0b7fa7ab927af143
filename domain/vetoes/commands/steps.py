"""What the sides of a match choose in turn, and what officials take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.matches import Change, EntryKind
from domain.vetoes.commands.change import choose, go_on, held_veto, require_running
from domain.vetoes.errors import NothingToTakeBack, NotYourTurn, VetoOver
from domain.vetoes.models import Veto, progress_in
from domain.vetoes.rules.progress import checked_choice, without_last
from domain.vetoes.values import VetoChoice


@dataclass(frozen=True, slots=True)
class TakeVetoStep:
    """What a side bans, picks or starts on: the slug of an option, or of a starting side."""

    veto_id: UUID
    version: int
    option: str
    now: datetime


async def take_veto_step(session: WriteSession, actor: Actor, command: TakeVetoStep) -> Veto:
    """Do the next step of a veto: as the side whose turn it is, or as an official for it.

    Raises:
        VetoNotFound, StaleVersion, Unauthenticated, NotYourMatch, BothSides, VetoReplaced, WrongMatchStatus.
        VetoOver: no step is to be done now.
        NotYourTurn: the actor is the other side.
        OptionGone, UnknownOption: that cannot be chosen now.
    """
    match, veto = await held_veto(session, command.veto_id, command.version)
    side = await matches.require_side_or_official(session, actor, match)
    require_running(veto, match)
    progress = progress_in(veto.view, match.games)
    step = progress.next_step
    if step is None or step.turn is None:
        raise VetoOver
    if side not in (None, veto.view.slot_of(step.turn)):
        raise NotYourTurn
    await choose(session, actor, match, veto, checked_choice(progress, command.option), command.now)
    return veto


@dataclass(frozen=True, slots=True)
class UndoVetoStep:
    """Take back what was chosen last in a veto, or with `is_all` everything, and say why.

    Where later games are picked by themselves, only what was chosen for the game that is next can be taken back.
    """

    veto_id: UUID
    version: int
    reason: str
    now: datetime
    is_all: bool = False


async def undo_veto_step(session: WriteSession, actor: Actor, command: UndoVetoStep) -> Veto:
    """Take back the last choice of a veto or all of them, as an official. Who begins stays as it is.

    Raises:
        VetoNotFound, StaleVersion, Unauthenticated, NotAnOfficial, OwnMatch, VetoReplaced, WrongMatchStatus,
        InvalidInput.
        NothingToTakeBack: nothing was chosen yet, or not for the game that is next.
    """
    match, veto = await held_veto(session, command.veto_id, command.version)
    await matches.require_official(session, actor, match)
    require_running(veto, match)
    reason = matches.checked_text(command.reason, "reason")
    choices = msgspec.convert(veto.choices, list[VetoChoice])
    left = without_last(choices, progress_in(veto.view, match.games).after, is_all=command.is_all)
    if left == choices:
        raise NothingToTakeBack
    veto.choices = msgspec.to_builtins(left)
    change = Change(match, actor, command.now)
    told = "Began the veto anew" if command.is_all else "Took the last step back"
    change.log(EntryKind.VETO, message=f"{told}: {reason}")
    await go_on(session, veto, progress_in(veto.view, match.games), command.now)
    await change.record(session, is_new_version=False)
    return veto
