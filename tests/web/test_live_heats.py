"""The live page of events in heats on the real server: tables by round that move with the reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from domain import registry, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.tournaments import DisqualifyEntrant, StageSource
from tests.factories.heats import correct, free_for_all, heat_at, report_of, run_heats
from tests.factories.stages import knockout
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import entrants, play_on, started
from tests.web.test_live_page import DUPLICATE_IDS, NAMELESS
from tests.web.watch import LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(live_server: LiveServer) -> AsyncIterator[Database]:
    """What the server reads, for whoever plays."""
    opened = Database(live_server.database_url, within=registry.WITHIN)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def organizer(database: Database) -> Actor:
    """Who holds the events."""
    (actor,) = await make_people(database, "heat-manager")
    return actor


async def test_heats_move_by_their_reports(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor, tmp_path: Path
) -> None:
    plan = free_for_all(heat_size=8, advancing=4, points=(10, 8, 6, 5, 4, 3, 2, 1), per_score=1, games=2)
    event, _ = await started(database, organizer, 20, "royale", structure=None, stages=[plan], capacity=20)
    first = await heat_at(database, event.id, 1, 1)
    order = [seat.seed for seat in first.seats]
    scores = {order[-1]: 12, order[0]: 3}
    await run(database, tournaments.report_heat, organizer, report_of(first, order, scores))
    async with watched(browser) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/live/royale")
        await page.wait_for_selector("#connection[data-kind=live]")
        await expect(page.locator("#event-facts")).to_contain_text("Free for all · 20 entrants")
        await expect(page.locator(".heat-round h2")).to_have_text(["Round 1"])
        await expect(page.locator(".heat")).to_have_count(3)
        await expect(page.locator(".heat-note")).to_have_text(["Being played · 1 of 2 games", *["To be played"] * 2])
        await expect(page.locator(".heat tbody tr").first).to_contain_text(f"Royale-{order[-1]}")
        await expect(page.locator("#stage")).to_be_hidden()
        await expect(page.locator("#progress-text")).to_have_text("0 of 3 heats")
        # What is reported comes by itself: the heat alone, then with the last one the next round.
        second = await heat_at(database, event.id, 1, 2)
        await run(database, tournaments.report_heat, organizer, report_of(second, [s.seed for s in second.seats]))
        await expect(page.locator(".heat-note")).to_have_text([*["Being played · 1 of 2 games"] * 2, "To be played"])
        leaver = (await entrants(database, event.id))[3]
        await run(database, tournaments.disqualify_entrant, organizer, DisqualifyEntrant(leaver.id, "late", NOW))
        await expect(page.locator(".gone")).to_contain_text(f"{leaver.name} left")
        await run_heats(database, organizer, event.id, rounds=1)
        await expect(page.locator(".heat-round h2")).to_have_text(["Round 2", "Round 1"])
        await expect(page.locator("[aria-labelledby=heats-1] .through")).to_have_count(12)
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(DUPLICATE_IDS) == []
        await page.screenshot(path=tmp_path / "heats.png")
        # A correction lets others go on, whose heat is drawn again.
        over = await heat_at(database, event.id, 1, 3)
        last = next(seat.name for seat in over.seats if not seat.is_through and not seat.has_left)
        turned = [seat.seed for seat in sorted(over.seats, key=lambda seat: -(seat.place or 0)) if not seat.has_left]
        for game in (1, 2):
            again = await heat_at(database, event.id, 1, 3)
            await correct(database, organizer, again, turned, game=game, force=True)
        await expect(page.locator("section[aria-labelledby=heats-2]")).to_contain_text(last)
        await run_heats(database, organizer, event.id)
        await expect(page.locator(".heat-round h2").first).to_have_text("Final heat")
        await expect(page.locator("#event-status")).to_have_text("Finished")
        await expect(page.locator("#champion-name")).to_have_text(
            await page.locator(".heat tbody th").first.get_attribute("title") or ""
        )
        await expect(page.locator("#podium .rank")).to_have_text(["2.", "3."])
        await page.screenshot(path=tmp_path / "final.png")
        assert watch.complaints == []
    async with watched(browser, size="phone", theme="dark") as watch:
        await watch.open(f"{live_server.url}/live/royale")
        await watch.page.wait_for_selector(".heat")
        assert await watch.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await watch.page.screenshot(path=tmp_path / "phone.png")
        assert watch.complaints == []


async def test_heats_and_then_a_bracket(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor
) -> None:
    plans = [free_for_all(), knockout(StageSource(1, 1, 4, is_overall=True))]
    event, players = await started(database, organizer, 8, "heats-cup", structure=None, stages=plans, capacity=8)
    async with watched(browser) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/live/heats-cup")
        await expect(page.get_by_role("tab", name="Free for all")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(".heat")).to_have_count(2)
        await run_heats(database, organizer, event.id)
        await expect(page.get_by_role("tab", name="Single elimination")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(".match")).to_have_count(3)
        await expect(page.locator("#heats")).to_be_hidden()
        await page.get_by_role("tab", name="Free for all").click()
        await expect(page.locator(".heat")).to_have_count(3)
        await play_on(database, event.id, players)
        await expect(page.locator("#champion-name")).to_have_text("Heats-Cup-1")
        assert watch.complaints == []
