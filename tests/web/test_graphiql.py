"""The API explorer on the real server: a log-in first, or a plain word on how to build it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.web.conftest import ADMIN_PASSWORD
from tests.web.watch import LiveServer, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Whether the answer that is shown contains a text.
ANSWERED = "text => document.querySelector('.graphiql-response').innerText.includes(text)"
ATTEMPTS = 6
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


async def test_an_administrator_asks_and_subscribes(browser: Browser, live_server: LiveServer) -> None:
    if not BUILT:
        pytest.skip("the API explorer is built from npm, and Node.js is not here")
    async with watched(browser) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/graphiql")
        await _log_in(page, "admin@matchpoint.local", ADMIN_PASSWORD)
        await _ask(page, "{ viewer { user { username } } }", "admin")
        query = f'{{ tournament(slug: "{live_server.slug}") {{ id }} }}'
        answer = await (await page.request.post(f"{live_server.url}/graphql", data={"query": query})).json()
        field = f'bracketChanges(tournamentId: "{answer["data"]["tournament"]["id"]}")'
        await _ask(
            page, f"subscription {{ {field} {{ __typename ... on MatchChanged {{ cursor }} }} }}", "MatchChanged"
        )
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}


async def test_somebody_else_is_turned_away(browser: Browser, live_server: LiveServer) -> None:
    if not BUILT:
        pytest.skip("the API explorer is built from npm, and Node.js is not here")
    async with watched(browser) as watch:
        page = watch.page
        account = {"email": "eve@example.com", "username": "eve", "password": "only for this test"}
        register = "mutation($input: RegisterInput!) { register(input: $input) { __typename } }"
        body = {"query": register, "variables": {"input": account}}
        await page.request.post(f"{live_server.url}/graphql", data=body)
        await watch.open(f"{live_server.url}/graphiql")
        await _log_in(page, "eve", account["password"])
        await page.get_by_role("heading", name="Only for administrators").wait_for()
        assert await page.locator(".graphiql-container").count() == 0


async def _log_in(page: Page, login: str, password: str) -> None:
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", password)
    await page.click("form button")


async def _ask(page: Page, document: str, expected: str) -> None:
    """Types a document into the editor and executes it until the answer is there.

    More than once, because an editor that is still loading its parts may drop what was typed.
    """
    lines = page.locator(".graphiql-query-editor .view-line")
    await lines.first.wait_for()
    for _ in range(ATTEMPTS):
        await lines.first.click()
        await page.keyboard.press("Control+a")
        await page.keyboard.press("Delete")
        await page.keyboard.insert_text(document)
        # The editor tells GraphiQL of a change after a moment.
        await page.wait_for_timeout(500)
        await page.keyboard.press("Control+Enter")
        with suppress(PlaywrightTimeout):
            await page.wait_for_function(ANSWERED, arg=expected, timeout=10_000)
            return
    raise AssertionError(await page.locator(".graphiql-response").inner_text())
