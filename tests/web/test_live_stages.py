"""The live page of events of several stages on the real server: tables, rounds, and how they move with the results."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from domain import matches, registry
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.scoring import MatchScoring
from domain.matches import DecideResult, MatchStatus
from domain.tournaments import Points, Ranking, StageSource, Tournament
from tests.factories.stages import knockout, round_robin, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import entrants, favourite, play, play_on, started, states
from tests.web.test_live_page import DUPLICATE_IDS, NAMELESS
from tests.web.watch import LiveServer, Watched, tap, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

Event = tuple[Tournament, dict[UUID, Actor]]

TABS = """async () => {
  const list = document.body.appendChild(document.createElement("div"));
  const arena = document.body.appendChild(document.createElement("div"));
  [list.id, arena.id] = ["stages", "arena"];
  Object.assign(list.style, { display: "flex", width: "300px", overflowX: "auto", position: "fixed", left: 0 });
  const { StageTabs } = await import("/static/stage-tabs.js");
  const numbers = Array.from({ length: 16 }, (_, index) => index + 1);
  const stages = numbers.map((number) => ({ number, name: `Stage ${number}`, status: "RUNNING", hasBegun: true }));
  new StageTabs(() => {}).show(stages, 16);
  const { left, right } = document.getElementById("tab-16").getBoundingClientRect();
  list.remove();
  arena.remove();
  return [left, right];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(live_server: LiveServer) -> AsyncIterator[Database]:
    """What the server reads, for whoever plays."""
    opened = Database(live_server.database_url, within=registry.WITHIN)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def organizer(database: Database) -> Actor:
    """Who holds the events."""
    (actor,) = await make_people(database, "stage-manager")
    return actor


async def _open(watch: Watched, server: LiveServer, slug: str, stage: str = "") -> Page:
    await watch.open(f"{server.url}/live/{slug}{stage}")
    await watch.page.wait_for_selector("#connection[data-kind=live]")
    return watch.page


async def _rows(page: Page, group: int) -> list[str]:
    rows = page.locator(f"section[aria-labelledby=group-{group}] tbody th")
    return [(await row.get_attribute("title")) or "" for row in await rows.all()]


async def _play_all(database: Database, event: Event, but: int = 0) -> None:
    ready = [state for state in await states(database, event[0].id) if state.status is MatchStatus.READY]
    for state in ready[: len(ready) - but]:
        await play(database, state, event[1], favourite(state))


async def _started(database: Database, organizer: Actor, people: int, slug: str, **given: Any) -> Event:
    return await started(database, organizer, people, slug=slug, structure=None, capacity=people, **given)


async def test_groups_and_then_a_final(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor, tmp_path: Path
) -> None:
    plans = [round_robin(group_count=4), knockout(StageSource(1, 1, 2))]
    event = await _started(database, organizer, 16, "groups-cup", stages=plans)
    await _play_all(database, event, but=1)
    async with watched(browser) as watch:
        page = await _open(watch, live_server, "groups-cup")
        await expect(page.get_by_role("tab", name="Round robin")).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_role("tab", name="Single elimination")).to_be_disabled()
        await expect(page.locator(".group h2")).to_have_text([f"Group {name}" for name in "ABCD"])
        await expect(page.locator(".fixture")).to_have_count(24)
        await expect(page.locator("#stage")).to_be_hidden()
        await expect(page.locator(".through")).to_have_count(8)
        assert await _rows(page, 1) == [f"Groups-Cup-{number}" for number in (1, 8, 9, 16)]
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(DUPLICATE_IDS) == []
        await page.screenshot(path=tmp_path / "groups.png")
        await page.locator(".fixture").first.hover()
        await page.locator(".fixture .seat").first.hover()
        await expect(page.locator(".fixture.on-path")).to_have_count(3)
        await page.locator(".fixture").first.press("Enter")
        await expect(page.locator("#panel .side")).to_have_count(2)
        await page.keyboard.press("Escape")
        await _play_all(database, event)
        # With the last result the final begins, and whoever has not chosen a stage comes along.
        await expect(page.get_by_role("tab", name="Single elimination")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(".match")).to_have_count(7)
        await expect(page.locator("#groups")).to_be_hidden()
        await page.get_by_role("tab", name="Single elimination").press("ArrowLeft")
        await expect(page.get_by_role("tab", name="Round robin")).to_be_focused()
        await expect(page.locator(".fixture").first).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("tab", name="Round robin")).to_have_attribute("aria-selected", "true")
        assert page.url.endswith("#stage-1")
        await play_on(database, event[0].id, event[1])
        await expect(page.locator("#champion-name")).to_have_text("Groups-Cup-1")
        await expect(page.locator("#podium .rank")).to_have_text(["2.", "3–4.", "3–4."])
        await expect(page.locator("#podium li").first).to_contain_text("Groups-Cup-2")
        await expect(page.locator("#entrants")).to_have_text("Standings")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watch.complaints == []


