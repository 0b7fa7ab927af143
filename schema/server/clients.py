"""Who sends a request, whatever brought it."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from domain.kernel.actor import ANONYMOUS, Actor
from domain.partners import ApiClient
from resolvers.context import Context
from resolvers.services import Services


class Credentials(NamedTuple):
    """What a client shows: a token (as the header has it) for the person, a key for the application, or neither."""

    authorization: str | None = None
    api_key: str | None = None


class Client(Struct, frozen=True):
    """The person who asks, where they ask from, and the application that asks for them if it showed an API key."""

    actor: Actor = ANONYMOUS
    address: str = ""
    user_agent: str = ""
    partner: ApiClient | None = None

    def context(self, services: Services) -> Context:
        """What one request of this client carries."""
        return Context(services=services, actor=self.actor, address=self.address, user_agent=self.user_agent)
