"""The live page shows who has checked in for a match and how long is left, and why a match was not played."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from domain import deadlines, matches, registry, tournaments
from domain.deadlines import SetCheckInDeadline
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import DisputeResult, MatchState, ReportResult
from domain.tournaments import StartTournament, Structure, Tournament
from tests.factories.deadlines import check_in, set_deadlines
from tests.factories.teams import make_people, run
from tests.factories.tournaments import bracket, enter, published
from tests.web.test_live_page import DUPLICATE_IDS, NAMELESS
from tests.web.watch import LiveServer, Watched, tap, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNTING = """async () => {
  const { countDown } = await import("/static/countdown.js");
  const node = document.body.appendChild(document.createElement("p"));
  const instants = [["Check-in", null], ["Check-in", Date.now() + 120_000], ["Reported", Date.now() - 1], ["", null]];
  const shown = instants.map(([what, instant]) => (countDown(node, what, instant), node.textContent));
  node.remove();
  return shown;
}"""
LEFT = """async (instants) => {
  const { timeLeft } = await import("/static/countdown.js");
  return instants.map((each) => timeLeft(each, 0));
}"""
MOMENTS = """async () => {
  const { moment } = await import("/static/text.js");
  return [moment(new Date().toISOString()), moment("2020-01-15T12:00:00Z")];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(live_server: LiveServer) -> AsyncIterator[Database]:
    """What the server reads, for whoever plays."""
    opened = Database(live_server.database_url, within=registry.WITHIN)
    yield opened
    await opened.close()


class _Cup:
    """A bracket of eight with ten minutes to check in and fifteen to answer a result."""

    def __init__(self, db: Database, organizer: Actor, event: Tournament, players: list[Actor]) -> None:
        self.db, self.organizer, self.event = db, organizer, event
        self._players = {player.require_user(): player for player in players}

    async def match(self, key: str) -> MatchState:
        return (await bracket(self.db, self.event.id))[key]

    async def sides(self, key: str) -> list[Actor]:
        slots = (await self.match(key)).slots
        return [self._players[slot.participant_id] for slot in slots if slot.participant_id is not None]

    async def check_in(self, key: str, *slots: int) -> None:
        sides = await self.sides(key)
        for slot in slots:
            await check_in(self.db, sides[slot], (await self.match(key)).id, now=datetime.now(UTC))

    async def report(self, key: str, scores: tuple[int, int]) -> None:
        first, _ = await self.sides(key)
        state = await self.match(key)
        command = ReportResult(state.id, state.version, scores, datetime.now(UTC))
        await run(self.db, matches.report_result, first, command)

    async def dispute(self, key: str, reason: str) -> None:
        _, second = await self.sides(key)
        state = await self.match(key)
        command = DisputeResult(state.id, state.version, reason, datetime.now(UTC))
        await run(self.db, matches.dispute_result, second, command)

    async def end_check_in(self, key: str) -> None:
        now = datetime.now(UTC)
        state = await self.match(key)
        command = SetCheckInDeadline(match_id=state.id, deadline_at=now + timedelta(seconds=2), now=now)
        await run(self.db, deadlines.set_check_in_deadline, self.organizer, command)


async def _cup(db: Database, slug: str) -> _Cup:
    organizer, *players = await make_people(db, f"{slug}-manager", *(f"{slug}-{number}" for number in range(1, 9)))
    event = await published(db, organizer, slug, structure=Structure.SINGLE_ELIMINATION)
    await set_deadlines(db, organizer, event.id, check_in=10, confirmation=15)
    await enter(db, event.id, *players)
    command = StartTournament(event.id, datetime.now(UTC))
    await run(db, tournaments.start_tournament, organizer, command)
    return _Cup(db, organizer, event, players)


def _card(page: Page, key: str) -> Locator:
    return page.locator(".match").filter(has=page.locator(".key", has_text=key))


async def _open(watch: Watched, server: LiveServer, slug: str) -> Page:
    await watch.open(f"{server.url}/live/{slug}")
    await watch.page.wait_for_selector("#connection[data-kind=live]")
    return watch.page


async def test_a_match_as_it_waits_for_its_sides(
    browser: Browser, live_server: LiveServer, database: Database, tmp_path: Path
) -> None:
    cup = await _cup(database, "checked-cup")
    async with watched(browser) as watch:
        wire = await tap(watch.page)
        page = await _open(watch, live_server, "checked-cup")
        card = _card(page, "U1.1")
        left = card.locator(".tag")
        await expect(left).to_have_text(re.compile(r"^Check-in · \d:\d\d$"))
        await expect(left).not_to_have_text(await left.text_content() or "")
        await cup.check_in("U1.1", 0)
        await expect(card.locator(".score")).to_have_text(["✓", ""])
        await expect(card).to_have_attribute("aria-label", re.compile(r"Check-in\. Checked-Cup-1 has checked in\.$"))
        await card.press("Enter")
        await expect(page.locator("#panel .side-score")).to_have_text(["✓", "–"])
        await expect(page.locator("#panel .due-note")).to_contain_text("loses without play")
        await expect(page.locator("#panel .due-left")).to_have_text(re.compile(r"^\d:\d\d$"))
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(DUPLICATE_IDS) == []
        await page.screenshot(path=tmp_path / "checking-in.png")
        await cup.check_in("U1.1", 1)
        await expect(left).to_have_text("Live")
        await expect(page.locator("#panel .due-left")).to_be_hidden()
        await expect(page.locator("#panel .side-score")).to_have_text(["0", "0"])
        # One stream tells what happens, the other what is due; each goes on where it was.
        await wire.cut()
        await cup.check_in("U1.2", 1)
        await expect(_card(page, "U1.2").locator(".score")).to_have_text(["", "✓"])
        assert [given["after"] is None for given in wire.subscriptions("bracketChanges")] == [False, True, False, False]
        assert watch.complaints == []


async def test_a_check_in_that_is_over_is_a_walkover(
    browser: Browser, live_server: LiveServer, database: Database
) -> None:
    cup = await _cup(database, "late-cup")
    async with watched(browser, "phone", "dark") as watch:
        page = await _open(watch, live_server, "late-cup")
        card = _card(page, "U1.4")
        await expect(card.locator(".tag")).to_contain_text("Check-in")
        await cup.check_in("U1.4", 1)
        await cup.end_check_in("U1.4")
        await expect(card.locator(".tag")).to_have_text("Walkover")
        await expect(card.locator(".slot.won .name")).to_have_text("Late-Cup-6")
        await card.press("Enter")
        await expect(page.locator("#panel .due-note")).to_have_text("The other side had not checked in in time.")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watch.complaints == []


async def test_a_result_that_waits_for_an_answer(
    browser: Browser, live_server: LiveServer, database: Database, tmp_path: Path
) -> None:
    cup = await _cup(database, "reported-cup")
    async with watched(browser) as watch:
        page = await _open(watch, live_server, "reported-cup")
        card = _card(page, "U1.3")
        await expect(card.locator(".tag")).to_contain_text("Check-in")
        await cup.check_in("U1.3", 0, 1)
        await cup.report("U1.3", (2, 1))
        await expect(card.locator(".tag")).to_have_text(re.compile(r"^Reported · 1[45]:\d\d$"))
        await card.press("Enter")
        await expect(page.locator("#panel .due-note")).to_contain_text("Reported: 2 – 1. It counts at ")
        await page.screenshot(path=tmp_path / "reported.png")
        await cup.dispute("U1.3", "They played another map.")
        await expect(card.locator(".tag")).to_have_text("Disputed")
        await expect(page.locator("#panel .due-note")).to_have_text(
            "The sides disagree, so an official decides. They played another map."
        )
        await expect(page.locator("#panel .due-left")).to_be_hidden()
        assert watch.complaints == []


async def test_check_ins_that_nobody_needs_any_more_are_gone(
    browser: Browser, live_server: LiveServer, database: Database
) -> None:
    cup = await _cup(database, "changed-cup")
    async with watched(browser) as watch:
        page = await _open(watch, live_server, "changed-cup")
        tag = _card(page, "U1.1").locator(".tag")
        await expect(tag).to_contain_text("Check-in")
        await set_deadlines(database, cup.organizer, cup.event.id, confirmation=15, now=datetime.now(UTC))
        await expect(tag).to_have_text("Ready")
        assert watch.complaints == []


async def test_events_without_deadlines_have_one_stream(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        wire = await tap(watch.page)
        await watch.open_bracket(live_server)
        await expect(watch.page.locator("#viewers")).not_to_be_empty()
        assert len(wire.subscriptions("bracketChanges")) == 1


async def test_how_long_is_left(bench: Page) -> None:
    minute, hour, day = 60_000, 3_600_000, 86_400_000
    instants = [-1, 0, 1, 9_001, minute, hour - 1, hour, 5 * hour + 12 * minute, day, 3 * day + 4 * hour]
    said = [None, None, "0:01", "0:10", "1:00", "1 h 0 min", "1 h 0 min", "5 h 12 min", "1 d 0 h", "3 d 4 h"]
    assert await bench.evaluate(LEFT, instants) == said


async def test_a_time_of_another_day_says_the_day(bench: Page) -> None:
    today, other = await bench.evaluate(MOMENTS)
    assert re.fullmatch(r"\d+:\d\d:\d\d( [AP]M)?", today)
    assert "Jan" in other


async def test_a_countdown_runs_for_as_long_as_it_is_shown(bench: Page) -> None:
    shown = await bench.evaluate(COUNTING)
    assert shown == ["Check-in", "Check-in · 2:00", "Reported · time is over", ""]
