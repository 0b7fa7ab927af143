"""An entrant leaves a running tournament: opponents go on, earned results stay."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.matches import MatchState, MatchStatus, Outcome
from domain.tournaments.commands.rungs import leave_ladders
from domain.tournaments.models import Entrant
from domain.tournaments.values import GONE, EntrantStatus


async def put_out(
    session: WriteSession, actor: Actor, entrant: Entrant, status: EntrantStatus, reason: str, now: datetime
) -> None:
    """Let an entrant play no further match. What waits for an unknown opponent is decided once that one is known.

    Raises:
        OwnMatch: that would decide a match for the actor.
    """
    entrant.status = status
    is_disqualified = status is EntrantStatus.DISQUALIFIED
    for state in await matches.states_of_owner(session, entrant.tournament_id):
        slot = _slot_of(state, entrant)
        if state.status in matches.OPEN and slot is not None:
            await matches.require_not_playing(session, actor, state.kind, state.owner_id, [state.slots[1 - slot]])
            await forfeit(session, actor, state, [slot], reason, now, is_disqualified=is_disqualified)
    await leave_ladders(session, entrant, now)


async def forfeit_if_gone(session: WriteSession, tournament_id: UUID, state: MatchState, now: datetime) -> None:
    """Decide a match at once when its sides are known and one of them, or both, will not play it."""
    if state.status is MatchStatus.FINISHED or not all(slot.is_known for slot in state.slots):
        return
    participants = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    statement = select(Entrant).where(
        Entrant.tournament_id == tournament_id,
        Entrant.participant_id.in_(participants),
        Entrant.status.in_(GONE),
    )
    left = {entrant.participant_id: entrant for entrant in await session.scalars(statement)}
    # By the rules whoever meets nobody goes on, even if they have left: they lose to the next who is there.
    empty = {index for index, slot in enumerate(state.slots) if slot.is_empty}
    gone = empty or {index for index, slot in enumerate(state.slots) if slot.participant_id in left}
    if gone:
        names = " and ".join(entrant.name for entrant in left.values())
        reason = "Nobody came from the match before." if empty else f"{names} will not play."
        is_disqualified = not empty and any(entrant.status is EntrantStatus.DISQUALIFIED for entrant in left.values())
        await forfeit(session, SYSTEM, state, gone, reason, now, is_disqualified=is_disqualified)


async def forfeit(
    session: WriteSession,
    actor: Actor,
    state: MatchState,
    gone: Collection[int],
    reason: str,
    now: datetime,
    *,
    is_disqualified: bool,
) -> None:
    """Decide a match whose slots in `gone` will not play it."""
    outcome = Outcome.DISQUALIFICATION if is_disqualified else Outcome.WALKOVER
    staying = [slot for slot in (0, 1) if slot not in gone]
    winner = staying[0] if staying else None
    await matches.go_on_without_play(session, actor, state.id, winner, reason, outcome, now)


def _slot_of(state: MatchState, entrant: Entrant) -> int | None:
    for index, slot in enumerate(state.slots):
        if slot.participant_id == entrant.participant_id:
            return index
    return None
