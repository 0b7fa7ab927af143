"""The start page on the real server."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser

from tests.web.watch import SIZES, LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_it_leads_to_the_running_event(
    browser: Browser, live_server: LiveServer, tmp_path: Path, size: str, theme: str
) -> None:
    async with watched(browser, size, theme) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/")
        card = page.locator(f".running-card[href='/live/{live_server.slug}']")
        await card.wait_for()
        await page.screenshot(path=tmp_path / f"overview-{size}-{theme}.png")
        assert await card.locator(".bar").count() > 2
        assert "matches played" in await card.inner_text()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}
        await card.click()
        await page.wait_for_selector(".match")


async def test_it_looks_finished_without_any_event(browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    nothing: dict[str, list[object]] = {"edges": []}
    async with watched(browser) as watch:
        page = watch.page
        await page.route(_QUERIES, lambda route: route.fulfill(json={"data": dict.fromkeys(_LISTS, nothing)}))
        await watch.open(f"{live_server.url}/")
        await page.wait_for_selector("#empty")
        await page.screenshot(path=tmp_path / "overview-empty.png")
        assert [await page.locator(f"#{name}").is_hidden() for name in (*_LISTS, "loading", "trouble")] == [True] * 5


async def test_it_says_when_the_server_is_away(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        await watch.page.route(_QUERIES, lambda route: route.abort())
        await watch.open(f"{live_server.url}/")
        await watch.page.wait_for_selector("#trouble")


_QUERIES = re.compile(r"/graphql\?")
_LISTS = ("running", "upcoming", "finished")
