"""Building brackets: the pure rules, without a database."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from bench.server import System
from domain.tournaments.rules.elimination import double_elimination, single_elimination

_SIZES = (16, 64, 256, 1024, 4096)
_REPEATS = 5


async def measure(_system: System) -> dict[str, Any]:
    """Milliseconds of CPU to build each kind of bracket."""
    return {
        f"{name}_{entrants}_ms": _cpu_ms(partial(build, entrants))
        for name, build in (("single", single_elimination), ("double", double_elimination))
        for entrants in _SIZES
    }


def _cpu_ms(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_REPEATS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return round(median(took) * 1e3, 2)
