"""The API explorer on the real server: a log-in first, or a plain word on how to build it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser

from tests.web.watch import LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUILT = (Path(__file__).parents[2] / "web" / "graphiql" / "dist" / "index.html").is_file()


async def test_nobody_gets_in_unasked(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        await watch.open(f"{live_server.url}/graphiql")
        heading = await watch.page.locator("h1").inner_text()
        assert heading == ("API explorer" if BUILT else "The API explorer is not built yet")
        assert await watch.page.locator(".graphiql-container").count() == 0
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}


async def test_a_wrong_password_is_refused(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/graphiql")
        if not BUILT:
            assert await page.locator("code").inner_text() == "make graphiql"
            return
        await page.fill("[name=login]", "nobody-of-that-name")
        await page.fill("[name=password]", "not the password")
        await page.click("form button")
        await page.wait_for_function("() => document.querySelector('[role=alert]').textContent !== ''")
        assert await page.locator(".graphiql-container").count() == 0
        assert await page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
