"""The HTTP status of every answer, in one table.

The profile `audit` is what the audit suite of GraphQL over HTTP (npm graphql-http) asks for: under `application/json` a
well-formed request answers 200 whatever becomes of its document, under `application/graphql-response+json` it answers
400 when nothing of it ran.

The profile `draft` is the working draft of August 2026: 422 for what can be read but not run, 294 when there are both
data and errors, and the same statuses for both media types. An answer that is not 2xx is always labelled
`application/graphql-response+json` then, because only that label says that it comes from a GraphQL server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from schema.server.masking import Code, RequestRefused
from schema.server.negotiation import JSON, RESPONSE_JSON

PARTIAL_SUCCESS = 294


class Profile(StrEnum):
    """Which reading of the specification statuses follow."""

    AUDIT = "audit"
    DRAFT = "draft"


class CredentialsRefused(RequestRefused):
    """The credentials do not hold. Their codes come from the domain."""


class ParametersRefused(RequestRefused):
    """The request is JSON, but not of the shape of a GraphQL request."""


@dataclass(frozen=True, slots=True)
class Row:
    """The status of one failure: in `audit` under either media type, and in `draft`."""

    audit: int
    audit_json: int
    draft: int

    @property
    def is_about_the_document(self) -> bool:
        """Whether the request was well-formed, and only what it asks for cannot be done."""
        return self.audit_json == HTTPStatus.OK


def _always(status: int) -> Row:
    return Row(status, status, status)


_DOCUMENT = Row(audit=400, audit_json=200, draft=422)
CREDENTIALS = _always(401)
PARAMETERS = Row(audit=400, audit_json=400, draft=422)
TABLE: Mapping[str, Row] = {
    Code.BAD_REQUEST: _always(400),
    Code.BAD_USER_INPUT: _DOCUMENT,
    Code.DOCUMENT_LIMIT_EXCEEDED: _DOCUMENT,
    Code.GRAPHQL_PARSE_FAILED: Row(audit=400, audit_json=200, draft=400),
    Code.GRAPHQL_VALIDATION_FAILED: _DOCUMENT,
    Code.HEADERS_TOO_LARGE: _always(431),
    Code.INTERNAL: _always(500),
    Code.INTROSPECTION_DISABLED: _DOCUMENT,
    Code.METHOD_NOT_ALLOWED: _always(405),
    Code.NOT_ACCEPTABLE: _always(406),
    Code.OPERATION_RESOLUTION_FAILED: _DOCUMENT,
    Code.PAYLOAD_TOO_LARGE: _always(413),
    Code.PERSISTED_DOCUMENT_NOT_FOUND: _DOCUMENT,
    Code.PERSISTED_QUERY_NOT_SUPPORTED: _DOCUMENT,
    Code.QUERY_TOO_COMPLEX: _DOCUMENT,
    Code.RATE_LIMITED: _always(429),
    Code.REQUEST_TIMEOUT: _always(408),
    Code.SCOPE_MISSING: _always(403),
    Code.SUBSCRIPTION_NEEDS_STREAM: _always(406),
    Code.TOO_MANY_OPERATIONS: _always(429),
    Code.UNAUTHENTICATED: Row(audit=401, audit_json=200, draft=401),
    Code.UNAVAILABLE: _always(503),
    Code.UNSUPPORTED_MEDIA_TYPE: _always(415),
    Code.URI_TOO_LONG: _always(414),
}


def row_of(refused: RequestRefused) -> Row:
    """The row of a refusal. Refusals of the domain that are met before execution are about the document."""
    match refused:
        case CredentialsRefused():
            return CREDENTIALS
        case ParametersRefused():
            return PARAMETERS
        case _:
            return TABLE.get(refused.code, _DOCUMENT)


@dataclass(frozen=True, slots=True)
class Statuses:
    """The statuses of one profile, and the media type that goes with each."""

    profile: Profile

    def of_refusal(self, refused: RequestRefused, accepted: str) -> tuple[int, str]:
        """The status and media type of a request of which nothing ran, for a client that accepts this JSON."""
        row = row_of(refused)
        if self.profile is Profile.DRAFT:
            return row.draft, RESPONSE_JSON
        return (row.audit_json if accepted == JSON else row.audit), accepted

    def of_answer(self, *, has_errors: bool) -> int:
        """The status of an operation that ran, with errors or without."""
        return PARTIAL_SUCCESS if has_errors and self.profile is Profile.DRAFT else HTTPStatus.OK
