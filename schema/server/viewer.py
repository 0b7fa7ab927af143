"""From a bearer token to who asks."""

from __future__ import annotations

from domain.accounts import Authenticated
from domain.kernel.errors import Unauthenticated
from resolvers.services import Services

_SCHEME = "bearer "


async def authenticated(services: Services, authorization: str) -> Authenticated:
    """Who sent `Authorization: Bearer <token>`.

    Raises:
        Unauthenticated: another scheme, or the token does not hold (any more); the code says which.
    """
    if not authorization.lower().startswith(_SCHEME):
        raise Unauthenticated("Credentials are sent as `Authorization: Bearer <access token>`.")
    return await services.accounts.authenticate(authorization[len(_SCHEME) :].strip())
