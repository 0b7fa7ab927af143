"""GraphQL over HTTP: queries by GET or POST, mutations by POST, answers in both media types.

Follows the GraphQL over HTTP draft (graphql.github.io/graphql-over-http): under `application/json` a request that
fails before execution answers 200, under `application/graphql-response+json` it answers 400. Credentials are bearer
tokens in a header and never cookies, so a page of another site cannot act for a viewer.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from graphql import OperationType
from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from domain.infra.telemetry import bind_request_id
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import Unauthenticated
from resolvers.services import Services
from schema.server.clients import Client
from schema.server.documents import Documents
from schema.server.execution import Engine, encoded
from schema.server.masking import Code, RequestRefused, unexpected
from schema.server.meter import Meter
from schema.server.parameters import Parameters
from schema.server.tracing import observed, request_id
from schema.server.viewer import authenticated

MAX_BODY = 256 * 1024
_JSON = "application/json"
_RESPONSE_JSON = "application/graphql-response+json"

_STATUS = {
    Code.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Code.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Code.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    Code.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
    Code.PAYLOAD_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Code.SUBSCRIPTION_NEEDS_WEBSOCKET: HTTPStatus.BAD_REQUEST,
    Code.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
# These concern the document, not the request: clients that accept only `application/json` expect 200.
_ABOUT_THE_DOCUMENT = frozenset(
    {
        Code.BAD_USER_INPUT,
        Code.DOCUMENT_LIMIT_EXCEEDED,
        Code.GRAPHQL_PARSE_FAILED,
        Code.GRAPHQL_VALIDATION_FAILED,
        Code.INTROSPECTION_DISABLED,
        Code.OPERATION_RESOLUTION_FAILED,
        Code.PERSISTED_DOCUMENT_NOT_FOUND,
        Code.QUERY_TOO_COMPLEX,
    }
)


class _Unauthenticated(RequestRefused):
    """The credentials do not hold."""


class GraphQLOverHTTP:
    """The endpoint, as an ASGI application."""

    def __init__(self, services: Services, documents: Documents, engine: Engine, meter: Meter) -> None:
        self._services = services
        self._documents = documents
        self._engine = engine
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        given_id = request_id(headers.get("x-request-id"))
        bind_request_id(given_id)
        media_type = _JSON
        extra: dict[str, str] = {}
        try:
            media_type = _negotiated(headers.get("accept", ""))
            body = encoded(await self._answered(scope, headers, receive))
            status = HTTPStatus.OK
        except _Disconnected:
            return
        except RequestRefused as refused:
            body = encoded({"errors": refused.errors})
            status, extra = _failed(refused, media_type, scope["method"])
        except Exception as error:  # noqa: BLE001  (masked and logged)
            body, status = encoded({"errors": [unexpected(error)]}), HTTPStatus.INTERNAL_SERVER_ERROR
        await _send(send, status, body, {"content-type": f"{media_type}; charset=utf-8"} | extra, given_id)

    async def _answered(self, scope: Scope, headers: Headers, receive: Receive) -> dict[str, Any]:
        method = scope["method"]
        if method == "GET":
            given: object = _from_query(QueryParams(scope["query_string"]))
        elif method == "POST":
            _require_json(headers.get("content-type", ""))
            given = _decoded(await _body(headers, receive))
        else:
            raise RequestRefused(Code.METHOD_NOT_ALLOWED, "GraphQL is asked by GET or POST.")
        client = await self._client(scope, headers)
        parameters = Parameters.of(given)
        operation = self._documents.operation(parameters, client.actor)
        if operation.kind is OperationType.SUBSCRIPTION:
            raise RequestRefused(
                Code.SUBSCRIPTION_NEEDS_WEBSOCKET,
                "Subscriptions are served over WebSocket at this address, with the graphql-transport-ws protocol.",
            )
        if operation.kind is OperationType.MUTATION and method == "GET":
            raise RequestRefused(Code.METHOD_NOT_ALLOWED, "Mutations are sent by POST.")
        with observed(operation) as outcome:
            charge = await self._meter.charge(operation, client)
            answer = await self._engine.answer(operation, parameters.variables, client.context(self._services))
            if "errors" in answer:
                outcome.name = "errors"
        return charge.settled(answer)

    async def _client(self, scope: Scope, headers: Headers) -> Client:
        return Client(
            actor=await self._actor(headers),
            address=(scope.get("client") or ("",))[0],
            user_agent=headers.get("user-agent", ""),
        )

    async def _actor(self, headers: Headers) -> Actor:
        authorization = headers.get("authorization")
        if authorization is None:
            return ANONYMOUS
        try:
            return (await authenticated(self._services, authorization)).actor
        except Unauthenticated as refusal:
            refused = RequestRefused.of(refusal)
            raise _Unauthenticated(refused.code, str(refused), refused.errors) from refusal


class _Disconnected(Exception):
    """The client went away before it had sent everything."""


def _negotiated(accept: str) -> str:
    """The media type to answer in: the better of the two that the client accepts; JSON when it does not care."""
    if not accept.strip():
        return _JSON
    qualities: dict[str, float] = {}
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        qualities[name] = max(qualities.get(name, 0.0), _quality(parameters))
    anything = max(qualities.get("*/*", 0.0), qualities.get("application/*", 0.0))
    response_json = qualities.get(_RESPONSE_JSON, 0.0)
    plain = qualities.get(_JSON, anything)
    if max(response_json, plain) <= 0:
        raise RequestRefused(Code.NOT_ACCEPTABLE, f"Answers are {_RESPONSE_JSON} or {_JSON}.")
    return _RESPONSE_JSON if response_json >= plain else _JSON


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _require_json(content_type: str) -> None:
    # Browsers send this type to other sites only after asking, which is what keeps forged forms out.
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [parameter for parameter in parameters if parameter.startswith("charset=")]
    if name != _JSON or any(charset.strip('"') not in ("charset=utf-8", 'charset="utf-8') for charset in charsets):
        raise RequestRefused(Code.UNSUPPORTED_MEDIA_TYPE, "Send the request as application/json in UTF-8.")


async def _body(headers: Headers, receive: Receive) -> bytes:
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_BODY:
        raise _too_large()
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _Disconnected
        body += event.get("body", b"")
        if len(body) > MAX_BODY:
            raise _too_large()
        if not event.get("more_body", False):
            return bytes(body)


def _too_large() -> RequestRefused:
    return RequestRefused(Code.PAYLOAD_TOO_LARGE, f"A request has at most {MAX_BODY} bytes.")


def _decoded(body: bytes | str) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestRefused(Code.BAD_REQUEST, "The request is not valid JSON in UTF-8.") from None


def _from_query(parameters: QueryParams) -> dict[str, object]:
    given: dict[str, object] = {}
    for name in ("query", "documentId", "operationName"):
        given[name] = parameters.get(name) or None
    for name in ("variables", "extensions"):
        given[name] = _decoded(parameters[name]) if parameters.get(name) else None
    return given


def _failed(refused: RequestRefused, media_type: str, method: str) -> tuple[HTTPStatus, dict[str, str]]:
    if isinstance(refused, _Unauthenticated):
        return HTTPStatus.UNAUTHORIZED, {"www-authenticate": "Bearer"}
    if refused.code in _ABOUT_THE_DOCUMENT:
        return (HTTPStatus.OK if media_type == _JSON else HTTPStatus.BAD_REQUEST), {}
    status = _STATUS.get(Code(refused.code), HTTPStatus.BAD_REQUEST)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return status, {"allow": "POST" if method == "GET" else "GET, POST"}
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        return status, {"retry-after": str(refused.errors[0]["extensions"]["retryAfterSeconds"])}
    return status, {}


async def _send(send: Send, status: int, body: bytes, headers: dict[str, str], given_id: str) -> None:
    headers |= {
        "content-length": str(len(body)),
        "x-request-id": given_id,
        "cache-control": "no-store",
        "vary": "Accept, Authorization",
        "x-content-type-options": "nosniff",
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
