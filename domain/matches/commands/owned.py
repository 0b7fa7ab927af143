"""What an event does with its matches. The caller holds the event and has checked who may do it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.scoring import MatchScoring
from domain.matches.commands.change import Change
from domain.matches.commands.results import finish
from domain.matches.errors import MatchNotFound
from domain.matches.events import MatchReady, MatchReset, MatchRestored
from domain.matches.models import STATE_COLUMNS, Match, MatchLogRow, slot_columns, state_of
from domain.matches.values import OVER, EntryKind, MatchKind, MatchState, MatchStatus, Outcome, Result, Scores, Slot


@dataclass(frozen=True, slots=True)
class OwnedMatch:
    """A match to create for an event; slots not known yet are empty `Slot()`s, and slot 0 may begin games ahead."""

    id: UUID
    best_of: int
    slots: tuple[Slot, Slot]
    advantage: int = 0
    scoring: MatchScoring = MatchScoring.BEST_OF
    can_be_drawn: bool = False

    @property
    def games(self) -> tuple[Scores, ...]:
        """None have been played yet."""
        return ()


async def create_owned(
    session: WriteSession, owner_id: UUID, game_id: UUID, matches: Sequence[OwnedMatch], now: datetime
) -> None:
    """Create all matches of an event at once, each at version 1, and announce those that can be played."""
    rows = [_row(owner_id, game_id, match, now) for match in matches]
    await insert_all(session, Match, rows)
    entries = [{"match_id": row["id"], "sequence": 1, "kind": EntryKind.CREATED, "at": now} for row in rows]
    await insert_all(session, MatchLogRow, entries)
    for row in rows:
        if row["status"] is MatchStatus.READY:
            await outbox.record(session, MatchReady(state=state_of([row.get(name) for name in STATE_COLUMNS])))


async def owned(session: WriteSession, match_ids: Collection[UUID]) -> Sequence[Match]:
    """Matches of an event that are about to change, in no order."""
    return (await session.scalars(select(Match).where(Match.id.in_(match_ids)))).all()


async def seat(
    session: WriteSession,
    match_id: UUID,
    seats: Mapping[int, Slot],
    now: datetime,
    *,
    kept: MatchState | None = None,
    reset_because: str | None = None,
) -> Match:
    """Put competitors into slots, or take them out again; the match becomes ready when both are known.

    Whatever has happened in it ends with that: it begins anew, or goes on from `kept`, which is how the same sides left
    it. `reset_because` says why when people had begun it.
    """
    match = await _owned(session, match_id)
    before = match.state
    change = _rearranged(match, reset_because, now)
    for index, slot in seats.items():
        match.set_slot(index, slot)
        change.log(EntryKind.SEATED, slot=index, message=slot.name)
    if kept is None:
        match.begin_anew()
    else:
        match.go_on_from(kept)
        change.log(EntryKind.RESTORED, slot=match.winner, scores=_scores(kept))
    await change.record(session, has_other_sides=_had_others(before, match))
    await _announce_reset(session, match, before, reset_because)
    if kept is not None:
        await outbox.record(session, MatchRestored(state=match.state, at=now))
    elif match.status is MatchStatus.READY:
        await outbox.record(session, MatchReady(state=match.state))
    return match


async def note(
    session: WriteSession,
    actor: Actor,
    match_id: UUID,
    kind: EntryKind,
    now: datetime,
    *,
    slot: int | None = None,
    message: str | None = None,
) -> Match:
    """Log something that concerns how a match is run, so that its viewers get it, as a new version."""
    match = await _owned(session, match_id)
    change = Change(match, actor, now)
    change.log(kind, slot=slot, message=message)
    await change.record(session)
    return match


async def go_on_without_play(
    session: WriteSession,
    actor: Actor,
    match_id: UUID,
    winner_slot: int | None,
    reason: str,
    outcome: Outcome,
    now: datetime,
) -> Match:
    """Decide a match because one side, or both, will not play it."""
    match = await _owned(session, match_id)
    change = Change(match, actor, now)
    kind = EntryKind.DISQUALIFIED if outcome is Outcome.DISQUALIFICATION else EntryKind.WALKOVER
    change.log(kind, slot=winner_slot, message=reason)
    await finish(session, change, Result(outcome, winner_slot))
    return match


async def close_unneeded(
    session: WriteSession, match_id: UUID, now: datetime, *, reset_because: str | None = None
) -> Match:
    """Note that a match will not be played because it is already decided who goes on.

    `reset_because` says why when people had begun it.
    """
    match = await _owned(session, match_id)
    before = match.state
    change = _rearranged(match, reset_because, now)
    match.first = match.second = Slot()
    match.begin_anew()
    match.status = MatchStatus.NOT_NEEDED
    change.log(EntryKind.NOT_NEEDED)
    await change.record(session, has_other_sides=_had_others(before, match))
    await _announce_reset(session, match, before, reset_because)
    return match


async def call_off(
    session: WriteSession,
    owner_id: UUID,
    reason: str,
    now: datetime,
    *,
    only: Collection[UUID] | None = None,
    actor: Actor = SYSTEM,
) -> None:
    """Cancel every match of an event that is not over, or of those only these."""
    statement = select(Match).where(Match.owner_id == owner_id, Match.status.not_in(OVER)).order_by(Match.id)
    if only is not None:
        statement = statement.where(Match.id.in_(only))
    for match in (await session.scalars(statement.execution_options(populate_existing=True))).all():
        change = Change(match, actor, now)
        match.status, match.report, match.dispute_reason = MatchStatus.CANCELLED, None, None
        change.log(EntryKind.CANCELLED, message=reason)
        await change.record(session)


def _rearranged(match: Match, reset_because: str | None, now: datetime) -> Change:
    change = Change(match, SYSTEM, now)
    if reset_because is not None:
        change.log(EntryKind.RESET, message=reset_because)
    return change


def _had_others(before: MatchState, match: Match) -> bool:
    """Whether both sides were known before, and are not those that the match has now."""
    sides = [slot.participant_id for slot in before.slots]
    return None not in sides and sides != [slot.participant_id for slot in match.slots]


async def _announce_reset(session: WriteSession, match: Match, before: MatchState, because: str | None) -> None:
    if because is not None:
        await outbox.record(session, MatchReset(state=match.state, before=before, reason=because))


def _scores(state: MatchState) -> Scores | None:
    first, second = (slot.score for slot in state.slots)
    return None if first is None or second is None else (first, second)


async def _owned(session: WriteSession, match_id: UUID) -> Match:
    # Nobody else changes it, because the caller holds its owner; so what this transaction has read of it is true.
    match = await session.get(Match, match_id)
    if match is None:
        raise MatchNotFound
    return match


def _row(owner_id: UUID, game_id: UUID, match: OwnedMatch, now: datetime) -> dict[str, Any]:
    is_ready = all(slot.participant_id for slot in match.slots)
    first, second = match.slots
    return {
        "id": match.id,
        "owner_id": owner_id,
        "game_id": game_id,
        "kind": MatchKind.TOURNAMENT,
        "best_of": match.best_of,
        "advantage": match.advantage,
        "scoring": match.scoring,
        "can_be_drawn": match.can_be_drawn,
        "status": MatchStatus.READY if is_ready else MatchStatus.PENDING,
        "version": 1,
        "log_length": 1,
        **slot_columns("first", first),
        **slot_columns("second", second),
        "games": [],
        "created_at": now,
    }
