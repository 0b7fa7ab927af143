"""Who sends a request, whatever brought it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.partners import ApiClient

from domain.kernel.actor import ANONYMOUS, Actor
from resolvers.context import Context
from resolvers.services import Services


@dataclass(frozen=True, slots=True)
class Client:
    """The person who asks, where they ask from, and the application that asks for them if it showed an API key."""

    actor: Actor = ANONYMOUS
    address: str = ""
    user_agent: str = ""
    partner: ApiClient | None = None

    def context(self, services: Services) -> Context:
        """What one request of this client carries."""
        return Context(services=services, actor=self.actor, address=self.address, user_agent=self.user_agent)
