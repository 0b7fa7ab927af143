"""What one client may hold, and how sockets end when the server wants them to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import cast

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from domain import accounts
from resolvers.services import Services
from schema.server.connection import BURST, MESSAGES_PER_S
from schema.server.endpoint import Timing
from schema.server.quotas import Pace, Quota
from schema.server.wire import MAX_FRAGMENTS, WebSocketProtocol
from tests.factories.accounts import register
from tests.fixtures.hub import envelope
from tests.schema.server.small import Server, serving
from tests.schema.server.test_websocket import (
    CARDS,
    SCORES,
    acknowledged,
    closed,
    heard,
    nothing_left,
    opened,
    say,
    subscribe,
)

ADD = 'mutation { addCard(input: {text: "x"}) { __typename } }'
USER_IS_FULL = (1013, "You have 3 connections open; close one, or use one for everything")
ADDRESS_IS_FULL = (1013, "Your address has 3 connections open; close one, or use one for everything")


@pytest_asyncio.fixture
async def narrow(services: Services) -> AsyncIterator[Server]:
    """A server where a user may have three sockets."""
    settings = replace(services.settings, sockets_per_user=3)
    async with serving(replace(services, settings=settings)) as server:
        yield server


def _slow_closes(reason: str) -> float:
    return REGISTRY.get_sample_value("matchpoint_slow_closes_total", {"reason": reason}) or 0.0


async def _outcome(socket: ClientConnection, token: str | None) -> object:
    """What becomes of a socket that says hello: its acknowledgement, or how it closes."""
    try:
        await say(socket, type="connection_init", payload=None if token is None else {"accessToken": token})
        return await heard(socket)
    except ConnectionClosed:
        return await closed(socket)


async def test_a_user_has_three_sockets_and_not_one_more(narrow: Server, services: Services) -> None:
    ada, bob = [(await register(services.accounts, name)).tokens.access_token for name in ("ada", "bob")]
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(narrow)) for _ in range(10)]
        outcomes = await asyncio.gather(*(_outcome(socket, ada) for socket in sockets))
        assert outcomes.count({"type": "connection_ack"}) == 3
        assert outcomes.count(USER_IS_FULL) == 7
        for token in (bob, None):
            async with acknowledged(narrow, None if token is None else {"accessToken": token}):
                pass
        await sockets[outcomes.index({"type": "connection_ack"})].close()
        async with asyncio.timeout(20):
            while narrow.socket.connections > 2:
                await asyncio.sleep(0.01)
        async with acknowledged(narrow, {"accessToken": ada}):
            pass
    await nothing_left(narrow)


async def test_an_address_has_three_sockets_and_not_one_more(services: Services) -> None:
    settings = replace(services.settings, sockets_per_address=3)
    async with serving(replace(services, settings=settings)) as server:
        for _ in range(2):
            async with AsyncExitStack() as stack:
                opening = [stack.enter_async_context(opened(server)) for _ in range(10)]
                outcomes = [await _outcome(socket, None) for socket in await asyncio.gather(*opening)]
                assert outcomes.count({"type": "connection_ack"}) == 3
                assert outcomes.count(ADDRESS_IS_FULL) == 7
            await nothing_left(server)


async def _leave(socket: ClientConnection, server: Server) -> None:
    await socket.close()


async def _vanish(socket: ClientConnection, server: Server) -> None:
    socket.transport.abort()


async def _break_the_protocol(socket: ClientConnection, server: Server) -> None:
    await socket.send("junk")


async def _break_the_wire(socket: ClientConnection, server: Server) -> None:
    await socket.send(b"\xff", text=True)


async def _hello_again(socket: ClientConnection, server: Server) -> None:
    await say(socket, type="connection_init")


async def _lose_a_session(socket: ClientConnection, server: Server) -> None:
    for topic in tuple(server.hub.sinks):
        if topic != "board:main":
            await server.hub.publish(envelope(topic, accounts.SessionRevoked.name))


async def _drain(socket: ClientConnection, server: Server) -> None:
    await server.socket.drain()


async def _be_cancelled(socket: ClientConnection, server: Server) -> None:
    for task in server.uvicorn.server_state.tasks:
        task.cancel()


ENDS = [_leave, _vanish, _break_the_protocol, _break_the_wire, _hello_again, _lose_a_session, _drain, _be_cancelled]


@pytest.mark.parametrize("end", ENDS)
async def test_whatever_ends_a_socket_frees_what_it_held(
    narrow: Server, services: Services, end: Callable[[ClientConnection, Server], Awaitable[None]]
) -> None:
    token = (await register(services.accounts, "ada")).tokens.access_token
    async with acknowledged(narrow, {"accessToken": token}) as socket:
        await subscribe(socket, "1", CARDS)
        await heard(socket)
        assert (narrow.socket.held, narrow.fanout.groups) == (2, 1)
        await end(socket, narrow)
        await nothing_left(narrow)


async def test_a_socket_that_ends_while_its_token_is_checked_holds_nothing(narrow: Server, services: Services) -> None:
    token = (await register(services.accounts, "ada")).tokens.access_token
    for _ in range(20):
        async with opened(narrow) as socket:
            await say(socket, type="connection_init", payload={"accessToken": token})
            socket.transport.abort()
    await nothing_left(narrow)


def test_a_quota_counts_each_holder_by_itself() -> None:
    quota = Quota(2)
    assert [quota.take(holder) for holder in "aabab"] == [True, True, True, False, True]
    assert quota.held == 4
    for holder in "aabb":
        quota.give_back(holder)
    assert (quota.held, quota._held) == (0, {})


async def test_a_pace_lets_a_burst_through_and_then_so_many_a_second() -> None:
    pace, loop = Pace(per_second=100, burst=10), asyncio.get_running_loop()
    began = loop.time()
    for _ in range(10):
        await pace.turn()
    assert pace._due <= loop.time()
    for _ in range(20):
        await pace.turn()
    assert loop.time() - began >= 0.19  # asleep for most of it; a busy machine only makes it longer


async def test_who_sends_too_fast_waits_and_is_not_cut_off(server: Server) -> None:
    ahead = 30
    async with acknowledged(server) as socket:
        began = asyncio.get_running_loop().time()
        for number in range(BURST + ahead):
            await say(socket, type="ping", payload={"number": number})
        for number in range(BURST + ahead):
            assert await heard(socket) == {"type": "pong", "payload": {"number": number}}
        assert asyncio.get_running_loop().time() - began >= (ahead - 1) / MESSAGES_PER_S


def _wire(server: Server) -> WebSocketProtocol:
    (wire,) = server.uvicorn.server_state.connections
    return cast("WebSocketProtocol", wire)


async def test_what_is_sent_ahead_is_bounded_and_forgotten_with_its_sender(server: Server) -> None:
    async with acknowledged(server) as socket:
        small = Frame(Opcode.TEXT, b'{"type":"pong"}').serialize(mask=True)
        socket.transport.write(small * 50_000)  # more than the server reads in at once
        wire = _wire(server)
        async with asyncio.timeout(10):
            while not wire._unread:
                await asyncio.sleep(0.01)
        for _ in range(20):
            await asyncio.sleep(0.01)
            assert wire.queue.qsize() <= 4 * 1024 // len(small) + 2
            assert len(wire._unread) <= 256 * 1024
        socket.transport.abort()
        await server.hub.publish(envelope("nobody"))
        wire.transport.abort()  # as the next write would find out
        await nothing_left(server)
        assert wire.queue.empty()


async def test_the_fragments_of_a_message_are_bounded(server: Server) -> None:
    async with acknowledged(server) as socket:
        fragments = [Frame(Opcode.TEXT, b'{"type":', fin=False)]
        fragments += [Frame(Opcode.CONT, b"", fin=False)] * (MAX_FRAGMENTS - 2)
        whole = [*fragments, Frame(Opcode.CONT, b'"ping"}')]
        socket.transport.write(b"".join(frame.serialize(mask=True) for frame in whole))
        assert await heard(socket) == {"type": "pong"}
        fragments += [Frame(Opcode.CONT, b"", fin=False)] * 3
        socket.transport.write(b"".join(frame.serialize(mask=True) for frame in fragments))
        assert await closed(socket) == (1008, f"A message has at most {MAX_FRAGMENTS} fragments")
    await nothing_left(server)


async def test_answers_to_pings_of_the_wire_do_not_pile_up(server: Server) -> None:
    async with acknowledged(server) as socket:
        wire = _wire(server)
        ping = Frame(Opcode.PING, b"x" * 125).serialize(mask=True)
        socket.transport.pause_reading()
        for _ in range(200):
            socket.transport.write(ping * 500)
            await asyncio.sleep(0)
        async with asyncio.timeout(20):
            while socket.transport.get_write_buffer_size():
                await asyncio.sleep(0.01)
        assert wire.transport.get_write_buffer_size() < 256 * 1024
        socket.transport.resume_reading()
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}


async def test_a_client_that_does_not_answer_pings_may_come_again(server: Server) -> None:
    async with acknowledged(server) as socket:
        wire = _wire(server)
        before = _slow_closes("silent")
        wire.read_paused = True  # its answer may be behind what is not read yet
        wire.keepalive_timeout()
        wire.read_paused = False
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}
        assert _slow_closes("silent") == before
        wire.keepalive_timeout()
        assert await closed(socket) == (1013, "No answer to a ping")
        assert _slow_closes("silent") == before + 1
    await nothing_left(server)


async def test_a_client_that_lets_very_much_wait_is_let_go_sooner(server: Server) -> None:
    server.board.scores = {f"table {number}": (1, 0) for number in range(200)}
    before = _slow_closes("full")
    async with acknowledged(server, max_queue=1) as socket:
        for number in range(40):  # 400 KB each
            await subscribe(socket, str(number), SCORES)
        socket.transport.pause_reading()
        async with asyncio.timeout(20):  # its patience alone is 30 s
            while server.socket.connections:
                await asyncio.sleep(0.05)
        socket.transport.resume_reading()
        assert await closed(socket) == (1013, "Too slow")
    await nothing_left(server)
    assert _slow_closes("full") == before + 1


async def test_a_client_that_reads_gets_as_much_as_it_asks_for(server: Server) -> None:
    server.board.scores = {f"table {number}": (1, 0) for number in range(200)}
    async with acknowledged(server, max_size=None) as socket:
        for number in range(40):
            await subscribe(socket, str(number), SCORES)
        messages = [await heard(socket) for _ in range(40)]
        assert {message["id"] for message in messages} == {str(number) for number in range(40)}


class _Waiting:
    """Holds mutations until told."""

    def __init__(self, server: Server) -> None:
        self.began, self.gate = asyncio.Event(), asyncio.Event()
        server.board.before_read = self._wait

    async def _wait(self) -> None:
        self.began.set()
        await self.gate.wait()


async def test_a_drain_lets_mutations_finish_and_begins_nothing_new(server: Server) -> None:
    async with acknowledged(server) as socket, acknowledged(server) as idle:
        held = _Waiting(server)
        await subscribe(socket, "add", ADD)
        await held.began.wait()
        drain = asyncio.create_task(server.socket.drain())
        assert (await closed(idle))[0] == 1012
        await subscribe(socket, "too late", ADD)
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}
        held.gate.set()
        answer = {"data": {"addCard": {"__typename": "AddCardPayload"}}}
        assert await heard(socket) == {"id": "add", "type": "next", "payload": answer}
        assert await heard(socket) == {"id": "add", "type": "complete"}
        assert (await closed(socket))[0] == 1012
        await drain
        assert server.board.cards == ["x"]
        async with opened(server) as late:
            assert (await closed(late))[0] == 1012
    await nothing_left(server)


async def test_uvicorn_leaves_the_goodbye_to_us(server: Server) -> None:
    async with acknowledged(server) as socket:
        held = _Waiting(server)
        await subscribe(socket, "add", ADD)
        await held.began.wait()
        _wire(server).shutdown()  # what uvicorn does first when it is told to end
        held.gate.set()
        assert [(await heard(socket))["type"] for _ in range(2)] == ["next", "complete"]
        code, reason = await closed(socket)
        assert (code, reason[:25]) == (1012, "Service restart; retry in")
    await nothing_left(server)


async def test_a_drain_waits_for_nobody_for_long_and_finishes_mutations_all_the_same(server: Server) -> None:
    async with acknowledged(server) as socket:
        held = _Waiting(server)
        await subscribe(socket, "add", ADD)
        await held.began.wait()
        drain = asyncio.create_task(server.socket.drain())
        assert (await closed(socket))[0] == 1012
        await asyncio.sleep(0)
        assert not drain.done()
        held.gate.set()
        await drain
        assert server.board.cards == ["x"]
    await nothing_left(server)


async def test_clients_are_asked_to_come_back_one_after_the_other(services: Services) -> None:
    settings = replace(services.settings, sockets_per_address=1_000)
    async with serving(replace(services, settings=settings)) as server, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(acknowledged(server)) for _ in range(300)]
        await server.socket.drain()
        hints = []
        for socket in sockets:
            code, reason = await closed(socket)
            found = re.fullmatch(r"Service restart; retry in (\d+) ms", reason)
            assert code == 1012 and found
            hints.append(int(found[1]))
        assert max(hints) <= 1_500  # 200 a second
        # Evenly drawn: that a fifth of the time stays empty has a chance of 10^-28.
        assert {hint // 300 for hint in hints} >= {0, 1, 2, 3, 4}


async def test_a_socket_lives_for_a_time_and_then_its_client_comes_again(services: Services) -> None:
    async with serving(services, timing=Timing(lifetime_s=3.0)) as server, acknowledged(server) as socket:
        held = _Waiting(server)
        await subscribe(socket, "add", ADD)
        await held.began.wait()
        await asyncio.sleep(3.3)
        held.gate.set()
        assert [(await heard(socket))["type"] for _ in range(2)] == ["next", "complete"]
        assert await closed(socket) == (1012, "Connection lifetime reached; retry in 0 ms")
        async with acknowledged(server) as again:
            await subscribe(again, "1", "{ hello }")
            assert (await heard(again))["payload"] == {"data": {"hello": "hello world"}}
        await nothing_left(server)
