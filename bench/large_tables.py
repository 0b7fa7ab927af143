"""Swiss of 64 and of 4,096, and 16 and 1,024 groups of four: drawn, reported, paired again, and read.

The writes run in this process, whose CPU, rows and statements are counted; tables are asked for over HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from bench.event import open_database
from bench.large_event import publish_event
from bench.server import System
from domain import matches, tournaments
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import SYSTEM
from domain.matches import DecideResult, Match, MatchState, MatchStatus, Outcome
from domain.tournaments import Format, RoundRobin, StagePlan, Structure, Swiss
from tests.fixtures.database import counted_statements, written_rows

TABLES = """query Tables($slug: String!) { tournament(slug: $slug) { stages { groups { number
  standings { rank seed entrant { name } values { tiebreak value } } } } } }"""
_REPORTS = 40
_REQUESTS = 5
_EVENTS = [
    *((entrants, Format(Structure.SWISS, Swiss(best_of=1))) for entrants in (64, 4096)),
    *((4 * groups, Format(Structure.ROUND_ROBIN, RoundRobin(best_of=1, group_count=groups))) for groups in (16, 1024)),
]


async def measure(system: System) -> dict[str, Any]:
    """Each event."""
    db = open_database(system.database_url)
    found: dict[str, Any] = {}
    try:
        async with httpx.AsyncClient(base_url=system.url, timeout=120) as client:
            for entrants, given in _EVENTS:
                name = f"{given.structure.value.lower()}_{entrants}"
                found[name] = await _measured(system, client, db, entrants, name, given)
    finally:
        await db.close()
    return found


async def _measured(
    system: System, client: httpx.AsyncClient, db: Database, entrants: int, name: str, given: Format
) -> dict[str, Any]:
    slug = name.replace("_", "-")
    plans = [StagePlan(None, given)]
    tournament_id, organizer = await db.transaction(
        lambda session: publish_event(session, entrants, slug, structure=None, stages=plans)
    )
    start = tournaments.StartTournament(tournament_id, datetime.now(UTC))
    started = await _cost(db, lambda session: tournaments.start_tournament(session, organizer, start))
    first, *ready, last = await _open(db, tournament_id)
    await _decide(db, first)  # it reads what a process keeps
    costs = [await _decide(db, state) for state in ready[:_REPORTS]]
    await db.transaction(lambda session: _decide_at_once(session, ready[_REPORTS:]))
    return {
        "matches": len(ready) + 2,
        "start": started,
        "result": {
            "cpu_ms_median": round(median(cost["cpu_s"] for cost in costs) * 1000, 2),
            "rows_at_most": max(cost["rows"] for cost in costs),
            "statements_at_most": max(cost["statements"] for cost in costs),
        },
        # Of a Swiss it pairs the next round, of groups it ends the event.
        "last_result": await _decide(db, last),
        "tables": await _tables(system, client, slug),
    }


async def _open(db: Database, tournament_id: UUID) -> list[MatchState]:
    async with db.read() as session:
        states = await matches.states_of_owner(session, tournament_id)
    return [state for state in states if state.status is MatchStatus.READY]


async def _decide_at_once(session: WriteSession, states: Sequence[MatchState]) -> None:
    """Let those in slot 0 have won, without anything that follows from it."""
    values = {
        "status": MatchStatus.FINISHED,
        "outcome": Outcome.PLAYED,
        "winner": 0,
        "first_score": 1,
        "second_score": 0,
        "finished_at": datetime.now(UTC),
    }
    rows = update(Match).where(Match.id.in_([state.id for state in states]))
    await session.execute(rows.values(values))


async def _decide(db: Database, state: MatchState) -> dict[str, Any]:
    command = DecideResult(state.id, state.version, (1, 0), datetime.now(UTC))
    return await _cost(db, lambda session: matches.decide_result(session, SYSTEM, command))


async def _cost(db: Database, work: Callable[[WriteSession], Awaitable[object]]) -> dict[str, Any]:
    """What a transaction costs this process, and how much it writes."""
    cpu, wall = time.process_time(), time.perf_counter()
    with written_rows(db) as written, counted_statements(db) as statements:
        await db.transaction(work)
    return {
        "cpu_s": round(time.process_time() - cpu, 4),
        "wall_s": round(time.perf_counter() - wall, 4),
        "rows": sum(written),
        "statements": len(statements),
    }


async def _tables(system: System, client: httpx.AsyncClient, slug: str) -> dict[str, Any]:
    """What it costs to compute and send all tables. Each time a result has just come in, so nothing kept will do."""
    body = {"query": TABLES, "variables": {"slug": slug}}
    answer = (await client.post("/graphql", json=body)).raise_for_status()
    if "errors" in answer.json():
        raise RuntimeError(answer.text[:500])
    cpu = system.api.cpu_s()
    for _ in range(_REQUESTS):
        await client.post("/graphql", json=body)
    return {"server_cpu_s": round((system.api.cpu_s() - cpu) / _REQUESTS, 3), "bytes": len(answer.content)}
