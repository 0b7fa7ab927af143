"""Kept answers of a running platform, read while what they show is written: they are never older than they may be."""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple
from uuid import UUID

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from domain import matches
from domain.infra.db import Database
from domain.kernel.actor import SYSTEM
from domain.kernel.ids import global_id
from domain.matches import MatchState, MatchStatus
from domain.tournaments import TournamentStatus
from schema.server.documents import FOLDER
from schema.server.parameters import digest
from tests.factories.story import PEOPLE, Story
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import entrants, row_of, started, states
from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

_CHANGES = 150
_READERS = 6
_STORIES = 2
_PAGE, _ENTRANTS, _OVERVIEW = (
    digest((FOLDER / f"{name}.graphql").read_text()) for name in ("LivePage", "Entrants", "Overview")
)
_FOLLOW = """subscription ($id: ID!) { bracketChanges(tournamentId: $id) { ... on BracketSnapshot { cursor }
  ... on MatchChanged { cursor } ... on TournamentChanged { cursor } } }"""


async def _got(client: httpx.AsyncClient, document: str, **variables: Any) -> dict[str, Any]:
    """What nobody in particular gets."""
    answer = await client.get("/graphql", params={"documentId": document, "variables": json.dumps(variables)})
    assert answer.headers["cache-control"] == "public, max-age=2"
    data: dict[str, Any] = answer.json()["data"]
    return data


async def _cursor(client: httpx.AsyncClient) -> int:
    """Up to which change a page is."""
    return int((await _got(client, _PAGE, slug="spring-cup"))["tournament"]["bracket"]["cursor"])


@asynccontextmanager
async def _following(server: RunningServer, tournament_id: UUID) -> AsyncIterator[list[int]]:
    """A subscriber of an event, and up to which change they have seen it."""
    seen = [0]
    following = asyncio.create_task(_follow(server, tournament_id, seen))
    yield seen
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following


async def _follow(server: RunningServer, tournament_id: UUID, seen: list[int]) -> None:
    url = f"{server.url.replace('http', 'ws')}/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send('{"type": "connection_init"}')
        await socket.recv()
        payload = {"query": _FOLLOW, "variables": {"id": global_id("Tournament", tournament_id)}}
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        while True:
            message = json.loads(await socket.recv())
            seen[0] = int(message["payload"]["data"]["bracketChanges"]["cursor"])


async def _first_ready(db: Database, tournament_id: Any) -> MatchState:
    return next(each for each in await states(db, tournament_id) if each.status is MatchStatus.READY)


async def _change(db: Database, state: MatchState, number: int) -> None:
    command = matches.UpdateScore(state.id, state.version + number, (number % 2, 0), NOW)
    await run(db, matches.update_score, SYSTEM, command)


async def test_a_page_is_never_older_than_what_a_subscriber_has_seen(server: RunningServer, db: Database) -> None:
    (organizer,) = await make_people(db, "organizer")
    tournament, _ = await started(db, organizer, 16)
    state = await _first_ready(db, tournament.id)
    reads, old = [0], list[tuple[int, int]]()
    is_over = asyncio.Event()

    async def read(seen: list[int]) -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
            while not is_over.is_set():
                known = seen[0]
                cursor = await _cursor(client)
                reads[0] += 1
                if cursor < known:
                    old.append((cursor, known))

    async def write(seen: list[int]) -> None:
        for number in range(_CHANGES):
            await _change(db, state, number)
            await asyncio.sleep(0.01)
        while seen[0] < tournament.change_count + _CHANGES:
            await asyncio.sleep(0.01)
        is_over.set()

    async with asyncio.timeout(120), _following(server, tournament.id) as seen:
        await asyncio.gather(write(seen), *(read(seen) for _ in range(_READERS)))
    assert old == []
    assert reads[0] > _READERS
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
        assert await _cursor(client) == (await row_of(db, tournament.id)).change_count


_LISTS = {
    TournamentStatus.PUBLISHED: "upcoming",
    TournamentStatus.RUNNING: "running",
    TournamentStatus.FINISHED: "finished",
}


class _Truth(NamedTuple):
    """An event as of a change: in which list it is, under what name and with how many; and who has entered it, with
    seed, status and place.
    """

    change: int
    place: tuple[str, str, int]
    entered: list[tuple[str, int | None, str, int | None]]


async def _true(db: Database, tournament_id: UUID) -> _Truth:
    row, everybody = await row_of(db, tournament_id), await entrants(db, tournament_id)
    return _Truth(
        row.change_count,
        (_LISTS[row.status], row.name, row.entrant_count),
        [(each.name, each.seed, each.status.value, each.placement_low) for each in everybody],
    )


async def _place(client: httpx.AsyncClient, slug: str) -> object:
    lists = (await _got(client, _OVERVIEW)).items()
    nodes = [(name, edge["node"]) for name, page in lists for edge in page["edges"]]
    return next(((name, node["name"], node["entrantCount"]) for name, node in nodes if node["slug"] == slug), None)


async def _entered(client: httpx.AsyncClient, slug: str) -> object:
    edges = (await _got(client, _ENTRANTS, slug=slug, after=None))["tournament"]["entrants"]["edges"]
    nodes = [edge["node"] for edge in edges]
    return [(each["name"], each["seed"], each["status"], (each["placement"] or {}).get("low")) for each in nodes]


def _is_old(answer: object, known: int, true: Sequence[_Truth]) -> bool:
    """Whether an answer says neither what was true with a change nor what has been true since."""
    first = max(0, bisect_right(true, known, key=lambda truth: truth.change) - 1)
    return not any(answer in (truth.place, truth.entered) for truth in true[first:])


async def _old_reads(server: RunningServer, db: Database, story: Story) -> tuple[int, list[tuple[int, object]]]:
    """How often an event was read while a story happened, and what was older than what a subscriber had seen."""
    true = [await _true(db, story.cup.id)]
    reads = list[tuple[int, object]]()
    is_over = asyncio.Event()

    async def read(seen: list[int], asked: Callable[[httpx.AsyncClient, str], Awaitable[object]]) -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=20) as client:
            while not is_over.is_set():
                known = seen[0]
                reads.append((known, await asked(client, story.cup.slug)))

    async def write(seen: list[int]) -> None:
        for act in story.acts:
            await act()
            true.append(await _true(db, story.cup.id))
            while seen[0] < true[-1].change:
                await asyncio.sleep(0.01)
        is_over.set()

    async with _following(server, story.cup.id) as seen:
        await asyncio.gather(write(seen), *(read(seen, asked) for asked in (_place, _entered) for _ in range(_READERS)))
    return len(reads), [(known, answer) for known, answer in reads if _is_old(answer, known, true)]


async def test_who_takes_part_is_never_older_than_what_a_subscriber_has_seen(
    server: RunningServer, db: Database
) -> None:
    organizer, *people = await make_people(db, "organizer", *(f"p{number}" for number in range(PEOPLE)))
    async with asyncio.timeout(120):
        for number in range(_STORIES):
            story = await Story.begun(db, f"cup-{number}", organizer, people)
            count, old = await _old_reads(server, db, story)
            assert old == []
            assert count > len(story.acts)


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
