"""GraphQL over HTTP: queries by GET or POST, mutations by POST, subscriptions as server-sent events.

Follows the GraphQL over HTTP draft (graphql.github.io/graphql-over-http); `status` has the statuses. Nothing is read
from cookies: who asks is said in the `Authorization` header, which a page of another site can neither know nor have
sent. So a forged request is a request of nobody, and clients need no preflight header of their own, also for GET.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from graphql import OperationType
from msgspec import Struct
from starlette.types import Message, Receive, Scope, Send

from domain.infra.telemetry import bind_request_id
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, Unauthenticated
from schema.server.clients import Client, Credentials
from schema.server.endpoint import Endpoint
from schema.server.execution import encoded
from schema.server.incoming import BODY_LIMIT_S, Disconnected, headers_of, received, require_short_headers
from schema.server.incremental import Parts
from schema.server.masking import Code, RequestRefused, unexpected
from schema.server.negotiation import RESPONSE_JSON, Accepted, negotiated
from schema.server.parameters import Parameters
from schema.server.sse import Events, EventStreams
from schema.server.status import CredentialsRefused, ParametersRefused, Profile, Statuses, row_of
from schema.server.tracing import request_id
from schema.server.viewer import authenticated

# How long others may keep what everybody gets. It adds to how old a kept answer may be (see `results`).
_MAX_AGE_S = 2
_HEADERS = {
    b"cache-control": b"no-store",
    b"vary": b"Accept, Authorization, X-Api-Key",
    b"x-content-type-options": b"nosniff",
}


class Reply(Protocol):
    """An answer that knows how to send itself, below the headers that every answer has."""

    async def __call__(self, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send it."""
        ...


