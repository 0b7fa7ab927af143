"""What is taken back while it is being opened does not stay open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from domain import partners
from domain.partners import WithdrawRelease
from schema.server.meter import Meter
from schema.server.parameters import digest
from schema.server.standing import Standing
from tests.factories.teams import NOW, run
from tests.schema.server.test_partners import CARDS, Stage, documents, stage
from tests.schema.server.test_websocket import acknowledged, heard, say

__all__ = ["documents", "stage"]


class Gate:
    """Where something waits until it may go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    def before(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same work, behind the gate."""

        async def held(*arguments: Any) -> Any:
            self.reached.set()
            await self.opened.wait()
            return await work(*arguments)

        return held


@contextmanager
def gated(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> Iterator[Gate]:
    gate = Gate()
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, gate.before(getattr(owner, name)))
        yield gate


async def nobody_listens(stage: Stage) -> None:
    """Wait until nothing is followed any more; what the process keeps of the registry stays."""
    async with asyncio.timeout(20):
        while stage.server.fanout.groups or stage.server.socket.connections or stage.server.streams.open:
            await asyncio.sleep(0.01)


async def withdraw(stage: Stage) -> None:
    command = WithdrawRelease(release_id=stage.release_id, now=NOW)
    await run(stage.db, partners.withdraw_release, stage.manager, command)
    await stage.tell(partners.registry_topic(stage.partner_id), partners.RegistryChanged.name)


async def test_over_a_socket(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with acknowledged(stage.server, {"apiKey": stage.secret}) as socket:
        with gated(monkeypatch, Meter, "charge") as gate:
            await say(socket, id="1", type="subscribe", payload={"documentId": digest(CARDS)})
            await gate.reached.wait()
            await withdraw(stage)
            gate.opened.set()
            while (message := await heard(socket))["type"] == "next":
                pass
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == (
            "error",
            "PERSISTED_DOCUMENT_NOT_FOUND",
        )
    await nobody_listens(stage)


@pytest.mark.parametrize(("owner", "name"), [(Standing, "begin"), (Meter, "charge")])
async def test_as_events(stage: Stage, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    headers = {"x-api-key": stage.secret, "accept": "text/event-stream"}
    async with httpx.AsyncClient(timeout=20) as client:
        with gated(monkeypatch, owner, name) as gate:
            asked = asyncio.create_task(
                client.post(stage.server.url, json={"documentId": digest(CARDS)}, headers=headers)
            )
            await gate.reached.wait()
            await withdraw(stage)
            gate.opened.set()
            answer = await asked
    assert "PERSISTED_DOCUMENT_NOT_FOUND" in answer.text
    await nobody_listens(stage)
