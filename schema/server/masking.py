"""Errors as clients see them: every one has a code, and only what was written for clients is shown.

A refusal of the domain and a mistake in the request pass with their message. Anything else is a bug: it is logged once
with its traceback, and the client gets an id to quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import structlog
from graphql import FieldNode, GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from domain.infra.telemetry import current_request_id
from domain.kernel.errors import DomainError, InvalidInput, LimitReached, StaleVersion
from domain.kernel.ids import new_id

MAX_ERRORS = 50
_UNEXPECTED = "Something went wrong on our side. Quote the request id when you report it."
# graphql-core and strawberry's own scalars put the text of whatever was raised into their message.
_RAISED = re.compile(r", but encountered error '.*'; found: ", re.DOTALL)
_RAISED_IN_SCALAR = re.compile(r'(Value cannot represent an? \w+: ".*")\. [^"]*$', re.DOTALL)
_MAYBE = "This value may be left out but not null; leave it out or give a value."

_log = structlog.get_logger("graphql")


class Code(StrEnum):
    """Codes of failures that are not refusals of the domain. Part of the public API; they never change."""

    BAD_REQUEST = "BAD_REQUEST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    DOCUMENT_LIMIT_EXCEEDED = "DOCUMENT_LIMIT_EXCEEDED"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE"
    INTERNAL = "INTERNAL"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    OPERATION_RESOLUTION_FAILED = "OPERATION_RESOLUTION_FAILED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    PERSISTED_DOCUMENT_NOT_FOUND = "PERSISTED_DOCUMENT_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    SCOPE_MISSING = "SCOPE_MISSING"
    SUBSCRIPTION_NEEDS_STREAM = "SUBSCRIPTION_NEEDS_STREAM"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    UNAVAILABLE = "UNAVAILABLE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    URI_TOO_LONG = "URI_TOO_LONG"


class RequestRefused(Exception):
    """The request fails before anything of it is executed. `errors` are ready for the client."""

    def __init__(self, code: str, message: str, errors: Sequence[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.errors = list(errors) if errors else [failure(code, message)]

    @classmethod
    def because(cls, code: Code, errors: Iterable[GraphQLError]) -> RequestRefused:
        """The refusal of a document or its variables, with what graphql-core found wrong."""
        found = [_located(error, _clean(error), {"code": code}) for error in errors][:MAX_ERRORS]
        return cls(code, found[0]["message"], found)

    @classmethod
    def of(cls, refusal: DomainError) -> RequestRefused:
        """The refusal of the domain, met before execution."""
        return cls(refusal.code, refusal.message, [{"message": refusal.message, "extensions": _refusal(refusal)}])


def failure(code: str, message: str) -> dict[str, Any]:
    """An error that belongs to no field."""
    return {"message": message, "extensions": {"code": code}}


def masked(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """The errors of an execution, at most 50 of them, each as its client may see it."""
    logged: set[int] = set()
    return [_masked(error, logged) for error in errors[:MAX_ERRORS]]


def unexpected(error: BaseException) -> dict[str, Any]:
    """A bug that belongs to no field: logged with its traceback, answered with an id."""
    return {"message": _UNEXPECTED, "extensions": _logged(error, None, set())}


def _masked(error: GraphQLError, logged: set[int]) -> dict[str, Any]:
    cause = _cause(error)
    if isinstance(cause, DomainError):
        return _located(error, cause.message, _refusal(cause))
    if isinstance(cause, GraphQLError) and _is_about_input(cause):
        return _located(error, _clean(cause), {"code": Code.BAD_USER_INPUT})
    return _located(error, _UNEXPECTED, _logged(cause, error.path, logged))


def _cause(error: GraphQLError) -> Exception:
    found: Exception = error
    while isinstance(found, GraphQLError) and found.original_error is not None and not _is_about_input(found):
        found = found.original_error
    return found


def _is_about_input(error: GraphQLError) -> bool:
    # A mistake of the client is located at a value or variable it wrote; a value of ours that does not fit the schema
    # is located at the field that gave it.
    if isinstance(error, StrawberryInputCoercionError):
        return True
    nodes = error.nodes or ()
    return bool(nodes) and not any(isinstance(node, FieldNode) for node in nodes)


def _clean(error: GraphQLError) -> str:
    """The message without the text of Python exceptions and annotations."""
    if "Maybe[" in error.message:
        return _MAYBE
    innermost = _innermost(error)
    if isinstance(innermost, StrawberryInputCoercionError):
        return _RAISED_IN_SCALAR.sub(r"\1.", error.message)
    if isinstance(innermost, (GraphQLError, DomainError)):
        return error.message
    return _RAISED.sub(", found: ", error.message)


def _innermost(error: Exception) -> Exception:
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def _refusal(refusal: DomainError) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": refusal.code}
    if isinstance(refusal, InvalidInput) and refusal.path:
        extensions["inputPath"] = list(refusal.path)
    if isinstance(refusal, LimitReached) and refusal.retry_after_s is not None:
        extensions["retryAfterSeconds"] = refusal.retry_after_s
    if isinstance(refusal, StaleVersion):
        extensions["currentVersion"] = refusal.current
    return extensions


def _logged(error: BaseException, path: Sequence[str | int] | None, logged: set[int]) -> dict[str, Any]:
    request_id = current_request_id() or new_id().hex
    if id(error) not in logged:
        logged.add(id(error))
        _log.error("unexpected error", path=path, request_id=request_id, exc_info=error)
    return {"code": Code.INTERNAL, "requestId": request_id}


def _located(error: GraphQLError, message: str, extensions: dict[str, Any]) -> dict[str, Any]:
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        formatted["path"] = list(error.path)
    formatted["extensions"] = extensions
    return formatted
