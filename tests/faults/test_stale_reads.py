"""Kept answers of a running platform, read while what they show is written: they are never older than they may be."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from domain import matches
from domain.infra.db import Database
from domain.kernel.actor import SYSTEM
from domain.kernel.ids import global_id
from domain.matches import MatchState, MatchStatus
from schema.server.documents import FOLDER
from schema.server.parameters import digest
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import row_of, started, states
from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

_CHANGES = 150
_READERS = 6
_PAGE = digest((FOLDER / "LivePage.graphql").read_text())
_FOLLOW = """subscription ($id: ID!) { bracketChanges(tournamentId: $id) { ... on BracketSnapshot { cursor }
  ... on MatchChanged { cursor } } }"""


async def _cursor(client: httpx.AsyncClient) -> int:
    """Up to which change a page is, as nobody in particular gets it."""
    answer = await client.get("/graphql", params={"documentId": _PAGE, "variables": '{"slug": "spring-cup"}'})
    assert answer.headers["cache-control"] == "public, max-age=2"
    return int(answer.json()["data"]["tournament"]["bracket"]["cursor"])


async def _first_ready(db: Database, tournament_id: Any) -> MatchState:
    return next(each for each in await states(db, tournament_id) if each.status is MatchStatus.READY)


async def _change(db: Database, state: MatchState, number: int) -> None:
    command = matches.UpdateScore(state.id, state.version + number, (number % 2, 0), NOW)
    await run(db, matches.update_score, SYSTEM, command)


async def test_a_page_is_never_older_than_what_a_subscriber_has_seen(server: RunningServer, db: Database) -> None:
    (organizer,) = await make_people(db, "organizer")
    tournament, _ = await started(db, organizer, 16)
    state = await _first_ready(db, tournament.id)
    seen, reads, old = [0], [0], list[tuple[int, int]]()
    is_over = asyncio.Event()

    async def follow() -> None:
        url = f"{server.url.replace('http', 'ws')}/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send('{"type": "connection_init"}')
            await socket.recv()
            variables = {"id": global_id("Tournament", tournament.id)}
            payload = {"query": _FOLLOW, "variables": variables}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            while seen[0] < tournament.change_count + _CHANGES:
                message = json.loads(await socket.recv())
                seen[0] = int(message["payload"]["data"]["bracketChanges"]["cursor"])
        is_over.set()

    async def read() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
            while not is_over.is_set():
                known = seen[0]
                cursor = await _cursor(client)
                reads[0] += 1
                if cursor < known:
                    old.append((cursor, known))

    async def write() -> None:
        for number in range(_CHANGES):
            await _change(db, state, number)
            await asyncio.sleep(0.01)

    async with asyncio.timeout(120):
        await asyncio.gather(follow(), write(), *(read() for _ in range(_READERS)))
    assert old == []
    assert reads[0] > _READERS
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
        assert await _cursor(client) == (await row_of(db, tournament.id)).change_count


async def test_without_a_relay_a_page_grows_no_older_than_it_may(server: RunningServer, db: Database) -> None:
    (organizer,) = await make_people(db, "organizer")
    tournament, _ = await started(db, organizer, 4)
    state = await _first_ready(db, tournament.id)
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
        before = await _cursor(client)
        server.kill("relay")
        await _change(db, state, 0)
        # Nobody tells this process; the page is made again all the same.
        async with asyncio.timeout(60):
            while await _cursor(client) == before:
                await asyncio.sleep(0.2)
        assert await _cursor(client) == before + 1
