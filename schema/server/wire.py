"""uvicorn's WebSocket protocol with the two things ASGI has no words for."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode
from websockets.http11 import Request

EXTENSION = "matchpoint.force_close"
_ABORT_AFTER_S = 10.0


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Lets the application close connections whose client does not read; answers invalid UTF-8 without a traceback.

    The application finds `force_close(code, reason)` in its scope, under `extensions`.
    """

    def handle_connect(self, event: Request) -> None:
        """Accept the request and offer the extension."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self.force_close

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

    def send_receive_event_to_app(self) -> None:
        """Hand a message on. A text that is not UTF-8 closes the connection, as RFC 6455 (8.1) asks."""
        if self.curr_msg_data_type == "text" and not _is_utf8(self.frames):
            self.conn.fail(CloseCode.INVALID_DATA)
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()


def _is_utf8(frames: list[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True
