"""The platform with two processes of each kind behind one port, and what its database says."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from domain import tournaments
from domain.infra.db import Database
from domain.infra.embedded import Valkey
from tests.fixtures.processes import LIMIT_S, free_port
from tests.fixtures.server import RunningServer


class Several(RunningServer):
    """The platform with two processes of each kind. The API processes share a socket that the test has opened."""

    def __init__(self, database_url: str, valkey: Valkey, directory: Path, listener: socket.socket) -> None:
        super().__init__(database_url, valkey.url, directory)
        self._valkey = valkey
        self.port = listener.getsockname()[1]
        self.url = self.environment["PUBLIC_URL"] = f"http://127.0.0.1:{self.port}"
        self._inherited = (listener.fileno(),)
        self.metrics = {name: f"127.0.0.1:{free_port()}" for name in ("api-1", "api-2")}
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

    async def kill_active_relay(self) -> str:
        """End the relay that has the turn as a crash of it would, and start it again once the other has the turn."""
        active, other = sorted(("relay-1", "relay-2"), key=self._last_turn, reverse=True)
        before = self._last_turn(other)

        async def has_the_turn() -> bool:
            return self._last_turn(other) > before

        self.kill(active)
        await until(has_the_turn)
        self.start_part(active)
        return active

    def _last_turn(self, relay: str) -> str:
        """When it last got the turn, as its log says; empty before the first time."""
        turns = [line for line in self.log(relay).splitlines() if '"event": "relay.active"' in line]
        return str(json.loads(turns[-1])["timestamp"]) if turns else ""

    def errors(self) -> list[str]:
        """What the processes have logged at level error."""
        lines = [line for name in self._commands for line in self.log(name).splitlines() if '"level": "error"' in line]
        return [json.loads(line)["event"] for line in lines]

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

    async def kill_valkey(self, away_s: float) -> None:
        """End Valkey as a crash of it would, and start it again after a while."""
        assert self._valkey.pid is not None
        os.kill(self._valkey.pid, signal.SIGKILL)
        await asyncio.sleep(away_s)
        self._valkey.start()

    async def metric(self, process: str, name: str) -> int:
        """A number that an API process tells of itself."""
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(f"http://{self.metrics[process]}/metrics")).text
        return sum(int(float(line.split(" ")[1])) for line in text.splitlines() if line.split(" ")[0] == name)


class Books:
    """What the database says."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._url = database_url.replace("+asyncpg", "")

    async def ask(self, statement: str, *arguments: object) -> Any:
        """The first value that the statement gives."""
        connection = await asyncpg.connect(self._url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async def forget_changes(self, tournament_id: UUID, up_to: int) -> None:
        """Forget changes of a bracket as the platform does with old ones."""
        db = Database(self._database_url, pool_size=1)
        try:
            await db.transaction(lambda session: tournaments.forget_changes(session, tournament_id, up_to))
        finally:
            await db.close()

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


@contextmanager
def several_processes(database_url: str, directory: Path) -> Iterator[Several]:
    """The platform with a Valkey of its own, from when it is ready. Its logs lie in the directory."""
    valkey = Valkey(directory / "valkey")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        valkey.start()
        running = Several(database_url, valkey, directory, listener)
        try:
            running.start()
            yield running
        finally:
            running.stop()
            valkey.stop()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not await condition():
            await asyncio.sleep(0.02)
