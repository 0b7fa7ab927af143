"""Who sends a request, whatever brought it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.actor import ANONYMOUS, Actor
from resolvers.context import Context
from resolvers.services import Services


@dataclass(frozen=True, slots=True)
class Client:
    """The person who asks, and where they ask from."""

    actor: Actor = ANONYMOUS
    address: str = ""
    user_agent: str = ""

    def context(self, services: Services) -> Context:
        """What one request of this client carries."""
        return Context(services=services, actor=self.actor, address=self.address, user_agent=self.user_agent)
