"""`python -m bench [scenario …]`: runs scenarios one after the other and prints one JSON document."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from bench import brackets, fanout, frames, hostile, memory, partners, queries, smallest, writes
from bench.server import System, running

SCENARIOS: Mapping[str, Callable[[System], Coroutine[Any, Any, dict[str, Any]]]] = {
    "bracket_build": brackets.measure,
    "memory": memory.measure,
    "latency_and_fanout": fanout.measure,
    "smallest_query": smallest.measure,
    "bracket_query": queries.measure,
    "hostile": hostile.measure,
    "partner_documents": partners.measure,
    "report_and_confirm": writes.measure,
    "fuzz_frames": frames.measure,
}


def main() -> None:
    """Run the scenarios that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help="default: all of them")
    chosen = parser.parse_args().scenario or list(SCENARIOS)
    results: dict[str, Any] = {"at": datetime.now(UTC), "machine": _machine(), "load_before": os.getloadavg()}
    for name in chosen:
        print(f"bench: {name} …", file=sys.stderr)
        with running() as system:
            results[name] = asyncio.run(SCENARIOS[name](system))
    print(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode())


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


main()
