"""A real browser for the tests of the pages: Chromium from the PATH, or else the one that playwright brings.

Without either, launching fails and so do the tests: a page that nobody looked at is not tested.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright

from domain.infra.embedded import PostgreSQL, Valkey
from tests.fixtures import database
from tests.fixtures.processes import eventually
from tests.fixtures.server import RunningServer
from tests.web.watch import LiveServer

ADMIN_PASSWORD = "only for the tests of pages"
WEB = Path(__file__).parents[2] / "web"
BENCH = "http://bench.test"
POLICY = "default-src 'self'"
_BLANK = "<!doctype html><html lang=en><title>Bench</title><body></body></html>"
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that a test fulfils itself has no address, and may else not open a socket to this machine.
    "--disable-features=LocalNetworkAccessChecks",
)


def _installed_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A headless browser, one per module of tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_installed_chromium(), args=_QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(browser: Browser) -> AsyncIterator[Page]:
    """A blank page under the policy of the real ones, where their modules can be imported; no server needed."""
    context = await browser.new_context()
    await context.route(f"{BENCH}/**", _serve)
    page = await context.new_page()
    await page.goto(f"{BENCH}/")
    yield page
    await context.close()


@pytest.fixture(scope="session")
def live_server(postgres: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The real platform, with the demo event being played on it until the run ends.

    Its worker lives as long, so it has a Valkey of its own: on that of the run it would take the jobs of other tests.
    """
    name = asyncio.run(database.clone(postgres))
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    running = RunningServer(postgres.url(name), valkey.url, tmp_path_factory.mktemp("live"))
    running.environment = {**running.environment, "ADMIN_PASSWORD": ADMIN_PASSWORD}
    demo: subprocess.Popen[bytes] | None = None
    try:
        running.start()
        subprocess.run(running.command("seed"), env=running.environment, check=True, capture_output=True)
        demo_of = ("--demo", "--forever", "--teams", "16", "--speed", "0.06", "--url", running.url)
        command = running.command("play", *demo_of)
        with (running.logs / "demo.log").open("wb") as log:
            demo = subprocess.Popen(command, env=running.environment, stdout=log, stderr=log)
        assert eventually(lambda: b"is running" in (running.logs / "demo.log").read_bytes())
        yield LiveServer(running.url, "demo", postgres.url(name))
    finally:
        if demo is not None:
            demo.kill()
            demo.wait()
        running.stop()
        valkey.stop()
        asyncio.run(database.drop(postgres, name))


async def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    headers = {"content-security-policy": POLICY}
    if path.startswith("/static/"):
        await route.fulfill(path=WEB / "assets" / path.removeprefix("/static/"), headers=headers)
    else:
        await route.fulfill(body=_BLANK, content_type="text/html", headers=headers)
