"""A real browser for the tests of the pages: Chromium from the PATH, or else the one that playwright brings.

Without either, launching fails and so do the tests: a page that nobody looked at is not tested.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from domain.infra.embedded import PostgreSQL
from domain.infra.embedded.process import wait_until
from tests.fixtures import database
from tests.fixtures.server import RunningServer, running
from tests.web.watch import LiveServer

# How long a page may take to show something, on a machine that is busy with other tests.
expect.set_options(timeout=30_000)

# How long 16 teams may take to register and start on such a machine.
DEMO_LIMIT_S = 240.0

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
    """The real platform, with the demo event being played on it until the run ends."""
    name = asyncio.run(database.clone(postgres))
    with running(postgres.url(name), tmp_path_factory.mktemp("live"), ADMIN_PASSWORD=ADMIN_PASSWORD) as server:
        subprocess.run(server.command("seed"), env=server.environment, check=True, capture_output=True)
        with _demo(server):
            yield LiveServer(server.url, "demo", postgres.url(name))
    asyncio.run(database.drop(postgres, name))


@contextmanager
def _demo(server: RunningServer) -> Iterator[None]:
    """The demo event, being played over and over."""
    log = server.logs / "demo.log"
    command = server.command("play", "--demo", "--forever", "--teams", "16", "--speed", "0.06", "--url", server.url)
    with log.open("wb") as out, subprocess.Popen(command, env=server.environment, stdout=out, stderr=out) as demo:
        try:
            assert wait_until(lambda: b"is running" in log.read_bytes(), DEMO_LIMIT_S), log.read_text()
            yield
        finally:
            demo.kill()


async def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    headers = {"content-security-policy": POLICY}
    if path.startswith("/static/"):
        await route.fulfill(path=WEB / "assets" / path.removeprefix("/static/"), headers=headers)
    else:
        await route.fulfill(body=_BLANK, content_type="text/html", headers=headers)
