"""Reads of matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from domain.infra.db import ReadSession
from domain.infra.paging import page_of, pages_of
from domain.kernel.paging import Page, PageRequest
from domain.matches.models import STATE_COLUMNS, Match, MatchLogRow, state_of
from domain.matches.values import OVER, LogEntry, MatchState, MatchStatus

# Viewers read these by the hundred, so they are no objects of the session.
_STATES = select(*(Match.__table__.c[name] for name in STATE_COLUMNS))


async def states_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, MatchState]:
    """Matches by key."""
    rows = await session.execute(_STATES.where(Match.id.in_(ids)))
    return {state.id: state for state in map(state_of, rows)}


async def states_of_owner(session: ReadSession, owner_id: UUID) -> list[MatchState]:
    """Every match that belongs to something, in no order."""
    return await states_of_owners(session, [owner_id])


async def states_of_owners(session: ReadSession, owner_ids: Sequence[UUID]) -> list[MatchState]:
    """Every match that belongs to any of these, in no order."""
    return list(map(state_of, await session.execute(_STATES.where(Match.owner_id.in_(owner_ids)))))


async def count_open(session: ReadSession, owner_id: UUID) -> int:
    """How many matches of something are not over."""
    statement = select(func.count()).where(Match.owner_id == owner_id, Match.status.not_in(OVER))
    return (await session.scalar(statement)) or 0


async def matches_of(
    session: ReadSession, participants: Sequence[UUID], statuses: Sequence[MatchStatus], request: PageRequest
) -> Page[Match]:
    """Matches in which any of these users or teams plays, newest first. No statuses: all of them."""
    columns = Match.__table__.c
    statement = select(Match).where(or_(columns.first_id.in_(participants), columns.second_id.in_(participants)))
    if statuses:
        statement = statement.where(Match.status.in_(statuses))
    return await page_of(session, statement, (Match.id,), request, descending=True)


async def log_after(session: ReadSession, match_id: UUID, after: int, limit: int) -> list[LogEntry]:
    """The entries of a log after a sequence number, oldest first."""
    statement = (
        select(MatchLogRow)
        .where(MatchLogRow.match_id == match_id, MatchLogRow.sequence > after)
        .order_by(MatchLogRow.sequence)
        .limit(limit)
    )
    return [entry_of(row) for row in await session.scalars(statement)]


async def newest_log(session: ReadSession, match_id: UUID, limit: int) -> list[LogEntry]:
    """The last entries of a log, oldest first."""
    statement = (
        select(MatchLogRow).where(MatchLogRow.match_id == match_id).order_by(MatchLogRow.sequence.desc()).limit(limit)
    )
    return [entry_of(row) for row in reversed((await session.scalars(statement)).all())]


async def log_pages(
    session: ReadSession, keys: Sequence[tuple[UUID, PageRequest]]
) -> Mapping[tuple[UUID, PageRequest], Page[MatchLogRow]]:
    """Pages of logs, oldest entry first: one statement per distinct request."""
    found: dict[tuple[UUID, PageRequest], Page[MatchLogRow]] = {}
    for request in {request for _, request in keys}:
        ids = [match_id for match_id, wanted in keys if wanted == request]
        pages = await pages_of(
            session, select(MatchLogRow), MatchLogRow.match_id, ids, (MatchLogRow.sequence,), request
        )
        found.update({(match_id, request): page for match_id, page in pages.items()})
    return found


def entry_of(row: MatchLogRow) -> LogEntry:
    """The entry of a row."""
    return LogEntry(
        match_id=row.match_id,
        sequence=row.sequence,
        kind=row.kind,
        at=row.at,
        actor_id=row.actor_id,
        slot=row.slot,
        scores=None if row.scores is None else (row.scores[0], row.scores[1]),
        message=row.message,
    )
