"""The live page on the real server: how it looks, how it is used without a mouse, and how it survives a lost line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from tests.web.brackets import Json
from tests.web.watch import SIZES, LiveServer, Wire, tap, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMELESS = """() => [...document.querySelectorAll("a[href], button, input, select, [role], [tabindex='0']")]
  .filter((node) => node.checkVisibility())
  .filter((node) => {
    const by = node.getAttribute("aria-labelledby");
    const name = node.getAttribute("aria-label") ?? (by ? document.getElementById(by)?.textContent : node.textContent);
    return !name?.trim();
  })
  .map((node) => node.outerHTML.slice(0, 120))"""

DUPLICATE_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""

REMEMBER_BADGE = """() => {
  window.badge = [];
  const node = document.getElementById("connection");
  const text = document.getElementById("connection-text");
  const remember = () => window.badge.push(`${node.dataset.kind}: ${text.textContent}`);
  new MutationObserver(remember).observe(node, { attributes: true, childList: true, subtree: true });
}"""

CONTRASTS = """() => {
  const probe = document.body.appendChild(document.createElement("span"));
  const channels = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  };
  const luminance = (name) => {
    const [red, green, blue] = channels(name).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const grounds = ["--ground", "--surface", "--raised", "--sunken"];
  const pairs = ["--text", "--quiet", "--accent"].flatMap((ink) => grounds.map((ground) => [ink, ground]));
  pairs.push(["--on-accent", "--accent"], ["--accent", "--wash"]);
  const found = Object.fromEntries(pairs.map(([ink, ground]) => [`${ink} on ${ground}`, contrast(ink, ground)]));
  probe.remove();
  return found;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_the_bracket(
    browser: Browser, live_server: LiveServer, tmp_path: Path, size: str, theme: str
) -> None:
    async with watched(browser, size, theme) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        await page.screenshot(path=tmp_path / f"live-{size}-{theme}.png")
        assert await page.locator("h1").inner_text() != ""
        assert " of " in await page.locator("#progress-text").inner_text()
        assert await page.locator(".match").count() > 2
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}


async def test_text_on_a_phone_is_readable(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser, "phone") as watch:
        await watch.open_bracket(live_server)
        name = await watch.page.locator(".match .name").first.bounding_box()
        assert name
        assert name["height"] >= 16


