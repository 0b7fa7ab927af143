"""Whether whoever opened a connection that stays may still use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from domain.accounts import SessionEnded, SessionRevoked, TokenExpired, session_topic
from domain.infra.hub import Envelope, Hub
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import Unauthenticated
from resolvers.services import Services
from schema.server.masking import unexpected
from schema.server.viewer import authenticated

# What is granted on a connection was granted to who it was; the client connects again as who it is now.
ROLES_CHANGED = "ROLES_CHANGED"


class Bus(Hub, Protocol):
    """A hub that knows when it hears nothing."""

    @property
    def is_connected(self) -> bool:
        """Whether this process hears what is published."""
        ...


class Standing:
    """The credentials of one connection, watched from `begin` to `end`. A sink of the hub for their session's topic.

    `lost` is called when they do not hold any more, with the code that says why; with None when that could not be
    found out, so that the client must come again. Nobody's standing is never lost.
    """

    def __init__(self, services: Services, hub: Bus, lost: Callable[[str | None], object]) -> None:
        self.actor: Actor = ANONYMOUS
        self._services = services
        self._hub = hub
        self._lost = lost
        self._authorization: str | None = None
        self._topic: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._checks: set[asyncio.Task[None]] = set()

    async def begin(self, authorization: str) -> None:
        """Learn who sent these credentials, and listen for what becomes of them.

        Raises:
            Unauthenticated: they do not hold.
        """
        self._authorization = authorization
        found = await authenticated(self._services, authorization)
        if found.actor.session_id is not None:
            self._topic = session_topic(found.actor.session_id)
            self._hub.attach(self._topic, self)
            # Asked again now that revocations are heard, so that none falls in between.
            found = await authenticated(self._services, authorization)
        self.actor = found.actor
        remaining_s = (found.expires_at - self._services.clock.now()).total_seconds()
        self._timer = asyncio.get_running_loop().call_later(remaining_s, self._lost, TokenExpired.code)

    def end(self) -> None:
        """Listen no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._topic is not None:
            self._hub.detach(self._topic, self)
            self._topic = None
        for check in self._checks:
            check.cancel()

    def deliver(self, envelope: Envelope) -> None:
        """Hear something about the session: it was revoked, or what it may do has changed."""
        if envelope.name == SessionRevoked.name:
            self._lost(SessionEnded.code)
        else:
            self.gap()

    def gap(self) -> None:
        """Something about the session may have been missed: ask again."""
        check = asyncio.create_task(self.check())
        self._checks.add(check)
        check.add_done_callback(self._checks.discard)

    async def check(self) -> None:
        """Ask whether the credentials still stand for the same actor."""
        if self._authorization is None:
            return
        try:
            found = await authenticated(self._services, self._authorization)
        except Unauthenticated as refusal:
            self._lost(refusal.code)
        except Exception as error:  # noqa: BLE001  (who cannot be checked must come again)
            unexpected(error)
            self._lost(None)
        else:
            if found.actor != self.actor:
                self._lost(ROLES_CHANGED)
