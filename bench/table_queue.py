"""Deciding which matches are called to which tables now, and when the others: the pure rules, without a database."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

from bench.server import System
from domain.queues.rules.forecast import Planned, forecast
from domain.queues.rules.queue import FreeTable, Waiting, decide

_TABLES = 100
_PLAYERS = 500
_REPEATS = 20


async def measure(_system: System) -> dict[str, Any]:
    """Milliseconds of CPU for 100 free tables and 500 players.

    In `elimination` everybody waits for one match; in `groups` of five for as many as are left in their group, so that
    a set of matches has to be found that uses the tables. `forecast` looks ahead to the end of such an elimination.
    """
    rng = Random(500)  # noqa: S311  (the same event every time)
    tables = [FreeTable(UUID(int=n), n, is_stream=n <= 4, is_accessible=n % 10 == 0) for n in range(1, _TABLES + 1)]
    players = [UUID(int=1000 + n) for n in range(_PLAYERS)]
    played = {player: Counter(rng.choices([table.id for table in tables], k=5)) for player in players}
    pairs = list(zip(players[::2], players[1::2], strict=True))
    groups = [
        (players[start + one], players[start + other])
        for start in range(0, _PLAYERS, 5)
        for one in range(5)
        for other in range(one)
        if rng.random() < 0.5
    ]
    return {
        "elimination": _figures(lambda: decide(_waiting(pairs, rng), tables, played)),
        "groups": _figures(lambda: decide(_waiting(groups, rng), tables, played)),
        "forecast": _figures(lambda: forecast(0, _bracket(pairs), {}, [0] * _TABLES, {})),
    }


def _waiting(pairs: list[tuple[UUID, UUID]], rng: Random) -> list[Waiting]:
    return [
        Waiting(
            id=UUID(int=10_000 + order),
            sides=pair,
            waited_min=rng.randrange(30),
            path=rng.randrange(1, 10),
            order=order,
            is_featured=rng.random() < 0.02,
            needs_access=rng.random() < 0.02,
        )
        for order, pair in enumerate(pairs)
    ]


def _bracket(pairs: list[tuple[UUID, UUID]]) -> list[Planned]:
    planned = [
        Planned(id=UUID(int=order), length=1200, path=9, order=order, ready_at=0, sides=pair)
        for order, pair in enumerate(pairs)
    ]
    waiting = [match.id for match in planned]
    while len(waiting) > 1:
        first, second, *waiting = waiting
        order = len(planned)
        after = [first, second]
        planned.append(Planned(id=UUID(int=order), length=1200, path=1, order=order, ready_at=None, after=after))
        waiting.append(UUID(int=order))
    return planned


def _figures(work: Callable[[], object]) -> dict[str, Any]:
    work()
    took = [_cpu_ms(work) for _ in range(_REPEATS)]
    return {"median_ms": round(median(took), 1), "slowest_ms": max(took)}


def _cpu_ms(work: Callable[[], object]) -> float:
    gc.collect()  # what others have left behind is not part of it
    began = time.process_time()
    work()
    return round((time.process_time() - began) * 1e3, 1)
