"""Keys: made, rotated, revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain import partners as domain
from domain.kernel.ids import key_of
from domain.partners import Scope
from resolvers import partners as resolve
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.paging import distinct
from schema.partners.types import ApiKey

_SHOWN_ONCE = (
    "The secret: send it as `X-Api-Key`, or as `apiKey` in `connection_init`. It is shown this once. Null when an"
    " earlier request with the same idempotency key made the key; if its answer was lost, rotate the key."
)


@input_type
class CreateApiKeyInput:
    """A new key."""

    partner_id: strawberry.ID = attribute("The partner.")
    name: str = attribute("What to call it, 1 to 50 characters.")
    scopes: list[Scope] = attribute("What it may be used for, at least one.")
    expires_at: datetime | None = attribute("When it stops to hold. Null: it does not expire.", default=None)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreateApiKey:
        """The command this asks for."""
        return domain.CreateApiKey(
            partner_id=key_of(self.partner_id, "Partner", "partnerId"),
            name=self.name,
            scopes=distinct(self.scopes),
            expires_at=self.expires_at,
            now=now,
        )


@input_type
class RotateApiKeyInput:
    """Which key gets a successor."""

    api_key_id: strawberry.ID = attribute("The key.")
    grace_seconds: int = attribute("How long the old one still holds, at most 30 days.", default=86_400)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.RotateApiKey:
        """The command this asks for."""
        key_id = key_of(self.api_key_id, "ApiKey", "apiKeyId")
        return domain.RotateApiKey(key_id=key_id, grace_s=self.grace_seconds, now=now)


@input_type
class RevokeApiKeyInput:
    """Which key opens nothing any more."""

    api_key_id: strawberry.ID = attribute("The key.")

    def to_command(self, now: datetime) -> domain.RevokeApiKey:
        """The command this asks for."""
        return domain.RevokeApiKey(key_id=key_of(self.api_key_id, "ApiKey", "apiKeyId"), now=now)


@object_type
class CreateApiKeyPayload:
    """The new key."""

    api_key: ApiKey = attribute("The key.")
    secret: str | None = attribute(_SHOWN_ONCE)


@object_type
class RotateApiKeyPayload:
    """The successor of a key."""

    api_key: ApiKey = attribute("The new key, of the same name and scopes.")
    secret: str | None = attribute(_SHOWN_ONCE)


@object_type
class RevokeApiKeyPayload:
    """The revoked key."""

    api_key: ApiKey = attribute("The key as it is now.")


CreateApiKeyResult = Annotated[
    CreateApiKeyPayload | Refusal,
    strawberry.union("CreateApiKeyResult", description="The new key, or why there is none."),
]
RotateApiKeyResult = Annotated[
    RotateApiKeyPayload | Refusal,
    strawberry.union("RotateApiKeyResult", description="The new key, or why the old one stays."),
]
RevokeApiKeyResult = Annotated[
    RevokeApiKeyPayload | Refusal,
    strawberry.union("RevokeApiKeyResult", description="The revoked key, or why it still holds."),
]


@object_type
class ApiKeysMutation:
    """Keys: made, rotated, revoked."""

    @mutation(Access.SIGNED_IN)
    async def create_api_key(
        self, info: Info, input: Annotated[CreateApiKeyInput, strawberry.argument(description="The new key.")]
    ) -> CreateApiKeyResult:
        """Make a key of a partner, which has at most 20 that hold. For its managers."""
        command = input.to_command(info.context.clock.now())
        row, secret = await resolve.create_api_key(info.context, command, input.idempotency_key)
        return CreateApiKeyPayload(api_key=ApiKey.from_model(row), secret=secret)

    @mutation(Access.SIGNED_IN)
    async def rotate_api_key(
        self, info: Info, input: Annotated[RotateApiKeyInput, strawberry.argument(description="Which key.")]
    ) -> RotateApiKeyResult:
        """Make a key of the same name and scopes, and let the old one hold a while longer. For managers."""
        command = input.to_command(info.context.clock.now())
        row, secret = await resolve.rotate_api_key(info.context, command, input.idempotency_key)
        return RotateApiKeyPayload(api_key=ApiKey.from_model(row), secret=secret)

    @mutation(Access.SIGNED_IN)
    async def revoke_api_key(
        self, info: Info, input: Annotated[RevokeApiKeyInput, strawberry.argument(description="Which key.")]
    ) -> RevokeApiKeyResult:
        """Let a key open nothing any more; what it has opened ends within a second. For managers."""
        row = await resolve.revoke_api_key(info.context, input.to_command(info.context.clock.now()))
        return RevokeApiKeyPayload(api_key=ApiKey.from_model(row))
