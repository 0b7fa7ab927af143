"""Two API processes behind one port, two workers, two relays: what is killed of them is missed by nobody."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from domain.infra.embedded import Valkey
from domain.kernel.ids import global_id
from tests.faults.house import MATCHES, assert_everything_once, elimination_of_eight, outcome
from tests.fixtures.processes import LIMIT_S
from tests.fixtures.server import RunningServer

_CHANGES = """subscription Changes($id: ID!, $after: String) {
  bracketChanges(tournamentId: $id, after: $after) {
    __typename
    ... on BracketSnapshot { cursor }
    ... on MatchChanged { cursor match { id version } }
    ... on TournamentChanged { cursor }
    ... on Resync { reason }
  }
}"""


class Several(RunningServer):
    """The platform with two processes of each kind. The API processes share a socket that the test has opened."""

    def __init__(self, database_url: str, redis_url: str, directory: Path, listener: socket.socket) -> None:
        super().__init__(database_url, redis_url, directory)
        self.port = listener.getsockname()[1]
        self.url = self.environment["PUBLIC_URL"] = f"http://127.0.0.1:{self.port}"
        self._inherited = (listener.fileno(),)
        self.metrics = {name: f"127.0.0.1:{_free_port()}" for name in ("api-1", "api-2")}
        shared = ("api", "--fd", str(listener.fileno()))
        self._commands = {
            **{name: (*shared, "--metrics", address) for name, address in self.metrics.items()},
            "relay-1": ("relay",),
            "relay-2": ("relay",),
            "worker-1": ("worker",),
            "worker-2": ("worker",),
        }

    def active_relays(self) -> set[str]:
        """Those that have had the turn so far."""
        return {name for name in ("relay-1", "relay-2") if '"event": "relay.active"' in self.log(name)}

    def process_of(self, connection: ClientConnection) -> str:
        """The API process at the other end."""
        port = connection.local_address[1]
        found = [
            name
            for name in self.metrics
            if name in self._processes
            if any(
                each.raddr and each.raddr.port == port for each in psutil.Process(self.pid(name)).net_connections("tcp")
            )
        ]
        assert len(found) == 1, found
        return found[0]

    async def connected(self, name: str | None = None) -> ClientConnection:
        """A socket that has been greeted, of this API process or of any."""
        address = self.url.replace("http", "ws") + "/graphql"
        while True:
            connection = await connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None)
            await connection.send('{"type":"connection_init"}')
            assert json.loads(await connection.recv()) == {"type": "connection_ack"}
            if name is None or self.process_of(connection) == name:
                return connection
            await connection.close()


class Subscriber:
    """Follows an event, comes again whenever its connection breaks, and keeps all it was told."""

    def __init__(self, server: Several, tournament: str, process: str) -> None:
        self.told: list[dict[str, Any]] = []
        self.processes: list[str] = []
        self._server = server
        self._tournament = tournament
        self._task = asyncio.create_task(self._follow(process))

    @property
    def cursors(self) -> list[int]:
        """Those of all messages."""
        return [int(message["cursor"]) for message in self.told]

    def has(self, cursor: int) -> bool:
        """Whether it has been told so much. Fails when it cannot follow any more."""
        if self._task.done():
            self._task.result()
        return bool(self.told) and self.cursors[-1] >= cursor

    async def stop(self) -> None:
        """Follow no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self, name: str) -> None:
        connection = await self._server.connected(name)
        while True:
            self.processes.append(self._server.process_of(connection))
            try:
                await self._listen(connection)
            except ConnectionClosed:
                connection = await self._server.connected()

    async def _listen(self, connection: ClientConnection) -> None:
        after = str(self.cursors[-1]) if self.told else None
        payload = {"query": _CHANGES, "variables": {"id": self._tournament, "after": after}}
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        async for message in connection:
            received = json.loads(message)
            assert received["type"] == "next", received
            self.told.append(received["payload"]["data"]["bracketChanges"])
        raise ConnectionClosed(None, None)


