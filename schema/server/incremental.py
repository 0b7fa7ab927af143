"""Answers in parts, for clients that accept `multipart/mixed`; for all others what is deferred is executed at once.

The format is that of the incremental delivery draft with `pending`, `incremental` and `completed`
(`incrementalSpec=v0.2`), which urql reads, and Apollo Client with its `GraphQL17Alpha9Handler`. A client that asks for
the format of 2022 (`deferSpec=20220824`) gets one whole answer, which it also reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.types import Receive, Scope, Send

from schema.server.execution import encoded
from schema.server.negotiation import MULTIPART
from schema.server.wire import EXTENSION, HTTPProtocol

_CONTENT_TYPE = {b"content-type": f'{MULTIPART}; boundary="-"; incrementalSpec=v0.2'.encode()}
_HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
# A boundary follows each part at once, because it tells clients that the part is whole.
_BOUNDARY = b"\r\n---"
_SEND_LIMIT_S = 30.0


class Parts:
    """The parts of one answer, as a reply."""

    def __init__(self, first: dict[str, Any], rest: AsyncGenerator[dict[str, Any], None], scope: Scope) -> None:
        self._first = first
        self._rest = rest
        self._wire: HTTPProtocol | None = (scope.get("extensions") or {}).get(EXTENSION)

    async def __call__(self, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send each part when it is there. A client that does not read is dropped."""
        raw = list((headers | _CONTENT_TYPE).items())
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        async with aclosing(self._bodies()) as bodies:
            async for body in bodies:
                try:
                    async with asyncio.timeout(_SEND_LIMIT_S):
                        await send({"type": "http.response.body", "body": body, "more_body": True})
                except TimeoutError:
                    if self._wire is not None:
                        self._wire.abort()
                    break
        await send({"type": "http.response.body", "body": b"--\r\n"})

    async def _bodies(self) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._rest) as rest:
            yield b"---" + _HEAD + encoded(self._first) + _BOUNDARY
            async for part in rest:
                yield _HEAD + encoded(part) + _BOUNDARY
