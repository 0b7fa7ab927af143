"""One socket of graphql-transport-ws: its messages, its operations, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationType
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from domain.infra.telemetry import SLOW_CLOSES, SOCKET_BYTES, bind_request_id
from domain.kernel.errors import DomainError, Unauthenticated
from schema.server.clients import Client
from schema.server.documents import Operation
from schema.server.endpoint import Endpoint, Timing
from schema.server.execution import encoded
from schema.server.fanout import Member
from schema.server.masking import Code, RequestRefused, failure, unexpected
from schema.server.messages import (
    TAIL,
    Violation,
    api_key_in,
    authorization_in,
    decoded,
    head_of,
    operation_id,
    payload_of,
    pong,
    retry_in,
    short,
    text_of,
)
from schema.server.outbox import MAX_WAITING, Outbox
from schema.server.parameters import Parameters
from schema.server.quotas import Pace, Quota
from schema.server.standing import Standing
from schema.server.tracing import request_id
from schema.server.wire import EXTENSION, WebSocketProtocol

MAX_OPERATIONS = 50
# Clients are listened to no faster than this; who sends more waits, and is not cut off.
MESSAGES_PER_S = 20
BURST = 100

_PLEASE_CLOSE_S = 1.0
# How long a client may take nothing while more than enough waits for it.
_FULL_S = 1.0
_LAST_ANSWERS_S = 2.5


@dataclass(frozen=True, slots=True)
class Sockets:
    """What the sockets of a process share. `users` counts them by user, `mutations` are those that still run."""

    timing: Timing
    users: Quota
    mutations: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(slots=True)
class _Running:
    """An operation of a connection. A subscription has a member once its stream is open."""

    parameters: Parameters
    task: asyncio.Task[None] | None = None
    is_mutation: bool = False
    member: Member | None = None


class Connection:
    """One socket."""

    def __init__(
        self, endpoint: Endpoint, sockets: Sockets, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> None:
        self._endpoint = endpoint
        self._sockets = sockets
        self._receive = receive
        self._send = send
        self._wire: WebSocketProtocol | None = (scope.get("extensions") or {}).get(EXTENSION)
        self._stranger = Client(address=(scope.get("client") or ("",))[0], user_agent=headers.get("user-agent", ""))
        self._is_initialised = False
        self._is_acknowledged = False
        self._is_retiring = False
        self._is_closing = False
        self._operations: dict[str, _Running] = {}
        # Mutations that go on although their client does not wait for them any more.
        self._unfinished: set[asyncio.Task[None]] = set()
        self._standing = Standing(
            endpoint.services, endpoint.keys, endpoint.hub, self._stands_no_more, self._confirm_documents
        )
        self._user: str | None = None
        self._pace = Pace(MESSAGES_PER_S, BURST)
        self._outbox = Outbox(
            self._send_text, None if self._wire is None else self._wire.send_now, self._begin_to_write
        )
        self._writer: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        timing, loop = sockets.timing, asyncio.get_running_loop()
        self._init_timer = loop.call_later(timing.init_s, self.close, 4408, "Connection initialisation timeout")
        self._lifetime = loop.call_later(timing.lifetime(), self.retire, retry_in(0, "Connection lifetime reached"))

    @property
    def _client(self) -> Client:
        return self._standing.client(self._stranger)

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
            await self._pace.turn()

    async def end(self) -> None:
        """Leave nothing behind. Mutations that run are finished."""
        self._is_closing = True
        if self._user is not None:
            self._sockets.users.give_back(self._user)
            self._user = None
        self._forget_credentials()
        self._end_operations()
        self._stop_writing()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self, code: int, reason: str) -> None:
        """Close the socket, whether or not the client reads."""
        if self._is_closing:
            return
        self._is_closing = True
        self._forget_credentials()
        self._end_operations()
        self._stop_writing()
        self._spawn(self._finish(code, short(reason)))

    def retire(self, reason: str) -> asyncio.Task[None]:
        """Close the socket with 1012 once all is answered. Nothing new is begun: the client asks elsewhere."""
        self._is_retiring = True
        return self._spawn(self._retire(reason))

    def shed_if_unread(self, patience_s: float) -> None:
        """Close the socket if its client has taken nothing for so long, or for a moment while very much waits."""
        since = self._outbox.sending_since
        if since is None:
            return
        stuck_s = asyncio.get_running_loop().time() - since
        if stuck_s > patience_s:
            self._shed("unread")
        elif stuck_s > _FULL_S and self._outbox.waiting > MAX_WAITING:
            self._shed("full")

    def _shed(self, reason: str) -> None:
        if not self._is_closing:
            SLOW_CLOSES.labels(reason).inc()
        self.close(1013, "Too slow")

    def _confirm_documents(self) -> None:
        """End what is followed with a document that is not served to this client any more."""
        for key, running in self._operations.items():
            if running.member is not None:
                self._spawn(self._confirm(key, running))

    async def _confirm(self, key: str, running: _Running) -> None:
        try:
            await self._endpoint.registry.operation(running.parameters, self._client)
        except RequestRefused as refusal:
            self._fail(key, running, refusal.errors)
        except Exception as error:  # noqa: BLE001  (masked and logged; the client may try again)
            self._fail(key, running, [unexpected(error)])

    async def _finish(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(_PLEASE_CLOSE_S):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except TimeoutError:
            if self._wire is not None:
                self._wire.force_close(code, reason)
        except (OSError, RuntimeError):
            pass  # the client is gone already

    async def _retire(self, reason: str) -> None:
        try:
            async with asyncio.timeout(_LAST_ANSWERS_S):
                unanswered = [running.task for running in self._operations.values() if running.task is not None]
                if unanswered:
                    await asyncio.wait(unanswered)
                self._outbox.end()
                if self._writer is not None:
                    await asyncio.wait({self._writer})
        except TimeoutError:
            pass  # a mutation goes on; its client asks whether it has happened
        self.close(1012, reason)

    def _begin_to_write(self) -> None:
        self._writer = self._spawn(self._write())

    async def _write(self) -> None:
        try:
            await self._outbox.flush()
        except (OSError, RuntimeError):
            self._outbox.close()  # the client is gone; `run` hears of it, too
        self._writer = None

    def _stop_writing(self) -> None:
        self._outbox.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.cancel()

    def _put(self, message: str) -> None:
        if not self._outbox.send_now(message):
            self._outbox.put(message)

    async def _send_text(self, text: str) -> None:
        SOCKET_BYTES.value += len(text.encode())
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
                self._put(pong(payload_of(message)))
            case "pong":
                payload_of(message)
            case _:
                raise Violation(4400, "Unknown message type")

    async def _initialise(self, message: dict[str, Any]) -> None:
        if self._is_initialised:
            raise Violation(4429, "Too many initialisation requests")
        self._is_initialised = True
        self._init_timer.cancel()
        payload = payload_of(message) or {}
        try:
            await self._standing.begin(authorization_in(payload), api_key_in(payload), self._stranger.address)
        except Unauthenticated as refusal:
            raise Violation(4403, refusal.code) from refusal
        except RequestRefused as refusal:
            raise Violation(1013, str(refusal)) from refusal
        self._take_seat()
        self._is_acknowledged = True
        self._put('{"type":"connection_ack"}')

    def _take_seat(self) -> None:
        user_id, users = self._standing.actor.user_id, self._sockets.users
        if user_id is None:
            return
        if not users.take(str(user_id)):
            # Clients come again after 1013, which is right: the reason may pass, and nothing is wrong with the token.
            raise Violation(1013, f"You have {users.limit} connections open; close one, or use one for everything")
        self._user = str(user_id)

    def _stands_no_more(self, code: str | None) -> None:
        if code is None:
            self.close(1013, "Try again later")
        else:
            self.close(4403, code)

    async def _may_operate(self, operation: Operation) -> bool:
        """Whether the actor still stands. A revocation may come late, and not at all while the bus is away.

        So whoever changes something is asked for again each time, and whoever reads while nothing is heard.
        """
        is_heard = self._endpoint.hub.is_connected and operation.kind is not OperationType.MUTATION
        if not is_heard:
            await self._standing.check()
        return not (self._is_closing or self._is_retiring)

    def _subscribe(self, message: dict[str, Any]) -> None:
        key = operation_id(message)
        if not self._is_acknowledged:
            raise Violation(4401, "Unauthorized")
        if key in self._operations:
            raise Violation(4409, f"Subscriber for {key} already exists")
        if self._is_retiring:
            return
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
        running = self._operations[key] = _Running(parameters)
        running.task = self._spawn(self._operate(key, running))

    async def _operate(self, key: str, running: _Running) -> None:
        bind_request_id(request_id(None))
        parameters = running.parameters
        try:
            operation = await self._endpoint.operation(parameters, self._client)
            if not await self._may_operate(operation):
                return
            if operation.kind is OperationType.SUBSCRIPTION:
                await self._join(key, running, operation)
                return
            running.is_mutation = operation.kind is OperationType.MUTATION
            answer = await self._endpoint.answer(operation, parameters, self._client)
            message = f"{head_of(key)}{encoded(answer).decode()}{TAIL}"
        except RequestRefused as refusal:
            self._fail(key, running, refusal.errors)
        except DomainError as refusal:
            self._fail(key, running, RequestRefused.of(refusal).errors)
        except Exception as error:  # noqa: BLE001  (masked and logged)
            self._fail(key, running, [unexpected(error)])
        else:
            if self._operations.get(key) is running:
                del self._operations[key]
                self._put(message)
                self._put(text_of({"id": key, "type": "complete"}))

    async def _join(self, key: str, running: _Running, operation: Operation) -> None:
        client = self._client
        stream, coerced = await self._endpoint.stream(operation, running.parameters, client)
        if self._operations.get(key) is not running:
            return
        running.member = self._endpoint.fanout.join(
            operation,
            running.parameters.variables,
            coerced,
            stream,
            client.actor,
            self._outbox.slot(head_of(key), TAIL, is_state=stream.is_state),
            lambda errors: self._fail(key, running, errors),
        )
        running.task = None
        if client.partner is not None:
            await self._confirm(key, running)  # it may have been taken back while the stream opened

    def _complete(self, key: str) -> None:
        running = self._operations.pop(key, None)
        if running is not None:
            self._end_operation(running)

    def _fail(self, key: str, running: _Running, errors: list[dict[str, Any]]) -> None:
        if self._operations.get(key) is running:
            del self._operations[key]
            self._leave(running)
            self._put_error(key, errors)

    def _put_error(self, key: str, errors: list[dict[str, Any]]) -> None:
        self._put(text_of({"id": key, "type": "error", "payload": errors}))

    def _end_operations(self) -> None:
        operations, self._operations = self._operations, {}
        for running in operations.values():
            self._end_operation(running)

    def _end_operation(self, running: _Running) -> None:
        self._leave(running)
        # What the task ends with refers to all that it knew; whoever refers to the task would stay with it.
        task, running.task = running.task, None
        if task is None or task.done():
            return
        if running.is_mutation:
            # A change that has begun is finished; the client would not know whether it happened.
            self._tasks.discard(task)
            for unfinished in (self._unfinished, self._sockets.mutations):
                unfinished.add(task)
                task.add_done_callback(unfinished.discard)
        else:
            task.cancel()

    def _leave(self, running: _Running) -> None:
        member, running.member = running.member, None
        if member is not None:
            member.leave()

    def _forget_credentials(self) -> None:
        self._init_timer.cancel()
        self._lifetime.cancel()
        self._standing.end()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
