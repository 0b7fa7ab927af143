"""`python -m bench [scenario …]`: runs scenarios one after the other.

Prints a table of each, keeps each in `bench/results/SCENARIO.json`, and prints all as one JSON document at the end.
Tables go to standard error, so that the document can be sent on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console

from bench import (
    brackets,
    churn,
    fanout,
    frames,
    growth,
    hostile,
    hot_reads,
    large_event,
    large_tables,
    machine,
    many_connections,
    memory,
    no_loss,
    pairing,
    partners,
    peer_fanout,
    peer_queries,
    peers,
    queries,
    reconnect_storm,
    report,
    smallest,
    table_queue,
    viewing,
    writes,
)
from bench.server import System, running

Measure = Callable[[System], Coroutine[Any, Any, dict[str, Any]]]

_AGAINST_PEERS: Mapping[str, Measure] = {
    "queries_against_peers": peer_queries.measure,
    "fanout_against_node": peer_fanout.measure,
}
SCENARIOS: Mapping[str, Measure] = {
    "bracket_build": brackets.measure,
    "large_event": large_event.measure,
    "large_tables": large_tables.measure,
    "pairing": pairing.measure,
    "table_queue": table_queue.measure,
    "memory": memory.measure,
    "latency_and_fanout": fanout.measure,
    "many_connections": many_connections.measure,
    "reconnect_storm": reconnect_storm.measure,
    "no_loss": no_loss.measure,
    "churn": churn.measure,
    "growth": growth.measure,
    "smallest_query": smallest.measure,
    "bracket_query": queries.measure,
    "hot_reads": hot_reads.measure,
    "viewing": viewing.measure,
    "hostile": hostile.measure,
    "partner_documents": partners.measure,
    "report_and_confirm": writes.measure,
    "fuzz_frames": frames.measure,
    **_AGAINST_PEERS,
}


def main() -> None:
    """Run the scenarios that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help="default: all of them")
    chosen = parser.parse_args().scenario or list(SCENARIOS)
    console, commit = Console(stderr=True), machine.commit()
    results: dict[str, Any] = {}
    for name in chosen:
        if name in _AGAINST_PEERS and not peers.are_installed():
            print(f"bench: {name} is left out: its servers come from npm, and are not installed.", file=sys.stderr)
            continue
        print(f"bench: {name} …", file=sys.stderr)
        results[name] = _run(SCENARIOS[name]) | commit
        report.show(name, results[name]["result"], console)
        report.keep(name, results[name])
    print(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode())


def _run(measure: Measure) -> dict[str, Any]:
    at, load = datetime.now(UTC), os.getloadavg()
    with running() as system:
        described, result = asyncio.run(_measured(measure, system))
    return {"at": at, "machine": described, "load_before": load, "result": result}


async def _measured(measure: Measure, system: System) -> tuple[dict[str, Any], dict[str, Any]]:
    return await machine.described(system.database_url), await measure(system)


main()