async def test_a_swiss_moves_by_its_results(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor, tmp_path: Path
) -> None:
    event = await _started(database, organizer, 7, "swiss-cup", stages=[swiss(rounds=3)])
    await _play_all(database, event)
    async with watched(browser) as watch:
        page = watch.page
        wire = await tap(page)
        await _open(watch, live_server, "swiss-cup")
        await expect(page.locator("#stages")).to_be_hidden()
        await expect(page.locator(".group-rounds h3")).to_have_text(["Round 2", "Round 1"])
        await expect(page.locator(".bye").last).to_contain_text("sits out")
        await expect(page.locator(".standings tbody tr")).to_have_count(7)
        before = await page.locator(".standings").inner_text()
        await _play_all(database, event)
        await expect(page.locator(".group-rounds h3")).to_have_text(["Round 3", "Round 2", "Round 1"])
        await expect(page.locator(".standings tbody tr td:nth-child(3)").first).to_have_text("2")
        assert await page.locator(".standings").inner_text() != before
        await page.screenshot(path=tmp_path / "swiss.png")
        await _play_all(database, event)
        await expect(page.locator("#champion-name")).to_have_text("Swiss-Cup-1")
        # One stream has told all of it, and goes on where it was when the connection was cut.
        heard = wire.messages("standingsChanges")
        assert [message["__typename"] for message in heard[:2]] == ["StandingsSnapshot", "StandingsChanged"]
        await wire.cut()
        async with asyncio.timeout(30):
            while len(wire.subscriptions("standingsChanges")) < 2:
                await wire.news()
        first, again = wire.subscriptions("standingsChanges")
        # What was told last may have been on its way to the page when the connection was cut, and be told again.
        told = [message["cursor"] for message in wire.messages("standingsChanges")]
        assert first["after"] is None
        assert again["after"] in told[1:]
        assert watch.complaints == []


async def test_a_swiss_marks_who_is_through_and_who_is_out(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor, tmp_path: Path
) -> None:
    plans = [swiss(wins_to_advance=2, losses_to_leave=2), knockout(StageSource(1, 1, 4))]
    event = await _started(database, organizer, 8, "majors", stages=plans)
    await _play_all(database, event)
    async with watched(browser) as watch:
        page = await _open(watch, live_server, "majors", "#stage-1")
        await expect(page.locator(".through-note")).to_have_text("2 wins: through · 2 losses: out")
        await expect(page.locator(".standings tbody tr")).to_have_count(8)
        await expect(page.locator(".standings tr.through")).to_have_count(0)
        await _play_all(database, event)
        await expect(page.locator(".standings tr.through .exit")).to_have_text(["through: "] * 2)
        await expect(page.locator(".standings tr.out .exit")).to_have_text(["out: "] * 2)
        await page.screenshot(path=tmp_path / "through.png")
        await _play_all(database, event)
        await expect(page.locator(".standings tr.through")).to_have_count(4)
        await expect(page.locator(".standings tr.out")).to_have_count(4)
        assert watch.complaints == []


async def test_the_list_of_entrants_begins_with_who_is_still_in(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor
) -> None:
    event = await _started(database, organizer, 4, "knock-out", stages=[knockout()])
    await _play_all(database, event, but=1)
    (out,) = [each.name for each in await entrants(database, event[0].id) if each.placement_low is not None]
    async with watched(browser, "phone") as watch:
        page = await _open(watch, live_server, "knock-out")
        await page.click("#entrants")
        await expect(page.locator(".roster .rank")).to_have_text(["–", "–", "–", "3–4."])
        await expect(page.locator(".roster li").last).to_contain_text(out)
        assert watch.complaints == []


