"""`matchpoint relay`: hands recorded facts to subscribers and calls workers for what they mean."""

from __future__ import annotations

import argparse

from cli.process import add_metrics_argument, serve
from domain import registry
from domain.infra.db import Database
from domain.infra.settings import Settings
from domain.integrations.broadcast import BroadcastHub
from domain.kernel.clock import SystemClock
from workers.queue import ArqJobs
from workers.relay import Relay

# One for publishing, one for the sweep; the watch has its own connection.
_CONNECTIONS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint relay`."""
    add_metrics_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Relays until interrupted, and gives the exit status. Any number may run; one is active.

    Raises:
        InvalidSetting: a setting is missing or malformed.
    """
    return serve("relay", arguments.metrics, _relay)


async def _relay(settings: Settings) -> None:
    db = Database(settings.database_url, pool_size=_CONNECTIONS, within=registry.WITHIN)
    hub = BroadcastHub(settings.redis_url)
    jobs = ArqJobs(settings.redis_url)
    try:
        await hub.start()
        await Relay(db, hub, jobs, SystemClock()).run(settings.database_url)
    finally:
        await hub.stop()
        await jobs.close()
        await db.close()
