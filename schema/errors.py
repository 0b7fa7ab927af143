"""Refusals as data: the members every mutation result shares, and what turns a domain error into one."""

from __future__ import annotations

from typing import Any

import strawberry

from domain.kernel import errors as domain
from schema.fields import attribute, interface_type, object_type


@interface_type
class UserError:
    """Why a mutation was refused. What it asked for did not happen."""

    code: str = attribute("A stable name for the reason, such as TOURNAMENT_FULL.")
    message: str = attribute("What is wrong and what to do, for the person who made the call.")


@object_type
class UnauthenticatedError(UserError):
    """Nobody is logged in, or the credentials do not hold."""


@object_type
class ForbiddenError(UserError):
    """The viewer may see it but not do this to it."""


@object_type
class NotFoundError(UserError):
    """It does not exist, or the viewer may not know that it does."""


@object_type
class ConflictError(UserError):
    """The present state does not allow it."""


@object_type
class StaleVersionError(UserError):
    """It changed since the client read it."""

    current_version: int = attribute("The version it has now. Read it again before trying again.")


@object_type
class InvalidInputError(UserError):
    """A value is wrong, whatever the state."""

    path: list[str] = attribute(
        "The input field that is wrong, outermost first. Empty when it is not one field.", size=3
    )


@object_type
class LimitReachedError(UserError):
    """Too many, or too often."""

    retry_after_seconds: int | None = attribute("When to try again. Null when waiting does not help.")


@object_type
class UnavailableError(UserError):
    """A service the answer needs does not answer now; try again later."""


# What every mutation may answer besides its payload: `XPayload | Refusal`, named XResult by `strawberry.union`.
Refusal = (
    UnauthenticatedError
    | ForbiddenError
    | NotFoundError
    | ConflictError
    | StaleVersionError
    | InvalidInputError
    | LimitReachedError
    | UnavailableError
)


def _handler(refusal: type[domain.DomainError], answer: type[UserError], **extra: str) -> Any:
    """A handler that answers with the type; `extra` names its other fields and the attributes they come from."""

    class Handler(strawberry.ExceptionHandler):  # type: ignore[type-arg]
        exception_type = refusal
        error_type = answer

        def handle(self, exception: domain.DomainError, *, field: object, info: object) -> UserError:
            given: dict[str, Any] = {name: getattr(exception, source) for name, source in extra.items()}
            if "path" in given:
                given["path"] = list(given["path"])
            return answer(code=exception.code, message=exception.message, **given)

    return Handler()


# The first match wins, so a subclass stands before its base.
HANDLERS = (
    _handler(domain.Unauthenticated, UnauthenticatedError),
    _handler(domain.Forbidden, ForbiddenError),
    _handler(domain.NotFound, NotFoundError),
    _handler(domain.StaleVersion, StaleVersionError, current_version="current"),
    _handler(domain.Conflict, ConflictError),
    _handler(domain.InvalidInput, InvalidInputError, path="path"),
    _handler(domain.LimitReached, LimitReachedError, retry_after_seconds="retry_after_s"),
    _handler(domain.Unavailable, UnavailableError),
)