class Books:
    """What the database says."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url.replace("+asyncpg", "")

    async def ask(self, statement: str, *arguments: object) -> Any:
        """The first value that the statement gives."""
        connection = await asyncpg.connect(self._url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    def ask_from_thread(self, statement: str, *arguments: object) -> Any:
        """The same where no loop runs."""
        return asyncio.run(self.ask(statement, *arguments))

    async def has_an_event(self) -> bool:
        """Whether the event has been made and can be seen."""
        return bool(await self.ask("SELECT count(*) FROM tournaments WHERE status <> 'DRAFT'"))

    async def have_finished(self, matches: int) -> bool:
        """Whether so many matches are over."""
        return bool(await self.ask("SELECT count(*) >= $1 FROM matches WHERE status = 'FINISHED'", matches))

    async def are_settled(self) -> bool:
        """Whether every fact is published and every reaction done."""
        owed = "SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL)"
        return bool(await self.ask(f"{owed} + (SELECT count(*) FROM outbox WHERE published_at IS NULL) = 0"))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest_asyncio.fixture
async def several(database_url: str, tmp_path: Path, listener: socket.socket) -> AsyncIterator[Several]:
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    running = Several(database_url, valkey.url, tmp_path, listener)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        valkey.stop()


@contextmanager
def played(server: Several) -> Iterator[subprocess.Popen[str]]:
    """The recorded event, being played at a few matches per second."""
    recording = server.logs / "event.json"
    recording.write_text(json.dumps(elimination_of_eight()))
    command = server.command("play", str(recording), "--url", server.url, "--json", "--speed", "3")
    with subprocess.Popen(
        command, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as player:
        try:
            yield player
        finally:
            player.kill()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not await condition():
            await asyncio.sleep(0.02)


async def test_nothing_is_lost_or_doubled_when_a_relay_and_an_api_process_are_killed(
    several: Several, database_url: str
) -> None:
    books = Books(database_url)
    followers: list[Subscriber] = []

    async def all_have(cursor: int) -> bool:
        return all(follower.has(cursor) for follower in followers)

    async def were_active(relays: int) -> bool:
        return len(several.active_relays()) == relays

    await until(lambda: were_active(1))
    (active,) = several.active_relays()
    with played(several) as player:
        await until(books.has_an_event)
        tournament = global_id("Tournament", await books.ask("SELECT id FROM tournaments"))
        first, second = Subscriber(several, tournament, "api-1"), Subscriber(several, tournament, "api-2")
        followers += (first, second)
        try:
            await until(lambda: all_have(0))
            assert [await connections(several, name) >= 1 for name in ("api-1", "api-2")] == [True, True]

            await until(lambda: books.have_finished(3))
            several.kill(active)
            await until(lambda: were_active(2))

            await until(lambda: books.have_finished(6))
            several.kill("api-1")

            ended = await asyncio.to_thread(outcome, player)
            assert (ended["matches"], ended["placements_equal"], ended["gaps"]) == (MATCHES, True, 0)
            last = int(await books.ask("SELECT max(sequence) FROM bracket_changes"))
            await until(books.are_settled)
            await until(lambda: all_have(last))
        finally:
            for follower in followers:
                await follower.stop()

    assert (first.processes, second.processes) == (["api-1", "api-2"], ["api-2"])
    for follower in (first, second):
        kinds = [message["__typename"] for message in follower.told]
        assert kinds[0] == "BracketSnapshot"
        assert set(kinds[1:]) == {"MatchChanged", "TournamentChanged"}
        assert follower.cursors == list(range(follower.cursors[0], last + 1))
    await asyncio.to_thread(assert_everything_once, books.ask_from_thread, ended["slug"])


async def test_a_process_that_is_asked_to_leave_sends_its_clients_to_the_other(several: Several) -> None:
    leaving, staying = await several.connected("api-1"), await several.connected("api-2")
    await asyncio.to_thread(several.end, "api-1")
    with pytest.raises(ConnectionClosed) as end:
        await leaving.recv()
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == 1012
    again = await several.connected()
    assert several.process_of(again) == "api-2"
    await staying.send('{"type":"ping"}')
    assert json.loads(await staying.recv()) == {"type": "pong"}
    for connection in (again, staying):
        await connection.close()


async def connections(server: Several, name: str) -> int:
    """How many WebSocket connections the process says it has."""
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"http://{server.metrics[name]}/metrics")).text
    found = re.search(r"^matchpoint_websocket_connections (\d+)\.0$", text, re.MULTILINE)
    assert found is not None
    return int(found[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
