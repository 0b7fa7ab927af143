"""From a bearer token to the person who asks, and from an API key to the application."""

from __future__ import annotations

from domain.accounts import Authenticated
from domain.kernel.errors import Unauthenticated
from domain.partners import ApiClient, ApiKeyInvalid, authenticate_key, key_topic, may_be_secret
from resolvers.services import Services
from schema.server.bus import Bus
from schema.server.clients import Client
from schema.server.meter import Meter
from schema.server.watched import Watched

_SCHEME = "bearer "
_KEPT_S = 10.0
_MAX_KEPT = 10_000


async def authenticated(services: Services, authorization: str) -> Authenticated:
    """Who sent `Authorization: Bearer <token>`.

    Raises:
        Unauthenticated: another scheme, or the token does not hold (any more); the code says which.
    """
    if not authorization.lower().startswith(_SCHEME):
        raise Unauthenticated("Credentials are sent as `Authorization: Bearer <access token>`.")
    return await services.accounts.authenticate(authorization[len(_SCHEME) :].strip())


class ApiKeys:
    """The applications whose keys were shown to this process. One whose key is taken away is forgotten at once."""

    def __init__(self, services: Services, hub: Bus, meter: Meter) -> None:
        self._services = services
        self._meter = meter
        self._clients = Watched(
            hub,
            self._read,
            lambda _, client: [key_topic(client.key_id)],
            kept_s=lambda _: _KEPT_S,
            max_size=_MAX_KEPT,
        )

    async def client(self, secret: str | None, address: str) -> ApiClient | None:
        """The application that shows this key; None without one. Whoever shows one that does not hold pays for it.

        Raises:
            ApiKeyInvalid: the key does not hold (any more).
            RequestRefused: it is not known here, and the address has used up its points.
        """
        if secret is None:
            return None
        if not may_be_secret(secret):
            raise ApiKeyInvalid
        if self._clients.kept(secret) is not None:
            return await self.still(secret)
        deposit = await self._meter.deposit(Client(address=address))
        found = await self.still(secret)
        deposit.returned()
        return found

    async def still(self, secret: str) -> ApiClient:
        """The application that has shown this key before.

        Raises:
            ApiKeyInvalid: the key does not hold any more.
        """
        found = await self._clients.get(secret)
        if found.expires_at is not None and found.expires_at <= self._services.clock.now():
            raise ApiKeyInvalid
        return found

    async def _read(self, secret: str) -> ApiClient:
        async with self._services.db.read() as session:
            return await authenticate_key(session, secret, self._services.clock.now())
