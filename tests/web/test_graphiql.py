"""The API explorer on the real server: a log-in first, then GraphiQL, or the plain page where it is not built."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from schema.server.documents import FOLDER as DOCUMENTS
from schema.server.pages import _POLICY, WEB
from tests.web.conftest import ADMIN_PASSWORD
from tests.web.watch import SIZES, LiveServer, Watched, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Whether the answer that is shown contains a text.
ANSWERED = "text => document.querySelector('.graphiql-response').innerText.includes(text)"
# Whether the editor contains a text; it shows spaces as other ones.
WRITTEN = """text => document.querySelector('.graphiql-query-editor').innerText.replace(/\\s/g, ' ').includes(text)"""
ATTEMPTS = 6
PLAIN = WEB / "graphiql" / "plain.html"
PASSWORD = "only for this test"
CHANGED = "{ __typename ... on MatchChanged { cursor } }"
NEEDS_NODE = pytest.mark.skipif(
    not (WEB / "graphiql" / "dist" / "index.html").is_file(),
    reason="GraphiQL is built from npm, and Node.js is not here",
)


async def test_nobody_gets_in_unasked(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        await watch.open(f"{live_server.url}/graphiql")
        await watch.page.get_by_role("heading", name="API explorer").wait_for()
        assert await watch.page.locator(".graphiql-container, #desk:visible").count() == 0
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}


async def test_a_wrong_password_is_refused(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await watch.open(f"{live_server.url}/graphiql")
        await page.fill("[name=login]", "nobody-of-that-name")
        await page.fill("[name=password]", "not the password")
        await page.click("form button")
        await page.wait_for_function("() => document.querySelector('[role=alert]').textContent !== ''")
        assert await page.locator(".graphiql-container, #desk:visible").count() == 0
        assert await page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


@NEEDS_NODE
async def test_an_administrator_asks_and_subscribes(browser: Browser, live_server: LiveServer) -> None:
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


@pytest.mark.parametrize("is_plain", [pytest.param(False, marks=NEEDS_NODE), True])
async def test_somebody_else_is_turned_away(browser: Browser, live_server: LiveServer, is_plain: bool) -> None:
    async with watched(browser) as watch:
        await _open(watch, live_server, is_plain)
        await _register(watch.page, live_server, "eve")
        await _log_in(watch.page, "eve", PASSWORD)
        await watch.page.get_by_role("heading", name="Only for administrators").wait_for()
        assert await watch.page.locator(".graphiql-container, #desk:visible").count() == 0


@NEEDS_NODE
async def test_the_explorer_writes_a_field(browser: Browser, live_server: LiveServer) -> None:
    async with _administrator(browser, live_server) as page:
        await page.get_by_role("button", name="GraphiQL Explorer").click()
        await page.locator(".graphiql-plugin").get_by_text("leaderboard", exact=True).click()
        await page.wait_for_function(WRITTEN, arg="leaderboard(game:")


@NEEDS_NODE
async def test_a_document_of_our_own_opens_in_a_tab_and_runs(browser: Browser, live_server: LiveServer) -> None:
    async with _administrator(browser, live_server) as page:
        await page.get_by_role("button", name="Documents").click()
        shown = await page.locator(".document strong").all_inner_texts()  # nobody has opened a partner
        assert shown == sorted(path.stem for path in DOCUMENTS.glob("*.graphql"))
        entry = page.locator(".documents li", has=page.get_by_text("Overview", exact=True))
        assert await entry.locator(".document-kind").inner_text() == "query"
        digest = hashlib.sha256((DOCUMENTS / "Overview.graphql").read_bytes()).hexdigest()
        assert await entry.locator("code").inner_text() == digest
        await entry.get_by_role("button").click()
        await page.wait_for_function(WRITTEN, arg="query Overview {")
        assert await page.locator(".graphiql-tab").count() == 2
        for _ in range(ATTEMPTS):  # while the editor of answers still loads, nothing is executed
            await page.get_by_role("button", name="Execute query").click()
            with suppress(PlaywrightTimeout):
                await page.wait_for_function(ANSWERED, arg="running", timeout=10_000)
                break
        assert "running" in await page.locator(".graphiql-response").inner_text()
        answer = await page.request.post(f"{live_server.url}/graphql", data={"documentId": digest})
        assert "running" in (await answer.json())["data"]


@NEEDS_NODE
async def test_a_document_of_a_partner_opens_with_its_use(browser: Browser, live_server: LiveServer) -> None:
    text = "query Anybody { viewer { email } }"
    async with _administrator(browser, live_server) as page:
        partner = {"slug": "acme", "name": "Acme", "manager": "admin"}
        made = await _mutate(page, live_server, "createPartner", partner, "partner { id }")
        release = {"partnerId": made["partner"]["id"], "label": "1", "documents": [text]}
        await _mutate(page, live_server, "publishDocuments", release, "release { number }")
        await page.get_by_role("button", name="Documents").click()
        await page.get_by_text("Acme", exact=True).click()
        entry = page.locator("details li", has=page.get_by_text("Anybody", exact=True))
        assert await entry.locator(".document-kind").inner_text() == "query"
        assert await entry.locator(".document-about").inner_text() == "Asked for 0 times in 30 days."
        assert await entry.locator("code").inner_text() == hashlib.sha256(text.encode()).hexdigest()
        await entry.get_by_role("button").click()
        await page.wait_for_function(WRITTEN, arg="query Anybody")


@NEEDS_NODE
async def test_the_cost_of_the_last_request_is_shown(browser: Browser, live_server: LiveServer) -> None:
    async with _administrator(browser, live_server) as page:
        assert await page.locator(".cost").count() == 0
        await _ask(page, "{ viewer { user { username } } }", "admin")
        shown = await page.locator(".cost").inner_text()
        assert re.fullmatch(r"Cost 1 point\n1 reserved\n\d+ left\n\d+ come back each second", shown)
        await _ask(page, "{ game(slug: }", "GRAPHQL_PARSE_FAILED")
        assert await page.locator(".cost").count() == 0


@NEEDS_NODE
async def test_who_has_too_few_points_reads_when_to_come_back(browser: Browser, live_server: LiveServer) -> None:
    cost = {"requested": 40, "actual": 0, "remaining": 3, "restoreRate": 100}
    refusal = {"message": "Too few.", "extensions": {"code": "RATE_LIMITED", "retryAfterSeconds": 7, "cost": cost}}
    async with _administrator(browser, live_server) as page:
        # The server cannot be brought to refuse an administrator within a test; this is what it says then.
        await page.route("**/graphql", lambda route: route.fulfill(status=429, json={"errors": [refusal]}))
        await page.get_by_role("button", name="Execute query").click()
        await page.locator(".cost.refused").wait_for()
        told = "Too few points for 40 points. Try again in 7 s.\n3 left\n100 come back each second"
        assert await page.locator(".cost").inner_text() == told


async def test_the_plain_page_asks_and_subscribes(browser: Browser, live_server: LiveServer) -> None:
    async with watched(browser) as watch:
        page = watch.page
        await _open(watch, live_server, is_plain=True)
        await _log_in(page, "admin@matchpoint.local", ADMIN_PASSWORD)
        await page.get_by_role("button", name="Run", exact=True).wait_for()
        answer = page.locator("#answer")
        await page.fill("[name=document]", "query ($slug: String!) { tournament(slug: $slug) { id } viewer { email } }")
        await page.fill("[name=variables]", "{ not json")
        await page.click("text=Run")
        await expect(page.locator("#state")).to_contain_text("Not answered")
        await page.fill("[name=variables]", json.dumps({"slug": live_server.slug}))
        await page.click("text=Run")
        await expect(answer).to_contain_text("admin@matchpoint.local")
        tournament = json.loads(await answer.inner_text())["data"]["tournament"]["id"]
        await page.fill("[name=document]", f'subscription {{ bracketChanges(tournamentId: "{tournament}") {CHANGED} }}')
        await page.fill("[name=variables]", "")
        await page.click("text=Subscribe")
        await expect(answer).to_contain_text("MatchChanged", timeout=30_000)
        await page.click("text=Stop")
        await expect(page.locator("#state")).to_have_text("Stopped.")
        await page.fill("[name=document]", "subscription { nothing }")
        await page.click("text=Subscribe")
        await expect(page.locator("#state")).to_have_text("The server refused it.")
        await expect(answer).to_contain_text("GRAPHQL_VALIDATION_FAILED")
        await page.click("text=Log out")
        assert await page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
        assert await answer.inner_text() == ""
        assert watch.complaints == []
        assert watch.hosts == {urlsplit(live_server.url).netloc}


@pytest.mark.parametrize("size", SIZES)
async def test_the_plain_page_fits_its_screen(browser: Browser, live_server: LiveServer, size: str) -> None:
    async with watched(browser, size) as watch:
        await _open(watch, live_server, is_plain=True)
        await _log_in(watch.page, "admin@matchpoint.local", ADMIN_PASSWORD)
        await watch.page.get_by_role("button", name="Run", exact=True).wait_for()
        assert await watch.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def _open(watch: Watched, server: LiveServer, is_plain: bool) -> None:
    """Opens the explorer; the plain page as the server sends it where GraphiQL is not built."""
    if is_plain:
        headers = {"content-security-policy": _POLICY}
        await watch.page.route(
            "**/graphiql", lambda route: route.fulfill(path=PLAIN, content_type="text/html", headers=headers)
        )
    await watch.open(f"{server.url}/graphiql")


@asynccontextmanager
async def _administrator(browser: Browser, server: LiveServer) -> AsyncIterator[Page]:
    """GraphiQL with an administrator logged in, who must not hear a complaint."""
    async with watched(browser) as watch:
        await watch.open(f"{server.url}/graphiql")
        await _log_in(watch.page, "admin@matchpoint.local", ADMIN_PASSWORD)
        # The editor takes a while to load, and loses what is put into it before.
        await watch.page.locator(".graphiql-query-editor .view-line").first.wait_for()
        await watch.page.wait_for_function(WRITTEN, arg="query Newest")
        yield watch.page
        assert [said for said in watch.complaints if "429" not in said] == []


async def _mutate(page: Page, server: LiveServer, name: str, given: dict[str, Any], fields: str) -> Any:
    """What a mutation of the administrator answers."""
    kind = name[0].upper() + name[1:]
    query = f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ ... on {kind}Payload {{ {fields} }} }} }}"
    tokens = await page.evaluate("JSON.parse(sessionStorage['matchpoint.tokens'])")
    answer = await page.request.post(
        f"{server.url}/graphql",
        data={"query": query, "variables": {"input": given}},
        headers={"authorization": f"Bearer {tokens['accessToken']}"},
    )
    return (await answer.json())["data"][name]


async def _register(page: Page, server: LiveServer, username: str) -> None:
    account = {"email": f"{username}@example.com", "username": username, "password": PASSWORD}
    register = "mutation($input: RegisterInput!) { register(input: $input) { __typename } }"
    await page.request.post(f"{server.url}/graphql", data={"query": register, "variables": {"input": account}})


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
