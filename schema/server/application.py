"""The application around the endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send


class Application(Starlette):
    """Leaves requests and sockets of the endpoint to it alone, and serves whatever else there is.

    What lies around a route costs each request as much as reading it, and stays in memory as long as a socket is open;
    the endpoint needs nothing of it.
    """

    def __init__(
        self, path: str, http: ASGIApp, socket: ASGIApp, *, routes: Sequence[BaseRoute] = (), **around: Any
    ) -> None:
        # The route is for who writes a slash behind the path, and is redirected.
        super().__init__(routes=[Route(path, http), *routes], **around)
        self._path = path
        self._endpoints = {"http": http, "websocket": socket}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what comes."""
        if scope.get("path") == self._path:
            await self._endpoints[scope["type"]](scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
