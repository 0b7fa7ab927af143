"""Whether whoever opened a connection that stays may still use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from domain.accounts import SessionEnded, SessionRevoked, TokenExpired, session_topic
from domain.infra.hub import Envelope
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import Unauthenticated
from domain.partners import ApiClient, ApiKeyInvalid, RegistryChanged, key_topic, registry_topic
from resolvers.services import Services
from schema.server.bus import Bus
from schema.server.clients import Client
from schema.server.masking import unexpected
from schema.server.viewer import ApiKeys, authenticated

# What is granted on a connection was granted to who it was; the client connects again as who it is now.
ROLES_CHANGED = "ROLES_CHANGED"


class Standing:
    """The credentials of one connection, watched from `begin` to `end`.

    A sink of the hub for the topics of their session, their API key and the documents that are served for the key.

    `lost` is called when they do not hold any more, with the code that says why; with None when that could not be
    found out, so that the client must come again. Nobody's standing is never lost. `changed` is called when other
    documents than before may be served for the key.
    """

    def __init__(
        self,
        services: Services,
        keys: ApiKeys,
        hub: Bus,
        lost: Callable[[str | None], object],
        changed: Callable[[], object],
    ) -> None:
        self.actor: Actor = ANONYMOUS
        self.partner: ApiClient | None = None
        self._services = services
        self._keys = keys
        self._hub = hub
        self._lost = lost
        self._changed = changed
        self._authorization: str | None = None
        self._api_key: str | None = None
        self._topics: list[str] = []
        self._token_timer: asyncio.TimerHandle | None = None
        self._key_timer: asyncio.TimerHandle | None = None
        self._checks: set[asyncio.Task[None]] = set()

    async def begin(self, authorization: str | None, api_key: str | None, address: str) -> None:
        """Learn who sent these credentials from an address, and listen for what becomes of them.

        Raises:
            Unauthenticated: they do not hold.
            RequestRefused: too many that do not hold came from there.
        """
        self._authorization, self._api_key = authorization, api_key
        if authorization is not None:
            found = await authenticated(self._services, authorization)
            if found.actor.session_id is not None:
                self._listen(session_topic(found.actor.session_id))
                # Asked again now that revocations are heard, so that none falls in between.
                found = await authenticated(self._services, authorization)
            self.actor = found.actor
            self._token_timer = self._timer(found.expires_at, TokenExpired.code)
        partner = await self._keys.client(api_key, address)
        if partner is not None and api_key is not None:
            self._listen(key_topic(partner.key_id))
            self._listen(registry_topic(partner.partner_id))
            # Asked again for the same reason.
            self._take_partner(await self._keys.still(api_key))

    def client(self, stranger: Client) -> Client:
        """Who a stranger is by the credentials, as they stand now."""
        return replace(stranger, actor=self.actor, partner=self.partner)

    def end(self) -> None:
        """Listen no more, and forget who would be told."""
        self._lost = self._changed = _nobody
        for timer in (self._token_timer, self._key_timer):
            if timer is not None:
                timer.cancel()
        for topic in self._topics:
            self._hub.detach(topic, self)
        self._topics.clear()
        for check in self._checks:
            check.cancel()

    def deliver(self, envelope: Envelope) -> None:
        """Hear something about the session or the key: it was revoked, or what it may do has changed."""
        if envelope.name == SessionRevoked.name:
            self._lost(SessionEnded.code)
        elif envelope.name == RegistryChanged.name:
            self._changed()
        else:
            self._check_soon()

    def gap(self) -> None:
        """Something about the credentials may have been missed: ask again."""
        self._check_soon()
        if self.partner is not None:
            self._changed()

    def _check_soon(self) -> None:
        check = asyncio.create_task(self.check())
        self._checks.add(check)
        check.add_done_callback(self._checks.discard)

    async def check(self) -> None:
        """Ask whether the credentials still stand for the same actor and application."""
        try:
            actor = ANONYMOUS
            if self._authorization is not None:
                actor = (await authenticated(self._services, self._authorization)).actor
            if self._api_key is not None:
                self._take_partner(await self._keys.still(self._api_key))
        except Unauthenticated as refusal:
            self._lost(refusal.code)
        except Exception as error:  # noqa: BLE001  (who cannot be checked must come again)
            unexpected(error)
            self._lost(None)
        else:
            if actor != self.actor:
                self._lost(ROLES_CHANGED)

    def _take_partner(self, partner: ApiClient | None) -> None:
        """Go on with what the key grants now, until it expires."""
        if partner == self.partner:
            return
        self.partner = partner
        if self._key_timer is not None:
            self._key_timer.cancel()
            self._key_timer = None
        if partner is not None and partner.expires_at is not None:
            self._key_timer = self._timer(partner.expires_at, ApiKeyInvalid.code)

    def _listen(self, topic: str) -> None:
        self._hub.attach(topic, self)
        self._topics.append(topic)

    def _timer(self, expires_at: datetime, code: str) -> asyncio.TimerHandle:
        remaining_s = (expires_at - self._services.clock.now()).total_seconds()
        return asyncio.get_running_loop().call_later(remaining_s, self._lost, code)


def _nobody(*told: object) -> None:
    """Nobody listens any more."""
