"""What a live page asks the server: by ids, so that what everybody may know is kept on the way, and is never old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from playwright.async_api import Browser, Page, Route

from cli.play import documents, events
from cli.play.client import Account, Answer, Server
from schema.server.documents import FOLDER
from schema.server.parameters import digest
from tests.web.watch import LiveServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NAMES = {f"sha256:{digest(path.read_text())}": path.stem for path in FOLDER.glob("*.graphql")}
_ANOTHER = f"sha256:{digest('{ __typename }')}"
# Longer than a browser may keep an answer without asking.
_STALE_MS = 2_500


@dataclass
class Asking:
    """A page, and what it has asked `/graphql`: by which method, for which document, and the status of the answer.

    What the browser has and may use without asking is none of it.
    """

    page: Page
    requests: dict[str, tuple[str, str]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> list[tuple[str, str, int]]:
        """What was asked and answered. The browser tells of the two in any order."""
        return [(*self.requests[key], status) for key, status in self.statuses.items() if key in self.requests]

    async def load(self, url: str, *expected: tuple[str, str, int]) -> None:
        """Load the page of an event that has not begun, and see that it asks this."""
        self.statuses.clear()
        await self.page.goto(url)
        await self.page.wait_for_function("() => document.getElementById('lobby-count').textContent !== ''")
        for each in expected:
            await self.has_heard(each)

    async def has_heard(self, answer: tuple[str, str, int]) -> None:
        """Wait for an answer: the browser tells of it some time after the page has it."""
        async with asyncio.timeout(30):
            while answer not in self.answers:
                await asyncio.sleep(0.01)

    async def listen(self) -> None:
        """Note what goes over the wire; the events of the page itself hide that an answer was only validated."""
        wire = await self.page.context.new_cdp_session(self.page)
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.responseReceivedExtraInfo", self._answered)
        await wire.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if urlsplit(request["url"]).path == "/graphql":
            self.requests[event["requestId"]] = (request["method"], _document(request))

    def _answered(self, event: dict[str, Any]) -> None:
        self.statuses[event["requestId"]] = event["statusCode"]


@asynccontextmanager
async def asking(browser: Browser) -> AsyncIterator[Asking]:
    """A fresh page that keeps what it may."""
    context = await browser.new_context()
    found = Asking(await context.new_page())
    await found.listen()
    try:
        yield found
    finally:
        await context.close()


@dataclass
class Event:
    """An event that two have entered and that has not begun."""

    url: str
    organizer: Account
    answer: Answer

    async def start(self) -> None:
        """Begin it."""
        await events.start(self.organizer, self.answer)


@asynccontextmanager
async def event(live_server: LiveServer, slug: str) -> AsyncIterator[Event]:
    """An event of its own."""
    async with Server(live_server.url) as server:
        names = [f"{slug}-{number}" for number in range(2)]
        players = [Account(server, name, "only for this test", name, f"{name}@play.invalid") for name in names]
        for player in players:
            await player.register()
        made = await events.create(
            players[0], slug, "create", name=slug, game="rocket-league-1v1", entrantKind="USER",
            structure="SINGLE_ELIMINATION", capacity=2,
        )  # fmt: skip
        await events.publish(players[0], made)
        for player in players:
            await player.do(documents.REGISTER_ENTRANT, tournamentId=made["id"], idempotencyKey="enter")
        yield Event(f"{live_server.url}/live/{slug}", players[0], made)


async def test_what_a_page_has_is_only_validated(browser: Browser, live_server: LiveServer) -> None:
    async with event(live_server, "quiet-cup") as quiet, asking(browser) as asked:
        await asked.load(quiet.url, ("GET", "LivePage", 200), ("GET", "Entrants", 200))
        await asked.page.wait_for_timeout(_STALE_MS)
        await asked.load(quiet.url, ("GET", "LivePage", 304), ("GET", "Entrants", 304))
        assert {status for *_, status in asked.answers} == {304}


async def test_who_has_heard_of_a_change_asks_past_what_is_kept(browser: Browser, live_server: LiveServer) -> None:
    async with event(live_server, "moving-cup") as moving, asking(browser) as asked:
        await asked.load(moving.url, ("GET", "LivePage", 200), ("GET", "Entrants", 200))
        await asked.page.wait_for_selector("#connection[data-kind=live]")
        await moving.start()
        await asked.page.wait_for_selector(".match")
        await asked.has_heard(("POST", "LivePage", 200))
        assert await asked.page.locator("#event-status").inner_text() == "Running"


async def test_where_an_id_is_not_known_the_text_is_sent(browser: Browser, live_server: LiveServer) -> None:
    async def of_another_release(route: Route) -> None:
        await route.fulfill(json=dict.fromkeys(_NAMES.values(), _ANOTHER))

    async with event(live_server, "rolling-cup") as rolling, asking(browser) as asked:
        await asked.page.route("**/static/documents.json", of_another_release, times=1)
        await asked.load(rolling.url, ("GET", "another", 400), ("POST", "LivePage", 200), ("GET", "Entrants", 200))


def _document(request: dict[str, Any]) -> str:
    if request["method"] == "GET":
        (found,) = parse_qs(urlsplit(request["url"]).query)["documentId"]
    else:
        found = f"sha256:{digest(orjson.loads(request['postData'])['query'])}"
    return _NAMES.get(found, "another")