class Whole(Struct, frozen=True):
    """One JSON answer."""

    status: int
    media_type: str
    body: bytes
    headers: dict[bytes, bytes]

    async def __call__(self, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send it."""
        own = {b"content-type": f"{self.media_type}; charset=utf-8".encode(), b"content-length": b"%d" % len(self.body)}
        await send(_start(self.status, headers | own | self.headers))
        await send({"type": "http.response.body", "body": self.body})


class NotModified(Struct, frozen=True):
    """What the client has is still true."""

    headers: dict[bytes, bytes]

    async def __call__(self, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send it."""
        await send(_start(HTTPStatus.NOT_MODIFIED, headers | self.headers))
        await send({"type": "http.response.body", "body": b""})


class GraphQLOverHTTP:
    """The endpoint, as an ASGI application."""

    def __init__(self, endpoint: Endpoint, streams: EventStreams, body_limit_s: float = BODY_LIMIT_S) -> None:
        self._endpoint = endpoint
        self._streams = streams
        self._body_limit_s = body_limit_s
        self._statuses = Statuses(Profile(endpoint.services.settings.http_status_profile))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = headers_of(scope)
        given_id = request_id(headers.get("x-request-id"))
        bind_request_id(given_id)
        accepted = Accepted()
        try:
            require_short_headers(scope)
            accepted = negotiated(_accept(scope))
            reply = await self._reply(scope, headers, receive, accepted)
        except Disconnected:
            return
        except RequestRefused as refused:
            reply = self._refusal(refused, accepted, scope["method"])
        except DomainError as refusal:
            reply = self._refusal(RequestRefused.of(refusal), accepted, scope["method"])
        except Exception as error:  # noqa: BLE001  (masked and logged)
            bug = RequestRefused(Code.INTERNAL, "", [unexpected(error)])
            reply = self._refusal(bug, accepted, scope["method"])
        await reply(receive, send, {b"x-request-id": given_id.encode(), **_HEADERS})

    async def _reply(self, scope: Scope, headers: Mapping[str, str], receive: Receive, accepted: Accepted) -> Reply:
        given = await received(scope, headers, receive, self._body_limit_s)
        client = await self._client(scope, headers)
        parameters = _parameters(given)
        operation = await self._endpoint.operation(parameters, client)
        if operation.kind is OperationType.MUTATION and scope["method"] == "GET":
            raise RequestRefused(Code.METHOD_NOT_ALLOWED, "Mutations are sent by POST.")
        if operation.kind is OperationType.SUBSCRIPTION:
            if not accepted.events:
                raise RequestRefused(
                    Code.SUBSCRIPTION_NEEDS_STREAM,
                    "A subscription is answered by a stream. Send it with `Accept: text/event-stream`, or over a"
                    " WebSocket at this address, by the graphql-transport-ws protocol.",
                )
            return await self._streams.opened(scope, operation, parameters, client, _credentials(headers))
        if accepted.parts and operation.is_incremental:
            answer, rest = await self._endpoint.increments(operation, parameters, client)
            if rest is not None:
                return Parts(answer, rest, scope)
        elif (question := self._endpoint.results.question(operation, parameters, client)) is not None:
            result = await self._endpoint.result(question, client)
            if scope["method"] != "GET" or client.partner is not None or result.has_errors:
                return self._json(result.body, accepted, {}, has_errors=result.has_errors)
            cacheable = {b"etag": result.etag.encode(), b"cache-control": b"public, max-age=%d" % _MAX_AGE_S}
            if _is_known(result.etag, headers.get("if-none-match", "")):
                return NotModified(cacheable)
            return self._json(result.body, accepted, cacheable, has_errors=False)
        else:
            answer = await self._endpoint.answer(operation, parameters, client)
        return self._json(encoded(answer), accepted, {}, has_errors="errors" in answer)

    def _json(self, body: bytes, accepted: Accepted, headers: dict[bytes, bytes], *, has_errors: bool) -> Reply:
        # Some clients name the stream with every operation; who also takes JSON gets one whole answer.
        if accepted.json is None and accepted.events:
            return Events([body])
        status = self._statuses.of_answer(has_errors=has_errors)
        return Whole(status, accepted.json or RESPONSE_JSON, body, headers)

    async def _client(self, scope: Scope, headers: Mapping[str, str]) -> Client:
        authorization, api_key = _credentials(headers)
        address = (scope.get("client") or ("",))[0]
        try:
            return Client(
                actor=await self._actor(authorization),
                address=address,
                user_agent=headers.get("user-agent", ""),
                partner=await self._endpoint.keys.client(api_key, address),
            )
        except Unauthenticated as refusal:
            raise CredentialsRefused.of(refusal) from refusal

    async def _actor(self, authorization: str | None) -> Actor:
        return (
            ANONYMOUS if authorization is None else (await authenticated(self._endpoint.services, authorization)).actor
        )

    def _refusal(self, refused: RequestRefused, accepted: Accepted, method: str) -> Reply:
        body = encoded({"errors": refused.errors})
        if accepted.json is None and accepted.events and row_of(refused).is_about_the_document:
            return Events([body])
        status, media_type = self._statuses.of_refusal(refused, accepted.json or RESPONSE_JSON)
        headers: dict[bytes, bytes] = {}
        if status == HTTPStatus.UNAUTHORIZED:
            headers[b"www-authenticate"] = b"Bearer"
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers[b"allow"] = b"POST" if method == "GET" else b"GET, POST"
        if status == HTTPStatus.TOO_MANY_REQUESTS and refused.code == Code.RATE_LIMITED:
            headers[b"retry-after"] = b"%d" % refused.errors[0]["extensions"]["retryAfterSeconds"]
        if status == HTTPStatus.REQUEST_TIMEOUT:
            headers[b"connection"] = b"close"  # the rest of this body is no next request
        return Whole(status, media_type, body, headers)


def _start(status: int, headers: dict[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers.items())}


def _is_known(etag: str, if_none_match: str) -> bool:
    """Whether a client has what it would get (RFC 9110, section 13.1.2); validators are compared weakly."""
    given = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return etag.removeprefix("W/") in given or given == ["*"]


def _accept(scope: Scope) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept")


def _credentials(headers: Mapping[str, str]) -> Credentials:
    return Credentials(headers.get("authorization"), headers.get("x-api-key"))


def _parameters(given: object) -> Parameters:
    try:
        return Parameters.of(given)
    except RequestRefused as refused:
        raise ParametersRefused(refused.code, str(refused), refused.errors) from refused
