"""A key and a release that are taken away, as another process hears of it: through outbox, relay and bus."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from domain import partners
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.partners import RestoreRelease, RevokeApiKey, WithdrawRelease
from schema.server.parameters import digest
from tests.factories.partners import cast, make_key, publish
from tests.factories.teams import NOW, run
from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

DOCUMENT = "query Root { __typename }"
_LIMIT_S = 20.0


async def answered(client: httpx.AsyncClient, secret: str) -> str:
    """What becomes of the document: `ok`, or the code of the refusal."""
    given = {"documentId": digest(DOCUMENT)}
    answer = (await client.post("/graphql", json=given, headers={"x-api-key": secret})).json()
    return str(answer["errors"][0]["extensions"]["code"]) if "errors" in answer else "ok"


async def until(client: httpx.AsyncClient, secret: str, expected: str) -> float:
    """Wait until requests are answered so; the seconds that took."""
    began = time.monotonic()
    async with asyncio.timeout(_LIMIT_S):
        while await answered(client, secret) != expected:
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_what_is_taken_away_ends_soon_in_another_process(server: RunningServer, db: Database) -> None:
    _, manager, _, partner = await cast(db)
    key, secret = await make_key(db, manager, partner.id)
    release = await publish(db, manager, partner.id, "1.0", DOCUMENT)
    address = server.url.replace("http", "ws") + "/graphql"
    took: dict[str, float] = {}
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=_LIMIT_S) as client,
        connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket,
    ):
        await until(client, secret, "ok")
        await socket.send(json.dumps({"type": "connection_init", "payload": {"apiKey": secret}}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}

        took["withdrawn"] = await changed(db, client, secret, manager, release.id, is_served=False)
        took["restored"] = await changed(db, client, secret, manager, release.id, is_served=True)

        await run(db, partners.revoke_api_key, manager, RevokeApiKey(key_id=key.id, now=NOW))
        began = time.monotonic()
        with pytest.raises(ConnectionClosed) as end:
            async with asyncio.timeout(_LIMIT_S):
                await socket.recv()
        took["socket closed"] = time.monotonic() - began
        assert end.value.rcvd is not None
        assert (end.value.rcvd.code, end.value.rcvd.reason) == (4403, "API_KEY_INVALID")
        assert await answered(client, secret) == "API_KEY_INVALID"
    print({name: f"{seconds * 1000:.0f} ms" for name, seconds in took.items()})


async def changed(
    db: Database, client: httpx.AsyncClient, secret: str, manager: Actor, release_id: UUID, *, is_served: bool
) -> float:
    """Withdraw or restore the release, and wait until it shows."""
    if is_served:
        await run(db, partners.restore_release, manager, RestoreRelease(release_id=release_id))
        return await until(client, secret, "ok")
    await run(db, partners.withdraw_release, manager, WithdrawRelease(release_id=release_id, now=NOW))
    return await until(client, secret, "PERSISTED_DOCUMENT_NOT_FOUND")
