"""`matchpoint api` as a process: pages, health, memory, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from domain.infra.embedded import Valkey
from schema.server.documents import FOLDER
from schema.server.parameters import digest
from tests.fixtures.processes import ROOT

SECRET = "a secret for tests, 32 characters or more"


@dataclass
class API:
    """A running process."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


@contextmanager
def api(database_url: str, redis_url: str, directory: Path) -> Iterator[API]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = directory / "api.log"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "cli.main", "api", "--port", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=directory) as process,
    ):
        try:
            yield API(process, f"http://127.0.0.1:{port}", log)
        finally:
            process.kill()


async def ready(server: API, status: int = 200) -> httpx.Response:
    """Wait until /readyz answers with the status."""
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            assert server.process.poll() is None, server.log.read_text()
            try:
                answer = await client.get(f"{server.url}/readyz")
                if answer.status_code == status:
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


def leave_unanswered(server: API) -> None:
    """Ask without waiting for whole answers, and be gone with a question open."""
    body = b'{"query":"{ __typename }"}'
    request = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as client:
        for _ in range(100):
            client.sendall(request)
            client.recv(65_536)


async def test_clients_that_leave_unanswered_are_no_errors(database_url: str, redis_url: str, tmp_path: Path) -> None:
    with api(database_url, redis_url, tmp_path) as server:
        await ready(server)
        for _ in range(5):
            await asyncio.gather(*(asyncio.to_thread(leave_unanswered, server) for _ in range(4)))
        await ready(server)
        assert [line for line in server.log.read_text().splitlines() if '"level": "error"' in line] == []


async def test_the_process_serves_is_small_and_ends_well(database_url: str, redis_url: str, tmp_path: Path) -> None:
    with api(database_url, redis_url, tmp_path) as server:
        assert (await ready(server)).json() == {"ready": True, "missing": []}
        async with httpx.AsyncClient(base_url=server.url) as client:
            answer = await client.post("/graphql", json={"query": "{ __typename }"})
            assert answer.json()["data"] == {"__typename": "Query"}
            assert (await client.get("/healthz")).json() == {"alive": True}
            keys = (await client.get("/.well-known/jwks.json")).json()["keys"]
            assert keys
            assert all("d" not in key for key in keys)
            metrics = (await client.get("/metrics")).text
            assert 'matchpoint_operations_total{kind="query",operation="adhoc",outcome="ok"} 1.0' in metrics
            for path in (
                "/",
                "/live/spring-open",
                "/graphiql",
                "/static/live.js",
                "/static/documents/LivePage.graphql",
                "/static/documents.json",
            ):
                page = await client.get(path)
                assert page.status_code in (200, 404), path
                assert page.headers["content-security-policy"].startswith("default-src 'self'")
                assert page.headers["x-content-type-options"] == "nosniff"
                assert "referrer-policy" in page.headers
            ids = (await client.get("/static/documents.json")).json()
            assert ids == {path.stem: f"sha256:{digest(path.read_text())}" for path in FOLDER.glob("*.graphql")}
            for outside in ("/static/../app.py", "/static/%2e%2e/%2e%2e/app.py", "/static/documents/..%2f..%2fapp.py"):
                assert (await client.get(outside)).status_code == 404

        memory = psutil.Process(server.process.pid).memory_info().rss
        assert memory < 150 * 1024 * 1024

        address = server.url.replace("http", "ws") + "/graphql"
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as client:
            await client.send('{"type":"connection_init"}')
            assert json.loads(await client.recv()) == {"type": "connection_ack"}
            server.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as end:
                await client.recv()
            assert end.value.rcvd is not None
            assert end.value.rcvd.code == 1012
            assert end.value.rcvd.reason.startswith("Service restart; retry in ")
        assert await asyncio.to_thread(server.process.wait, 10) == 0
        assert "Traceback" not in server.log.read_text()


async def test_readiness_names_what_is_missing(database_url: str, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="mp-vk-") as directory:
        valkey = Valkey(Path(directory))
        valkey.start()
        try:
            with api(database_url, valkey.url, tmp_path) as server:
                await ready(server)
                valkey.stop()
                assert (await ready(server, 503)).json() == {"ready": False, "missing": ["bus"]}
                valkey.start()
                await ready(server)
        finally:
            valkey.stop()


async def test_readiness_without_a_database(redis_url: str, tmp_path: Path) -> None:
    with api("postgresql+asyncpg://nobody@127.0.0.1:1/none", redis_url, tmp_path) as server:
        assert (await ready(server, 503)).json() == {"ready": False, "missing": ["database"]}
        async with httpx.AsyncClient(base_url=server.url) as client:
            assert (await client.get("/healthz")).status_code == 200
            answer = await client.post("/graphql", json={"query": '{ game(slug: "x") { name } }'})
            assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
