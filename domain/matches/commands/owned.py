"""What an event does with its matches. The caller holds the event and has checked who may do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.matches.commands.change import Change
from domain.matches.commands.results import finish_without_play
from domain.matches.errors import MatchNotFound
from domain.matches.events import MatchReady
from domain.matches.models import Match, MatchLogRow
from domain.matches.values import OVER, EntryKind, MatchKind, MatchStatus, Outcome, Slot


@dataclass(frozen=True, slots=True)
class OwnedMatch:
    """A match to create for an event; slots not known yet are empty `Slot()`s."""

    id: UUID
    best_of: int
    slots: tuple[Slot, Slot]


async def create_owned(
    session: WriteSession, owner_id: UUID, game_id: UUID, matches: Sequence[OwnedMatch], now: datetime
) -> None:
    """Create all matches of an event at once, each at version 1, and announce those that can be played."""
    rows = [_row(owner_id, game_id, match, now) for match in matches]
    session.add_all(rows)
    await session.flush()
    session.add_all(MatchLogRow(match_id=row.id, sequence=1, kind=EntryKind.CREATED, at=now) for row in rows)
    for row in rows:
        if row.status is MatchStatus.READY:
            await outbox.record(session, MatchReady(state=row.state))


async def seat(session: WriteSession, match_id: UUID, seats: Mapping[int, Slot], now: datetime) -> Match:
    """Put competitors into slots; the match becomes ready when both are known."""
    match = await _owned(session, match_id)
    change = Change(match, SYSTEM, now)
    for index, slot in seats.items():
        match.set_slot(index, slot)
        change.log(EntryKind.SEATED, slot=index, message=slot.name)
    is_ready = all(slot.participant_id for slot in match.slots)
    match.status = MatchStatus.READY if is_ready else MatchStatus.PENDING
    await change.record(session)
    if is_ready:
        await outbox.record(session, MatchReady(state=match.state))
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
    await finish_without_play(session, change, winner_slot, outcome)
    return match


async def close_unneeded(session: WriteSession, match_id: UUID, now: datetime) -> Match:
    """Note that a match will not be played because it is already decided who goes on."""
    match = await _owned(session, match_id)
    change = Change(match, SYSTEM, now)
    match.first = match.second = Slot()
    match.status = MatchStatus.NOT_NEEDED
    change.log(EntryKind.NOT_NEEDED)
    await change.record(session)
    return match


async def call_off(session: WriteSession, owner_id: UUID, reason: str, now: datetime) -> None:
    """Cancel every match of an event that is not over."""
    statement = select(Match).where(Match.owner_id == owner_id, Match.status.not_in(OVER)).order_by(Match.id)
    for match in (await session.scalars(statement.execution_options(populate_existing=True))).all():
        change = Change(match, SYSTEM, now)
        match.status, match.report, match.dispute_reason = MatchStatus.CANCELLED, None, None
        change.log(EntryKind.CANCELLED, message=reason)
        await change.record(session)


async def _owned(session: WriteSession, match_id: UUID) -> Match:
    # Nobody else changes it, because the caller holds its owner; so what this transaction has read of it is true.
    match = await session.get(Match, match_id)
    if match is None:
        raise MatchNotFound
    return match


def _row(owner_id: UUID, game_id: UUID, match: OwnedMatch, now: datetime) -> Match:
    is_ready = all(slot.participant_id for slot in match.slots)
    return Match(
        id=match.id,
        owner_id=owner_id,
        game_id=game_id,
        kind=MatchKind.TOURNAMENT,
        best_of=match.best_of,
        status=MatchStatus.READY if is_ready else MatchStatus.PENDING,
        version=1,
        log_length=1,
        first=match.slots[0],
        second=match.slots[1],
        games=[],
        created_at=now,
    )
