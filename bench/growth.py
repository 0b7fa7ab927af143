"""How the CPU per event grows with viewers, with entrants and with groups of equal subscriptions."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench import plot, report
from bench.audience import audience
from bench.event import open_database, start_event
from bench.leftovers import left
from bench.scores import Score, subscription
from bench.server import System
from domain.infra.db import Database

_POINT_S = 3.0
_WARM_UP = 5
_FEWEST_CHANGES = 10


class _Setting(NamedTuple):
    """An event and who follows it. Viewers share a group when they have the same document."""

    entrants: int = 64
    viewers: int = 1
    groups: int = 1


_LINES = {
    "viewers": [_Setting(viewers=number) for number in (1, 10, 100, 1_000, 10_000)],
    "entrants": [_Setting(entrants=number) for number in (8, 64, 256, 1_024)],
    "groups": [_Setting(viewers=number, groups=number) for number in (1, 10, 100, 500)],
}


async def measure(system: System) -> dict[str, Any]:
    """CPU of the API process per change of a score, and the line that fits it; drawn in `growth_*.svg`."""
    db, found = open_database(system.database_url), {}
    try:
        for of, settings in _LINES.items():
            points = {}
            for setting in settings:
                number = getattr(setting, of)
                points[number] = await _cpu_us(db, system, setting, f"{of}-{number}")
            found[of] = _line(of, points)
    finally:
        await db.close()
    return found


async def _cpu_us(db: Database, system: System, setting: _Setting, slug: str) -> float:
    event = await start_event(db, setting.entrants, slug)
    score = await Score.of(db, event)
    subscriptions = [_named(subscription(event), f"Group{number}") for number in range(setting.groups)]
    async with audience(system.url, subscriptions, setting.viewers) as watching:
        for _ in range(_WARM_UP):
            await score.change_before([watching])
        changes, cpu, ends_at = 0, system.api.cpu_s(), time.monotonic() + _POINT_S
        while changes < _FEWEST_CHANGES or time.monotonic() < ends_at:
            await score.change_before([watching])
            changes += 1
        cpu = system.api.cpu_s() - cpu
    await left(system)  # the leaving of many is not a cost of the next
    return round(cpu / changes * 1e6, 1)


def _named(subscription: bytes, name: str) -> bytes:
    return subscription.replace(b"subscription(", f"subscription {name}(".encode(), 1)


def _line(of: str, points: Mapping[int, float]) -> dict[str, Any]:
    base, slope = _fitted(list(points), list(points.values()))
    plot.draw(
        report.RESULTS / f"growth_{of}.svg",
        f"CPU per event: {base:,.0f} µs + {slope:,.2f} µs × {of}",
        of,
        "CPU of the API, µs",
        points,
        lambda x: max(base + slope * x, 1.0),
    )
    return {
        "cpu_us_per_event": {str(number): cpu for number, cpu in points.items()},
        "fit": {"base_us": round(base, 1), f"slope_us_per_{of.removesuffix('s')}": round(slope, 3)},
    }


def _fitted(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """Base and slope of the line with the least squares of relative errors: the small values count as the large ones.

    Dividing by y makes it base / y + slope * x / y = 1, whose normal equations these are.
    """
    us, vs = [1 / y for y in ys], [x / y for x, y in zip(xs, ys, strict=True)]
    uu, vv, uv = (sum(a * b for a, b in zip(p, q, strict=True)) for p, q in ((us, us), (vs, vs), (us, vs)))
    determinant = uu * vv - uv * uv
    return (sum(us) * vv - sum(vs) * uv) / determinant, (sum(vs) * uu - sum(us) * uv) / determinant
