"""GraphQL over WebSocket: the graphql-transport-ws protocol, and nothing else.

Follows https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. What breaks the protocol closes the socket with
the code that the protocol names; what is wrong with one operation answers `error` for that operation. Tokens come in
`connection_init`; the socket closes with 4403 and the reason when the token expires or its session is revoked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from graphql import OperationType
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from domain.accounts import SessionEnded, SessionRevoked, TokenExpired, session_topic
from domain.infra.hub import Envelope, Hub
from domain.infra.telemetry import CONNECTIONS, bind_request_id
from domain.kernel.errors import DomainError, Unauthenticated
from resolvers.context import Context
from resolvers.services import Services
from schema.server.clients import Client
from schema.server.documents import Documents, Operation
from schema.server.execution import Engine, encoded
from schema.server.fanout import Fanout, Member
from schema.server.masking import Code, RequestRefused, failure, unexpected
from schema.server.messages import (
    Violation,
    authorization_in,
    decoded,
    head_of,
    operation_id,
    payload_of,
    pong,
    short,
    text_of,
)
from schema.server.meter import Meter
from schema.server.outbox import Outbox
from schema.server.parameters import Parameters
from schema.server.tracing import observed, request_id
from schema.server.viewer import authenticated
from schema.server.wire import EXTENSION

SUBPROTOCOL = "graphql-transport-ws"
MAX_OPERATIONS = 50

_PLEASE_CLOSE_S = 1.0

_log = structlog.get_logger("websocket")


class Bus(Hub, Protocol):
    """A hub that knows when it hears nothing."""

    @property
    def is_connected(self) -> bool:
        """Whether this process hears what is published."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the server is."""

    init_s: float = 10.0
    unwritable_s: float = 30.0


