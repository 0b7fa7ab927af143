"""The screen of a venue on the real server, moved by what happens in the hall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from domain import matches, queues, registry
from domain.infra.db import Database
from domain.matches import DecideResult, UpdateScore
from domain.queues import CallNext
from domain.tournaments import Structure
from tests.factories.heats import free_for_all, heat_at, report
from tests.factories.queues import Hall, answer, call_next, make_hall, state_of, use_tables
from tests.factories.teams import make_people, run
from tests.factories.tournaments import bracket, started
from tests.factories.venues import add_tables, make_venue
from tests.web.watch import LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOTTOMS = "(nodes) => nodes.map((node) => node.getBoundingClientRect().bottom)"
IN_SIGHT = """(rows) => {
  const list = rows[0].parentNode.getBoundingClientRect();
  const boxes = rows.map((row) => row.getBoundingClientRect());
  return boxes.map(({ bottom, left }) => left < list.right && bottom <= list.bottom);
}"""
WAITING = """() => {
  const rows = [...document.querySelectorAll("#waiting li")];
  const right = document.getElementById("waiting").getBoundingClientRect().right;
  const seen = rows.filter((row) => row.getBoundingClientRect().left < right).length;
  return seen + Number(/and (\\d+) more/.exec(document.getElementById("more").textContent)[1]);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(live_server: LiveServer) -> AsyncIterator[Database]:
    """What the server reads, for whoever plays."""
    opened = Database(live_server.database_url, within=registry.WITHIN)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(database: Database) -> Hall:
    """Eight players at three tables."""
    return await make_hall(database, 8, 3)


async def test_it_moves_with_the_hall(
    browser: Browser, live_server: LiveServer, database: Database, hall: Hall, tmp_path: Path
) -> None:
    async with watched(browser, "television", "dark") as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/venues/old-hall/screen")
        await expect(page.locator(".table.free")).to_have_count(3)
        await expect(page.locator("#waiting li").first).to_contain_text("Spring-Cup-1 – Spring-Cup-8")
        now = datetime.now(UTC)
        first, *_ = await call_next(database, hall, now)
        await expect(page.locator(".call")).to_have_count(3)
        await expect(page.locator(".call").first).to_contain_text("Table 1")
        await expect(page.locator(".call .left").first).to_contain_text("4:")
        await expect(page.locator("#waiting li")).to_have_count(1)
        await page.screenshot(path=tmp_path / "screen-called.png")
        await answer(database, hall.organizer, first, 0, now)
        await expect(page.locator(".side.here")).to_have_count(1)
        await answer(database, hall.organizer, first, 1, now)
        table = page.locator(".table.playing")
        await expect(table).to_contain_text("Spring-Cup-1")
        await expect(page.locator(".call")).to_have_count(2)
        state = (await bracket(database, hall.tournament.id))["U1.1"]
        score = UpdateScore(state.id, state.version, (1, 0), now)
        live = await run(database, matches.update_score, hall.organizer, score)
        await expect(table.locator("b").first).to_have_text("1")
        decide = DecideResult(live.id, live.version, (2, 0), now)
        await run(database, matches.decide_result, hall.organizer, decide)
        await expect(page.locator(".table.free")).to_have_count(1)
        await expect(page.locator(".call")).to_have_count(2)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate("document.querySelector('.codes img').naturalWidth > 0")
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}


async def test_heats_are_called_and_played_on_it(browser: Browser, live_server: LiveServer, database: Database) -> None:
    (organizer,) = await make_people(database, "heat-organizer")
    venue = await make_venue(database, organizer, "race-hall")
    tables = await add_tables(database, organizer, venue, 1)
    plans = [free_for_all(games=2)]
    event, _ = await started(database, organizer, 8, "lobby", structure=None, stages=plans)
    await use_tables(database, organizer, event.id, venue, tables)
    async with watched(browser, "television", "dark") as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/venues/race-hall/screen")
        await expect(page.locator("#waiting li")).to_have_count(2)
        await expect(page.locator("#waiting li").first).to_contain_text("Heat 1 of round 1")
        call = CallNext(tournament_id=event.id, now=datetime.now(UTC))
        await run(database, queues.call_next, organizer, call)
        await expect(page.locator(".call")).to_contain_text("Heat 1 of round 1")
        await expect(page.locator(".call")).to_contain_text("Lobby-1, Lobby-4, Lobby-5, Lobby-8")
        await report(database, organizer, await heat_at(database, event.id, 1, 1))
        table = page.locator(".table.playing")
        await expect(table).to_contain_text("Heat 1 of round 1")
        await expect(table.locator("b").first).to_have_text("5")
        await report(database, organizer, await heat_at(database, event.id, 1, 1))
        await expect(page.locator(".table.free")).to_have_count(1)
        assert watch.complaints == []


