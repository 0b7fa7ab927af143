"""Clients that follow an event while their connections break, and count all that was missing or came twice."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

Message = dict[str, Any]
State = tuple[int, str, list[int | None]]
"""Version, status and scores of a match."""

BRACKET = """subscription($id: ID!, $after: String) { answer: bracketChanges(tournamentId: $id, after: $after) {
  __typename
  ... on BracketSnapshot { cursor bracket { rounds { matches { ...Match } } } }
  ... on MatchChanged { cursor match { ...Match } }
  ... on TournamentChanged { cursor }
  ... on Resync { reason }
} }
fragment Match on Match { id version status slots { score } }"""
# The same with messages of nine kilobytes, so that few of them fill what is between a server and a client.
_AGAIN = " ".join(f"{'long' * 80}{number}: slots {{ index name seed score }}" for number in range(20))
LONG_BRACKET = BRACKET.replace("cursor match { ...Match }", f"cursor match {{ ...Match {_AGAIN} }}")
LOG = """subscription($id: ID!, $after: String) { answer: matchEvents(matchId: $id, after: $after) {
  __typename
  ... on MatchEventsSnapshot { cursor events { sequence } }
  ... on MatchEventAdded { cursor event { sequence } }
  ... on Resync { reason }
} }"""
SCORES = """subscription($id: ID!) { answer: liveScores(tournamentId: $id) {
  __typename
  ... on LiveScoresSnapshot { all: scores { ...Score } }
  ... on LiveScore { ...Score }
  ... on Resync { reason }
} }
fragment Score on LiveScore { matchId version status scores }"""

_CONNECT_LIMIT_S = 10
_LONGEST_ABSENCE_S = 1.0
_AWAY_S = 0.2
# Some lives end before the first message is complete, some last.
_SHORT_LIFE_S = (0.001, 0.05)
_LONG_LIFE_S = (0.5, 8.0)
_SHORT_LIVES = 0.3
_PAUSES = 0.02
_LONGEST_PAUSE_S = 3.0
# Slow clients take nothing until so much has happened, at most so long: the server is patient for 30 s.
_DAWDLED_CHANGES = 350
_LONGEST_DAWDLE_S = 28.0
_SLOW_LIFE_S = (30.0, 60.0)
# What is between a server and them is as little as over a network; on one machine it holds megabytes.
_SEGMENT, _BUFFER = 1_400, 32 * 1024
_RESET = struct.pack("ii", 1, 0)


class _Refused(Exception):
    """The server said no to the subscription, or ended it. Its argument is the code."""


class Fold(Protocol):
    """What a client makes of the messages of one stream.

    Attributes:
        document: the subscription.
        cursor: that of the newest message; None before the first, and for a stream of states.
        matches: those that it knows, by id.
        holes: how many messages are missing.
        doubles: how many came again.
    """

    document: str
    cursor: int | None
    matches: dict[str, State]
    holes: int
    doubles: int

    def take(self, message: Message) -> None:
        """Note a message."""

    def has(self, last: int, final: Mapping[str, State]) -> bool:
        """Whether it has had the last message of its stream, or of a stream of states, the last state."""

    def agrees(self, final: Mapping[str, State]) -> bool:
        """Whether what it knows of matches is so at the end."""


class _Numbered:
    """Messages with numbers, each of which has to come once."""

    def __init__(self) -> None:
        self.cursor: int | None = None
        self.matches: dict[str, State] = {}
        self.holes = 0
        self.doubles = 0

    def has(self, last: int, final: Mapping[str, State]) -> bool:
        """Whether it has had the last message."""
        return self.cursor is not None and self.cursor >= last

    def agrees(self, final: Mapping[str, State]) -> bool:
        """Whether it knows every match as it is at the end."""
        return self.matches == final

    def _number(self, sequence: int) -> None:
        if self.cursor is not None:
            self.holes += max(0, sequence - self.cursor - 1)
            self.doubles += sequence <= self.cursor
        self.cursor = sequence

    def _begin(self, sequence: int) -> None:
        """Where a snapshot leads to. One that nobody asked for skips or repeats what is between."""
        if self.cursor is not None:
            self.holes += 1
        self.cursor = sequence


class BracketFold(_Numbered):
    """The bracket of an event: every change by its number, every version of every match."""

    document = BRACKET

    def take(self, message: Message) -> None:
        """Note a message."""
        match message["__typename"]:
            case "Resync":
                self.cursor = None
            case "BracketSnapshot":
                self._begin(int(message["cursor"]))
                rounds = message["bracket"]["rounds"]
                self.matches = dict(state_of(match) for round_ in rounds for match in round_["matches"])
            case "MatchChanged":
                self._number(int(message["cursor"]))
                key, state = state_of(message["match"])
                self.holes += state[0] > self.matches[key][0] + 1
                self.doubles += state[0] <= self.matches[key][0]
                self.matches[key] = state
            case _:
                self._number(int(message["cursor"]))


class LongBracketFold(BracketFold):
    """The same, from long messages."""

    document = LONG_BRACKET


class LogFold(_Numbered):
    """The log of a match: every entry by its number. Of matches themselves it knows nothing."""

    document = LOG

    def agrees(self, final: Mapping[str, State]) -> bool:
        """Nothing to compare."""
        return True

    def take(self, message: Message) -> None:
        """Note a message."""
        match message["__typename"]:
            case "Resync":
                self.cursor = None
            case "MatchEventsSnapshot":
                self._begin(int(message["cursor"]))
                sequences = [entry["sequence"] for entry in message["events"]]
                self.holes += sequences != list(range(sequences[0], int(message["cursor"]) + 1))
            case _:
                self._number(int(message["cursor"]))
                self.holes += message["event"]["sequence"] != self.cursor


class ScoresFold(_Numbered):
    """The scores of an event: the newest of each match that can be played, or has been since the snapshot."""

    document = SCORES

    def has(self, last: int, final: Mapping[str, State]) -> bool:
        """Whether it knows the end of a match, as everybody does who is there for the last, and nothing that passed."""
        return bool(self.matches) and self.agrees(final)

    def agrees(self, final: Mapping[str, State]) -> bool:
        """Whether all that it knows is so at the end."""
        return all(final[key] == state for key, state in self.matches.items())

    def take(self, message: Message) -> None:
        """Note a message."""
        match message["__typename"]:
            case "LiveScoresSnapshot":
                self.matches = dict(_score(score) for score in message["all"])
            case "LiveScore":
                key, score = _score(message)
                self.doubles += key in self.matches and score[0] <= self.matches[key][0]
                self.matches[key] = score


class Follower:
    """One client with one subscription, whose connection breaks until `stay`.

    Attributes:
        fold: what it knows.
        is_there: whether it listens through a connection that is to last, and knows the state at its beginning.
        is_away: whether it has had something and is not connected.
        counts: messages, drops (its own), breaks (somebody else's), resumes, pauses, dawdles, and by why: `resync`,
            `refused`.

    With `happened`, how much has happened so far, it is slow: it takes nothing for long after the first message of
    each connection, and little waits for it on the way.
    """

    def __init__(
        self,
        url: str,
        subject: str,
        fold: Fold,
        *,
        seed: str,
        is_sse: bool = False,
        happened: Callable[[], int] | None = None,
    ) -> None:
        self.fold = fold
        self.subject = subject
        self.counts: Counter[str] = Counter()
        self.is_there = False
        self.is_away = False
        self._url = url
        self._happened = happened
        self._open = _events if is_sse else _socket
        if happened is not None:
            self._open = _narrow_socket
        self._random = Random(seed)
        self._stays = asyncio.Event()
        self._task = asyncio.create_task(self._follow())

    def stay(self) -> None:
        """Break no more connections."""
        self._stays.set()

    def check(self) -> None:
        """Fail if it cannot follow any more."""
        if self._task.done():
            self._task.result()

    def has(self, last: int, final: Mapping[str, State]) -> bool:
        """Whether it has had all there is. Fails if it cannot follow any more."""
        self.check()
        return self.fold.has(last, final)

    async def stop(self) -> None:
        """Follow no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            try:
                life_s = self._life()
                async with asyncio.timeout(life_s):
                    await self._listen(stays=life_s is None)
            except TimeoutError:
                self.counts["drops"] += 1
                await self._be_away(self._random.uniform(0, _LONGEST_ABSENCE_S))
            except _Refused as refusal:
                self.counts[f"refused.{refusal}"] += 1
                await self._be_away(_AWAY_S)
            except (OSError, WebSocketException, httpx.TransportError):
                self.counts["breaks"] += 1
                await self._be_away(_AWAY_S)

    async def _be_away(self, seconds: float) -> None:
        self.is_there = False
        self.is_away = self.fold.cursor is not None
        await asyncio.sleep(seconds)
        self.is_away = False

    def _life(self) -> float | None:
        if self._stays.is_set():
            return None
        if self._happened is not None:
            return self._random.uniform(*_SLOW_LIFE_S)
        return self._random.uniform(*(_SHORT_LIFE_S if self._random.random() < _SHORT_LIVES else _LONG_LIFE_S))

    async def _listen(self, *, stays: bool) -> None:
        cursor = self.fold.cursor
        variables = {"id": self.subject} | ({} if cursor is None else {"after": str(cursor)})
        async with self._open(self._url, {"query": self.fold.document, "variables": variables}) as payloads:
            self.counts["resumes"] += cursor is not None
            # Who resumes is told nothing before something happens.
            self.is_there = stays and cursor is not None
            dawdles = self._happened is not None and not stays
            async for payload in payloads:
                if "errors" in payload:
                    raise _Refused(payload["errors"][0]["extensions"]["code"])
                await self._take(payload["data"]["answer"])
                self.is_there = stays
                if dawdles:
                    dawdles = False
                    await self._dawdle()
        raise _Refused("ended")

    async def _dawdle(self) -> None:
        assert self._happened is not None
        self.counts["dawdles"] += 1
        enough, until = self._happened() + _DAWDLED_CHANGES, time.monotonic() + _LONGEST_DAWDLE_S
        while self._happened() < enough and time.monotonic() < until and not self._stays.is_set():
            await asyncio.sleep(_AWAY_S)

    async def _take(self, message: Message) -> None:
        self.counts["messages"] += 1
        if message["__typename"] == "Resync":
            self.counts[f"resync.{message['reason']}"] += 1
        self.fold.take(message)
        if not self._stays.is_set() and self._random.random() < _PAUSES:
            self.counts["pauses"] += 1
            await asyncio.sleep(self._random.uniform(0, _LONGEST_PAUSE_S))


@asynccontextmanager
async def _narrow_socket(url: str, subscription: Message) -> AsyncIterator[AsyncIterator[Message]]:
    """The same as `_socket`, with little room on the way."""
    address = urlsplit(url)
    with socket.socket() as narrow:
        narrow.setblocking(False)
        narrow.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        await asyncio.get_running_loop().sock_connect(narrow, (address.hostname, address.port))
        async with _socket(url, subscription, sock=narrow) as payloads:
            yield payloads


@asynccontextmanager
async def _socket(url: str, subscription: Message, **given: Any) -> AsyncIterator[AsyncIterator[Message]]:
    """The payloads of a subscription over WebSocket; leaving cuts the connection without a goodbye."""
    connection = await connect(
        url.replace("http", "ws", 1) + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        proxy=None,
        max_queue=1,
        open_timeout=_CONNECT_LIMIT_S,
        **given,
    )

    async def payloads() -> AsyncIterator[Message]:
        async for text in connection:
            message = json.loads(text)
            if message["type"] == "ping":
                await connection.send('{"type":"pong"}')
            elif message["type"] == "connection_ack":
                await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": subscription}))
            elif message["type"] == "error":
                yield {"errors": message["payload"]}
            elif message["type"] == "complete":
                return
            else:
                yield message["payload"]
        raise ConnectionResetError

    try:
        await connection.send('{"type":"connection_init"}')
        yield payloads()
    finally:
        connection.transport.abort()


@asynccontextmanager
async def _events(url: str, subscription: Message) -> AsyncIterator[AsyncIterator[Message]]:
    """The same as server-sent events."""
    limits = httpx.Timeout(_CONNECT_LIMIT_S, read=None)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=limits) as client,
        client.stream("POST", f"{url}/graphql", json=subscription, headers={"accept": "text/event-stream"}) as response,
    ):
        connection: socket.socket = response.extensions["network_stream"].get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

        async def payloads() -> AsyncIterator[Message]:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line.removeprefix("data: "))
                elif line == "event: complete":
                    return
            raise ConnectionResetError

        yield payloads()


def state_of(match: Message) -> tuple[str, State]:
    """A match by its id."""
    return match["id"], (match["version"], match["status"], [slot["score"] for slot in match["slots"]])


def _score(score: Message) -> tuple[str, State]:
    return score["matchId"], (score["version"], score["status"], score["scores"])
