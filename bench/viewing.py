"""What kept answers are worth while people watch an event: how many requests they serve, and how old they get.

A double elimination of 64 is played, and scores change as often as they did when `bench.record_viewing` recorded what
the pages ask. A hundred viewers who are not signed in, and then a thousand, ask the same again. Each replays one of the
recorded windows at a time of their own, and where that sent a validator, that of the answer they have themselves. Each
page of the bracket carries the number of the last change in it, so that how old it was when it was asked for can be
compared with when changes were committed; of a page that is only validated, too. At the end the CPU of one page that is
kept is measured.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson

from bench.event import open_database, start_event
from bench.load import fetch
from bench.scores import Score
from bench.server import System
from domain.infra.db import Database
from schema.server.documents import FOLDER
from schema.server.parameters import digest

RECORDING = Path(__file__).parent / "recordings" / "viewing.json"
# Stands for the address of the event in the variables of a recorded request.
EVENT = "EVENT"

_VIEWERS = (100, 1_000)
_CONNECTIONS = 64
# The API closes connections that are idle for 5 s.
_IDLE_S = 2.0
# Viewers come within this time; each then stays as long as the window that was recorded.
_COME_WITHIN_S = 30.0
_SINGLE = 3_000


@dataclass
class Log:
    """When each change was committed, on this clock; the first is the one after the start."""

    first: int
    committed_at: list[float] = field(default_factory=list)
    ages_s: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def note(self, cursor: int, asked_at: float) -> None:
        """Note how old a page was when it was asked for: 0 when it had every change of before."""
        known = bisect_left(self.committed_at, asked_at)
        missing = cursor - self.first + 1
        self.ages_s.append(asked_at - self.committed_at[missing] if missing < known else 0.0)


class Viewer:
    """Somebody whose browser keeps the last answer to each question, to ask whether it still holds."""

    def __init__(self, client: httpx.AsyncClient, slug: str, log: Log) -> None:
        self._client = client
        self._slug = slug
        self._log = log
        self._kept: dict[str, httpx.Response] = {}

    async def replay(self, requests: Iterable[Mapping[str, Any]], after_s: float) -> None:
        """Ask what was recorded, each at its time; `after_s` is when that began."""
        began = time.monotonic() + after_s
        for request in requests:
            await asyncio.sleep(began + request["at_s"] - time.monotonic())
            await self.ask(request)

    async def ask(self, request: Mapping[str, Any]) -> None:
        """Ask what was recorded once."""
        asked_at = time.monotonic()
        document, variables = _text(request["document"]), self._of_this_event(request["variables"])
        if request["method"] == "GET":
            answer = await self._get(document, variables, is_conditional=request["is_conditional"])
        else:
            answer = await self._client.post("/graphql", json={"query": document, "variables": variables})
            answer.raise_for_status()
        self._log.statuses.append(answer.status_code)
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            answer = self._kept[_key(document, variables)]
        if request["document"] == "LivePage":
            self._log.note(_cursor(answer), asked_at)

    def _of_this_event(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._slug if value == EVENT else value for name, value in variables.items()}

    async def _get(self, document: str, variables: Mapping[str, Any], *, is_conditional: bool) -> httpx.Response:
        key = _key(document, variables)
        kept = self._kept.get(key)
        headers = {"if-none-match": kept.headers["etag"]} if is_conditional and kept is not None else {}
        answer = await _got(self._client, document, variables, headers)
        if answer.status_code != HTTPStatus.NOT_MODIFIED:
            self._kept[key] = answer.raise_for_status()
        return answer


async def measure(system: System) -> dict[str, Any]:
    """Of each audience requests, the share that nothing was executed for, and the age of pages; the CPU of a page."""
    recording = orjson.loads(RECORDING.read_bytes())
    db = open_database(system.database_url)
    try:
        # One pool for all: what a viewer keeps is theirs, the connections are not.
        limits = httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=_IDLE_S)
        async with httpx.AsyncClient(base_url=system.url, timeout=30, limits=limits) as client:
            watched = {
                f"{viewers}_viewers": await _with(system, db, client, recording, viewers) for viewers in _VIEWERS
            }
            return watched | {"kept_page": await _kept(system, client, f"bench-{_VIEWERS[0]}")}
    finally:
        await db.close()


async def _with(
    system: System, db: Database, client: httpx.AsyncClient, recording: Mapping[str, Any], viewers: int
) -> dict[str, Any]:
    slug = f"bench-{viewers}"
    event = await start_event(db, 64, slug)
    log = Log(first=_cursor(await _page(client, slug)) + 1)
    answered, made = _counts(system)
    pace = recording["changes"] / recording["seconds"]
    play = asyncio.create_task(_play(await Score.of(db, event), log, pace))
    await _watched([Viewer(client, slug, log) for _ in range(viewers)], recording["windows"])
    play.cancel()
    with suppress(asyncio.CancelledError):
        await play
    answers, executions = (now - before for now, before in zip(_counts(system), (answered, made), strict=True))
    return {
        "requests": len(log.statuses),
        "changes": len(log.committed_at),
        "hit_rate": round(1 - executions / answers, 4),
        "share_not_modified": round(log.statuses.count(HTTPStatus.NOT_MODIFIED) / len(log.statuses), 4),
        "age_ms": {
            "share_not_newest": round(sum(age > 0 for age in log.ages_s) / len(log.ages_s), 4),
            "p99": round(statistics.quantiles(log.ages_s, n=100)[98] * 1000, 1),
            "worst": round(max(log.ages_s) * 1000, 1),
        },
    }


def _counts(system: System) -> tuple[float, float]:
    """How many answers to everybody there were, and for how many something was executed."""
    name = "matchpoint_results_total"
    return system.metric(name), system.metric(name, 'outcome="made"')


async def _play(score: Score, log: Log, changes_per_s: float) -> None:
    while True:
        await score.change()
        log.committed_at.append(time.monotonic())
        await asyncio.sleep(1 / changes_per_s)


async def _watched(viewers: Sequence[Viewer], windows: Sequence[Sequence[Mapping[str, Any]]]) -> None:
    """Each viewer replays a window, the first of whose requests comes at a time of their own."""
    draw = Random(1)  # noqa: S311  (no secret)
    async with asyncio.TaskGroup() as group:
        for viewer, requests in zip(viewers, cycle(windows), strict=False):
            came_at = draw.uniform(0, _COME_WITHIN_S) - requests[0]["at_s"]
            group.create_task(viewer.replay(requests, came_at))


async def _kept(system: System, client: httpx.AsyncClient, slug: str) -> dict[str, Any]:
    """A page of 64 that nothing changes meanwhile."""
    answer = await _page(client, slug)
    cpu = system.api.cpu_s()
    count = await fetch(str(answer.url), iter(range(_SINGLE)))
    return {
        "bytes": len(answer.content),
        "server_cpu_ms_per_request": round((system.api.cpu_s() - cpu) / count * 1000, 3),
    }


async def _page(client: httpx.AsyncClient, slug: str) -> httpx.Response:
    return (await _got(client, _text("LivePage"), {"slug": slug}, {})).raise_for_status()


async def _got(
    client: httpx.AsyncClient, document: str, variables: Mapping[str, Any], headers: Mapping[str, str]
) -> httpx.Response:
    asked = {"documentId": digest(document), "variables": orjson.dumps(variables).decode()}
    return await client.get("/graphql", params=asked, headers=dict(headers))


def _text(name: str) -> str:
    return (FOLDER / f"{name}.graphql").read_text()


def _key(document: str, variables: Mapping[str, Any]) -> str:
    return document + orjson.dumps(variables, option=orjson.OPT_SORT_KEYS).decode()


def _cursor(answer: httpx.Response) -> int:
    return int(answer.json()["data"]["tournament"]["bracket"]["cursor"])
