"""What came after a cursor: executed as it is read, once for those who read it together."""

from __future__ import annotations

import asyncio

from resolvers.streams import Change
from schema.server.replay import Message, Replay
from tests.fixtures.following import members
from tests.schema.server.small import Server
from tests.schema.server.test_fanout import change
from tests.schema.server.test_websocket import acknowledged, nothing_left, subscribe

COUNTED = """subscription ($after: String) { cardChanges(after: $after) {
    ... on CardAdded { cursor card { text count } } } }"""


async def test_what_a_client_does_not_read_is_not_executed(server: Server) -> None:
    missed = 1000
    server.board.cards.extend(["x" * 20_000] * missed)
    async with acknowledged(server, max_queue=1) as slow:
        slow.transport.pause_reading()
        await subscribe(slow, "1", COUNTED, variables={"after": "0"})
        async with asyncio.timeout(20):
            while server.board.executions < 32:
                await asyncio.sleep(0.01)
        executions = -1
        while executions < server.board.executions:
            executions = server.board.executions
            await asyncio.sleep(0.3)
        assert executions < missed / 2
        slow.transport.resume_reading()
        assert [(await change(slow))["cursor"] for _ in range(missed)] == [str(n) for n in range(1, missed + 1)]
        await server.add_card("live")
        assert (await change(slow))["cursor"] == str(missed + 1)
    await nothing_left(server)


async def test_those_who_resume_together_share_each_execution(server: Server) -> None:
    server.board.cards.extend("abcde")
    gate, begun = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await gate.wait()

    server.board.before_read = wait
    others = members()
    async with acknowledged(server) as first, acknowledged(server) as second, acknowledged(server) as third:
        await subscribe(first, "1", COUNTED, variables={"after": "0"})
        await begun.wait()
        for socket in (second, third):
            await subscribe(socket, "1", COUNTED, variables={"after": "0"})
        async with asyncio.timeout(20):
            while members() != others + 3:
                await asyncio.sleep(0.01)
        gate.set()
        for socket in (first, second, third):
            assert [(await change(socket))["cursor"] for _ in range(5)] == ["1", "2", "3", "4", "5"]
        # The first began to read before the others came, who then read together.
        assert (server.board.replays, server.board.executions) == (2, 10)


async def test_who_leaves_does_not_take_an_execution_along() -> None:
    gate = asyncio.Event()
    executed: list[int] = []

    async def execute(missed: Change[str]) -> Message:
        executed.append(missed.version)
        await gate.wait()
        return Message(missed.value, missed.version, missed.key)

    changes = [Change(text, number) for number, text in enumerate("abc", 1)]
    replay = Replay(changes, lambda missed: asyncio.create_task(execute(missed)))

    async def read() -> str:
        return "".join([message.payload async for message in replay.messages()])

    leaving, staying = asyncio.create_task(read()), asyncio.create_task(read())
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.sleep(0.01)
    gate.set()
    assert await staying == "abc"
    assert leaving.cancelled()
    assert executed == [1, 2, 3]
