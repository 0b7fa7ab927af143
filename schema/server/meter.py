"""What operations cost whoever sends them: paid for before they run, corrected by what they really answered.

An operation is charged what it may ask for at most, in one step with the check that so much is left, so that requests
that race cannot use the same points. Afterwards the difference is given back, or taken; nobody waits for that.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from domain.accounts import network_of
from domain.infra.buckets import Buckets
from domain.infra.settings import Allowance, Settings
from domain.infra.telemetry import POINTS_REFUSED
from schema.server.clients import Client
from schema.server.documents import Operation
from schema.server.execution import Answer
from schema.server.limits import points_for
from schema.server.masking import Code, RequestRefused, failure

# What is seen for the first time, a document or a key, is work also when nothing comes of it.
_FIRST_SEEN = 10


class _Payer(Struct, frozen=True):
    """Whose points are used. `kind` is its name in metrics."""

    kind: str
    name: str
    allowance: Allowance

    @property
    def bucket(self) -> tuple[str, int, int]:
        """The bucket: its key, how much it holds, and how much comes back each second."""
        return f"{self.kind}:{self.name}", self.allowance.capacity, self.allowance.per_s


class Charge:
    """What one operation has been charged. `settled` corrects it; one that fails keeps what was reserved."""

    def __init__(self, buckets: Buckets, payer: _Payer, operation: Operation, remaining: int) -> None:
        self._buckets = buckets
        self._payer = payer
        self._operation = operation
        self._remaining = remaining

    def settle(self, objects: int) -> int:
        """What an answer of so many objects has cost; the rest is given back."""
        requested = self._operation.demand.points
        # What introspection answers is the same for everybody; it costs what is declared, however long it is.
        if self._operation.demand.introspects:
            return requested
        unused = points_for(self._operation.demand.objects) - points_for(objects)
        if unused:
            self._buckets.give_back(*self._payer.bucket, unused)
        return requested - unused

    def settled(self, answer: Answer) -> dict[str, Any]:
        """The answer, with what it has cost in its extensions."""
        return self._told(answer.body, self.settle(answer.objects))

    def kept(self, answer: Answer) -> dict[str, Any]:
        """The first part of an answer, with what all of its parts cost: what was reserved."""
        return self._told(answer.body, self._operation.demand.points)

    def _told(self, answer: dict[str, Any], actual: int) -> dict[str, Any]:
        requested, capacity = self._operation.demand.points, self._payer.allowance.capacity
        cost = {
            "requested": requested,
            "actual": actual,
            "remaining": min(capacity, max(0, self._remaining + requested - actual)),
            "restoreRate": self._payer.allowance.per_s,
        }
        return {**answer, "extensions": {**answer.get("extensions", {}), "cost": cost}}


class Deposit:
    """Points that somebody loses who sends a document that cannot be served, or a key that does not hold."""

    def __init__(self, buckets: Buckets, payer: _Payer, points: int) -> None:
        self._buckets = buckets
        self._payer = payer
        self._points = points

    def returned(self) -> None:
        """Give them back."""
        self._buckets.give_back(*self._payer.bucket, self._points)


class Meter:
    """Charges everybody for what they ask."""

    def __init__(self, buckets: Buckets, settings: Settings) -> None:
        self._buckets = buckets
        self._settings = settings

    async def charge(self, operation: Operation, client: Client) -> Charge:
        """Reserve the points that an operation needs at most.

        Raises:
            RequestRefused: so many are not left, or will never be.
        """
        payer = self._payer(client)
        points, allowance = operation.demand.points, payer.allowance
        if points > allowance.capacity:
            raise RequestRefused(
                Code.QUERY_TOO_COMPLEX,
                f"This operation needs {points:,} points, and nobody here may use more than {allowance.capacity:,} at"
                " once, so it can never run. Ask for less per request: smaller pages, fewer lists inside of lists, or"
                " several requests.",
            )
        taken = await self._buckets.take(*payer.bucket, points)
        if taken.retry_after_s is not None:
            POINTS_REFUSED.labels(payer.kind).inc()
            raise _rate_limited(points, taken.remaining, taken.retry_after_s, allowance)
        return Charge(self._buckets, payer, operation, taken.remaining)

    async def deposit(self, client: Client) -> Deposit:
        """Take what it costs to look at something for the first time, to be given back when it is good for something.

        Raises:
            RequestRefused: so many points are not left.
        """
        payer = self._payer(client)
        points = min(_FIRST_SEEN, payer.allowance.capacity)
        taken = await self._buckets.take(*payer.bucket, points)
        if taken.retry_after_s is not None:
            POINTS_REFUSED.labels(payer.kind).inc()
            raise _rate_limited(points, taken.remaining, taken.retry_after_s, payer.allowance)
        return Deposit(self._buckets, payer, points)

    async def close(self) -> None:
        """Finish what is to be given back."""
        await self._buckets.close()

    def _payer(self, client: Client) -> _Payer:
        if client.partner is not None:
            allowance = Allowance(client.partner.points_capacity, client.partner.points_per_s)
            return _Payer("partner", str(client.partner.partner_id), allowance)
        if client.actor.user_id is not None:
            return _Payer("user", str(client.actor.user_id), self._settings.user_points)
        return _Payer("address", network_of(client.address), self._settings.address_points)


def _rate_limited(points: int, remaining: int, retry_after_s: int, allowance: Allowance) -> RequestRefused:
    message = (
        f"This operation needs {points:,} points and {remaining:,} are left; {allowance.per_s:,} come back each second."
        f" Send it again in {retry_after_s} s, or ask for less."
    )
    error = failure(Code.RATE_LIMITED, message)
    error["extensions"] |= {
        "retryAfterSeconds": retry_after_s,
        "cost": {"requested": points, "actual": 0, "remaining": remaining, "restoreRate": allowance.per_s},
    }
    return RequestRefused(Code.RATE_LIMITED, message, [error])
