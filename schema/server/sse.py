"""GraphQL over server-sent events: the distinct connections mode of the graphql-sse protocol, and nothing else.

Follows https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md: a request is one operation, and its answer is
a stream of `next` events that `complete` ends. Lines end with LF alone, which every client reads. What keeps sockets in
bounds keeps streams in bounds, too: one outbox each, a quota per user and per address, a patience with clients that do
not read, a lifetime; and they end when their credentials do. A stream that breaks off without `complete` is one the
client should open again; `retry` says when.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from domain.accounts import network_of
from domain.infra.telemetry import EVENT_BYTES, EVENT_STREAMS, SLOW_CLOSES
from domain.kernel.errors import Unauthenticated
from schema.server.clients import Client, Credentials
from schema.server.documents import Operation
from schema.server.endpoint import Endpoint, Timing
from schema.server.fanout import Member
from schema.server.masking import Code, RequestRefused, failure, unexpected
from schema.server.messages import text_of
from schema.server.negotiation import EVENT_STREAM
from schema.server.outbox import Outbox
from schema.server.parameters import Parameters
from schema.server.quotas import Quota
from schema.server.standing import Standing
from schema.server.status import CredentialsRefused
from schema.server.wire import EXTENSION, HTTPProtocol

NEXT, END = "event: next\ndata: ", "\n\n"
COMPLETE = "event: complete\ndata:\n\n"
_COMMENT = ":\n\n"

_LAST_EVENTS_S = 2.5
_BACK_WITHIN_S = 10.0
_HEADERS = {b"content-type": f"{EVENT_STREAM}; charset=utf-8".encode(), b"x-accel-buffering": b"no"}


class Events:
    """A few events that are known beforehand, as a reply: the answer of a query or mutation, or why there is none."""

    def __init__(self, payloads: Iterable[bytes]) -> None:
        self._body = "".join(f"{NEXT}{payload.decode()}{END}" for payload in payloads) + COMPLETE

    async def __call__(self, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send them."""
        await send(_start(headers))
        await send({"type": "http.response.body", "body": self._body.encode()})


class EventStreams:
    """The streams of subscriptions of this process. Knows those that are open, to drain them."""

    def __init__(self, endpoint: Endpoint, timing: Timing | None = None) -> None:
        self.endpoint = endpoint
        self.timing = timing or Timing()
        settings = endpoint.services.settings
        self.users = Quota(settings.sockets_per_user)
        self.addresses = Quota(settings.sockets_per_address)
        self._open: set[EventStream] = set()
        self._is_draining = False

    @property
    def open(self) -> int:
        """How many streams there are."""
        return len(self._open)

    async def opened(
        self,
        scope: Scope,
        operation: Operation,
        parameters: Parameters,
        client: Client,
        credentials: Credentials,
    ) -> EventStream:
        """The stream of a subscription, which listens already.

        Raises:
            RequestRefused: the credentials do not hold, the field refuses, the client has too many streams, or the
                server leaves.
        """
        if self._is_draining:
            raise RequestRefused(Code.UNAVAILABLE, "The server restarts; ask again.")
        wire: HTTPProtocol | None = (scope.get("extensions") or {}).get(EXTENSION)
        if wire is not None:
            wire.on_shutdown = self.begin_drain
        stream = EventStream(self, wire, client)
        self._open.add(stream)
        EVENT_STREAMS.inc()
        try:
            await stream.join(operation, parameters, credentials)
        except BaseException:
            stream.end()
            raise
        return stream

    def closed(self, stream: EventStream) -> None:
        """Hear that a stream has ended."""
        if stream in self._open:
            self._open.discard(stream)
            EVENT_STREAMS.dec()

    def begin_drain(self) -> None:
        """Ask every client to open its stream elsewhere, each at a moment of its own."""
        if not self._is_draining:
            self._is_draining = True
            for stream in tuple(self._open):
                stream.retire()

    async def drain(self) -> None:
        """Do so, and leave nothing open."""
        self.begin_drain()
        ended = [asyncio.create_task(stream.ended.wait()) for stream in self._open]
        if ended:
            await asyncio.wait(ended, timeout=_LAST_EVENTS_S)
        for stream in tuple(self._open):
            stream.end()


