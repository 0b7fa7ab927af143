"""Queues and calls as rows, batch first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, exists, func, or_, select

from domain import tournaments, venues
from domain.infra.db import ReadSession
from domain.infra.views import among, columns_of, select_view
from domain.queues.models import AccessNeed, Call, CallPlayer, FeaturedMatch, Queue, QueueTable
from domain.queues.rules.forecast import Form
from domain.queues.values import CallEnding, CallView, Playable, QueueView
from domain.tournaments import Entrant, Tournament, TournamentStatus
from domain.venues import TableView

# What a forecast learns from: so many of the last matches of an event.
_LEARNED_FROM = 500
# Tournaments that run at one venue at the same time.
_EVENTS_AT_ONCE = 50
# More than anybody plays in at once.
_EVENTS_OF_A_USER = 20

_queues, _calls, _players = Queue.__table__.c, Call.__table__.c, CallPlayer.__table__.c
_BY_ID = select_view(Queue, QueueView).where(among(_queues.id, "ids"))
_AT_VENUE = (
    select_view(Queue, QueueView)
    .join(Tournament.__table__, Tournament.__table__.c.id == _queues.id)
    .where(_queues.venue_id == bindparam("venue_id"), Tournament.status == TournamentStatus.RUNNING)
    .order_by(_queues.id)
    .limit(_EVENTS_AT_ONCE)
)
_WITH_SIDES = (
    select(_queues.id)
    .join(Tournament.__table__, Tournament.__table__.c.id == _queues.id)
    .where(
        Tournament.status == TournamentStatus.RUNNING,
        exists().where(Entrant.tournament_id == _queues.id, among(Entrant.__table__.c.participant_id, "sides")),
    )
    .order_by(Tournament.started_at.desc(), _queues.id)
    .limit(_EVENTS_OF_A_USER)
)
_TABLES = select(QueueTable.queue_id, QueueTable.table_id).where(among(QueueTable.queue_id, "queue_ids"))
_CALLS_BY_ID = select_view(Call, CallView).where(among(_calls.id, "ids"))
_CURRENT_CALLS = (
    select_view(Call, CallView)
    .where(_calls.is_current, or_(_calls.tournament_id == bindparam("tournament_id"), among(_calls.table_id, "tables")))
    .order_by(_calls.called_at, _calls.id)
)
_CURRENT_OF_USER = (
    select(*columns_of(Call, CallView))
    .join(CallPlayer.__table__, _players.call_id == _calls.id)
    .where(_players.user_id == bindparam("user_id"), _players.is_current)
)
_BUSY = select(_players.user_id).where(among(_players.user_id, "user_ids"), _players.is_current)
_PLAYED = func.coalesce(_calls.match_id, _calls.heat_id)
_VAIN = select(_PLAYED, _calls.ended_at, _calls.ending).where(
    _calls.tournament_id == bindparam("tournament_id"),
    _calls.ending.in_([CallEnding.EXPIRED, CallEnding.FREED]),
)
_LENGTHS = (
    select(_calls.best_of, _calls.heat_id.is_not(None), _calls.called_at, _calls.ended_at)
    .where(
        _calls.tournament_id == bindparam("tournament_id"),
        _calls.ending == CallEnding.DECIDED,
        _calls.begun_at.is_not(None),
    )
    .order_by(_calls.called_at.desc())
    .limit(_LEARNED_FROM)
)
_PLAYED_AT = (
    select(_players.user_id, _calls.table_id)
    .join(Call.__table__, _calls.id == _players.call_id)
    .where(_calls.tournament_id == bindparam("tournament_id"), _calls.table_id.is_not(None))
)


class EarlierCall(NamedTuple):
    """A call that came to nothing, although its match or heat could be played."""

    played_id: UUID
    ended_at: datetime
    ending: CallEnding


async def queues_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, QueueView]:
    """How tournaments are played at venues, by their keys; absent for those that are not."""
    return {view.id: view for view in map(QueueView._make, await session.execute(_BY_ID, {"ids": ids}))}


async def queues_at(session: ReadSession, venue_id: UUID) -> list[QueueView]:
    """The queues of the tournaments that are being played at a venue, the oldest 50."""
    return list(map(QueueView._make, await session.execute(_AT_VENUE, {"venue_id": venue_id})))


async def queues_with_sides(session: ReadSession, sides: Sequence[UUID]) -> list[UUID]:
    """The queues of tournaments that are being played, in which one of these users and teams is: the newest 20."""
    return list(await session.scalars(_WITH_SIDES, {"sides": sides}))


async def queue_tables(session: ReadSession, queue_ids: Sequence[UUID]) -> Mapping[UUID, list[TableView]]:
    """The tables that tournaments may use, by number."""
    pairs = (await session.execute(_TABLES, {"queue_ids": queue_ids})).all()
    tables = await venues.tables_by_id(session, list({table_id for _, table_id in pairs}))
    found: dict[UUID, list[TableView]] = {key: [] for key in queue_ids}
    for queue_id, table_id in pairs:
        found[queue_id].append(tables[table_id])
    return {key: sorted(used, key=lambda table: (table.number, table.id)) for key, used in found.items()}


async def calls_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, CallView]:
    """Calls by key."""
    return {view.id: view for view in map(CallView._make, await session.execute(_CALLS_BY_ID, {"ids": ids}))}


async def current_calls(session: ReadSession, tournament_id: UUID, table_ids: Sequence[UUID]) -> list[CallView]:
    """The current calls of a tournament, and those of any other at these tables, oldest first."""
    values = {"tournament_id": tournament_id, "tables": list(table_ids)}
    return list(map(CallView._make, await session.execute(_CURRENT_CALLS, values)))


async def current_call_of_user(session: ReadSession, user_id: UUID) -> CallView | None:
    """The match or heat that somebody was called to or plays; there is never more than one."""
    found = (await session.execute(_CURRENT_OF_USER, {"user_id": user_id})).one_or_none()
    return None if found is None else CallView._make(found)


async def busy_among(session: ReadSession, user_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these users play or were called somewhere."""
    return set(await session.scalars(_BUSY, {"user_ids": list(user_ids)}))


