"""The TypeScript SDK and the examples, as they are run against the platform by whoever tries them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import OperationDefinitionNode, parse

from cli.documents.manifest import read_manifest
from domain import partners, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.partners import OperationKind, PublishDocuments, PublishedDocument
from domain.tournaments import Tournament, UpdateTournament
from tests.factories.partners import cast, make_key
from tests.factories.teams import NOW, run
from tests.factories.tournaments import published, row_of
from tests.fixtures.processes import ROOT
from tests.fixtures.server import RunningServer, running

PACKAGE = ROOT / "clients" / "typescript"
DOCUMENTS = ROOT / "schema" / "documents"
LIMIT_S = 120.0
TOKEN_TTL_S = "4"
DRAINED, EXPIRED = 1012, 4403
# Counted in changes. A client that was between two sockets during a drain has to see another one.
DRAIN_EVERY = 100

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None or not (PACKAGE / "node_modules" / "installed").exists(),
    reason="the clients come from npm, and Node.js or `make install` is missing",
)


async def npm(script: str) -> None:
    """Runs a script of the package. Fails, showing its output, when it does."""
    process = await asyncio.create_subprocess_exec(
        "npm", "run", script, cwd=PACKAGE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(LIMIT_S):
        out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()


class Program:
    """One of the examples, which runs until it has survived what it waits for."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.name = name
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            "node",
            str(PACKAGE / "dist" / "examples" / self.name / "main.js"),
            env={**os.environ, **self._environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    @property
    def runs(self) -> bool:
        assert self._process is not None
        return self._process.returncode is None

    async def told(self) -> dict[str, Any]:
        assert self._process is not None
        out, err = await self._process.communicate()
        assert self._process.returncode == 0, f"{self.name}: {err.decode()}"
        (line,) = out.decode().splitlines()
        told: dict[str, Any] = json.loads(line)
        return told

    def kill(self) -> None:
        if self._process is not None and self.runs:
            self._process.kill()


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[RunningServer]:
    """The platform, where tokens are short-lived and nobody may send documents of their own."""
    with running(database_url, tmp_path, ACCESS_TOKEN_TTL_S=TOKEN_TTL_S, DOCUMENTS="persisted") as server:
        yield server


def sources() -> list[str]:
    """What an application registers: what its code generators found, and what the SDK renews sessions with."""
    manifests = [PACKAGE / "examples" / folder / "persisted-documents.json" for folder in ("generated", "relay")]
    own = [written.source for manifest in manifests for written in read_manifest(manifest)]
    return [*own, (DOCUMENTS / "RefreshSession.graphql").read_text()]


def registered(source: str) -> PublishedDocument:
    (operation,) = (node for node in parse(source).definitions if isinstance(node, OperationDefinitionNode))
    assert operation.name is not None
    return PublishedDocument(
        hash=hashlib.sha256(source.encode()).hexdigest(),
        source=source,
        name=operation.name.value,
        kind=OperationKind(operation.operation.value.upper()),
    )


async def change(db: Database, organizer: Actor, tournament: Tournament, number: int) -> None:
    """Something to see: the event has another name."""
    version = (await row_of(db, tournament.id)).version
    command = UpdateTournament(tournament.id, version, name=f"Cup {number}")
    await run(db, tournaments.update_tournament, organizer, command)


async def test_the_package_and_every_example_are_well_typed() -> None:
    await npm("check")


async def test_generated_code_is_what_the_schema_and_the_documents_give() -> None:
    await npm("generated")


async def test_a_server_that_leaves_says_when_to_come_back() -> None:
    await npm("build")
    reasons = [
        (1012, "Service restart; retry in 293 ms", 293),
        (1012, "Service restart; Retry in 2s", 2_000),
        (1012, "Service restart; retry in 999999 ms", 30_000),
        (1012, "Service restart", None),
        (1013, "Too slow; retry in 5 ms", None),
        (1006, "", None),
    ]
    closes = json.dumps([{"code": code, "reason": reason} for code, reason, _ in reasons])
    program = (
        f'import("{PACKAGE}/dist/src/index.js").then((it) => console.log(JSON.stringify({closes}.map(it.retryHintMs))))'
    )
    process = await asyncio.create_subprocess_exec("node", "-e", program, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert json.loads(out) == [expected for _, _, expected in reasons]


async def test_the_ids_in_the_package_are_those_the_server_knows(server: RunningServer) -> None:
    generated = (PACKAGE / "src" / "generated.ts").read_text()
    ids = re.findall(r'name: "(\w+)",\n  id: "(sha256:[0-9a-f]{64})"', generated)
    assert sorted(name for name, _ in ids) == sorted(path.stem for path in DOCUMENTS.glob("*.graphql"))
    async with httpx.AsyncClient(base_url=server.url) as client:
        for name, given in ids:
            answer = (await client.post("/graphql", json={"documentId": given})).json()
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            assert "PERSISTED_DOCUMENT_NOT_FOUND" not in codes, name
        unknown = (await client.post("/graphql", json={"documentId": f"sha256:{64 * '0'}"})).json()
        assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_DOCUMENT_NOT_FOUND"


async def test_clients_survive_drains_and_expiries_and_see_every_change_once(
    server: RunningServer, db: Database
) -> None:
    await npm("build")
    _, organizer, _, partner = await cast(db)
    tournament = await published(db, organizer)
    release = PublishDocuments(
        partner_id=partner.id, label="examples", documents=tuple(map(registered, sources())), now=NOW
    )
    await run(db, partners.publish_documents, organizer, release)
    _, key = await make_key(db, organizer, partner.id)
    environment = {
        "MATCHPOINT_URL": f"{server.url}/graphql",
        "MATCHPOINT_TOURNAMENT": await global_id(server, tournament.slug),
        "MATCHPOINT_API_KEY": key,
    }
    programs = [Program(name, environment) for name in ("sdk", "apollo", "urql", "relay")]
    try:
        for program in programs:
            await program.start()
        async with asyncio.timeout(LIMIT_S):
            number, next_drain = 0, 5
            unseen: list[int] = []
            while any(program.runs for program in programs):
                number += 1
                await change(db, organizer, tournament, number)
                if number >= next_drain and await viewers(server) == sum(program.runs for program in programs):
                    next_drain = number + DRAIN_EVERY
                    server.end("api")
                    await change(db, organizer, tournament, -number)  # nobody hears of it now
                    unseen.append((await row_of(db, tournament.id)).change_count)
                    server.start_part("api")
                    server.wait_until_ready()
                await asyncio.sleep(0.2)
        told = {program.name: await program.told() for program in programs}
    finally:
        for program in programs:
            program.kill()
    for name, saw in told.items():
        assert saw["upcoming"] == ["spring-cup"], name
        assert saw["created"] == f"{name}-cup", name
        assert saw["viewer"] == name, name
        assert saw["kinds"] == ["BracketSnapshot", *["TournamentChanged"] * (len(saw["kinds"]) - 1)], name
        first = saw["cursors"][0]
        assert saw["cursors"] == list(range(first, first + len(saw["cursors"]))), name
        assert unseen[0] in saw["cursors"], name
        assert {DRAINED, EXPIRED} <= set(saw["closes"]), name
    sdk = told["sdk"]
    assert sdk["again"] == "ConflictError"
    assert sdk["idle"] == ["sdk-idle", "sdk-idle"]
    assert sdk["ended"] == ["ended REFRESH_TOKEN_REUSED", "ended SESSION_REVOKED"]
    assert sdk["left"] == [None, None]
    assert sdk["unknown"] == "refused PERSISTED_DOCUMENT_NOT_FOUND"


async def viewers(server: RunningServer) -> int:
    """How many subscriptions are open."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        metrics = (await client.get("/metrics")).text
    (count,) = re.findall(r"^matchpoint_hub_members (\d+)", metrics, re.MULTILINE)
    return int(count)


async def global_id(server: RunningServer, slug: str) -> str:
    """The id of an event, as clients know it."""
    document = hashlib.sha256((DOCUMENTS / "LivePage.graphql").read_bytes()).hexdigest()
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.post("/graphql", json={"documentId": document, "variables": {"slug": slug}})
    found: str = answer.json()["data"]["tournament"]["id"]
    return found
