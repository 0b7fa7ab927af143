"""Who follows what others follow: asked for once, shared with whoever may have it, and with nobody else."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from resolvers.services import Services
from tests.factories.accounts import register
from tests.schema.server.small import Server
from tests.schema.server.test_fanout import CARDS, added, change, whole
from tests.schema.server.test_websocket import acknowledged, heard, nothing_left, subscribe


async def test_what_everybody_may_follow_is_asked_for_once(server: Server, services: Services) -> None:
    await server.add_card("x")
    ada = {"accessToken": (await register(services.accounts, "ada")).tokens.access_token}
    async with acknowledged(server) as first, acknowledged(server) as second, acknowledged(server, ada) as third:
        for socket in (first, second, third):
            await subscribe(socket, "1", CARDS, variables={"after": None})
            assert await change(socket) == whole("x")
        await subscribe(second, "2", CARDS, variables={"after": "0"})
        assert await change(second) == added(1, "x")
        assert (server.board.asked, server.fanout.groups) == (1, 1)
        await subscribe(second, "3", CARDS)  # without the cursor it could be another variable's default
        assert await change(second) == whole("x")
        assert (server.board.asked, server.fanout.groups) == (2, 1)
    await nothing_left(server)
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", CARDS, variables={"after": None})
        assert await change(socket) == whole("x")
        assert server.board.asked == 3


async def test_who_comes_while_the_first_asks_does_not_ask_as_well(server: Server) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(acknowledged(server)) for _ in range(20)]
        await asyncio.gather(*(subscribe(socket, "1", CARDS) for socket in sockets))
        for socket in sockets:
            assert await change(socket) == whole()
        assert server.board.asked == 1


@pytest.mark.parametrize("after", ["x", "-1", 5, True, ["1"]])
async def test_an_open_group_takes_no_cursor_that_is_none(server: Server, after: object) -> None:
    async with acknowledged(server) as first, acknowledged(server) as second:
        await subscribe(first, "1", CARDS, variables={"after": "0"})
        await subscribe(second, "1", CARDS, variables={"after": after})
        message = await heard(second)
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "BAD_USER_INPUT")


async def test_what_one_viewer_was_granted_is_granted_to_nobody_else(server: Server, services: Services) -> None:
    mine = "subscription { myCards { ... on BoardSnapshot { cards { text } } } }"
    ada = {"accessToken": (await register(services.accounts, "ada")).tokens.access_token}
    async with acknowledged(server, ada) as granted, acknowledged(server) as nobody:
        await subscribe(granted, "1", mine)
        await change(granted)
        await subscribe(nobody, "1", mine)
        message = await heard(nobody)
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        assert server.fanout.groups == 1
