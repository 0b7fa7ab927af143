"""How many connections one holder may have open at once, and how fast one client is listened to.

All are counted in this process alone: behind a balancer with several processes each allows as many.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from domain.accounts import network_of
from domain.infra.settings import Settings


class Quota:
    """How many of something each holder may have at a time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """How many all holders have together."""
        return self._held.total()

    def take(self, holder: str) -> bool:
        """Take one more. False, and nothing is taken, when the holder has as many as allowed."""
        if self._held[holder] >= self.limit:
            return False
        self._held[holder] += 1
        return True

    def give_back(self, holder: str) -> None:
        """Give one back. A holder with nothing leaves no trace."""
        self._held[holder] -= 1
        if not self._held[holder]:
            del self._held[holder]


class Callers(Quota):
    """How many connections each address may have at a time, whatever comes over them.

    Those of trusted proxies are not counted: they are of many clients, whom only the proxy can tell apart so early.
    """

    def __init__(self, limit: int, proxies: Iterable[str]) -> None:
        super().__init__(limit)
        # Those that are told so before they are closed; of more nobody is told.
        self.refused = Quota(limit)
        self._proxies = [ip_network(proxy) for proxy in proxies]

    @classmethod
    def of(cls, settings: Settings) -> Callers:
        """As many as a process is told to allow."""
        return cls(settings.connections_per_address, settings.trusted_proxies)

    def holder(self, peer: tuple[str, int] | None) -> str | None:
        """Who holds a connection from this address and port; None when it is not counted, as over a Unix socket."""
        if peer is None:
            return None
        address = ip_address(peer[0])
        return None if any(address in proxy for proxy in self._proxies) else network_of(peer[0])


class Pace:
    """Lets a burst through and then so many a second (the generic cell rate algorithm, ITU-T I.371)."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval_s = 1 / per_second
        self._burst_s = burst / per_second
        self._due = 0.0

    async def turn(self) -> None:
        """Count one, and wait if they come too fast."""
        now = asyncio.get_running_loop().time()
        self._due = max(self._due, now - self._burst_s) + self._interval_s
        if self._due > now:
            await asyncio.sleep(self._due - now)
