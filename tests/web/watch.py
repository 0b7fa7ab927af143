"""A page that is watched while it is used: what it complains about, and whom it talks to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, WebSocketRoute

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
TELEVISION = (1920, 1080)


@dataclass(frozen=True)
class LiveServer:
    """The real server with a running event; `slug` is its name in addresses."""

    url: str
    slug: str
    database_url: str


@dataclass
class Watched:
    """A page, what went wrong on it, and the hosts it asked for something."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    async def open(self, url: str) -> None:
        """Goes there and waits until the first content is in."""
        await self.page.goto(url)
        await self.page.wait_for_load_state("load")

    async def open_bracket(self, server: LiveServer) -> None:
        """Opens the live page and waits for its matches and its stream."""
        await self.open(f"{server.url}/live/{server.slug}")
        await self.page.wait_for_selector(".match")
        await self.page.wait_for_selector("#connection[data-kind=live]")


@asynccontextmanager
async def watched(browser: Browser, size: str = "desktop", theme: str = "light") -> AsyncIterator[Watched]:
    """A fresh page of a size and a theme. Motion is reduced, so that what is asserted has come to rest."""
    width, height = TELEVISION if size == "television" else SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        has_touch=size == "phone",
    )
    watch = Watched(await context.new_page())
    watch.page.on(
        "console",
        lambda message: watch.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    watch.page.on("pageerror", lambda error: watch.complaints.append(str(error)))
    watch.page.on("request", lambda request: watch.hosts.add(urlsplit(request.url).netloc))
    watch.page.on("websocket", lambda socket: watch.hosts.add(urlsplit(socket.url).netloc))
    try:
        yield watch
    finally:
        await context.close()


@dataclass
class Wire:
    """The socket of a page, in our hands: everything said on it, and ways to cut it and to lose messages.

    Attributes:
        to_lose: how many of the next changes of the bracket never reach the page; they are not in `received`.
    """

    sent: list[dict[str, Any]] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[WebSocketRoute] = field(default_factory=list)
    to_lose: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def news(self) -> None:
        """Waits for the next message from the server."""
        self.heard.clear()
        await self.heard.wait()

    def subscriptions(self, root: str) -> list[dict[str, Any]]:
        """The variables of each subscription to a root field, oldest first."""
        asked = [message["payload"] for message in self.sent if message["type"] == "subscribe"]
        return [payload["variables"] for payload in asked if f" {root}(" in payload["query"]]

    def messages(self, root: str) -> list[dict[str, Any]]:
        """What arrived for a root field, oldest first; nothing on the wire may be an error."""
        payloads = [message["payload"] for message in self.received if message["type"] == "next"]
        refused = [payload["errors"] for payload in payloads if payload.get("errors")]
        assert not refused, refused
        return [payload["data"][root] for payload in payloads if root in payload["data"]]

    async def cut(self) -> None:
        """Ends the newest connection from the side of the server, as a restart would."""
        await self.sockets[-1].close(code=1012, reason="restarting")


async def tap(page: Page) -> Wire:
    """Puts a wire between the page and the server; call it before the page opens."""
    wire = Wire()

    def connect(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        wire.sockets.append(route)

        def from_page(text: str | bytes) -> None:
            wire.sent.append(json.loads(text))
            server.send(text)

        def from_server(text: str | bytes) -> None:
            message = json.loads(text)
            if wire.to_lose and message["type"] == "next" and "bracketChanges" in message["payload"]["data"]:
                wire.to_lose -= 1
                return
            wire.received.append(message)
            route.send(text)
            wire.heard.set()

        route.on_message(from_page)
        server.on_message(from_server)

    await page.route_web_socket("**/graphql", connect)
    return wire
