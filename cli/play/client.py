"""The server as its users reach it: over HTTP, each with an account of their own, and with patience when it is away."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import DocumentNode

from cli.play import documents

T = TypeVar("T")
Answer = Any
"""What a field answered: JSON values."""

PATIENCE_S = 60.0
_FIRST_CONTACT_S = 10.0
_REQUEST_LIMIT_S = 30.0
_LONGEST_PAUSE_S = 5.0
# The longest that the server makes anybody wait is the quarter of an hour after too many log-ins.
_LONGEST_WAIT_S = 1000.0
# A token may run out before it arrives, when the server is busy; one that is refused this often in a row never holds.
_RENEWALS = 5
_SERVER_ERROR = 500
_TOO_MANY = 429
# What a server says while something that it needs is away.
_PASSING = frozenset({"UNAVAILABLE", "INTERNAL"})
_SIGNED_OUT = frozenset({"UNAUTHENTICATED", "TOKEN_EXPIRED", "TOKEN_INVALID", "SESSION_REVOKED", "SESSION_EXPIRED"})


class Unreachable(Exception):
    """The server does not answer, or says that it cannot just now."""


class Refused(Exception):
    """The server said no. `kind` is the type of the answer, such as `ConflictError`; empty when it has none."""

    def __init__(self, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code

    @property
    def is_outdated(self) -> bool:
        """Whether reading again can help: what was asked for has changed, or has happened already."""
        return self.kind in ("ConflictError", "StaleVersionError") and self.code != "IDEMPOTENCY_KEY_REUSED"


class SignedOut(Refused):
    """The credentials do not hold (any more)."""


class _Throttled(Exception):
    """Too often; again after a while."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"The server asks to wait for {wait_s:.0f} s.")
        self.wait_s = wait_s


class _AsWritten(GraphQLRequest):
    """A request with the exact text of its document, by which a server knows a registered one."""

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent."""
        assert self.document.loc is not None
        return {**super().payload, "query": self.document.loc.source.body}


class Server:
    """A server, by its address, as anybody may use it. Use it as a context manager."""

    def __init__(self, url: str, patience_s: float = PATIENCE_S) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused("", "", f"{url!r} is not the address of a server; give one such as http://127.0.0.1:8000.")
        base = parts.path.rstrip("/").removesuffix("/graphql")
        self.url = urlunsplit((parts.scheme, parts.netloc, base, "", ""))
        self.graphql_url = f"{self.url}/graphql"
        self.websocket_url = "ws" + self.graphql_url.removeprefix("http")
        # A proxy for the way out cannot reach this machine.
        self.is_here = _is_loopback(parts.hostname)
        self.patience_s = patience_s
        self._is_known = False
        transport = HTTPXAsyncTransport(self.graphql_url, timeout=_REQUEST_LIMIT_S, trust_env=not self.is_here)
        self._client = Client(transport=transport, fetch_schema_from_transport=False)
        self._session: AsyncClientSession | None = None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._session = await self._open.enter_async_context(self._client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def ask(
        self, document: DocumentNode, variables: Mapping[str, object] | None = None, token: str | None = None
    ) -> Answer:
        """What the server answers, tried again for a while when it is away.

        Raises:
            Refused: it said no.
            Unreachable: it stayed away.
        """
        return await self.patiently(lambda: self._ask(document, variables, token))

    async def send(self, document: DocumentNode, variables: Mapping[str, object], token: str) -> Mapping[str, Answer]:
        """What the server answers to each field, refusals included, tried again for a while when it is away.

        Raises:
            Refused: it said no to the request as a whole.
            Unreachable: it stayed away.
        """
        return await self.patiently(lambda: self._send(document, variables, token))

    async def patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What an attempt answers, made again with growing pauses while the server is away.

        Raises:
            Refused: it said no.
            Unreachable: it stayed away.
        """
        deadline, pause_s = None, 0.1
        while True:
            try:
                answer = await attempt()
            except _Throttled as refusal:
                await asyncio.sleep(refusal.wait_s + random.uniform(0, 0.5))  # noqa: S311  (spreads retries)
            except Unreachable:
                now = time.monotonic()
                if deadline is None:
                    # A server that never answered is more likely to be misspelt than to be away.
                    deadline = now + (self.patience_s if self._is_known else min(_FIRST_CONTACT_S, self.patience_s))
                if now >= deadline:
                    raise
                await asyncio.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311  (spreads retries)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                self._is_known = True
                return answer

    async def _ask(self, document: DocumentNode, variables: Mapping[str, object] | None, token: str | None) -> Answer:
        answer = (await self._send(document, variables, token))["answer"]
        if isinstance(answer, dict) and str(answer.get("__typename", "")).endswith("Error"):
            self._is_known = True
            raise _refusal(answer["__typename"], answer["code"], _described(answer), answer.get("retryAfterSeconds"))
        return answer

    async def _send(
        self, document: DocumentNode, variables: Mapping[str, object] | None, token: str | None
    ) -> Mapping[str, Answer]:
        assert self._session is not None
        request = _AsWritten(document, variable_values=None if variables is None else dict(variables))
        extra = {} if token is None else {"headers": {"authorization": f"Bearer {token}"}}
        try:
            return await self._session.execute(request, extra_args=extra)
        except TransportError as error:
            raise self.classified(error) from error

    def classified(self, error: TransportError) -> Exception:
        """What a failure of the transport means: that the server is away, or that it said no."""
        if isinstance(error, TransportQueryError):
            first = (error.errors or [{}])[0]
            extensions = first.get("extensions") or {}
            code, message = str(extensions.get("code", "")), str(first.get("message", error))
            if request_id := extensions.get("requestId"):
                message += f" (request {request_id})"
            return _refusal("", code, message, extensions.get("retryAfterSeconds"))
        if isinstance(error, TransportServerError):
            if error.code is not None and (error.code >= _SERVER_ERROR or error.code == _TOO_MANY):
                return Unreachable(f"{self.url} answers with status {error.code}.")
            return Refused("", "", f"{self.graphql_url} answers with status {error.code}; is this a Matchpoint server?")
        if isinstance(error, TransportConnectionFailed):
            reason = str(error) or type(error.__cause__ or error).__name__
            return Unreachable(f"{self.url} cannot be reached ({reason}).")
        return Refused("", "", f"{self.graphql_url} does not speak GraphQL; is this a Matchpoint server?")


