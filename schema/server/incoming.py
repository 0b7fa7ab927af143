"""What an HTTP request brings, read within bounds of size and time."""

from __future__ import annotations

from collections.abc import Mapping

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


def require_short_headers(scope: Scope) -> None:
    """Refuse headers that are too long to look into.

    Raises:
        RequestRefused: they are.
    """
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        raise RequestRefused(Code.HEADERS_TOO_LARGE, f"The headers of a request have at most {MAX_HEADERS} bytes.")


def headers_of(scope: Scope) -> Mapping[str, str]:
    """The headers of a request by their names; of one that is repeated, the first."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


async def received(scope: Scope, headers: Mapping[str, str], receive: Receive, body_limit_s: float) -> object:
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
    _require_json(headers.get("content-type", ""))
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


async def _body(headers: Mapping[str, str], receive: Receive) -> bytes:
    length = headers.get("content-length", "")
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