async def test_forty_eight_tables_fit_on_a_television(
    browser: Browser, live_server: LiveServer, database: Database, tmp_path: Path
) -> None:
    (organizer,) = await make_people(database, "big-organizer")
    venue = await make_venue(database, organizer, "big-hall")
    tables = await add_tables(database, organizer, venue, 48)
    event, players = await started(
        database, organizer, 112, "big-cup", structure=Structure.SINGLE_ELIMINATION, capacity=112
    )
    await use_tables(database, organizer, event.id, venue, tables)
    big = Hall(organizer, venue, tables, event, players)
    now = datetime.now(UTC)
    calls = await call_next(database, big, now)
    for call in calls[:-6]:
        await answer(database, organizer, call, None, now)
    async with watched(browser, "television") as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/venues/big-hall/screen")
        await expect(page.locator(".call")).to_have_count(4)
        waiting = await page.locator(".table").count()
        await page.screenshot(path=tmp_path / "screen-48.png")
        assert waiting == len(calls) - 4
        bottoms = await page.locator(".table").evaluate_all(BOTTOMS)
        assert max(bottoms) <= 1080
        # Names are cut short before their lines break, and keep some room.
        widths = await page.locator(".table .line span").evaluate_all(
            "(names) => names.map((name) => name.clientWidth)"
        )
        assert min(widths) >= 90
        assert watch.complaints == []


@pytest.mark.parametrize("count", [8, 24])
async def test_tables_calls_and_the_code_fit_on_a_television(
    browser: Browser, live_server: LiveServer, database: Database, tmp_path: Path, count: int
) -> None:
    slug = f"hall-of-{count}"
    (organizer,) = await make_people(database, f"{slug}-organizer")
    venue = await make_venue(database, organizer, slug)
    tables = await add_tables(database, organizer, venue, count)
    people = 2 * count + 16
    event, players = await started(
        database, organizer, people, f"{slug}-cup", structure=Structure.SINGLE_ELIMINATION, capacity=people
    )
    await use_tables(database, organizer, event.id, venue, tables)
    now = datetime.now(UTC)
    big = Hall(organizer, venue, tables, event, players)
    calls = await call_next(database, big, now)
    for call in calls[:-3]:
        await answer(database, organizer, call, None, now)
    async with watched(browser, "television", "dark") as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/venues/{slug}/screen")
        await expect(page.locator(".call")).to_have_count(3)
        await expect(page.locator(".table.playing")).to_have_count(count - 3)
        await expect(page.locator("#more")).to_contain_text(" more after that")
        await page.screenshot(path=tmp_path / f"screen-{count}.png")
        bottoms = await page.locator(".table, .call, .codes img, #more").evaluate_all(BOTTOMS)
        assert max(bottoms) <= 1080
        # Whoever comes next is shown whole or not at all, and who is not is counted.
        inside = await page.locator("#waiting li").evaluate_all(IN_SIGHT)
        waiting = await page.evaluate(WAITING)
        assert all(inside[: sum(inside)])
        assert waiting == len((await state_of(database, big)).waiting)
        assert watch.complaints == []


async def test_it_says_that_there_is_no_such_venue(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser, "phone") as watch:
        await watch.open(f"{live_server.url}/venues/nowhere/screen")
        await expect(watch.page.locator("#notice-title")).to_have_text("No such venue")


async def test_the_code_leads_to_the_event(live_server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=live_server.url) as client:
        drawn = await client.get("/live/spring-cup/code.svg")
        too_long = await client.get(f"/live/{'x' * 600}/code.svg")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert drawn.text.startswith("<svg ")
    assert "script" not in drawn.text
    assert too_long.status_code == 404