class Account:
    """Somebody with an account: signs in when needed, stays signed in, asks as who they are."""

    def __init__(self, server: Server, username: str, password: str, display_name: str, email: str) -> None:
        self._server = server
        self.username = username
        self._password = password
        self._display_name = display_name
        self._email = email
        self._access: str | None = None
        self._refresh: str | None = None
        self._lock = asyncio.Lock()

    async def register(self) -> None:
        """Make the account, or log in when there is one already, as after an answer that got lost.

        Raises:
            Refused: the server said no, or the account is somebody else's.
            Unreachable: it stayed away.
        """
        new = {
            "email": self._email,
            "username": self.username,
            "password": self._password,
            "displayName": self._display_name,
        }
        try:
            self._keep(await self._server.ask(documents.REGISTER, {"input": new}))
        except Refused as refusal:
            if refusal.kind != "ConflictError":
                raise
            await self.log_in()

    async def log_in(self) -> None:
        """Begin a session.

        Raises:
            Refused: the server said no.
            Unreachable: it stayed away.
        """
        proof = {"login": self.username, "password": self._password}
        self._keep(await self._server.ask(documents.LOG_IN, {"input": proof}))

    async def ask(self, document: DocumentNode, variables: Mapping[str, object] | None = None) -> Answer:
        """What the server answers this user. The session is carried on, or begun again, where it has run out.

        Raises:
            Refused: the server said no.
            Unreachable: it stayed away.
        """
        token = await self._token(None)
        for _ in range(_RENEWALS):
            try:
                return await self._server.ask(document, variables, token)
            except SignedOut:
                token = await self._token(token)
        return await self._server.ask(document, variables, token)

    async def do(self, document: DocumentNode, **given: object) -> Answer:
        """What a mutation answers to an input.

        Raises:
            Refused: the server said no.
            Unreachable: it stayed away.
        """
        return await self.ask(document, {"input": given})

    async def _token(self, refused: str | None) -> str:
        """An access token other than the one that was refused."""
        async with self._lock:
            if self._access is None or self._access == refused:
                await self._carry_on()
            assert self._access is not None
            return self._access

    async def _carry_on(self) -> None:
        refresh, self._refresh = self._refresh, None
        if refresh is not None:
            try:
                self._keep(await self._server.ask(documents.REFRESH_SESSION, {"input": {"refreshToken": refresh}}))
            except Refused:
                # Among others after an answer that got lost: the token is used up, and its use is doubted.
                refresh = None
        if refresh is None:
            await self.log_in()

    def _keep(self, answer: Answer) -> None:
        self._access = answer["tokens"]["accessToken"]
        self._refresh = answer["tokens"]["refreshToken"]


def _refusal(kind: str, code: str, message: str, retry_after_s: float | None) -> Exception:
    if kind == "UnavailableError" or (not kind and code in _PASSING):
        return Unreachable(message)
    if retry_after_s is not None and retry_after_s <= _LONGEST_WAIT_S:
        return _Throttled(retry_after_s)
    if kind == "UnauthenticatedError" or (not kind and code in _SIGNED_OUT):
        return SignedOut(kind, code, message)
    return Refused(kind, code, message)


def _described(answer: Mapping[str, Any]) -> str:
    path = ".".join(answer.get("path") or ())
    return f"{answer['message']} ({path})" if path else str(answer["message"])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
