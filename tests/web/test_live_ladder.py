"""The live page of a ladder on the real server: who stands where, and how it moves with challenges and results."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from domain import registry
from domain.infra.db import Database
from tests.factories.ladders import Hall, make_ladder
from tests.factories.teams import make_people
from tests.web.test_live_page import DUPLICATE_IDS, NAMELESS
from tests.web.watch import LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(live_server: LiveServer) -> AsyncIterator[Hall]:
    """A ladder of twelve on the server."""
    opened = Database(live_server.database_url, within=registry.WITHIN)
    (organizer,) = await make_people(opened, "ladder-manager")
    yield await make_ladder(opened, organizer, 12, "rungs", rematch_days=0)
    await opened.close()


async def _names(page: Page) -> list[int]:
    rows = page.locator(".rungs tbody th")
    return [int(((await row.get_attribute("title")) or "").rpartition("-")[2]) for row in await rows.all()]


async def test_a_ladder_moves_by_its_challenges(
    browser: Browser, live_server: LiveServer, hall: Hall, tmp_path: Path
) -> None:
    async with watched(browser) as watch:
        await watch.open(f"{live_server.url}/live/rungs")
        page = watch.page
        await page.wait_for_selector("#connection[data-kind=live]")
        # Nothing has been played, and the rungs are there.
        await expect(page.locator(".rungs tbody tr")).to_have_count(12)
        await expect(page.locator("#stage")).to_be_hidden()
        await expect(page.get_by_text("Nobody is challenged at the moment.")).to_be_visible()
        assert await _names(page) == list(range(1, 13))

        now = datetime.now(UTC)
        first, second = await hall.challenge(5, 2, now), await hall.challenge(12, 9, now)
        open_ = page.locator("section[aria-labelledby=ladder-open] .fixture")
        await expect(open_).to_have_count(2)
        await expect(page.locator(".rungs .in-challenge")).to_have_count(4)
        await expect(open_.first).to_contain_text("Ready · until ")
        await hall.play(first, 0, now)
        await expect(page.locator(".rungs tbody tr:nth-child(2) th")).to_have_attribute("title", "Rungs-5")
        await expect(page.locator(".rungs tbody tr:nth-child(2) .up")).to_have_text("▲ 3")
        await expect(page.locator(".moves li")).to_contain_text(["Rungs-55 → 2"])
        await expect(open_).to_have_count(1)
        await hall.play(second, 1, now)
        latest = page.locator("section[aria-labelledby=ladder-latest] .fixture")
        await expect(latest).to_have_count(2)
        assert await _names(page) == [1, 5, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]
        await hall.fought(6, 4, now + timedelta(seconds=1))
        await hall.challenge(8, 7, now)
        await hall.challenge(3, 1, now)
        await expect(open_).to_have_count(2)
        await expect(page.locator(".moves li")).to_have_count(2)
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(DUPLICATE_IDS) == []
        await page.screenshot(path=tmp_path / "ladder.png")

        await open_.first.hover()
        await open_.first.press("Enter")
        await expect(page.locator("#panel .side")).to_have_count(2)
        await page.keyboard.press("Escape")
        await hall.finish(now=now + timedelta(hours=1))
        await expect(page.locator("#champion-name")).to_have_text("Rungs-1")
        await expect(open_).to_have_count(0)
        await page.set_viewport_size({"width": 390, "height": 844})
        await page.screenshot(path=tmp_path / "ladder-phone.png")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watch.complaints == []
