"""Reads of matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, and_, bindparam, case, func, or_, select

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among
from domain.kernel.paging import Page, PageRequest
from domain.matches.models import ENTRY_COLUMNS, STATE_COLUMNS, Match, MatchLogRow, entry_of, state_of
from domain.matches.values import OVER, EntryKind, LogEntry, MatchState, MatchStatus, Outcome

_matches, _log = Match.__table__.c, MatchLogRow.__table__.c
_STATES = select(*(_matches[name] for name in STATE_COLUMNS))
_STATES_BY_ID = _STATES.where(among(_matches.id, "ids"))
_STATES_OF_OWNERS = _STATES.where(among(_matches.owner_id, "owner_ids"))
_MEETINGS = (
    select(_matches.first_id, _matches.second_id)
    .where(
        among(_matches.first_id, "participants"),
        among(_matches.second_id, "participants"),
        _matches.game_id == bindparam("game_id"),
        _matches.outcome == Outcome.PLAYED,
        _matches.finished_at >= bindparam("since"),
    )
    .order_by(_matches.finished_at.desc(), _matches.id.desc())
    .limit(bindparam("row_limit", type_=Integer()))
)
_OF_PARTICIPANTS = Pages(
    _STATES.where(
        or_(among(_matches.first_id, "participants"), among(_matches.second_id, "participants")),
        among(_matches.status, "statuses"),
    ),
    (_matches.id,),
    state_of,
    descending=True,
)
_ENTRIES = select(*(_log[name] for name in ENTRY_COLUMNS))
_LIMIT = bindparam("row_limit", type_=Integer())
_OF_MATCH = _ENTRIES.where(_log.match_id == bindparam("match_id"))
_LOG_AFTER = _OF_MATCH.where(_log.sequence > bindparam("after")).order_by(_log.sequence).limit(_LIMIT)
_NEWEST_LOG = _OF_MATCH.order_by(_log.sequence.desc()).limit(_LIMIT)
_LOGS = Pages(_ENTRIES, (_log.sequence,), entry_of, owner=_log.match_id)

# Of what is disputed or waits for an answer, the time counts since the report; of what is played, since it began.
_SINCE = case((_matches.status == MatchStatus.LIVE, _matches.started_at), else_=_matches.reported_at)
_NEEDING_OFFICIALS = (
    _STATES.where(
        _matches.owner_id == bindparam("owner_id"),
        or_(
            _matches.status == MatchStatus.DISPUTED,
            and_(_matches.status.in_([MatchStatus.LIVE, MatchStatus.REPORTED]), bindparam("before") >= _SINCE),
        ),
    )
    .order_by(_SINCE, _matches.id)
    .limit(_LIMIT)
)
_SEATED_AT = (
    select(_log.match_id, func.max(_log.at))
    .where(among(_log.match_id, "ids"), _log.kind.in_([EntryKind.CREATED, EntryKind.ACCEPTED, EntryKind.SEATED]))
    .group_by(_log.match_id)
)


async def states_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, MatchState]:
    """Matches by key."""
    return {state.id: state for state in map(state_of, await session.execute(_STATES_BY_ID, {"ids": ids}))}


async def states_of_owner(session: ReadSession, owner_id: UUID) -> list[MatchState]:
    """Every match that belongs to something, in no order."""
    return await states_of_owners(session, [owner_id])


async def states_of_owners(session: ReadSession, owner_ids: Sequence[UUID]) -> list[MatchState]:
    """Every match that belongs to any of these, in no order."""
    return list(map(state_of, await session.execute(_STATES_OF_OWNERS, {"owner_ids": owner_ids})))


async def meetings_of(
    session: ReadSession, game_id: UUID, participants: Sequence[UUID], since: datetime, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """Who of these users or teams have played each other in a game since then, the newest first, at most `limit`."""
    values = {"game_id": game_id, "participants": participants, "since": since, "row_limit": limit}
    return [(first, second) for first, second in await session.execute(_MEETINGS, values)]


async def count_open(session: ReadSession, owner_id: UUID) -> int:
    """How many matches of something are not over."""
    statement = select(func.count()).where(Match.owner_id == owner_id, Match.status.not_in(OVER))
    return (await session.scalar(statement)) or 0


async def matches_of(
    session: ReadSession, participants: Sequence[UUID], statuses: Sequence[MatchStatus], request: PageRequest
) -> Page[MatchState]:
    """Matches in which any of these users or teams plays, newest first. No statuses: all of them."""
    chosen = list(statuses or MatchStatus)
    return await _OF_PARTICIPANTS.page(session, request, participants=participants, statuses=chosen)


async def seated_at(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Since when matches have the sides that they have now, as far as these are known."""
    return dict((await session.execute(_SEATED_AT, {"ids": ids})).all())


async def needing_officials(session: ReadSession, owner_id: UUID, before: datetime, limit: int) -> list[MatchState]:
    """The matches of an owner that are disputed, or have been live or reported since before an instant, oldest first.

    A match in dispute counts since its result was reported.
    """
    values = {"owner_id": owner_id, "before": before, "row_limit": limit}
    return list(map(state_of, await session.execute(_NEEDING_OFFICIALS, values)))


async def log_after(session: ReadSession, match_id: UUID, after: int, limit: int) -> list[LogEntry]:
    """The entries of a log after a sequence number, oldest first."""
    values = {"match_id": match_id, "after": after, "row_limit": limit}
    return list(map(entry_of, await session.execute(_LOG_AFTER, values)))


async def newest_log(session: ReadSession, match_id: UUID, limit: int) -> list[LogEntry]:
    """The last entries of a log, oldest first."""
    found = await session.execute(_NEWEST_LOG, {"match_id": match_id, "row_limit": limit})
    return list(map(entry_of, reversed(found.all())))


async def log_pages(
    session: ReadSession, keys: Sequence[tuple[UUID, PageRequest]]
) -> Mapping[tuple[UUID, PageRequest], Page[LogEntry]]:
    """Pages of logs, oldest entry first: one statement per distinct request."""
    found: dict[tuple[UUID, PageRequest], Page[LogEntry]] = {}
    for request in {request for _, request in keys}:
        ids = [match_id for match_id, wanted in keys if wanted == request]
        found.update({(key, request): page for key, page in (await _LOGS.pages(session, ids, request)).items()})
    return found
