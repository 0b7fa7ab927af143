"""A real browser for the tests of the pages: Chromium from the PATH, or else the one that playwright brings.

Without either, launching fails and so do the tests: a page that nobody looked at is not tested.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright

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


async def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    headers = {"content-security-policy": POLICY}
    if path.startswith("/static/"):
        await route.fulfill(path=WEB / "assets" / path.removeprefix("/static/"), headers=headers)
    else:
        await route.fulfill(body=_BLANK, content_type="text/html", headers=headers)
