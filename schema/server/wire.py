"""uvicorn's protocols with what ASGI has no words for, and with bounds on connections and what one may hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request
from websockets.protocol import OPEN

from domain.infra.telemetry import SLOW_CLOSES, SOCKET_BYTES
from schema.server.quotas import Callers, Quota

EXTENSION = "matchpoint.connection"
MAX_FRAGMENTS = 1_024
_ABORT_AFTER_S = 10.0
_TURNED_AWAY_S = 1.0
# What is parsed at a time, so that a chunk of many small messages does not become as many objects.
_PORTION = 4 * 1024
# What may come of a head, or of trailers, before it is complete. The application allows less and says so in GraphQL.
MAX_UNFINISHED = 48 * 1024
# HTTP lets more and longer headers through than WebSocket does.
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Line:
    """A transport that stays the same when HTTP becomes WebSocket, with its place among those of its address.

    It drops what is written once it is closed, as asyncio's own does. uvloop's raises then, and the protocol hears of
    the end a moment later; a client that leaves is no error.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._place: tuple[Quota, str] | None = None

    def take_place(self, quota: Quota, holder: str) -> bool:
        """Count for a holder. False when it has as many as allowed."""
        if not quota.take(holder):
            return False
        self._place = quota, holder
        return True

    def leave(self) -> None:
        """Count no more."""
        if self._place is not None:
            quota, holder = self._place
            quota.give_back(holder)
            self._place = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write, if anybody is there."""
        if not self._transport.is_closing():
            self._transport.write(data)


class HTTPProtocol(HttpToolsProtocol):
    """Bounds what comes before there is a request, and gives the application a hold on the connection.

    The application finds the protocol in its scope, under `extensions`. It can drop a connection whose client does not
    read, and hears of a shutdown while it streams.
    """

    on_shutdown: Callable[[], object] | None = None
    head_limit_s = 10.0

    def __init__(self, callers: Callers, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._callers = callers
        self._unfinished = 0
        self._has_moved_on = False
        self._is_in_head = False
        self._is_upgraded = False
        self._is_turned_away = False
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and wait for the first request no longer than the limit; or refuse one connection too many."""
        line = _Line(transport)
        super().connection_made(cast("asyncio.Transport", line))
        holder = self._callers.holder(self.client)
        if holder is None or line.take_place(self._callers, holder):
            self._await_head()
        elif line.take_place(self._callers.refused, holder):
            self._turn_away()
        else:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and wait for nothing more."""
        self._stop_waiting()
        cast("_Line", self.transport).leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and refuse a head or trailers that do not end.

        The parser keeps a header until it is whole and tells of none before, so the bytes are counted here: those of
        the portions in which no message began, came to the end of its head, had a part of its body or ended.
        """
        if self._is_turned_away:
            return
        for start in range(0, len(data), _PORTION):
            portion = data[start : start + _PORTION]
            self._has_moved_on = False
            super().data_received(portion)
            if self._is_upgraded:
                # The parser and the scope refer to this object; without them it is gone at once.
                self.parser = None  # type: ignore[assignment]
                self.scope.clear()  # type: ignore[attr-defined]
                return
            if self.transport.is_closing():
                return
            self._unfinished = 0 if self._has_moved_on else self._unfinished + len(portion)
            if self._unfinished > MAX_UNFINISHED:
                self._refuse(_TOO_LARGE)
                return
        # uvicorn has stopped its own timer, also for bytes that begin no request. Most heads come whole.
        if self._is_in_head or not self._is_at_work():
            self._await_head()

    def on_message_begin(self) -> None:
        """Begin a request and offer the extension."""
        super().on_message_begin()
        extensions: dict[str, Any] = {EXTENSION: self}
        self.scope["extensions"] = extensions
        self._has_moved_on = True
        self._is_in_head = True

    def on_headers_complete(self) -> None:
        """Hand the request on; its body has a time limit of its own."""
        self._has_moved_on = True
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._has_moved_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Tell the application that the request is whole."""
        self._has_moved_on = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the protocol of WebSocket."""
        self._is_upgraded = True
        self._stop_waiting()
        super().handle_websocket_upgrade()

    def abort(self) -> None:
        """Drop the connection, whatever waits to be written."""
        self.transport.abort()

    def shutdown(self) -> None:
        """Let the application end what it streams; uvicorn waits for that."""
        if self.on_shutdown is not None:
            self.on_shutdown()
        super().shutdown()

    def _is_at_work(self) -> bool:
        """Whether a request waits for the end of its answer."""
        return self.cycle is not None and not self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_limit_s, self._head_overdue)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_overdue(self) -> None:
        self._head_timer = None
        if self._is_at_work():  # the next request was begun behind one that is not answered yet
            self._await_head()
        elif self._is_in_head:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()

    def _turn_away(self) -> None:
        """Say that there are too many, and take what comes for a moment: who is sending would see a reset instead."""
        self._is_turned_away = True
        self.transport.write(_TOO_MANY)
        self.transport.write_eof()
        self._head_timer = self.loop.call_later(_TURNED_AWAY_S, self.transport.close)

    def _refuse(self, answer: bytes) -> None:
        """Close the connection, and say why unless that would end up inside another answer."""
        self._stop_waiting()
        if not self._is_at_work():
            self.transport.write(answer)
        self.transport.close()


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Lets the application close connections whose client does not read, and say goodbye itself at shutdown.

    The application finds the protocol in its scope, under `extensions`.
    """

    on_shutdown: Callable[[], object] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unread = bytearray()
        self._is_over = False

    def handle_connect(self, event: Request) -> None:
        """Accept the request and offer the extension."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self

    def send_now(self, text: str) -> bool:
        """Send a text as one frame, without detours. False, and nothing is sent, when that is not possible now."""
        conn = self.conn
        if conn.state is not OPEN or conn.extensions or not self.writable.is_set() or self.transport.is_closing():
            return False
        data = text.encode()
        SOCKET_BYTES.value += len(data)
        self.transport.write(_text_head(len(data)) + data)
        return True

    def force_close(self, code: int, reason: str) -> None:
        """Put a close frame behind what waits to be written, and drop the connection if that takes too long."""
        if self.close_sent or self.transport.is_closing():
            return
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(_ABORT_AFTER_S, self.transport.abort)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def shutdown(self) -> None:
        """Leave the goodbye to the application, which knows what still runs and when the client should come back."""
        if self.on_shutdown is None or self.close_sent:
            super().shutdown()
        else:
            self.on_shutdown()

    def data_received(self, data: bytes) -> None:
        """Take what came, and parse no more of it than the application keeps up with."""
        if not self._is_over:
            self._unread += data
            self._read_on()

    async def receive(self) -> Any:
        """Hand the next message on, and parse what came behind it."""
        event = await super().receive()
        self._read_on()
        return event

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what the client had sent ahead; nothing of it is begun once it is gone."""
        cast("_Line", self.transport).leave()
        self._is_over = True
        self._unread.clear()
        while not self.queue.empty():
            self.queue.get_nowait()
        super().connection_lost(exc)
        # What refers to itself would stay until the garbage collector looks, which takes long among many connections.
        self.conn.parser.close()
        self.__dict__.pop("scope", None)

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment. Empty ones cost memory, too, so their number is bounded."""
        if len(self.frames) >= MAX_FRAGMENTS:
            self._fail(CloseCode.POLICY_VIOLATION, f"A message has at most {MAX_FRAGMENTS} fragments")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answer a ping, unless earlier answers still wait for a client that does not read."""
        answer = self.conn.data_to_send()
        if self.writable.is_set() and not self._is_over:
            self.transport.write(b"".join(answer))

    def handle_close(self, event: Frame) -> None:
        """Answer the client's close frame, or take its answer to ours."""
        close = self.conn.close_rcvd
        self._end(close.code if close is not None else CloseCode.NO_STATUS_RCVD)

    def handle_parser_exception(self) -> None:
        """Send the close frame of a broken protocol."""
        close = self.conn.close_sent
        self._end(close.code if close is not None else CloseCode.PROTOCOL_ERROR)

    def keepalive_timeout(self) -> None:
        """Close the connection of a client that has gone silent, with a code that clients come back after."""
        self.pong_timer = None
        self.pending_ping_payload = None
        if self.read_paused:  # the answer may be behind what is not read yet
            self.schedule_ping()
        elif not self.close_sent:
            SLOW_CLOSES.labels("silent").inc()
            self.force_close(CloseCode.TRY_AGAIN_LATER, "No answer to a ping")

    def send_receive_event_to_app(self) -> None:
        """Hand a message on. A text that is not UTF-8 closes the connection, as RFC 6455 (8.1) asks."""
        if self.curr_msg_data_type == "text" and not _is_utf8(self.frames):
            self._fail(CloseCode.INVALID_DATA, "Texts are UTF-8")
            return
        super().send_receive_event_to_app()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Drop the connection when the client does not take its last bytes; the application waits no longer."""
        super().on_task_complete(task)
        if not self.disconnected:
            if self.close_timer is not None:
                self.close_timer.cancel()
            self.close_timer = self.loop.call_later(_ABORT_AFTER_S, self.transport.abort)

    def _read_on(self) -> None:
        while self._unread and (self.close_sent or not self.read_paused) and not self._is_over:
            portion = bytes(self._unread[:_PORTION])
            del self._unread[:_PORTION]
            super().data_received(portion)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            # It is not told to the application, and nothing else would end it.
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _end(self, code: int) -> None:
        """Send the last bytes, and drop what comes until the client is gone.

        A connection that is closed while bytes of the client are unread is reset, and the close frame with it.
        """
        if not self.close_sent:
            self.close_sent = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        if self._is_over:
            return
        self._is_over = True
        self._unread.clear()
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:  # over TLS
            self.transport.close()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(_ABORT_AFTER_S, self.transport.abort)

    def _fail(self, code: CloseCode, reason: str) -> None:
        self.frames = []
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()


def _text_head(length: int) -> bytes:
    """What comes before the data of a text frame that is whole and not masked (RFC 6455, section 5.2)."""
    if length < 126:
        return b"\x81%c" % length
    if length < 0x10000:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")


def _is_utf8(frames: list[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True
