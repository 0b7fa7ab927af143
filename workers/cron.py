"""What happens by the clock. Each duty is harmless when it is repeated, and when it is missed once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from arq.cron import CronJob, cron

from domain import accounts, partners, registry, teams, tournaments
from domain.accounts import Accounts
from domain.infra import partitions, retention, timers
from domain.infra.db import Database
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import Clock

_LIMIT_S = 60


class Duties:
    """What is to be done regularly."""

    def __init__(self, db: Database, clock: Clock, accounts: Accounts) -> None:
        self._db = db
        self._clock = clock
        self._accounts = accounts

    async def rotate_signing_keys(self) -> None:
        """Publish the next key before the present one ends."""
        await self._accounts.keys.rotate()

    async def make_partitions(self) -> None:
        """Have partitions ready before their month begins."""
        now = self._clock.now()
        await self._db.transaction(lambda session: partitions.ensure_months(session, registry.MONTHLY, now))

    async def expire_invitations(self) -> None:
        """Write down which invitations to teams have expired."""
        command = teams.ExpireInvitations(now=self._clock.now())
        await self._db.transaction(lambda session: teams.expire_invitations(session, SYSTEM, command))

    async def sweep_accounts(self) -> None:
        """Delete sessions, tokens and counts that ended long ago."""
        await self._db.transaction(lambda session: accounts.sweep_accounts(session, self._clock.now()))

    async def sweep_keys(self) -> None:
        """Delete old idempotency keys."""
        await self._db.transaction(lambda session: retention.sweep_keys(session, self._clock.now()))

    async def sweep_usage(self) -> None:
        """Delete how often documents of partners were asked for more than a year ago."""
        command = partners.SweepUsage(now=self._clock.now())
        await self._db.transaction(lambda session: partners.sweep_usage(session, SYSTEM, command))

    async def record_due_facts(self) -> None:
        """Record the facts whose instant has come, in small transactions."""
        now = self._clock.now()
        while await self._db.transaction(lambda session: timers.record_due(session, registry.EVENTS, now)):
            pass

    async def sweep_facts(self) -> None:
        """Delete old facts whose reactions are all done, in small transactions."""
        now = self._clock.now()
        while await self._db.transaction(lambda session: retention.sweep_facts(session, now)):
            pass

    async def forget_changes(self) -> None:
        """Delete what viewers of events that ended a week ago could resume from, in small transactions."""
        now = self._clock.now()
        while await self._db.transaction(lambda session: tournaments.forget_finished(session, now)):
            pass

    async def forget_uploads(self) -> None:
        """Delete files of events that were sent more than a day ago."""
        await self._db.transaction(lambda session: tournaments.uploads.forget_uploads(session, self._clock.now()))


def _by(duty: Callable[[Duties], Awaitable[None]], **when: Any) -> CronJob:
    async def run(ctx: dict[str, Any]) -> None:
        await duty(ctx["duties"])

    return cron(run, name=f"cron:{duty.__name__}", timeout=_LIMIT_S, **when)


# Universal time.
CRON: Sequence[CronJob] = (
    _by(Duties.record_due_facts, second=set(range(0, 60, 5))),
    _by(Duties.expire_invitations, minute={0, 10, 20, 30, 40, 50}),
    _by(Duties.rotate_signing_keys, minute=5),
    _by(Duties.sweep_accounts, minute=15),
    _by(Duties.sweep_keys, minute=25),
    _by(Duties.sweep_facts, minute=35),
    _by(Duties.forget_uploads, minute=50),
    _by(Duties.sweep_usage, minute=55),
    _by(Duties.forget_changes, hour={2, 5, 8, 11, 14, 17, 20, 23}, minute=45),
    _by(Duties.make_partitions, hour={3, 15}, minute=45),
)
