"""A double elimination of 4,096 beside one of 64: drawn, stored, looked at through a window, and reported.

The rules and the writes run in this process, whose CPU and rows are counted; windows are asked for over HTTP.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx

from bench.event import open_database
from bench.queries import statements_of
from bench.server import System
from domain import matches, tournaments
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.participant import ParticipantKind
from domain.matches import DecideResult, MatchState, MatchStatus
from domain.tournaments import Structure, Tournament
from domain.tournaments.rules.elimination import double_elimination
from tests.factories.fields import enter_all, make_user
from tests.fixtures.database import counted_statements, written_rows

WINDOW = """query Window($slug: String!, $window: BracketWindow!) { tournament(slug: $slug) { bracket(window: $window) {
  cursor entrantCount extents { side roundCount slotCount } rounds { side number name matches { id version status
  slots { name seed score } place { key position } } } } } }"""
# What fills a large screen: five rounds of the upper bracket, the first of which has 16 matches in sight.
_VIEWPORT = {"sides": ["UPPER"], "firstRound": 1, "lastRound": 5, "firstSlot": 16, "lastSlot": 31}
_SIZES = (64, 4096)
_REQUESTS = 200
_WARM_UP = 20
_REPORTS = 40


async def measure(system: System) -> dict[str, Any]:
    """Each size."""
    db = open_database(system.database_url)
    try:
        async with httpx.AsyncClient(base_url=system.url, timeout=60) as client:
            return {f"{entrants}_entrants": await _measured(system, client, db, entrants) for entrants in _SIZES}
    finally:
        await db.close()


async def _measured(system: System, client: httpx.AsyncClient, db: Database, entrants: int) -> dict[str, Any]:
    slug = f"large-{entrants}"
    began = time.process_time()
    double_elimination(entrants)
    built = time.process_time() - began
    tournament_id, organizer = await db.transaction(
        lambda session: publish_event(session, entrants, slug, structure=Structure.DOUBLE_ELIMINATION)
    )
    start = tournaments.StartTournament(tournament_id, datetime.now(UTC))
    cpu, wall = time.process_time(), time.perf_counter()
    with counted_statements(db) as statements:
        await db.transaction(lambda session: tournaments.start_tournament(session, organizer, start))
    stored = {
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.perf_counter() - wall, 2),
        "statements": len(statements),
    }
    return {
        "build_cpu_ms": round(built * 1000, 1),
        "store": stored,
        "window": await _window(system, client, db, slug),
        "result": await _results(db, tournament_id),
    }


async def publish_event(session: WriteSession, entrants: int, slug: str, **given: Any) -> tuple[Any, Actor]:
    """A published event with so many people in it, and who organizes it."""
    now = datetime.now(UTC)
    organizer = await make_user(session, f"{slug}-organizer", now)
    command = tournaments.CreateTournament(
        slug=slug,
        name=slug,
        game="rocket-league-1v1",
        entrant_kind=ParticipantKind.USER,
        capacity=entrants,
        starts_at=now + timedelta(hours=1),
        now=now,
        **given,
    )
    tournament: Tournament = await tournaments.create_tournament(session, organizer, command)
    await tournaments.publish_tournament(session, organizer, tournaments.PublishTournament(tournament.id))
    await enter_all(session, tournament, [f"{slug}-{number}" for number in range(entrants)], now)
    return tournament.id, organizer


async def _window(system: System, client: httpx.AsyncClient, db: Database, slug: str) -> dict[str, Any]:
    variables = {"slug": slug, "window": _VIEWPORT}
    body = {"query": WINDOW, "variables": variables}
    began = system.api.cpu_s()
    await client.post("/graphql", json=body)
    first = system.api.cpu_s() - began
    for _ in range(_WARM_UP):
        answer = (await client.post("/graphql", json=body)).raise_for_status()
    cpu = system.api.cpu_s()
    for _ in range(_REQUESTS):
        await client.post("/graphql", json=body)
    cost = system.api.cpu_s() - cpu
    await statements_of(db, WINDOW, variables)  # what a process keeps for good is read once
    rounds = answer.json()["data"]["tournament"]["bracket"]["rounds"]
    return {
        "matches": sum(len(each["matches"]) for each in rounds),
        "server_cpu_ms_of_first_request": round(first * 1000, 1),
        "server_cpu_ms_per_request": round(cost / _REQUESTS * 1000, 2),
        "bytes": len(answer.content),
        "statements": await statements_of(db, WINDOW, variables),
    }


async def _results(db: Database, tournament_id: Any) -> dict[str, Any]:
    """Results of round 1, of which the first is left out: it reads what a process keeps."""
    async with db.read() as session:
        states = await matches.states_of_owner(session, tournament_id)
    ready = [state for state in states if state.status is MatchStatus.READY]
    await _decide(db, ready[0])
    found = [await _decide(db, state) for state in ready[1:_REPORTS]]
    rows, statements, took = zip(*found, strict=True)
    return {
        "rows_at_most": max(rows),
        "statements_at_most": max(statements),
        "cpu_ms_median": round(median(took) * 1000, 2),
    }


async def _decide(db: Database, state: MatchState) -> tuple[int, int, float]:
    """The rows that a result wrote, the statements it took, and its CPU in this process in seconds."""
    command = DecideResult(state.id, state.version, (state.best_of // 2 + 1, 0), datetime.now(UTC))
    began = time.process_time()
    with written_rows(db) as written, counted_statements(db) as statements:
        await db.transaction(lambda session: matches.decide_result(session, SYSTEM, command))
    return sum(written), len(statements), time.process_time() - began
