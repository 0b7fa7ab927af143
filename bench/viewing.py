"""What kept answers are worth while people watch an event: how many requests they serve, and how old they get.

A double elimination of 64 is played; scores change a few times a second. Viewers who are not signed in load its page,
its entrants and the start page by their ids, as the pages of the event would, at times and in a mixture that are drawn,
not recorded. Each page of the bracket carries the number of the last change in it, so that how old it was when it was
asked for can be compared with when changes were committed. At the end the CPU of one page that is kept is measured.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.event import open_database, start_event
from bench.load import fetch
from bench.scores import Score
from bench.server import System
from schema.server.documents import FOLDER
from schema.server.parameters import digest

_SECONDS = 30.0
_CHANGES_PER_S = 4.0
_VIEWERS = 24
_PAUSE_S = 0.1
_SLUG = "bench-viewing"
_SHARES = {"LivePage": 0.8, "Entrants": 0.1, "Overview": 0.1}
_SINGLE = 3_000


@dataclass
class _Log:
    """When each change was committed, on this clock; the first is the one after the start."""

    first: int
    committed_at: list[float] = field(default_factory=list)
    ages_s: list[float] = field(default_factory=list)
    requests: int = 0

    def note(self, cursor: int, asked_at: float) -> None:
        """Note how old a page was when it was asked for: 0 when it had every change of before."""
        known = bisect_left(self.committed_at, asked_at)
        missing = cursor - self.first + 1
        self.ages_s.append(asked_at - self.committed_at[missing] if missing < known else 0.0)


async def measure(system: System) -> dict[str, Any]:
    """Requests, the share that no execution was needed for, the age of pages, and the CPU of a kept page."""
    db = open_database(system.database_url)
    try:
        event = await start_event(db, 64, _SLUG)
        async with httpx.AsyncClient(base_url=system.url, timeout=30) as client:
            cursor = await _page(client)
            log = _Log(first=cursor + 1)
            answered, made = _counts(system)
            until = time.monotonic() + _SECONDS
            async with asyncio.TaskGroup() as group:
                group.create_task(_play(await Score.of(db, event), log, until))
                for number in range(_VIEWERS):
                    group.create_task(_view(client, log, until, random.Random(number)))  # noqa: S311  (no secret)
            answers, executions = (now - before for now, before in zip(_counts(system), (answered, made), strict=True))
            return {
                "requests": log.requests,
                "changes": len(log.committed_at),
                "hit_rate": round(1 - executions / answers, 4),
                "age_ms": {
                    "share_not_newest": round(sum(age > 0 for age in log.ages_s) / len(log.ages_s), 4),
                    "p99": round(statistics.quantiles(log.ages_s, n=100)[98] * 1000, 1),
                    "worst": round(max(log.ages_s) * 1000, 1),
                },
                "kept_page": await _kept(system, client),
            }
    finally:
        await db.close()


def _counts(system: System) -> tuple[float, float]:
    """How many answers to everybody there were, and for how many something was executed."""
    name = "matchpoint_results_total"
    return system.metric(name), system.metric(name, 'outcome="made"')


async def _play(score: Score, log: _Log, until: float) -> None:
    while time.monotonic() < until:
        await score.change()
        log.committed_at.append(time.monotonic())
        await asyncio.sleep(1 / _CHANGES_PER_S)


async def _view(client: httpx.AsyncClient, log: _Log, until: float, draw: random.Random) -> None:
    while time.monotonic() < until:
        (name,) = draw.choices(list(_SHARES), list(_SHARES.values()))
        asked_at = time.monotonic()
        answer = await _asked(client, name)
        log.requests += 1
        if name == "LivePage":
            log.note(_cursor(answer), asked_at)
        await asyncio.sleep(draw.expovariate(1 / _PAUSE_S))


async def _kept(system: System, client: httpx.AsyncClient) -> dict[str, Any]:
    """A page of 64 that nothing changes meanwhile."""
    answer = await _asked(client, "LivePage")
    cpu = system.api.cpu_s()
    count = await fetch(str(answer.url), iter(range(_SINGLE)))
    return {
        "bytes": len(answer.content),
        "server_cpu_ms_per_request": round((system.api.cpu_s() - cpu) / count * 1000, 3),
    }


async def _page(client: httpx.AsyncClient) -> int:
    return _cursor(await _asked(client, "LivePage"))


def _cursor(answer: httpx.Response) -> int:
    return int(answer.json()["data"]["tournament"]["bracket"]["cursor"])


async def _asked(client: httpx.AsyncClient, name: str) -> httpx.Response:
    document = digest((FOLDER / f"{name}.graphql").read_text())
    variables = "" if name == "Overview" else f'{{"slug": "{_SLUG}"}}'
    answer = await client.get("/graphql", params={"documentId": document, "variables": variables})
    return answer.raise_for_status()
