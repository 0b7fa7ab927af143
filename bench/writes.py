"""How many results per second go through: one side reports, the other confirms, over HTTP with real tokens."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx

from bench.server import System

_ENTRANTS = 64
_AT_ONCE = 8

_READY = """query($slug: String!) { tournament(slug: $slug) { bracket { rounds { matches {
  id version status slots { name } } } } } }"""


def _mutation(name: str, selection: str) -> str:
    """A document of one mutation, with what it selects of the payload."""
    stem = name[0].upper() + name[1:]
    selection = f"{{ ... on {stem}Payload {{ {selection} }} ... on UserError {{ code message }} }}"
    return f"mutation($input: {stem}Input!) {{ {name}(input: $input) {selection} }}"


_TOURNAMENT = "tournament { id }"
_MATCH = "match { version }"
_REGISTER = _mutation("register", "tokens { accessToken }")
_CREATE = _mutation("createTournament", _TOURNAMENT)
_PUBLISH = _mutation("publishTournament", _TOURNAMENT)
_START = _mutation("startTournament", _TOURNAMENT)
_ENTER = _mutation("registerEntrant", "entrant { id }")
_REPORT = _mutation("reportResult", _MATCH)
_CONFIRM = _mutation("confirmResult", _MATCH)


async def measure(system: System) -> dict[str, Any]:
    """An event of 64 played to its end, eight matches at a time."""
    async with httpx.AsyncClient(base_url=system.url, timeout=60) as client:
        tokens = await _people(client)
        await _event(client, tokens)
        cpu, began = system.api.cpu_s(), time.perf_counter()
        took: list[float] = []
        while ready := await _ready(client):
            places = asyncio.Semaphore(_AT_ONCE)
            took += await asyncio.gather(*(_play(client, tokens, match, places) for match in ready))
        seconds = time.perf_counter() - began
    return {
        "matches": len(took),
        "results_per_second": round(len(took) / seconds, 1),
        "report_and_confirm_ms_p50": round(median(took) * 1000, 1),
        "server_cpu_ms_per_result": round((system.api.cpu_s() - cpu) / len(took) * 1000, 2),
    }


async def _ask(client: httpx.AsyncClient, token: str | None, query: str, variables: dict[str, Any]) -> Any:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = (await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)).json()
    if "errors" in answer:
        raise RuntimeError(answer["errors"])
    (value,) = answer["data"].values()
    if "code" in (value or {}):
        raise RuntimeError(value)
    return value


async def _people(client: httpx.AsyncClient) -> dict[str, str]:
    """Access tokens by name."""

    async def one(name: str) -> tuple[str, str]:
        given = {
            "email": f"{name}@example.com",
            "username": name,
            "displayName": name,
            "password": f"{name} long enough",
        }
        made = await _ask(client, None, _REGISTER, {"input": given})
        return name, made["tokens"]["accessToken"]

    return dict(await asyncio.gather(*(one(f"player-{number}") for number in range(_ENTRANTS))))


async def _event(client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
    organizer = tokens["player-0"]
    given = {
        "slug": "bench",
        "name": "Bench",
        "game": "rocket-league-1v1",
        "entrantKind": "USER",
        "structure": "DOUBLE_ELIMINATION",
        "startsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    tournament = (await _ask(client, organizer, _CREATE, {"input": given}))["tournament"]["id"]
    await _ask(client, organizer, _PUBLISH, {"input": {"tournamentId": tournament}})
    for token in tokens.values():
        await _ask(client, token, _ENTER, {"input": {"tournamentId": tournament}})
    await _ask(client, organizer, _START, {"input": {"tournamentId": tournament}})


async def _ready(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    tournament = await _ask(client, None, _READY, {"slug": "bench"})
    rounds = tournament["bracket"]["rounds"]
    return [match for entry in rounds for match in entry["matches"] if match["status"] == "READY"]


async def _play(
    client: httpx.AsyncClient, tokens: dict[str, str], match: dict[str, Any], places: asyncio.Semaphore
) -> float:
    """How long it took from report to confirmation, in seconds."""
    first, second = (tokens[slot["name"]] for slot in match["slots"])
    async with places:
        began = time.perf_counter()
        given = {"matchId": match["id"], "version": match["version"], "scores": [2, 1]}
        reported = await _ask(client, first, _REPORT, {"input": given})
        given = {"matchId": match["id"], "version": reported["match"]["version"]}
        await _ask(client, second, _CONFIRM, {"input": given})
        return time.perf_counter() - began
