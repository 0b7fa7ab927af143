"""`python -m bench.record_viewing`: records what the pages ask while people watch the demo, for `viewing` to replay.

The demo is played at its own pace. Each of a few windows of a headless Chromium is somebody who watches it: comes by
the start page or by a link, follows the bracket, opens matches and the entrants, loads the page again, goes back.
What they do is drawn; what is recorded is what our own pages then really send to `/graphql`, but for what the browser
may still use without asking. Subscriptions go over a socket and are none of it.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
from playwright.async_api import Browser, Page, async_playwright

from bench import machine
from bench.server import System, running, started
from bench.viewing import EVENT, RECORDING
from cli.play.demo.stage import SLUG
from schema.server.documents import FOLDER
from schema.server.parameters import digest

_SECONDS = 90.0
_WINDOWS = 8
_COME_WITHIN_S = 15.0
_PAUSE_S = (1.5, 5.0)
_READY_LIMIT_S = 300
_AT_AN_EVENT = {"look": 8, "match": 4, "entrants": 3, "reload": 2, "back": 2}
_AT_THE_START = {"look": 1, "follow": 3}
_NAMES = {digest(path.read_text()): path.stem for path in FOLDER.glob("*.graphql")}


@dataclass
class _Window:
    """One window, and what its pages ask from when somebody begins to watch."""

    page: Page
    began: float = 0.0
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)

    async def listen(self) -> None:
        """Note from now on what goes over the wire."""
        wire = await self.page.context.new_cdp_session(self.page)
        wire.on("Network.requestWillBeSent", self._note)
        wire.on("Network.requestWillBeSentExtraInfo", self._sent)
        await wire.send("Network.enable")

    def _note(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if urlsplit(request["url"]).path == "/graphql":
            self.asked[event["requestId"]] = {"at_s": round(time.monotonic() - self.began, 3)} | _described(request)

    def _sent(self, event: dict[str, Any]) -> None:
        self.headers[event["requestId"]] = event["headers"]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What was sent, in order. What the browser had, it did not send."""
        return [
            request | {"is_conditional": "if-none-match" in {name.lower() for name in self.headers[key]}}
            for key, request in self.asked.items()
            if key in self.headers
        ]

    async def watch(self, url: str, random: Random) -> None:
        """Be somebody who watches, until cancelled."""
        self.began = time.monotonic()
        await asyncio.sleep(random.uniform(0, _COME_WITHIN_S))
        await self.page.goto(url if random.random() < 0.5 else f"{url}/live/{SLUG}")
        while True:
            await asyncio.sleep(random.uniform(*_PAUSE_S))
            is_at_event = "/live/" in self.page.url
            await self.page.wait_for_selector(".match" if is_at_event else ".running-card")
            choices = _AT_AN_EVENT if is_at_event else _AT_THE_START
            (action,) = random.choices(list(choices), list(choices.values()))
            await self._do(action, random)

    async def _do(self, action: str, random: Random) -> None:
        page = self.page
        match action:
            case "match":
                matches = page.locator(".match")
                await matches.nth(random.randrange(await matches.count())).press("Enter")
            case "entrants":
                await page.click("#entrants")
            case "reload":
                await page.reload()
            case "back":
                await page.click(".brand")
            case "follow":
                await page.click(f".running-card[href='/live/{SLUG}']")
        if action in ("match", "entrants"):
            await asyncio.sleep(random.uniform(*_PAUSE_S))
            await page.keyboard.press("Escape")


async def _recorded(system: System) -> dict[str, Any]:
    async with (
        httpx.AsyncClient(base_url=system.url, timeout=30) as client,
        async_playwright() as playwright,
    ):
        before = await _cursor_of_running(client)
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        windows = [await _opened(browser) for _ in range(_WINDOWS)]
        with suppress(TimeoutError):  # so long they watch
            async with asyncio.timeout(_SECONDS), asyncio.TaskGroup() as group:
                for number, window in enumerate(windows):
                    group.create_task(window.watch(system.url, Random(number)))  # noqa: S311  (no secret)
        changes = await _cursor_of_running(client) - before
        recorded = [window.requests for window in windows]
        await browser.close()
    return {"seconds": _SECONDS, "changes": changes, "windows": recorded}


async def _opened(browser: Browser) -> _Window:
    context = await browser.new_context()
    window = _Window(await context.new_page())
    await window.listen()
    return window


async def _cursor_of_running(client: httpx.AsyncClient) -> int:
    """How many changes the demo has had, once it runs."""
    body = {"query": (FOLDER / "LivePage.graphql").read_text(), "variables": {"slug": SLUG}}
    async with asyncio.timeout(_READY_LIMIT_S):
        while True:
            tournament = (await client.post("/graphql", json=body)).json()["data"]["tournament"]
            if tournament and tournament["status"] == "RUNNING":
                return int(tournament["bracket"]["cursor"])
            await asyncio.sleep(1)


def _described(request: Mapping[str, Any]) -> dict[str, Any]:
    """The method, the name of the document, and the variables in terms of roles."""
    if request["method"] == "GET":
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request["url"]).query).items()}
        document, variables = asked["documentId"].removeprefix("sha256:"), orjson.loads(asked["variables"])
    else:
        body = orjson.loads(request["postData"])
        document, variables = digest(body["query"]), body["variables"]
    roles = {name: EVENT if value == SLUG else value for name, value in variables.items()}
    return {"method": request["method"], "document": _NAMES[document], "variables": roles}


def main() -> None:
    """Record, in place of the recording before."""
    with running() as system:
        demo = [sys.executable, "-m", "cli.main", "play", "--demo", "--forever", "--url", system.url]
        with started(demo, system.environment):
            recording = asyncio.run(_recorded(system)) | machine.commit()
    RECORDING.parent.mkdir(exist_ok=True)
    RECORDING.write_bytes(orjson.dumps(recording, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    print(f"{sum(map(len, recording['windows']))} requests of {_WINDOWS} windows in {_SECONDS:.0f} s: {RECORDING}")


if __name__ == "__main__":
    main()
