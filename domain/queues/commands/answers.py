"""Whether those who were called are there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import matches, tournaments
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.participant import ParticipantKind
from domain.matches import Outcome, StartMatch
from domain.queues.commands.change import end, held_call, show
from domain.queues.errors import CallIsOver, NotYourCall
from domain.queues.events import AnswerTimeEnded, CallExpired
from domain.queues.models import Call, CallPlayer, Queue
from domain.queues.values import CallEnding, CallStatus, NoShow


@dataclass(frozen=True, kw_only=True)
class AnswerCall:
    """Say that a side is there. `slot` None: one's own, or for an organizer both."""

    call_id: UUID
    now: datetime
    slot: int | None = None


async def answer_call(session: WriteSession, actor: Actor, command: AnswerCall) -> Call:
    """Say at the table that a side is there. When both are, their match begins. A repeat changes nothing.

    Raises:
        Unauthenticated: nobody is logged in.
        CallNotFound: there is no such call.
        NotYourCall: the actor plays on neither side or answers for the other one, and is no organizer.
        CallIsOver: the match is not called any more.
    """
    user_id = actor.require_user()
    tournament, queue, call = await held_call(session, command.call_id)
    assert call.match_id is not None
    if await tournaments.can_manage(session, actor, tournament):
        slots = {0, 1} if command.slot is None else {command.slot}
    else:
        own = await _slot_of(session, call, user_id)
        if command.slot not in (None, own):
            raise NotYourCall
        slots = {own}
    status = call.view.status
    if status is CallStatus.OVER:
        raise CallIsOver(status, "CALLED")
    missing = {slot for slot in slots if not call.view.answered[slot]}
    if status is CallStatus.PLAYING or not missing:
        return call
    if 0 in missing:
        call.first_answered_at = command.now
    if 1 in missing:
        call.second_answered_at = command.now
    if all(call.view.answered):
        # Any player may answer for a team, but only its captain may start its matches: so the match starts by itself.
        state = (await matches.states_by_id(session, [call.match_id]))[call.match_id]
        await matches.start_match(session, SYSTEM, StartMatch(call.match_id, state.version, command.now))
    else:
        await show(session, queue, call)
    return call


async def expire_call(session: WriteSession, event: AnswerTimeEnded) -> None:
    """Do what the organizers chose for a call that was not answered in time, if it still waits, and tell them."""
    _, queue, call = await held_call(session, event.call_id)
    assert call.match_id is not None
    if call.view.status is not CallStatus.CALLED or call.expired_at is not None:
        return
    absent = tuple(slot for slot in (0, 1) if not call.view.answered[slot])
    call.expired_at = event.at
    await outbox.record(session, CallExpired(tournament_id=queue.id, call=call.view, absent=absent))
    if queue.no_show is NoShow.REPORT or await _is_a_guest_missing(session, queue, call, absent):
        await show(session, queue, call)
    elif queue.no_show is NoShow.FORFEIT and len(absent) == 1:
        reason = "The other side was not there when it was called."
        present = 1 - absent[0]
        await matches.go_on_without_play(session, SYSTEM, call.match_id, present, reason, Outcome.WALKOVER, event.at)
    else:
        await end(session, queue, call, CallEnding.EXPIRED, event.at)


async def _is_a_guest_missing(session: WriteSession, queue: Queue, call: Call, absent: Collection[int]) -> bool:
    """Whether a forfeit would hit a guest, who cannot answer: the organizers do, and may have forgotten it."""
    state = (await matches.states_by_id(session, [call.view.played_id]))[call.view.played_id]
    is_missing = any(state.slots[slot].kind is ParticipantKind.GUEST for slot in absent)
    return queue.no_show is NoShow.FORFEIT and is_missing


async def _slot_of(session: WriteSession, call: Call, user_id: UUID) -> int:
    statement = select(CallPlayer.slot).where(CallPlayer.call_id == call.id, CallPlayer.user_id == user_id)
    slot = await session.scalar(statement)
    if slot is None:
        raise NotYourCall
    return slot
