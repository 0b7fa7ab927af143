"""`matchpoint play`: recorded events and the demo, played against the platform as it runs."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from graphql import parse

from cli.main import main
from cli.play.client import Server
from domain.tournaments import read_event, reproduce, write_event_json
from tests.cli.recordings import REAL, SMALL, Json, changed, two_champions
from tests.factories.imports import of_goals
from tests.fixtures.server import RunningServer, server, shared_server

__all__ = ["server", "shared_server"]

_LIMIT_S = 240.0


def play(server: RunningServer, *arguments: str, url: str | None = None) -> subprocess.Popen[str]:
    """`matchpoint play` in a process of its own."""
    command = server.command("play", "--url", url or server.url, *arguments)
    return subprocess.Popen(
        command, env=server.environment, cwd=server.logs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def outcome(process: subprocess.Popen[str]) -> Json:
    """What it printed, once it has ended well."""
    out, err = process.communicate(timeout=_LIMIT_S)
    assert process.returncode == 0, out + err
    assert err == ""
    return json.loads(out)


@pytest.fixture
def small(tmp_path: Path) -> str:
    """The file of the small event."""
    path = tmp_path / "small event.json"
    path.write_text(json.dumps(SMALL))
    return str(path)


async def test_a_small_event_is_played_to_its_end(shared_server: RunningServer, small: str) -> None:
    told = outcome(play(shared_server, small, "--json"))

    assert set(told) == {"matches", "placements_equal", "seconds", "changes_seen", "gaps", "resumes", "slug"}
    assert (told["matches"], told["placements_equal"], told["gaps"]) == (10, True, 0)
    assert told["resumes"] >= 1
    assert told["slug"].startswith("small-event-")
    results = await _results(shared_server, told["slug"])
    assert results["A"] == ("FINISHED", "PLAYED", [2, 1], [])
    assert results["C"] == ("FINISHED", "PLAYED", [2, 1], [[2, 1], [0, 2], [2, 0]])
    assert results["F"] == ("FINISHED", "WALKOVER", [None, None], [])
    assert results["K"] == ("NOT_NEEDED", None, [None, None], [])
    await asyncio.to_thread(_assert_exported, shared_server, told["slug"], Path(small).with_name("exported.json"))


async def test_goals_are_played_as_goals(shared_server: RunningServer, tmp_path: Path) -> None:
    path = tmp_path / "goals.json"
    path.write_bytes(write_event_json(of_goals()))
    told = outcome(play(shared_server, str(path), "--json"))
    assert (told["matches"], told["placements_equal"], told["gaps"]) == (2, True, 0)
    results = await _results(shared_server, told["slug"])
    assert results == {"A": ("FINISHED", "PLAYED", [1, 2], []), "B": ("FINISHED", "PLAYED", [1, 1], [])}


async def test_what_has_not_begun_is_not_exported(
    shared_server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    status = await asyncio.to_thread(main, ["export", "no-such-event", "--url", shared_server.url])
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err == "matchpoint export: There is no event at the address 'no-such-event' that has begun.\n"


def _assert_exported(server: RunningServer, slug: str, path: Path) -> None:
    """What is exported leads to the same places, and says the same as the recording."""
    command = server.command("export", slug, "--url", server.url, "--write", str(path))
    done = subprocess.run(command, env=server.environment, capture_output=True, text=True, timeout=_LIMIT_S, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    event = read_event([path.read_bytes()])[1]
    found = reproduce(event)
    assert (found.differences, found.compared["places"]) == ((), 6)
    ranks = {str(number): low for number, (low, _) in found.placements.items()}
    assert ranks == SMALL["final_rank_by_seed"]
    scores = {match.key: (match.score, match.games) for match in event.stages[0].groups[0].matches}
    assert scores["C"] == ((2, 1), ((2, 1), (0, 2), (2, 0)))
    assert (scores["F"], scores["K"]) == ((None, ()), (None, ()))


@pytest.mark.skipif(not REAL.exists(), reason="the recorded event is not on this machine")
async def test_the_real_event_is_played_to_its_end(shared_server: RunningServer) -> None:
    told = outcome(play(shared_server, str(REAL), "--json"))

    assert (told["matches"], told["placements_equal"], told["gaps"]) == (81, True, 0)
    assert told["changes_seen"] > 3 * 81
    assert told["resumes"] >= 3


async def test_an_event_outlives_the_processes_of_the_platform(server: RunningServer, small: str) -> None:
    # Tokens that run out at once have to be refreshed all the time, also while the API is away.
    server.environment["ACCESS_TOKEN_TTL_S"] = "2"
    server.kill("api")
    server.start_part("api")
    server.wait_until_ready()

    playing = play(server, small, "--json", "--speed", "1")
    await _until(server, "RUNNING")
    server.kill("api")
    await asyncio.sleep(0.5)
    server.start_part("api")
    server.kill("relay")
    server.wait_until_ready()
    server.start_part("relay")
    told = outcome(playing)

    assert (told["matches"], told["placements_equal"], told["gaps"]) == (10, True, 0)


async def test_an_event_outlives_a_network_that_loses_answers(shared_server: RunningServer, small: str) -> None:
    async with _lossy(shared_server.port, random.Random(1)) as (port, lost):
        playing = play(shared_server, small, "--json", url=f"http://127.0.0.1:{port}")
        told = await asyncio.to_thread(outcome, playing)

    assert (told["matches"], told["placements_equal"], told["gaps"]) == (10, True, 0)
    assert len(lost) > 5


async def test_an_event_is_played_although_points_run_out(server: RunningServer, small: str) -> None:
    server.environment |= {"USER_POINTS": "200+100", "ADDRESS_POINTS": "60+1"}
    server.kill("api")
    server.start_part("api")
    server.wait_until_ready()

    told = await asyncio.to_thread(outcome, play(server, small, "--json"))

    assert (told["matches"], told["placements_equal"], told["gaps"]) == (10, True, 0)
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"{server.url}/metrics")).text
    refused = re.findall(r"^matchpoint_points_refused_total\{.*\} ([0-9.]+)$", metrics, re.MULTILINE)
    assert sum(map(float, refused)) > 0


async def test_places_that_differ_are_told(shared_server: RunningServer, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(changed(lambda event: event["final_rank_by_seed"].update({"3": 4, "6": 3})))

    process = play(shared_server, str(path), "--json")
    out, err = process.communicate(timeout=_LIMIT_S)

    assert process.returncode == 1
    assert (json.loads(out)["placements_equal"], json.loads(out)["gaps"]) == (False, 0)
    assert err.splitlines() == ["Seed 3 is placed 3; recorded is 4.", "Seed 6 is placed 4; recorded is 3."]


async def test_a_refused_bracket_is_told_in_one_line(shared_server: RunningServer, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(two_champions())

    process = play(shared_server, str(path))
    out, err = process.communicate(timeout=_LIMIT_S)

    assert (process.returncode, out) == (2, "")
    assert err.startswith("matchpoint play: These matches do not form a bracket: ")
    assert err.count("\n") == 1


async def test_the_demo_plays_and_starts_over(server: RunningServer) -> None:
    arguments = ("--demo", "--forever", "--teams", "4", "--pause", "0")
    with play(server, *arguments, "--speed", "2") as demo:
        await _until(server, "RUNNING")
        await asyncio.sleep(1)
        demo.kill()
    before = await _events(server)
    assert [event["slug"] for event in before] == ["demo"]

    with play(server, *arguments, "--speed", "0") as demo:
        while len(after := [event for event in await _events(server) if event["status"] == "FINISHED"]) < 2:
            assert demo.poll() is None, demo.stderr and demo.stderr.read()
            await asyncio.sleep(0.1)
        demo.kill()

    assert before[0]["id"] in {event["id"] for event in after}
    assert {event["entrantCount"] for event in after} == {4}
    assert sum(event["slug"] == "demo" for event in await _events(server)) <= 1
    assert len({team["slug"] for team in await _teams(server)}) == 4


async def test_a_demo_with_other_teams_calls_off_the_one_before(server: RunningServer) -> None:
    with play(server, "--demo", "--teams", "4", "--speed", "1") as demo:
        await _until(server, "RUNNING")
        demo.kill()
    other = play(server, "--demo", "--teams", "2", "--speed", "0", "--seed", "2")
    _, err = other.communicate(timeout=_LIMIT_S)

    assert other.returncode == 0, err
    events = {event["entrantCount"]: event for event in await _events(server)}
    assert {count: event["status"] for count, event in events.items()} == {4: "CANCELLED", 2: "FINISHED"}
    assert events[2]["slug"] == "demo"
    assert events[4]["slug"].startswith("demo-2")


async def test_the_demo_needs_a_secret_and_its_address(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert main(["play", "--demo"]) == 2
    assert "needs SECRET_KEY" in capsys.readouterr().err

    server.environment["SECRET_KEY"] = "the secret of somebody else, 32 characters"
    other = play(server, "--demo", "--teams", "2", "--speed", "0")
    assert other.communicate(timeout=_LIMIT_S)[0] == ""
    server.environment["SECRET_KEY"] = "a secret for tests, 32 characters or more"
    process = play(server, "--demo", "--teams", "2", "--speed", "0")
    _, err = process.communicate(timeout=_LIMIT_S)

    assert process.returncode == 2
    assert err == "matchpoint play: The address 'demo' belongs to an event of somebody else.\n"


@asynccontextmanager
async def _lossy(port: int, chance: random.Random) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A way to a server on which some answers get lost, and with them the connection; its port, and what was lost."""
    lost: list[bytes] = []

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        while chunk := await reader.read(65536):
            if is_answer and chance.random() < 0.1:
                lost.append(chunk)
                return
            writer.write(chunk)
            await writer.drain()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        ways = [
            asyncio.create_task(forward(reader, there_writer, is_answer=False)),
            asyncio.create_task(forward(there_reader, writer, is_answer=True)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        writer.transport.abort()
        there_writer.transport.abort()

    listener = await asyncio.start_server(connect, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1], lost


async def _asked(server: RunningServer, selection: str, **variables: object) -> Json:
    async with Server(server.url) as client:
        return await client.ask(parse(selection), variables)


async def _events(server: RunningServer) -> list[Json]:
    answer = await _asked(server, "{ answer: tournaments { edges { node { id slug status entrantCount } } } }")
    return [edge["node"] for edge in answer["edges"]]


async def _teams(server: RunningServer) -> list[Json]:
    answer = await _asked(server, "{ answer: teams(first: 100) { edges { node { slug } } } }")
    return [edge["node"] for edge in answer["edges"]]


async def _until(server: RunningServer, status: str) -> None:
    """Wait until an event has come to a status."""
    async with asyncio.timeout(_LIMIT_S):
        while status not in {event["status"] for event in await _events(server)}:
            await asyncio.sleep(0.1)


async def _results(server: RunningServer, slug: str) -> dict[str, tuple[str, str | None, list[int | None], Json]]:
    """How each match ended, by its key."""
    answer = await _asked(
        server,
        """query ($slug: String!) { answer: tournament(slug: $slug) { bracket { rounds { matches {
             status outcome place { key } slots { score } games { scores } } } } } }""",
        slug=slug,
    )
    return {
        match["place"]["key"]: (
            match["status"],
            match["outcome"],
            [slot["score"] for slot in match["slots"]],
            [game["scores"] for game in match["games"]],
        )
        for round_ in answer["bracket"]["rounds"]
        for match in round_["matches"]
    }
