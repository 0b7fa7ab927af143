from __future__ import annotations

import time
from typing import Any

import httpx
import orjson
import pytest

from bench.viewing import EVENT, RECORDING, Log, Viewer
from schema.server.documents import FOLDER

PAGE = {"method": "GET", "document": "LivePage", "variables": {"slug": EVENT}}
FIRST = PAGE | {"is_conditional": False}
AGAIN = PAGE | {"is_conditional": True}


class Page:
    """A server with one page, at a number of changes."""

    def __init__(self, cursor: int) -> None:
        self.cursor = cursor
        self.asked: list[tuple[str, str | None]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The page, or that the client has it."""
        known = request.headers.get("if-none-match")
        self.asked.append((request.url.params["variables"], known))
        etag = f'W/"{self.cursor}"'
        if known == etag:
            return httpx.Response(304, headers={"etag": etag})
        bracket = {"cursor": str(self.cursor)}
        return httpx.Response(200, headers={"etag": etag}, json={"data": {"tournament": {"bracket": bracket}}})


async def test_a_viewer_validates_what_they_have_themselves() -> None:
    page, log = Page(7), Log(first=8)
    async with httpx.AsyncClient(base_url="http://x", transport=httpx.MockTransport(page.answer)) as client:
        one, other = Viewer(client, "cup", log), Viewer(client, "cup", log)
        for viewer, request in ((one, FIRST), (other, AGAIN), (one, AGAIN), (one, FIRST)):
            await viewer.ask(request)
        log.committed_at.append(time.monotonic())
        await one.ask(AGAIN)  # the server has not noticed yet
        page.cursor = 8
        await one.ask(AGAIN)
    slug = '{"slug":"cup"}'
    known = 'W/"7"'
    assert page.asked == [(slug, None), (slug, None), (slug, known), (slug, None), (slug, known), (slug, known)]
    assert log.statuses == [200, 200, 304, 200, 304, 200]
    # What is only validated is as old as it is.
    assert [age > 0 for age in log.ages_s] == [False, False, False, False, True, False]


async def test_each_request_comes_at_its_time_and_what_fails_is_told() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, request=request)

    async with httpx.AsyncClient(base_url="http://x", transport=httpx.MockTransport(refuse)) as client:
        with pytest.raises(httpx.HTTPStatusError):
            await Viewer(client, "cup", Log(first=1)).replay([FIRST | {"at_s": 5.0}], -5.0)


def test_the_recording_is_of_our_pages_alone() -> None:
    recording = orjson.loads(RECORDING.read_bytes())
    assert recording["changes"] > 0
    requests: list[dict[str, Any]] = [request for window in recording["windows"] for request in window]
    for window in recording["windows"]:
        times = [request["at_s"] for request in window]
        assert times == sorted(times)
        assert 0 < times[0] <= times[-1] <= recording["seconds"]
    assert {request["document"] for request in requests} >= {"LivePage", "Overview", "Entrants"}
    assert all((FOLDER / f"{request['document']}.graphql").is_file() for request in requests)
    assert {value for request in requests for value in request["variables"].values()} == {EVENT, None}
    assert {request["is_conditional"] for request in requests} == {True, False}