async def test_as_many_are_marked_as_go_on_also_of_equals(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor
) -> None:
    plans = [round_robin(), knockout(StageSource(1, 1, 2))]
    await _started(database, organizer, 4, "equals", stages=plans)
    async with watched(browser) as watch:
        page = await _open(watch, live_server, "equals")
        await expect(page.locator(".standings .place")).to_have_text(["1="] * 4)
        first_two = [re.compile("Equals-1"), re.compile("Equals-2")]
        await expect(page.locator(".standings .through th")).to_have_text(first_two)
        assert watch.complaints == []


async def test_the_chosen_tab_is_in_sight(bench: Page) -> None:
    left, right = await bench.evaluate(TABS)
    # Scrolling rounds to whole pixels.
    assert 0 <= left < right <= 301


@pytest.mark.parametrize(("groups", "people"), [(1, 6), (4, 16), (8, 32), (20, 60)])
async def test_the_start_page_draws_groups(
    browser: Browser,
    live_server: LiveServer,
    database: Database,
    organizer: Actor,
    tmp_path: Path,
    groups: int,
    people: int,
) -> None:
    plans = [round_robin(group_count=groups), knockout(StageSource(1, 1, 1))]
    plans = plans if groups > 1 else [swiss(rounds=3)]
    event = await _started(database, organizer, people, f"drawn-{groups}", stages=plans)
    played = [state for state in await states(database, event[0].id) if state.status is MatchStatus.READY]
    await play(database, played[0], event[1], 0)
    async with watched(browser) as watch:
        await watch.open(f"{live_server.url}/")
        card = watch.page.locator(f".running-card[href='/live/drawn-{groups}']")
        await expect(card.locator(".bar")).to_have_count(len(played))
        await expect(card.locator(".bar.is-finished")).to_have_count(1)
        boxes = await card.locator(".bar").evaluate_all(
            "(bars) => bars.map((bar) => [bar.x, bar.y, bar.width, bar.height].map((each) => each.baseVal.value))"
        )
        assert all(x >= 0 and y >= 0 and x + width <= 320 and y + height <= 112 for x, y, width, height in boxes)
        corners = {(x, y) for x, y, _, _ in boxes}
        assert len(corners) == len(boxes)
        await card.screenshot(path=tmp_path / f"drawn-{groups}.png")
        assert watch.complaints == []


async def test_draws_are_shown_as_draws_and_count_in_the_table(
    browser: Browser, live_server: LiveServer, database: Database, organizer: Actor, tmp_path: Path
) -> None:
    goals: dict[str, Any] = {"scoring": MatchScoring.POINTS}
    plans = [
        round_robin(**goals, ranking=Ranking(points=Points(win=6, draw=2))),
        knockout(StageSource(1, 1, 2), **goals),
    ]
    event = await _started(database, organizer, 4, "football-cup", stages=plans)
    results = iter([(0, 0), (3, 1), (2, 2), (0, 1), (4, 0), (1, 1)])

    async def play_next(winner: int | None = None, scores: tuple[int, int] | None = None) -> None:
        state = next(each for each in await states(database, event[0].id) if each.status is MatchStatus.READY)
        command = DecideResult(state.id, state.version, scores or next(results), NOW, winner=winner)
        await run(database, matches.decide_result, organizer, command)

    async with watched(browser) as watch:
        page = await _open(watch, live_server, "football-cup")
        await expect(page.locator(".standings tbody td:nth-child(3)")).to_have_text(["0", "0", "0", "0"])
        await play_next()
        drawn = page.locator(".fixture.is-finished")
        await expect(drawn.locator(".fixture-tag")).to_have_text("Draw")
        await expect(drawn.locator(".won, .lost")).to_have_count(0)
        assert "0. Drawn." in (await drawn.get_attribute("aria-label") or "")
        await expect(page.locator("#announcements, [aria-live=polite]").first).to_contain_text("Drawn.")
        # A draw alone has the table read again.
        await expect(page.locator(".standings tbody td:nth-child(3)")).to_have_text(["1", "1", "0", "0"])
        await drawn.press("Enter")
        await expect(page.locator("#panel .facts")).to_have_text("DrawBy points")
        await page.keyboard.press("Escape")
        for _ in range(4):
            await play_next()
        await page.screenshot(path=tmp_path / "draws.png")
        await play_next()
        await expect(page.locator(".match")).to_have_count(1)
        await play_next(winner=1, scores=(1, 1))
        await expect(page.locator("#champion-name")).not_to_be_empty()
        await expect(page.locator(".match")).to_contain_text("After a tie-break")
        await page.screenshot(path=tmp_path / "penalties.png")
        assert watch.complaints == []
