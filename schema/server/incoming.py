"""What an HTTP request brings, read within bounds of size and time."""

from __future__ import annotations

from itertools import chain

from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope

from schema.server.decoding import decoded
from schema.server.masking import Code, RequestRefused
from schema.server.negotiation import JSON
from schema.server.waiting import within

MAX_BODY = 256 * 1024
MAX_QUERY_STRING = 16 * 1024
MAX_HEADERS = 32 * 1024
BODY_LIMIT_S = 10.0


class Disconnected(Exception):
    """The client went away before it had sent everything."""


class Headers:
    """The headers of a request. Few of them are looked at, so none is decoded before."""

    __slots__ = ("_all", "_first")

    def __init__(self, scope: Scope) -> None:
        self._all: list[tuple[bytes, bytes]] = scope["headers"]
        self._first = dict(reversed(self._all))

    def get(self, name: bytes) -> str | None:
        """The value of a header; of one that is repeated, the first."""
        value = self._first.get(name)
        return None if value is None else value.decode("latin-1")

    def joined(self, name: bytes) -> str:
        """All values of a header, joined by commas."""
        return b",".join([value for each, value in self._all if each == name]).decode("latin-1")

    def require_short(self) -> None:
        """Refuse headers that are too long to look into.

        Raises:
            RequestRefused: they are.
        """
        if sum(map(len, chain.from_iterable(self._all))) > MAX_HEADERS:
            raise RequestRefused(Code.HEADERS_TOO_LARGE, f"The headers of a request have at most {MAX_HEADERS} bytes.")


async def received(scope: Scope, headers: Headers, receive: Receive, body_limit_s: float) -> object:
    """The decoded JSON value that a request carries, in its body or its address.

    Raises:
        RequestRefused: the method, the size, the media type, the pace or the JSON is not allowed.
        Disconnected: nobody waits for an answer.
    """
    # A long address is a mistake with every method; with GET it carries the request.
    if len(scope["query_string"]) > MAX_QUERY_STRING:
        raise RequestRefused(
            Code.URI_TOO_LONG, f"The query string of a request has at most {MAX_QUERY_STRING} bytes; use POST for more."
        )
    if scope["method"] == "GET":
        return _from_query(QueryParams(scope["query_string"]))
    if scope["method"] != "POST":
        raise RequestRefused(Code.METHOD_NOT_ALLOWED, "GraphQL is asked by GET or POST.")
    _require_json(headers.get(b"content-type") or "")
    try:
        body = await within(body_limit_s, _body(headers, receive))
    except TimeoutError:
        raise RequestRefused(
            Code.REQUEST_TIMEOUT, f"The body of a request is sent within {body_limit_s:g} seconds."
        ) from None
    return decoded(body)


def _require_json(content_type: str) -> None:
    # Browsers send this type to other sites only after asking, which is what keeps forged forms out.
    if content_type == JSON:
        return
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [parameter for parameter in parameters if parameter.startswith("charset=")]
    if name != JSON or any(charset.strip('"') not in ("charset=utf-8", 'charset="utf-8') for charset in charsets):
        raise RequestRefused(Code.UNSUPPORTED_MEDIA_TYPE, "Send the request as application/json in UTF-8.")


async def _body(headers: Headers, receive: Receive) -> bytes:
    length = headers.get(b"content-length") or ""
    if length.isdigit() and int(length) > MAX_BODY:
        raise _too_large()
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Disconnected
        body += event.get("body", b"")
        if len(body) > MAX_BODY:
            raise _too_large()
        if not event.get("more_body", False):
            return bytes(body)


def _too_large() -> RequestRefused:
    return RequestRefused(Code.PAYLOAD_TOO_LARGE, f"A request has at most {MAX_BODY} bytes.")


def _from_query(parameters: QueryParams) -> dict[str, object]:
    given: dict[str, object] = {}
    # An empty parameter is one that is not there, as forms send it.
    for name in ("query", "documentId", "operationName"):
        given[name] = parameters.get(name) or None
    for name in ("variables", "extensions"):
        given[name] = decoded(parameters[name]) if parameters.get(name) else None
    return given
