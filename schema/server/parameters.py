"""What a GraphQL request asks, whatever brought it: the same shape over HTTP and WebSocket."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schema.server.masking import Code, RequestRefused

_PERSISTED_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


class Parameters(Struct, frozen=True):
    """A request as clients write it. Either `query` or one of the two ways to name a persisted document is there."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] = {}  # a new one for each
    extensions: dict[str, Any] = {}

    @classmethod
    def of(cls, given: object) -> Parameters:
        """The parameters in a decoded JSON value.

        Raises:
            RequestRefused: it has another shape.
        """
        if not isinstance(given, dict):
            raise _malformed("A request is a JSON object; batches are not supported.")
        parameters = cls(
            query=_text(given, "query"),
            document_id=_text(given, "documentId"),
            operation_name=_text(given, "operationName"),
            variables=_mapping(given, "variables"),
            extensions=_mapping(given, "extensions"),
        )
        persisted_id = parameters.persisted_id
        if parameters.query == "" and persisted_id is not None:
            # graphql-ws sends a `query` with every operation, and leaves it empty when the document is named.
            parameters = replace(parameters, query=None)
        if parameters.query is None and persisted_id is None:
            raise _malformed("A request needs `query` or `documentId`.")
        if parameters.query is not None and parameters.document_id is not None:
            raise _malformed("A request has either `query` or `documentId`, not both.")
        return parameters

    @property
    def persisted_id(self) -> str | None:
        """The id of the persisted document that is asked for: `documentId`, or what Apollo clients send instead."""
        if self.document_id is not None:
            return self.document_id
        persisted = self.extensions.get("persistedQuery")
        found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        return found if isinstance(found, str) else None

    def require_own_hash(self) -> None:
        """Let no document run under the name of another, as Apollo Server does not.

        Raises:
            RequestRefused: the hash beside the text is not that of the text.
        """
        if self.query is not None and self.persisted_id is not None and self.persisted_id != digest(self.query):
            raise _malformed("`sha256Hash` is not the SHA-256 of `query`; send the one or the other.")

    @property
    def document_hash(self) -> str:
        """The SHA-256 of the document that is asked for, whichever way; empty when its id has no form of ours."""
        if self.query is not None:
            return digest(self.query)
        match = _PERSISTED_ID.fullmatch(self.persisted_id or "")
        return match[1] if match else ""


def digest(source: str) -> str:
    """The SHA-256 of a document's text, by which clients name it."""
    return hashlib.sha256(source.encode()).hexdigest()


def _text(given: dict[Any, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise _malformed(f"`{name}` must be a string.")
    return value


def _mapping(given: dict[Any, Any], name: str) -> dict[str, Any]:
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise _malformed(f"`{name}` must be an object.")
    return value or {}


def _malformed(message: str) -> RequestRefused:
    return RequestRefused(Code.BAD_REQUEST, message)
