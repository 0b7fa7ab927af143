"""What facts about matches mean for notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain import disputes, teams, tournaments
from domain.deadlines import needs_check_in
from domain.infra.db import WriteSession
from domain.kernel.participant import ParticipantKind
from domain.matches import (
    MatchDisputed,
    MatchFinished,
    MatchInvited,
    MatchReady,
    MatchReported,
    MatchReset,
    MatchRestored,
    MatchState,
    Outcome,
    Slot,
)
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind
from domain.tournaments import ChallengeCalledOff


async def on_match_invited(session: WriteSession, event_id: UUID, event: MatchInvited) -> None:
    """Tell whoever can accept: the challenged user, or the captain of the challenged team."""
    state = event.state
    data = {**_about(state), "opponent": state.slots[0].name, "best_of": state.best_of, "scoring": state.scoring.value}
    people = await deciders(session, event.state.slots[1])
    await notify(session, event_id, NotificationKind.MATCH_INVITATION, [Note(one, data) for one in people])


async def on_match_ready(session: WriteSession, event_id: UUID, event: MatchReady) -> None:
    """Tell everyone on both sides; where they have to check in, when that has opened.

    Who is challenged on a ladder also hears until when they have to play.
    """
    state = event.state
    if await needs_check_in(session, state):
        return
    about = await about_with_event(session, state)
    answer_by = (await tournaments.answer_times(session, [state.id])).get(state.id)
    for side in (0, 1):
        data, kind = {**about, "opponent": state.slots[1 - side].name}, NotificationKind.MATCH_READY
        if answer_by is not None and side == 1:
            data, kind = {**data, "until": f"{answer_by:%Y-%m-%d %H:%M}"}, NotificationKind.CHALLENGED
        notes = [Note(one, data) for one in await _everyone(session, state.slots[side])]
        await notify(session, event_id, kind, notes)


async def on_match_reported(session: WriteSession, event_id: UUID, event: MatchReported) -> None:
    """Ask whoever can confirm for the other side; for a guest, those who can decide the match."""
    report = event.state.report
    if report is None:
        return
    about = await about_with_event(session, event.state)
    other = 1 - report.slot
    scores = [report.scores[other], report.scores[report.slot]]
    data = {**about, "opponent": event.state.slots[report.slot].name, "scores": scores}
    if report.tiebreak_winner is not None:
        data["tiebreak_is_yours"] = report.tiebreak_winner == other
    if event.state.slots[other].kind is ParticipantKind.GUEST:
        people = await _officials(session, event.state)
    else:
        people = await deciders(session, event.state.slots[other])
    await notify(session, event_id, NotificationKind.RESULT_REPORTED, [Note(one, data) for one in people])


async def on_match_disputed(session: WriteSession, event_id: UUID, event: MatchDisputed) -> None:
    """Tell those who can decide it: organizers and referees of its event, but for those who play in it."""
    about = await about_with_event(session, event.state)
    names = [slot.name for slot in event.state.slots]
    data = {**about, "names": names, "reason": event.state.dispute_reason or ""}
    deciding = await _officials(session, event.state)
    await notify(session, event_id, NotificationKind.RESULT_DISPUTED, [Note(one, data) for one in deciding])


async def on_match_finished(session: WriteSession, event_id: UUID, event: MatchFinished) -> None:
    """Tell everyone on both sides, each from their side."""
    state = event.state
    about = await about_with_event(session, state)
    notes = []
    for side in (0, 1):
        own, other = state.slots[side], state.slots[1 - side]
        data = {
            **about,
            "opponent": other.name,
            "has_won": state.winner == side,
            "is_drawn": state.is_drawn,
            "outcome": (state.outcome or Outcome.PLAYED).value,
            "scores": [own.score, other.score],
        }
        notes += [Note(one, data) for one in await _everyone(session, own)]
    await notify(session, event_id, NotificationKind.MATCH_FINISHED, notes)


async def on_match_reset(session: WriteSession, event_id: UUID, event: MatchReset) -> None:
    """Tell everyone who had begun it, and whether they play again."""
    about = {**await about_with_event(session, event.state), "reason": event.reason}
    meets_nobody = any(slot.is_empty for slot in event.state.slots)
    playing = set() if meets_nobody else {slot.participant_id for slot in event.state.slots}
    notes = []
    for side in (0, 1):
        own, other = event.before.slots[side], event.before.slots[1 - side]
        data = {**about, "opponent": other.name, "plays_again": own.participant_id in playing}
        notes += [Note(one, data) for one in await _everyone(session, own)]
    await notify(session, event_id, NotificationKind.MATCH_RESET, notes)


async def on_match_restored(session: WriteSession, event_id: UUID, event: MatchRestored) -> None:
    """Tell everyone on both sides, unless nobody came to one of them."""
    if any(slot.participant_id is None for slot in event.state.slots):
        return
    about = await about_with_event(session, event.state)
    notes = [
        Note(one, {**about, "opponent": event.state.slots[1 - side].name})
        for side in (0, 1)
        for one in await _everyone(session, event.state.slots[side])
    ]
    await notify(session, event_id, NotificationKind.MATCH_RESTORED, notes)


async def on_challenge_called_off(session: WriteSession, event_id: UUID, event: ChallengeCalledOff) -> None:
    """Tell everyone on both sides, and why."""
    about = {**await about_with_event(session, event.match), "reason": event.reason}
    notes = [
        Note(one, {**about, "opponent": event.match.slots[1 - side].name})
        for side in (0, 1)
        for one in await _everyone(session, event.match.slots[side])
    ]
    await notify(session, event_id, NotificationKind.CHALLENGE_CALLED_OFF, notes)


def _about(state: MatchState) -> dict[str, Any]:
    return {"match_id": str(state.id)}


async def about_with_event(session: WriteSession, state: MatchState) -> dict[str, Any]:
    """What the match is, and the name of the tournament it belongs to, if it does."""
    if state.owner_id is None:
        return _about(state)
    found = (await tournaments.tournaments_by_id(session, [state.owner_id])).get(state.owner_id)
    if found is None:
        return _about(state)
    return {**_about(state), "tournament_id": str(found.id), "tournament": found.name}


async def _everyone(session: WriteSession, slot: Slot) -> Sequence[UUID]:
    """The user on this side, or all members of the team. Guests are not told."""
    if slot.participant_id is None or slot.kind is ParticipantKind.GUEST:
        return []
    if slot.kind is ParticipantKind.USER:
        return [slot.participant_id]
    members = await teams.members_of(session, [slot.participant_id])
    return [member.user_id for member in members.get(slot.participant_id, [])]


async def _officials(session: WriteSession, state: MatchState) -> Sequence[UUID]:
    """The organizers and referees of the event of a match who do not play in it. There are none outside of events."""
    if state.owner_id is None:
        return []
    sides = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    return await disputes.officials_of(session, state.owner_id, sides)


async def deciders(session: WriteSession, slot: Slot) -> Sequence[UUID]:
    """The user on this side, or the captain of the team."""
    if slot.participant_id is None:
        return []
    if slot.kind is ParticipantKind.USER:
        return [slot.participant_id]
    return list((await teams.captains_of(session, [slot.participant_id])).values())
