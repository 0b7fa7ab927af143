"""Two API processes behind one port, two workers, two relays: what is killed of them is missed by nobody."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from domain.kernel.ids import global_id
from tests.faults.house import MATCHES, assert_everything_once, elimination_of_eight, outcome
from tests.faults.several import Books, Several, several_processes, until

_CHANGES = """subscription Changes($id: ID!, $after: String) {
  bracketChanges(tournamentId: $id, after: $after) {
    __typename
    ... on BracketSnapshot { cursor }
    ... on MatchChanged { cursor match { id version } }
    ... on TournamentChanged { cursor }
    ... on Resync { reason }
  }
}"""


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


@pytest_asyncio.fixture
async def several(database_url: str, tmp_path: Path) -> AsyncIterator[Several]:
    with several_processes(database_url, tmp_path) as running:
        yield running


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
            assert [
                await several.metric(name, "matchpoint_websocket_connections") >= 1 for name in ("api-1", "api-2")
            ] == [True, True]

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