class GraphQLOverWebSocket:
    """The endpoint, as an ASGI application. Knows its open connections, to drain them."""

    def __init__(
        self,
        services: Services,
        documents: Documents,
        engine: Engine,
        meter: Meter,
        hub: Bus,
        fanout: Fanout,
        timing: Timing | None = None,
    ) -> None:
        self.services = services
        self.documents = documents
        self.engine = engine
        self.meter = meter
        self.hub = hub
        self.fanout = fanout
        self.timing = timing or Timing()
        self.mutations: set[asyncio.Task[None]] = set()
        self._connections: set[_Connection] = set()
        self._watch: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._connections)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes."""
        headers = Headers(scope=scope)
        await receive()  # websocket.connect
        if not self._may_connect(headers):
            await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        connection = _Connection(self, scope, headers, receive, send)
        self._connections.add(connection)
        CONNECTIONS.inc()
        if self._watch is None:
            self._watch = asyncio.create_task(self._shed_unwritable())
        try:
            await connection.run()
        finally:
            CONNECTIONS.dec()
            self._connections.discard(connection)
            await connection.end()

    async def drain(self) -> None:
        """Ask every client to connect elsewhere, and let mutations that run finish."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        for connection in tuple(self._connections):
            connection.close(1012, "Service restart")
        if self.mutations:
            await asyncio.wait(self.mutations)

    def _may_connect(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return True
        settings = self.services.settings
        host = _host_of(origin)
        return (
            (host != "" and host == headers.get("host"))
            or origin in settings.allowed_origins
            or origin == settings.public_url.rstrip("/")
        )

    async def _shed_unwritable(self) -> None:
        patience = self.timing.unwritable_s
        while True:
            await asyncio.sleep(patience / 6)
            now = asyncio.get_running_loop().time()
            for connection in tuple(self._connections):
                connection.shed_if_unwritable_since(now - patience)


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # it is no origin
        return ""


@dataclass(slots=True)
class _Running:
    """An operation of a connection. A subscription has a member once its stream is open."""

    task: asyncio.Task[None] | None = None
    is_mutation: bool = False
    member: Member | None = None


class _Connection:
    """One socket. A sink of the hub for its session's topic."""

    def __init__(
        self, server: GraphQLOverWebSocket, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> None:
        self._server = server
        self._receive = receive
        self._send = send
        self._force_close: Callable[[int, str], None] | None = (scope.get("extensions") or {}).get(EXTENSION)
        self._client = Client(address=(scope.get("client") or ("",))[0], user_agent=headers.get("user-agent", ""))
        self._authorization: str | None = None
        self._is_initialised = False
        self._is_acknowledged = False
        self._is_closing = False
        self._operations: dict[str, _Running] = {}
        # Mutations that go on although their client does not wait for them any more.
        self._unfinished: set[asyncio.Task[None]] = set()
        self._session_topic: str | None = None
        self._outbox = Outbox(self._send_text)
        self._writer = asyncio.create_task(self._write())
        self._tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = loop.call_later(
            server.timing.init_s, self.close, 4408, "Connection initialisation timeout"
        )

    async def run(self) -> None:
        """Handle messages until the client is gone."""
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            if self._is_closing:
                continue
            try:
                await self._handle(decoded(event))
            except Violation as violation:
                self.close(violation.code, violation.reason)
            except Exception as error:  # noqa: BLE001  (logged; the client may try again)
                unexpected(error)
                self.close(1013, "Try again later")
            await self._outbox.room()

    async def end(self) -> None:
        """Leave nothing behind. Mutations that run are finished."""
        self._is_closing = True
        self._forget_credentials()
        self._end_operations()
        self._writer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(self._writer, *self._tasks, return_exceptions=True)

    def close(self, code: int, reason: str) -> None:
        """Close the socket, whether or not the client reads."""
        if self._is_closing:
            return
        self._is_closing = True
        self._forget_credentials()
        self._end_operations()
        self._writer.cancel()
        self._spawn(self._finish(code, short(reason)))

    def shed_if_unwritable_since(self, moment: float) -> None:
        """Close the socket if nothing could be written to it since then."""
        since = self._outbox.sending_since
        if since is not None and since < moment:
            self.close(1013, "Too slow")

    def deliver(self, envelope: Envelope) -> None:
        """Hear something about the session of this socket: it was revoked, or what it may do has changed."""
        if envelope.name == SessionRevoked.name:
            self.close(4403, SessionEnded.code)
        else:
            self._spawn(self._authenticate_again())

    def gap(self) -> None:
        """Something about the session may have been missed: ask again."""
        self._spawn(self._authenticate_again())

    async def _finish(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(_PLEASE_CLOSE_S):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except TimeoutError:
            if self._force_close is not None:
                self._force_close(code, reason)
        except (OSError, RuntimeError):
            pass  # the client is gone already

    async def _write(self) -> None:
        try:
            await self._outbox.run()
        except (OSError, RuntimeError):
            pass  # the client is gone; `run` hears of it, too
        finally:
            self._outbox.close()

    async def _send_text(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    async def _handle(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "connection_init":
                await self._initialise(message)
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self._complete(operation_id(message))
            case "ping":
                self._outbox.put(pong(payload_of(message)))
            case "pong":
                payload_of(message)
            case _:
                raise Violation(4400, "Unknown message type")

    async def _initialise(self, message: dict[str, Any]) -> None:
        if self._is_initialised:
            raise Violation(4429, "Too many initialisation requests")
        self._is_initialised = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._authorization = authorization_in(payload_of(message) or {})
        if self._authorization is not None:
            await self._authenticate(self._authorization)
        self._is_acknowledged = True
        self._outbox.put('{"type":"connection_ack"}')

    async def _authenticate(self, authorization: str) -> None:
        services = self._server.services
        try:
            found = await authenticated(services, authorization)
            if found.actor.session_id is not None:
                self._session_topic = session_topic(found.actor.session_id)
                self._server.hub.attach(self._session_topic, self)
                # Asked again now that revocations are heard, so that none falls in between.
                found = await authenticated(services, authorization)
        except Unauthenticated as refusal:
            raise Violation(4403, refusal.code) from refusal
        self._client = replace(self._client, actor=found.actor)
        remaining_s = (found.expires_at - services.clock.now()).total_seconds()
        self._timer = asyncio.get_running_loop().call_later(remaining_s, self.close, 4403, TokenExpired.code)

    async def _authenticate_again(self) -> None:
        """Close the socket unless its credentials still stand for the same actor."""
        try:
            found = await authenticated(self._server.services, self._authorization or "")
            if found.actor != self._client.actor:
                # What is subscribed was granted to who it was; the client connects again as who it is now.
                self.close(4403, "ROLES_CHANGED")
        except Unauthenticated as refusal:
            self.close(4403, refusal.code)
        except Exception as error:  # noqa: BLE001  (who cannot be checked must come again)
            unexpected(error)
            self.close(1013, "Try again later")

    async def _may_operate(self, operation: Operation) -> bool:
        """Whether the actor still stands. A revocation may come late, and not at all while the bus is away.

        So whoever changes something is asked for again each time, and whoever reads while nothing is heard.
        """
        is_heard = self._server.hub.is_connected and operation.kind is not OperationType.MUTATION
        if self._authorization is not None and not is_heard:
            await self._authenticate_again()
        return not self._is_closing

    def _subscribe(self, message: dict[str, Any]) -> None:
        key = operation_id(message)
        if not self._is_acknowledged:
            raise Violation(4401, "Unauthorized")
        if key in self._operations:
            raise Violation(4409, f"Subscriber for {key} already exists")
        try:
            parameters = Parameters.of(message.get("payload"))
        except RequestRefused as refusal:
            raise Violation(4400, str(refusal)) from refusal
        if len(self._operations) + len(self._unfinished) >= MAX_OPERATIONS:
            error = failure(
                Code.TOO_MANY_OPERATIONS, f"A connection has at most {MAX_OPERATIONS} operations at a time."
            )
            self._put_error(key, [error])
            return
        running = self._operations[key] = _Running()
        running.task = self._spawn(self._operate(key, running, parameters))

    async def _operate(self, key: str, running: _Running, parameters: Parameters) -> None:
        bind_request_id(request_id(None))
        try:
            operation = self._server.documents.operation(parameters, self._client.actor)
            if not await self._may_operate(operation):
                return
            charge = await self._server.meter.charge(operation, self._client)
            ctx = self._client.context(self._server.services)
            if operation.kind is OperationType.SUBSCRIPTION:
                await self._join(key, running, operation, parameters, ctx)
                return
            running.is_mutation = operation.kind is OperationType.MUTATION
            with observed(operation) as outcome:
                answer = await self._server.engine.answer(operation, parameters.variables, ctx)
                if "errors" in answer:
                    outcome.name = "errors"
            message = f"{head_of(key)}{encoded(charge.settled(answer)).decode()}}}"
        except RequestRefused as refusal:
            self._fail(key, running, refusal.errors)
        except DomainError as refusal:
            self._fail(key, running, RequestRefused.of(refusal).errors)
        except Exception as error:  # noqa: BLE001  (masked and logged)
            self._fail(key, running, [unexpected(error)])
        else:
            if self._operations.get(key) is running:
                del self._operations[key]
                self._outbox.put(message)
                self._outbox.put(text_of({"id": key, "type": "complete"}))

    async def _join(
        self, key: str, running: _Running, operation: Operation, parameters: Parameters, ctx: Context
    ) -> None:
        server = self._server
        with observed(operation):
            stream, coerced = await server.engine.stream(operation, parameters.variables, ctx)
        if self._operations.get(key) is not running:
            return
        running.member = server.fanout.join(
            operation,
            parameters.variables,
            coerced,
            stream,
            self._client.actor,
            self._outbox.slot(head_of(key), is_state=stream.is_state),
            lambda errors: self._fail(key, running, errors),
        )

    def _complete(self, key: str) -> None:
        running = self._operations.pop(key, None)
        if running is not None:
            self._end_operation(running)

    def _fail(self, key: str, running: _Running, errors: list[dict[str, Any]]) -> None:
        if self._operations.get(key) is running:
            del self._operations[key]
            if running.member is not None:
                running.member.leave()
            self._put_error(key, errors)

    def _put_error(self, key: str, errors: list[dict[str, Any]]) -> None:
        self._outbox.put(text_of({"id": key, "type": "error", "payload": errors}))

    def _end_operations(self) -> None:
        operations, self._operations = self._operations, {}
        for running in operations.values():
            self._end_operation(running)

    def _end_operation(self, running: _Running) -> None:
        if running.member is not None:
            running.member.leave()
        if running.task is None or running.task.done():
            return
        if running.is_mutation:
            # A change that has begun is finished; the client would not know whether it happened.
            self._tasks.discard(running.task)
            for unfinished in (self._unfinished, self._server.mutations):
                unfinished.add(running.task)
                running.task.add_done_callback(unfinished.discard)
        else:
            running.task.cancel()

    def _forget_credentials(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._session_topic is not None:
            self._server.hub.detach(self._session_topic, self)
            self._session_topic = None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
