"""What the reads cost that everybody makes all day: CPU of the API per request over HTTP, bytes, and statements.

No document is registered, so each request is executed. Each read is measured at two sizes, in rounds of which the best
counts. Events have a description of 2,000 characters, which no document asks for. A bracket is measured when the
process reads it for the first time: a new event for each request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import insert

from bench.event import Event, open_database, person, ready_matches, start_event
from bench.queries import statements_of
from bench.server import System
from domain import matches
from domain.accounts import User
from domain.games import Rating, game_key
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import SYSTEM
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from domain.matches import DecideResult, MatchObservation, RecordObservation
from tests.factories.teams import run

TOURNAMENT = """query Tournament($slug: String!) { tournament(slug: $slug) { id slug name structure bestOf status
  startsAt startedAt finishedAt entrantCount capacity game { id name } organizer { id displayName } } }"""
TOURNAMENTS = """query Tournaments($first: Int!) { tournaments(first: $first) { edges { node { id slug name structure
  entrantCount capacity startsAt finishedAt game { id name } } } pageInfo { hasNextPage endCursor } } }"""
ENTRANTS = """query Entrants($slug: String!) { tournament(slug: $slug) { id entrants(first: 100) { edges { node {
  id name seed status } } pageInfo { hasNextPage endCursor } } } }"""
STANDINGS = """query Standings($slug: String!) { tournament(slug: $slug) { name entrants(first: 100) { nodes {
  name seed status placement { low high } participant { ... on User { id displayName avatarUrl } } } } } }"""
MATCH = """query Match($id: ID!) { match(id: $id) { id version status bestOf winnerSlot slots { name seed score }
  events(first: 100) { nodes { sequence kind occurredAt actor { id displayName } scores message } } } }"""
LIVE_SCORES = """subscription Scores($id: ID!) { liveScores(tournamentId: $id) { ... on LiveScoresSnapshot { scores {
  matchId version status names scores } } } }"""
LEADERBOARD = """query Leaderboard($first: Int!) { leaderboard(game: "nine-ball", first: $first) { edges { node {
  ordinal matchCount winCount participant { ... on User { id displayName avatarUrl } } } } } }"""
BRACKET = """query Bracket($slug: String!) { tournament(slug: $slug) { bracket { cursor rounds { side number name
  matches { id version status bestOf outcome winnerSlot slots { name seed score } place { key position } } } } } }"""

_REQUESTS = 200
_ROUNDS = 3
_WARM_UP = 20
_NEW_EVENTS = 40
_DESCRIPTION = "What everybody should know who comes. " * 52
_SIZES = (16, 64)
_SMALL_EVENTS = 50
_RATED = 1_000


@dataclass(frozen=True, slots=True)
class _Read:
    """A document and its variables. A subscription is asked for its first message."""

    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)

    async def answer(self, client: httpx.AsyncClient) -> bytes:
        """What the server says to it."""
        body = {"query": self.document, "variables": self.variables}
        if not self.document.startswith("subscription"):
            return _checked((await client.post("/graphql", json=body)).raise_for_status().content)
        async with client.stream("POST", "/graphql", json=body, headers={"accept": "text/event-stream"}) as stream:
            return _checked(await _first_message(stream))


async def measure(system: System) -> dict[str, Any]:
    """Each read at two sizes."""
    db = open_database(system.database_url)
    try:
        async with httpx.AsyncClient(base_url=system.url, timeout=30) as client:
            reads = await _reads(db)
            results = {
                name: {size: await _cost(system, client, db, read) for size, read in sizes.items()}
                for name, sizes in reads.items()
            }
            brackets = {f"{size}_entrants": await _first_brackets(system, client, db, size) for size in _SIZES}
            return results | {"bracket_not_kept": brackets}
    finally:
        await db.close()


async def _reads(db: Database) -> dict[str, dict[str, _Read]]:
    """What is read, by name and size, once all of it is written."""
    for number in range(_SMALL_EVENTS):
        await _event(db, 2, f"small-{number}")
    events = {size: await _event(db, size, f"running-{size}") for size in _SIZES}
    for size in _SIZES:
        await _finish(db, await _event(db, size, f"finished-{size}"))
    await _rate(db, _RATED)
    logs = {size: await _log(db, events[64], number, size) for number, size in enumerate((5, 100))}
    return {
        "tournament": {f"{size}_entrants": _Read(TOURNAMENT, {"slug": f"running-{size}"}) for size in _SIZES},
        "tournaments": {f"page_of_{first}": _Read(TOURNAMENTS, {"first": first}) for first in (10, 50)},
        "entrants": {f"{size}_entrants": _Read(ENTRANTS, {"slug": f"running-{size}"}) for size in _SIZES},
        "standings": {f"{size}_entrants": _Read(STANDINGS, {"slug": f"finished-{size}"}) for size in _SIZES},
        "match_with_log": {f"{size}_entries": _Read(MATCH, {"id": key}) for size, key in logs.items()},
        "live_scores": {f"{size}_entrants": _Read(LIVE_SCORES, {"id": event.id}) for size, event in events.items()},
        "leaderboard": {f"page_of_{first}": _Read(LEADERBOARD, {"first": first}) for first in (20, 100)},
    }


async def _cost(system: System, client: httpx.AsyncClient, db: Database, read: _Read) -> dict[str, Any]:
    for _ in range(_WARM_UP):
        answer = await read.answer(client)
    rounds = []
    for _ in range(_ROUNDS):
        cpu = system.api.cpu_s()
        for _ in range(_REQUESTS):
            await read.answer(client)
        rounds.append((system.api.cpu_s() - cpu) / _REQUESTS * 1000)
    await statements_of(db, read.document, read.variables)  # what a process keeps for good is read once
    return {
        "server_cpu_ms_per_request": round(min(rounds), 2),
        "bytes": len(answer),
        "statements": await statements_of(db, read.document, read.variables),
    }


async def _first_brackets(system: System, client: httpx.AsyncClient, db: Database, size: int) -> dict[str, Any]:
    slugs = [f"new-{size}-{number}" for number in range(_WARM_UP + _NEW_EVENTS)]
    for slug in slugs:
        await _event(db, size, slug)
    for slug in slugs[:_WARM_UP]:
        await _Read(BRACKET, {"slug": slug}).answer(client)
    cpu = system.api.cpu_s()
    for slug in slugs[_WARM_UP:]:
        answer = await _Read(BRACKET, {"slug": slug}).answer(client)
    return {
        "server_cpu_ms_per_request": round((system.api.cpu_s() - cpu) / _NEW_EVENTS * 1000, 2),
        "bytes": len(answer),
        "statements": await statements_of(db, BRACKET, {"slug": slugs[0]}),
    }


async def _event(db: Database, entrants: int, slug: str) -> Event:
    return await start_event(db, entrants, slug, description=_DESCRIPTION)


async def _finish(db: Database, event: Event) -> None:
    """Play until nothing is left to play; the first slot always wins."""
    while ready := await ready_matches(db, event):
        for state in ready:
            command = DecideResult(state.id, state.version, (state.best_of // 2 + 1, 0), datetime.now(UTC))
            await run(db, matches.decide_result, SYSTEM, command)


async def _log(db: Database, event: Event, number: int, length: int) -> str:
    """A match of the event whose log has so many entries; the answer is its id."""
    state = (await ready_matches(db, event))[number]
    player = state.slots[0].participant_id
    assert player is not None
    async with db.read() as session:
        written = len(await matches.newest_log(session, state.id, length))
    for _ in range(length - written):
        command = RecordObservation(state.id, MatchObservation.COMMENT, "A good rally.", datetime.now(UTC))
        await run(db, matches.record_observation, event.players[player], command)
    return global_id("Match", state.id)


async def _rate(db: Database, count: int) -> None:
    """Rate so many new users in one game."""
    people = [person(f"rated-{number}", datetime.now(UTC)) for number in range(count)]
    ratings = [
        {
            "game_id": game_key("nine-ball"),
            "kind": ParticipantKind.USER,
            "participant_id": each["id"],
            "mu": 20 + number / 100,
            "sigma": 3.0,
            "matches": 10,
            "wins": 5,
        }
        for number, each in enumerate(people)
    ]

    async def work(session: WriteSession) -> None:
        await session.execute(insert(User), people)
        await session.execute(insert(Rating), ratings)

    await db.transaction(work)


async def _first_message(stream: httpx.Response) -> bytes:
    async for line in stream.aiter_lines():
        if line.startswith("data: "):
            return line.removeprefix("data: ").encode()
    raise RuntimeError("the stream ended before its first message")


def _checked(answer: bytes) -> bytes:
    if b'"errors"' in answer:
        raise RuntimeError(answer.decode())
    return answer