class EventStream:
    """One subscription, as a reply."""

    def __init__(self, streams: EventStreams, wire: HTTPProtocol | None, client: Client) -> None:
        self.ended = asyncio.Event()
        endpoint = streams.endpoint
        self._streams = streams
        self._wire = wire
        self._stranger = client
        self._send: Send | None = None
        self._outbox = Outbox(self._send_text)
        self._standing = Standing(
            endpoint.services, endpoint.keys, endpoint.hub, self._stands_no_more, self._confirm_document
        )
        self._parameters: Parameters | None = None
        self._confirming: set[asyncio.Task[None]] = set()
        self._member: Member | None = None
        self._seat: tuple[Quota, str] | None = None
        self._lifetime = asyncio.get_running_loop().call_later(streams.timing.lifetime(), self.retire)

    @property
    def _client(self) -> Client:
        return self._standing.client(self._stranger)

    async def join(self, operation: Operation, parameters: Parameters, credentials: Credentials) -> None:
        """Listen, as one member of the group of equal subscriptions.

        Raises:
            RequestRefused: the credentials do not hold, the field refuses, or the client has too many streams.
        """
        endpoint = self._streams.endpoint
        self._parameters = parameters
        try:
            await self._standing.begin(*credentials, self._stranger.address)
        except Unauthenticated as refusal:
            raise CredentialsRefused.of(refusal) from refusal
        self._take_seat()
        stream, coerced = await endpoint.stream(operation, parameters, self._client)
        if self.ended.is_set():
            raise RequestRefused(Code.UNAVAILABLE, "The server restarts; ask again.")
        self._member = endpoint.fanout.join(
            operation,
            parameters.variables,
            coerced,
            stream,
            self._client.actor,
            self._outbox.slot(NEXT, END, is_state=stream.is_state),
            self._fail,
        )
        if self._client.partner is not None:
            # It may have been taken back before this listened, or while the stream opened.
            await endpoint.registry.operation(parameters, self._client)

    async def __call__(self, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send events until either side ends the stream."""
        self._send = send
        gone = asyncio.create_task(_gone(receive))
        work: list[asyncio.Task[Any]] = [
            asyncio.create_task(awaited) for awaited in (self._outbox.run(), self._watch(), self.ended.wait())
        ]
        try:
            await send(_start(headers))
            done, _ = await asyncio.wait([gone, *work], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            self.end()
            for task in work:
                task.cancel()
            await asyncio.wait(work)
            if not gone.done():
                await self._finish(gone)
            gone.cancel()

    def retire(self) -> None:
        """End the stream so that its client opens another, elsewhere or a little later."""
        back_s = random.uniform(0, _BACK_WITHIN_S)  # noqa: S311  (spreads clients, no secret)
        self._outbox.put(f"retry: {round(back_s * 1000)}{END}")
        self._outbox.end()

    def end(self) -> None:
        """Leave nothing behind."""
        self.ended.set()
        self._lifetime.cancel()
        self._standing.end()
        if self._member is not None:
            self._member.leave()
            self._member = None
        if self._seat is not None:
            quota, holder = self._seat
            quota.give_back(holder)
            self._seat = None
        self._outbox.close()
        self._streams.closed(self)

    def _take_seat(self) -> None:
        user = self._client.actor.user_id
        quota = self._streams.addresses if user is None else self._streams.users
        holder = network_of(self._client.address) if user is None else str(user)
        if not quota.take(holder):
            raise RequestRefused(
                Code.TOO_MANY_OPERATIONS,
                f"You have {quota.limit} event streams open; close one, or use one WebSocket for many subscriptions.",
            )
        self._seat = (quota, holder)

    def _stands_no_more(self, code: str | None) -> None:
        if code is None:
            self.retire()
        else:
            self._fail([failure(code, "The credentials of this stream do not hold any more; open it with new ones.")])

    def _confirm_document(self) -> None:
        """End the stream if its document is not served to this client any more."""
        task = asyncio.create_task(self._confirm())
        self._confirming.add(task)
        task.add_done_callback(self._confirming.discard)

    async def _confirm(self) -> None:
        assert self._parameters is not None
        try:
            await self._streams.endpoint.registry.operation(self._parameters, self._client)
        except RequestRefused as refusal:
            self._fail(refusal.errors)
        except Exception as error:  # noqa: BLE001  (masked and logged; the client may try again)
            self._fail([unexpected(error)])

    def _fail(self, errors: list[dict[str, Any]]) -> None:
        if self._member is not None:
            self._member.leave()
            self._member = None
        self._standing.end()
        self._outbox.put(f"{NEXT}{text_of({'errors': errors})}{END}")
        self._outbox.put(COMPLETE)
        self._outbox.end()

    async def _watch(self) -> None:
        """Show that the stream lives; return when its client takes nothing for too long."""
        timing, loop = self._streams.timing, asyncio.get_running_loop()
        while True:
            await asyncio.sleep(timing.keep_alive_s)
            since = self._outbox.sending_since
            if since is None:
                self._outbox.put(_COMMENT)
            elif loop.time() - since > timing.unwritable_s:
                SLOW_CLOSES.labels("unread").inc()
                return

    async def _finish(self, gone: asyncio.Task[None]) -> None:
        assert self._send is not None
        try:
            async with asyncio.timeout(1.0):
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            if self._wire is not None:
                self._wire.abort()
                await gone

    async def _send_text(self, text: str) -> None:
        assert self._send is not None
        body = text.encode()
        EVENT_BYTES.value += len(body)
        await self._send({"type": "http.response.body", "body": body, "more_body": True})


def _start(headers: dict[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": list((headers | _HEADERS).items())}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