async def earlier_calls(session: ReadSession, tournament_id: UUID) -> list[EarlierCall]:
    """The calls of a tournament that came to nothing, in no order."""
    return list(map(EarlierCall._make, await session.execute(_VAIN, {"tournament_id": tournament_id})))


async def lengths_so_far(session: ReadSession, tournament_id: UUID) -> Mapping[Form, list[int]]:
    """How many seconds the last matches and heats of a tournament took from call to end."""
    found: dict[Form, list[int]] = defaultdict(list)
    for best_of, is_heat, called_at, ended_at in await session.execute(_LENGTHS, {"tournament_id": tournament_id}):
        found[Form(best_of, is_heat)].append(int((ended_at - called_at).total_seconds()))
    return found


async def tables_of_entrants(
    session: ReadSession, tournament_id: UUID, players: Mapping[UUID, Sequence[UUID]]
) -> Mapping[UUID, Counter[UUID]]:
    """How often each side was called to each table before; `players` are those of the sides."""
    sides = {user_id: side for side, user_ids in players.items() for user_id in user_ids}
    found: dict[UUID, Counter[UUID]] = defaultdict(Counter)
    for user_id, table_id in await session.execute(_PLAYED_AT, {"tournament_id": tournament_id}):
        if user_id in sides:
            found[sides[user_id]][table_id] += 1
    return found


async def featured_matches(session: ReadSession, tournament_id: UUID) -> set[UUID]:
    """The matches of a tournament that belong on a stream."""
    return set(await session.scalars(select(FeaturedMatch.match_id).where(FeaturedMatch.queue_id == tournament_id)))


async def entrants_with_need(session: ReadSession, tournament_id: UUID) -> set[UUID]:
    """The entrants of a tournament who need an accessible table."""
    return set(await session.scalars(select(AccessNeed.entrant_id).where(AccessNeed.queue_id == tournament_id)))


async def players_of_sides(
    session: ReadSession, tournament_id: UUID, games: Iterable[Playable]
) -> Mapping[UUID, Sequence[UUID]]:
    """Who plays for the sides of matches and heats of a tournament, by the key of the user or team."""
    sides = {participant_id for game in games for participant_id in game.participants}
    return await tournaments.players_of_participants(session, tournament_id, list(sides))
