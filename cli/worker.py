"""`matchpoint worker`: runs what facts mean and what is due by the clock."""

from __future__ import annotations

import argparse

from cli.process import add_metrics_argument, serve
from domain import registry
from domain.accounts import Accounts
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.settings import Settings
from domain.integrations.mail import mail_from
from domain.kernel.clock import SystemClock
from workers.cron import Duties
from workers.main import work
from workers.reacting import Reactor
from workers.reactions import Outside


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint worker`."""
    add_metrics_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Works until interrupted, and gives the exit status. Any number may run.

    Raises:
        InvalidSetting: a setting is missing or malformed.
    """
    return serve("worker", arguments.metrics, _work)


async def _work(settings: Settings) -> None:
    clock = SystemClock()
    db = Database(settings.database_url, pool_size=settings.database_pool_size, within=registry.WITHIN)
    beside = Database(settings.database_url, pool_size=1)
    cache = Cache(settings.redis_url)
    accounts = Accounts(db, cache, settings, clock)
    try:
        outside = Outside(accounts=accounts, mail=mail_from(settings, clock), clock=clock, beside=beside)
        reactor = Reactor(db, clock, outside)
        # A job holds one of these connections at a time, so none ever waits for another one's.
        jobs_at_once = settings.database_pool_size
        await work(settings.redis_url, reactor, Duties(db, clock, accounts), jobs_at_once)
    finally:
        await cache.close()
        await beside.close()
        await db.close()
