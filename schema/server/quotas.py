"""How many sockets one holder may have open at once, and how fast one client is listened to.

Both are counted in this process alone: behind a balancer with several processes each allows as many.
"""

from __future__ import annotations

import asyncio
from collections import Counter


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
