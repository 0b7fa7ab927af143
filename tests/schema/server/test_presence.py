"""Who watches, through two API processes on one Valkey: the real application, real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
import uvicorn
from websockets.asyncio.client import connect

from app import create_app
from cli.api import configuration
from domain import accounts
from domain.accounts import UpdatePreferences
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.settings import Settings
from domain.kernel.actor import Actor
from domain.kernel.clock import SystemClock
from domain.kernel.ids import global_id, new_id
from tests.factories.accounts import actor_of, make_accounts, register
from tests.factories.games import make_catalogue
from tests.factories.teams import run
from tests.factories.tournaments import make_tournament, published, started, states
from tests.schema.server.test_api_process import api, ready
from tests.schema.server.test_websocket import PROTOCOL, say, subscribe

BRACKET = "subscription ($id: ID!) { bracketChanges(tournamentId: $id) { __typename } }"
LOG = "subscription ($id: ID!) { matchEvents(matchId: $id) { __typename } }"
SCORES = "subscription ($id: ID!) { liveScores(tournamentId: $id) { __typename } }"
PRESENCE = """subscription ($id: ID!) { presenceChanges(subjectId: $id) { __typename
    ... on Presence { viewerCount viewers { username } } } }"""
COUNTS = """query ($id: ID!) { node(id: $id) { __typename
    ... on Tournament { viewerCount } ... on Match { viewerCount } } }"""
LIMIT_S = 30.0


@dataclass
class Person:
    """Somebody with an account."""

    actor: Actor
    token: str


@dataclass
class World:
    """Two processes, and who and what there is."""

    db: Database
    urls: tuple[str, str]
    people: dict[str, Person]
    cup: str
    match: str
    draft: str


class Follower:
    """Follows one subscription on a socket of its own; keeps what was heard."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.errors: list[Any] = []

    async def read(self, socket: Any) -> None:
        """Hear until the socket ends."""
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "next":
                (value,) = message["payload"]["data"].values()
                self.heard.append(value)
            elif message["type"] == "error":
                self.errors += message["payload"]

    async def until(self, **expected: Any) -> None:
        """Wait until the newest message is this."""
        async with asyncio.timeout(LIMIT_S):
            while not self.heard or self.heard[-1] != {"__typename": "Presence", **expected}:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def following(
    url: str, query: str, subject: str, person: Person | None = None, times: int = 1
) -> AsyncIterator[Follower]:
    """A socket that follows a subscription, so often, and has heard its beginning."""
    follower = Follower()
    address = url.replace("http", "ws") + "/graphql"
    async with connect(address, subprotocols=[PROTOCOL], compression=None) as client:
        payload = {} if person is None else {"payload": {"Authorization": f"Bearer {person.token}"}}
        await say(client, type="connection_init", **payload)
        assert json.loads(await client.recv()) == {"type": "connection_ack"}
        for number in range(times):
            await subscribe(client, str(number), query, variables={"id": subject})
        reading = asyncio.create_task(follower.read(client))
        async with asyncio.timeout(LIMIT_S):
            while len(follower.heard) + len(follower.errors) < times:
                await asyncio.sleep(0.01)
        try:
            yield follower
        finally:
            reading.cancel()


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The application behind uvicorn; its address."""
    config = configuration(create_app(settings), settings, "127.0.0.1", 0)
    config.loop = "none"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task


async def make_world(db: Database, settings: Settings, urls: tuple[str, str]) -> World:
    """A running cup, a draft, and three people of whom ada lets others see what she watches."""
    await make_catalogue(db)
    clock, cache = SystemClock(), Cache(settings.redis_url)
    people = {}
    for name in ("ada", "bob", "organizer"):
        signed_in = await register(make_accounts(db, cache, settings, clock), name)
        people[name] = Person(actor_of(signed_in), signed_in.tokens.access_token)
    await cache.close()
    await run(db, accounts.update_preferences, people["ada"].actor, UpdatePreferences(is_presence_public=True))
    organizer = people["organizer"].actor
    cup, _ = await started(db, organizer, 4)
    draft = await make_tournament(db, organizer, "draft-cup")
    (match, *_) = await states(db, cup.id)
    return World(
        db=db,
        urls=urls,
        people=people,
        cup=global_id("Tournament", cup.id),
        match=global_id("Match", match.id),
        draft=global_id("Tournament", draft.id),
    )


@pytest_asyncio.fixture
async def world(db: Database, settings: Settings) -> AsyncIterator[World]:
    async with served(settings) as one, served(settings) as two:
        yield await make_world(db, settings, (one, two))


async def until_counted(url: str, subject: str, expected: int) -> None:
    """Wait until a query answers this count."""
    async with httpx.AsyncClient() as client, asyncio.timeout(LIMIT_S):
        while True:
            answer = (await client.post(f"{url}/graphql", json={"query": COUNTS, "variables": {"id": subject}})).json()
            if answer["data"]["node"]["viewerCount"] == expected:
                return
            await asyncio.sleep(0.05)


async def test_viewers_are_counted_over_processes_and_named_when_they_wish(world: World) -> None:
    ada, bob = world.people["ada"], world.people["bob"]
    one, two = world.urls
    async with following(two, PRESENCE, world.cup) as presence:
        assert presence.heard == [{"__typename": "Presence", "viewerCount": 0, "viewers": []}]
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(following(one, BRACKET, world.cup, ada))
            await presence.until(viewerCount=1, viewers=[{"username": "ada"}])
            await stack.enter_async_context(following(one, BRACKET, world.cup, ada))  # another tab
            await stack.enter_async_context(following(two, BRACKET, world.cup, ada))  # another device
            await stack.enter_async_context(following(two, BRACKET, world.cup, bob))  # who keeps it to himself
            await presence.until(viewerCount=2, viewers=[{"username": "ada"}])
            await stack.enter_async_context(following(one, BRACKET, world.cup, times=3))  # one nobody in particular
            await stack.enter_async_context(following(two, SCORES, world.cup))  # a ticker, not the bracket
            await stack.enter_async_context(following(one, LOG, world.match))
            await presence.until(viewerCount=3, viewers=[{"username": "ada"}])
            for url in world.urls:
                await until_counted(url, world.cup, 3)
                await until_counted(url, world.match, 1)
            preference = UpdatePreferences(is_presence_public=False)
            await run(world.db, accounts.update_preferences, ada.actor, preference)
            async with following(one, PRESENCE, world.cup) as later:
                assert later.heard[0] == {"__typename": "Presence", "viewerCount": 3, "viewers": []}
        await presence.until(viewerCount=0, viewers=[])
        counts = [message["viewerCount"] for message in presence.heard]
        assert max(counts) == 3
    for url in world.urls:
        await until_counted(url, world.cup, 0)
        await until_counted(url, world.match, 0)


async def test_the_watchers_of_a_match(world: World) -> None:
    one, two = world.urls
    async with following(one, PRESENCE, world.match) as presence:
        async with following(two, LOG, world.match, world.people["ada"]):
            await presence.until(viewerCount=1, viewers=[{"username": "ada"}])
        await presence.until(viewerCount=0, viewers=[])


@pytest.mark.parametrize("who", ["", "bob", "organizer"])
async def test_who_may_not_see_a_draft_does_not_learn_who_watches_it(world: World, who: str) -> None:
    person = world.people.get(who)
    async with following(world.urls[0], PRESENCE, world.draft, person) as presence:
        if who == "organizer":
            assert presence.heard == [{"__typename": "Presence", "viewerCount": 0, "viewers": []}]
        else:
            assert [error["extensions"]["code"] for error in presence.errors] == ["TOURNAMENT_NOT_FOUND"]
            assert presence.heard == []


async def test_what_cannot_be_watched_is_refused(world: World) -> None:
    def of(kind: str, key: UUID) -> str:
        return global_id(kind, key)

    for subject, code in (
        (of("Match", new_id()), "MATCH_NOT_FOUND"),
        (of("Tournament", new_id()), "TOURNAMENT_NOT_FOUND"),
        (of("User", world.people["ada"].actor.require_user()), "BAD_USER_INPUT"),
        ("nonsense", "BAD_USER_INPUT"),
    ):
        async with following(world.urls[0], PRESENCE, subject) as presence:
            assert ([error["extensions"]["code"] for error in presence.errors], presence.heard) == ([code], [])


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_a_process_that_ends_takes_its_viewers_with_it(
    database_url: str, db: Database, settings: Settings, tmp_path: Path, end: signal.Signals
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        api(database_url, settings.redis_url, tmp_path / "a") as one,
        api(database_url, settings.redis_url, tmp_path / "b") as two,
    ):
        await ready(one)
        await ready(two)
        world = await make_world(db, settings, (one.url, two.url))
        ada = world.people["ada"]
        async with (
            following(two.url, PRESENCE, world.cup) as presence,
            following(two.url, BRACKET, world.cup, ada),
            following(one.url, BRACKET, world.cup, ada),
            following(one.url, BRACKET, world.cup),
        ):
            await presence.until(viewerCount=2, viewers=[{"username": "ada"}])
            one.process.send_signal(end)
            await asyncio.to_thread(one.process.wait)
            await presence.until(viewerCount=1, viewers=[{"username": "ada"}])
            await until_counted(two.url, world.cup, 1)


async def test_a_published_cup_has_one_stream_for_everybody(world: World) -> None:
    url = world.urls[0]
    other = await published(world.db, world.people["organizer"].actor, "other-cup")
    subject = global_id("Tournament", other.id)
    async with AsyncExitStack() as stack, httpx.AsyncClient() as client:
        await stack.enter_async_context(following(url, PRESENCE, subject))
        before = await executions(client, url)
        for person in (*world.people.values(), None):
            await stack.enter_async_context(following(url, PRESENCE, subject, person))
        assert await executions(client, url) - before <= 1  # its snapshot may have grown old in between


async def executions(client: httpx.AsyncClient, url: str) -> float:
    """How often the document of a subscription has run, in all processes that share these metrics."""
    (line,) = (
        line
        for line in (await client.get(f"{url}/metrics")).text.splitlines()
        if line.startswith("matchpoint_hub_executions_total")
    )
    return float(line.split()[1])
