"""The live page shows the veto of a match: what is banned struck out, what is played in order, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from domain import matches, registry
from domain.infra.db import Database
from domain.kernel.veto import CounterPicks, VetoTemplate
from tests.factories.stages import knockout
from tests.factories.teams import make_people, run
from tests.factories.tournaments import bracket, started
from tests.factories.vetoes import plan_of, take, undo, veto_of
from tests.web.test_live_page import DUPLICATE_IDS, NAMELESS
from tests.web.watch import LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
async def test_a_veto_as_it_goes(
    browser: Browser, live_server: LiveServer, tmp_path: Path, size: str, theme: str
) -> None:
    db = Database(live_server.database_url, within=registry.WITHIN)
    slug = f"maps-{size}"
    (organizer,) = await make_people(db, f"{slug}-manager")
    stage = knockout(best_of=3, final_best_of=3)
    plan: Any = {"name": None, "format": stage.format, "veto": plan_of(has_sides=True, step_s=3600)}
    event, _ = await started(
        db, organizer, 4, slug, game="valorant", structure=None, stages=[type(stage)(**plan)], capacity=4
    )
    state = (await bracket(db, event.id))["U1.1"]

    async def do(*options: str) -> None:
        for option in options:
            veto = await veto_of(db, state)
            assert veto is not None
            await take(db, organizer, veto, option, datetime.now(UTC))

    await do("ascent", "bind", "haven", "attack")
    first, second = (slot.name for slot in state.slots)
    async with watched(browser, size, theme) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/live/{slug}")
        await page.wait_for_selector("#connection[data-kind=live]")
        await page.locator(".match").first.press("Enter")
        turn = page.locator(".veto-turn")
        await expect(turn).to_have_text(f"{second} picks")
        await _expect_first_pick(page, first)
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(DUPLICATE_IDS) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.screenshot(path=tmp_path / f"veto-{size}-{theme}.png")
        await do("lotus")
        await expect(turn).to_have_text(f"{first} chooses a side")
        veto = await veto_of(db, state)
        assert veto is not None
        await undo(db, organizer, veto)
        await expect(turn).to_have_text(f"{second} picks")
        await expect(page.locator(".veto-maps .open")).to_have_count(2)
        await do("lotus", "attack", "icebox", "breeze", "defense")
        await expect(turn).to_have_text("Settled")
        await expect(page.locator(".veto-maps b")).to_have_text(["Haven", "Lotus", "Split"])
        await expect(page.locator(".veto-left")).to_be_hidden()
        await expect(page.locator(".log")).to_contain_text("Split is left over")
        await page.screenshot(path=tmp_path / f"veto-settled-{size}-{theme}.png")
        await page.keyboard.press("Escape")
        await expect(page.locator(".veto")).to_be_hidden()
        await page.locator(".match").nth(1).press("Enter")
        await expect(turn).to_contain_text("bans")
        other = (await bracket(db, event.id))["U1.2"]
        decided = matches.DecideResult(other.id, other.version, (2, 0), datetime.now(UTC))
        await run(db, matches.decide_result, organizer, decided)
        await expect(turn).to_have_text("Never settled")
        await expect(page.locator(".veto-left")).to_be_hidden()
        assert watch.complaints == []
    await db.close()


async def _expect_first_pick(page: Page, picker: str | None) -> None:
    await expect(page.locator(".veto-maps li")).to_have_count(3)
    await expect(page.locator(".veto-maps li:not(.open) b")).to_have_text(["Haven"])
    await expect(page.locator(".veto-maps li").first).to_contain_text(f"Picked by {picker}")
    await expect(page.locator(".veto-maps li").first).to_contain_text(f"{picker} starts on Defense")
    await expect(page.locator(".veto-pool .banned s")).to_have_text(["Ascent", "Bind"])
    await expect(page.locator(".veto-left")).to_contain_text(":")


async def test_games_that_are_picked_one_by_one(browser: Browser, live_server: LiveServer) -> None:
    """The loser picks; what is struck out was banned for the next game alone."""
    db = Database(live_server.database_url, within=registry.WITHIN)
    (organizer,) = await make_people(db, "counter-manager")
    plan = plan_of("ascent", "bind", "haven", template=VetoTemplate.STRIKE, counter_picks=CounterPicks())
    stage = replace(knockout(best_of=3, final_best_of=3), veto=plan)
    event, _ = await started(db, organizer, 2, "counter", game="valorant", structure=None, stages=[stage], capacity=2)
    state = (await bracket(db, event.id))["U1.1"]

    async def do(*options: str) -> None:
        for option in options:
            veto = await veto_of(db, state)
            assert veto is not None
            await take(db, organizer, veto, option, datetime.now(UTC))

    first, second = (slot.name for slot in state.slots)
    async with watched(browser) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/live/counter")
        await page.wait_for_selector("#connection[data-kind=live]")
        await page.locator(".match").first.press("Enter")
        turn, games = page.locator(".veto-turn"), page.locator(".veto-maps li")
        await expect(turn).to_have_text(f"{first} bans")
        await do("ascent", "bind")
        await expect(turn).to_have_text("Settled")
        told = matches.UpdateScore(state.id, state.version, (0, 1), datetime.now(UTC), [(7, 13)])
        await run(db, matches.update_score, organizer, told)
        await expect(games.first).to_contain_text(f"Won by {second}")
        await expect(turn).to_have_text(f"{second} bans")
        await expect(page.locator(".veto-pool .banned s")).to_have_count(0)
        await do("haven")
        await expect(turn).to_have_text(f"{first} picks")
        await expect(page.locator(".veto-pool .banned s")).to_have_text(["Haven"])
        await do("bind")
        await expect(games.locator("b")).to_have_text(["Haven", "Bind", "Not settled"])
        await expect(games.nth(1)).to_contain_text(f"Picked by {first}")
        assert await page.evaluate(NAMELESS) == []
        assert watch.complaints == []
    await db.close()


async def test_a_match_without_a_veto_shows_none(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        await watch.open_bracket(live_server)
        await watch.page.locator(".match").first.press("Enter")
        await expect(watch.page.locator("#panel .log li").first).to_be_visible()
        await expect(watch.page.locator(".veto")).to_be_hidden()
        assert watch.complaints == []