async def test_it_resumes_after_a_lost_connection(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        wire = await tap(watch.page)
        await watch.open_bracket(live_server)
        await _until_changes(wire, 2)
        before = _cursors(wire)
        await watch.page.evaluate(REMEMBER_BADGE)
        await wire.cut()
        # What it said in between may be gone before the test looks.
        await watch.page.wait_for_function("() => window.badge.includes('live: Resumed')")
        assert any(said.startswith("waiting: ") for said in await watch.page.evaluate("window.badge"))
        first, second = wire.subscriptions("bracketChanges")
        # What came last may have been on its way to the page when the connection was cut, and come again.
        assert int(second["after"]) in _cursors(wire)
        assert second["tournamentId"] == first["tournamentId"]
        await _until_changes(wire, len(before) + 2)
        cursors = _cursors(wire)
        assert sorted(set(cursors)) == list(range(cursors[0], max(cursors) + 1))
        assert watch.complaints == []


async def test_a_lost_message_is_asked_for_again(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        wire = await tap(watch.page)
        await watch.open_bracket(live_server)
        await _until_changes(wire, 2)
        before = _cursors(wire)
        wire.to_lose = 1
        await _until_changes(wire, len(before) + 3)
        async with asyncio.timeout(60):
            # Newer ones may arrive before the page has noticed and what it asks for again is here.
            while sorted(set(_cursors(wire))) != list(range(before[0], max(_cursors(wire)) + 1)):
                await wire.news()
        _, again = wire.subscriptions("bracketChanges")
        assert int(again["after"]) == before[-1]


async def test_a_result_shows_without_a_reload(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        wire = await tap(watch.page)
        await watch.open_bracket(live_server)
        await _until_changes(wire, 3)
        async with asyncio.timeout(60):
            while await _shown_scores(watch.page, wire) != _sent_scores(wire):
                await watch.page.wait_for_timeout(50)


async def test_it_shows_how_many_watch(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        wire = await tap(watch.page)
        await watch.open_bracket(live_server)
        await _until_watched(watch.page, wire, 1)
        async with watched(browser) as other:
            await other.open_bracket(live_server)
            await _until_watched(watch.page, wire, 2)
        await _until_watched(watch.page, wire, 1)
        assert watch.complaints == []


async def test_arrow_keys_walk_the_bracket(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        await page.locator("#stage").focus()
        await page.keyboard.press("Enter")
        first = await _focused(page)
        assert await page.locator(f"[data-match='{first}']").get_attribute("tabindex") == "0"
        await page.keyboard.press("ArrowDown")
        below = await _focused(page)
        await page.keyboard.press("ArrowUp")
        assert (await _focused(page), below != first) == (first, True)
        await page.keyboard.press("ArrowRight")
        onward = await _focused(page)
        await page.keyboard.press("ArrowLeft")
        assert onward != first
        assert await page.locator(".match[tabindex='0']").count() == 1
        assert watch.complaints == []


async def test_a_match_opens_and_closes_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        await page.locator("#stage").focus()
        await page.keyboard.press("Enter")
        first = await _focused(page)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#panel .log li")
        assert await page.locator("#panel .side").count() == 2
        assert await page.evaluate("document.activeElement.id") == "panel-title"
        await page.keyboard.press("Escape")
        assert not await page.locator("#panel").is_visible()
        assert await _focused(page) == first
        assert watch.complaints == []


async def test_keys_move_and_zoom_the_view(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        await page.locator("#stage").focus()
        await page.keyboard.press("0")
        whole = await _scale(page)
        await page.keyboard.press("+")
        assert await _scale(page) == pytest.approx(whole * 1.25)
        await page.keyboard.press("-")
        assert await _scale(page) == pytest.approx(whole)
        await page.keyboard.press("+")
        before = await page.locator("#world").get_attribute("transform")
        await page.keyboard.press("ArrowDown")
        assert await page.locator("#world").get_attribute("transform") != before


async def test_a_found_entrant_lights_up_with_the_whole_way(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        key = await page.locator(".slot:not([data-entrant=''])").first.get_attribute("data-entrant")
        name = await page.locator(f".slot[data-entrant='{key}'] title").first.inner_html()
        await page.fill("#search", name)
        await page.press("#search", "Enter")
        await page.wait_for_selector("#unpin")
        lit = await page.eval_on_selector_all(".match.on-path", "(nodes) => nodes.map((node) => node.dataset.match)")
        theirs = await page.eval_on_selector_all(
            f".slot[data-entrant='{key}']", "(nodes) => nodes.map((node) => node.parentNode.dataset.match)"
        )
        assert lit == theirs
        await page.click("#unpin")
        assert await page.locator(".on-path").count() == 0
        assert watch.complaints == []


async def test_an_unknown_event_is_said_clearly(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        await watch.open(f"{live_server.url}/live/there-is-no-such-event")
        await watch.page.wait_for_selector("#notice")
        assert "there-is-no-such-event" in await watch.page.locator("#notice-text").inner_text()
        assert await watch.page.locator("#arena").is_hidden()


@pytest.mark.parametrize("size", SIZES)
async def test_everything_has_a_name(browser: Browser, live_server: LiveServer, size: str) -> None:
    async with watched(browser, size) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(DUPLICATE_IDS) == []
        assert await page.locator("h1").count() == 1
        assert await page.locator("html").get_attribute("lang") == "en"
        assert await page.locator("#announcements").get_attribute("aria-live") == "polite"


async def test_every_match_is_also_text(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        drawn = await page.locator(".match").count()
        rows = await page.locator("#text-bracket tbody tr").count()
        resets = await page.locator("#text-bracket tbody tr").filter(has_text="F2.1").count()
        assert rows - drawn in (0, resets)
        groups = await page.eval_on_selector_all("#world > [role=group]", "(all) => all.map((each) => each.ariaLabel)")
        captions = await page.locator("#text-bracket caption").all_inner_texts()
        assert [text for text in captions if text in groups] == [text for text in groups if text in captions]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_colours_have_the_contrast_of_wcag_aa(browser: Browser, live_server: LiveServer, theme: str) -> None:
    async with watched(browser, theme=theme) as watch:
        await watch.open_bracket(live_server)
        found = await watch.page.evaluate(CONTRASTS)
        assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < 4.5} == {}


async def test_the_theme_can_be_chosen_and_stays(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser, theme="light") as watch:
        page = watch.page
        await watch.open_bracket(live_server)
        await page.click("#theme")
        await page.reload()
        await page.wait_for_selector(".match")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(11, 14, 19)"


_SCORES_OF = """(ids) => ids.map((id) => {
  const card = document.querySelector(`[data-match="${id}"]`);
  return card && [...card.querySelectorAll(".score")].map((node) => node.textContent);
})"""


def _changed_matches(wire: Wire) -> dict[str, Json]:
    messages = wire.messages("bracketChanges")
    return {message["match"]["id"]: message["match"] for message in messages if message["__typename"] == "MatchChanged"}


def _sent_scores(wire: Wire) -> list[list[str]]:
    shown = [match for match in _changed_matches(wire).values() if match["status"] in ("LIVE", "FINISHED")]
    return [["" if slot["score"] is None else str(slot["score"]) for slot in match["slots"]] for match in shown]


async def _shown_scores(page: Page, wire: Wire) -> list[list[str]]:
    shown = [key for key, match in _changed_matches(wire).items() if match["status"] in ("LIVE", "FINISHED")]
    scores: list[list[str]] = await page.evaluate(_SCORES_OF, shown)
    return scores


async def _focused(page: Page) -> str:
    focused: str = await page.evaluate("document.activeElement.dataset.match ?? ''")
    assert focused
    return focused


async def _scale(page: Page) -> float:
    transform = await page.locator("#world").get_attribute("transform")
    assert transform
    return float(transform.removeprefix("matrix(").split()[0])


def _cursors(wire: Wire) -> list[int]:
    messages = wire.messages("bracketChanges")
    return [int(message["cursor"]) for message in messages if message["__typename"] != "Resync"]


async def _until_watched(page: Page, wire: Wire, count: int) -> None:
    async with asyncio.timeout(60):
        while [each["viewerCount"] for each in wire.messages("presenceChanges")[-1:]] != [count]:
            await wire.news()
    await page.wait_for_function(f"() => document.getElementById('viewers').textContent === '{count} watching'")


async def _until_changes(wire: Wire, count: int) -> None:
    async with asyncio.timeout(60):
        while len(_cursors(wire)) < count:
            await wire.news()
