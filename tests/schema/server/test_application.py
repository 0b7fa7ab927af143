"""What lies around the endpoint in the application."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from app import create_app
from domain.infra.settings import Settings

FRIENDS = "https://friends.example"
SETTINGS = Settings(
    database_url="postgresql+asyncpg:///nowhere",
    redis_url="redis://127.0.0.1:1",
    secret_key="a secret for tests, 32 characters or more",
    allowed_origins=(FRIENDS,),
)


def client(settings: Settings = SETTINGS) -> httpx.AsyncClient:
    """A client of the application, which is not started: nothing that it needs is there."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(settings)), base_url="http://here")


async def test_the_endpoint_and_the_pages_are_served() -> None:
    async with client() as asking:
        answer = await asking.post("/graphql", json={"query": "{ __typename }"})
        assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})
        assert (await asking.get("/healthz")).status_code == 200
        assert (await asking.get("/nothing")).status_code == 404


async def test_a_slash_behind_the_path_is_redirected() -> None:
    async with client() as asking:
        answer = await asking.post("/graphql/", json={"query": "{ __typename }"})
    assert (answer.status_code, answer.headers["location"]) == (307, "http://here/graphql")


@pytest.mark.parametrize("path", ["/graphql", "/healthz"])
async def test_pages_of_allowed_origins_may_ask(path: str) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type, x-api-key"}
    async with client() as asking:
        friend = await asking.options(path, headers={"origin": FRIENDS, **asked})
        stranger = await asking.options(path, headers={"origin": "https://strangers.example", **asked})
    assert (friend.status_code, friend.headers["access-control-allow-origin"]) == (200, FRIENDS)
    assert friend.headers["access-control-max-age"] == "86400"
    assert stranger.status_code == 400
    assert "access-control-allow-origin" not in stranger.headers


async def test_no_origin_is_allowed_by_default() -> None:
    async with client(replace(SETTINGS, allowed_origins=())) as asking:
        answer = await asking.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": FRIENDS})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
