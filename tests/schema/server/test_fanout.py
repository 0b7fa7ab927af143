"""One execution for equal subscribers, nothing lost, nothing twice, nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import random
from contextlib import AsyncExitStack
from typing import Any

import pytest
from prometheus_client import REGISTRY
from websockets.asyncio.client import ClientConnection

from domain.kernel.errors import Unavailable
from resolvers.services import Services
from schema.server.connection import Connection
from schema.server.fanout import Member
from schema.server.outbox import MAX_PENDING
from schema.server.wire import HTTPProtocol, WebSocketProtocol
from tests.factories.accounts import register
from tests.fixtures.following import members
from tests.schema.server.small import Server
from tests.schema.server.test_websocket import acknowledged, heard, nothing_left, say, subscribe

CARDS = """subscription ($after: String) { cardChanges(after: $after) { __typename
    ... on BoardSnapshot { cursor cards { text } } ... on CardAdded { cursor card { text } }
    ... on Resync { reason } } }"""
COUNTED = "subscription { cardChanges { __typename ... on CardAdded { card { count } } } }"
SCORES = """subscription { scores { __typename
    ... on Scores { scores { table version points } } ... on Score { table version points padding } } }"""


async def change(socket: ClientConnection) -> Any:
    """The value of the next message."""
    message = await heard(socket)
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    (value,) = message["payload"]["data"].values()
    return value


def added(number: int, text: str) -> dict[str, Any]:
    return {"__typename": "CardAdded", "cursor": str(number), "card": {"text": text}}


def whole(*texts: str) -> dict[str, Any]:
    return {"__typename": "BoardSnapshot", "cursor": str(len(texts)), "cards": [{"text": text} for text in texts]}


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"matchpoint_hub_{name}_total", labels) or 0.0


async def test_equal_subscribers_cost_one_execution(server: Server) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(acknowledged(server)) for _ in range(50)]
        for socket in sockets:
            await subscribe(socket, "1", COUNTED)
        for socket in sockets:
            assert (await change(socket))["__typename"] == "BoardSnapshot"
        assert server.fanout.groups == 1
        for number in (1, 2, 3):
            await server.add_card("x")
            for socket in sockets:
                assert await change(socket) == {"__typename": "CardAdded", "card": {"count": number}}
        assert server.board.executions == 3
        assert {topic: len(sinks) for topic, sinks in server.hub.sinks.items()} == {"board:main": 1}
    await nothing_left(server)


async def test_one_socket_gets_each_of_its_subscriptions_once(server: Server) -> None:
    async with acknowledged(server) as socket:
        for key in ("a", "b", "c"):
            await subscribe(socket, key, CARDS)
            await heard(socket)
        await server.add_card("x")
        assert sorted([(await heard(socket))["id"] for _ in range(3)]) == ["a", "b", "c"]
        await say(socket, type="complete", id="b")
        await say(socket, type="ping")
        assert await heard(socket) == {"type": "pong"}
        await server.add_card("y")
        assert sorted([(await heard(socket))["id"] for _ in range(2)]) == ["a", "c"]


async def test_those_who_join_together_share_one_reading(server: Server) -> None:
    gate, begun = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await gate.wait()

    server.board.before_read = wait
    others = members()
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(acknowledged(server)) for _ in range(30)]
        await subscribe(sockets[0], "1", CARDS)
        await begun.wait()
        for socket in sockets[1:]:
            await subscribe(socket, "1", CARDS)
        async with asyncio.timeout(20):
            while members() != others + 30:
                await asyncio.sleep(0.01)
        server.board.cards.append("committed before the last of them came")
        gate.set()
        for socket in sockets:
            assert await change(socket) == whole("committed before the last of them came")
        assert server.board.snapshots == 2  # one for the first, one for all who came while it was read


async def test_a_snapshot_that_did_not_change_is_not_executed_again(server: Server) -> None:
    server.board.cards.append("x")
    async with AsyncExitStack() as stack:
        for _ in range(5):
            socket = await stack.enter_async_context(acknowledged(server))
            await subscribe(socket, "1", "subscription { cardChanges { ... on BoardSnapshot { cards { count } } } }")
            assert await change(socket) == {"cards": [{"count": 1}]}
        assert (server.board.snapshots, server.board.executions) == (5, 1)


async def test_who_resumes_gets_what_came_since_and_shares_the_rest(server: Server) -> None:
    for number in range(1, 6):
        await server.add_card(f"card {number}")
    async with acknowledged(server) as fresh, acknowledged(server) as resumed, acknowledged(server) as current:
        await subscribe(fresh, "1", CARDS)
        await subscribe(resumed, "1", CARDS, variables={"after": "3"})
        await subscribe(current, "1", CARDS, variables={"after": "5"})
        assert await change(fresh) == whole("card 1", "card 2", "card 3", "card 4", "card 5")
        assert await change(resumed) == added(4, "card 4")
        assert await change(resumed) == added(5, "card 5")
        while server.board.replays < 2:
            await asyncio.sleep(0.01)
        assert server.fanout.groups == 1
        await server.add_card("card 6")
        for socket in (fresh, resumed, current):
            assert await change(socket) == added(6, "card 6")


async def test_who_resumes_from_too_long_ago_starts_over(server: Server) -> None:
    for text in ("a", "b", "c"):
        await server.add_card(text)
    server.board.first_kept = 3
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", CARDS, variables={"after": "1"})
        assert await change(socket) == {"__typename": "Resync", "reason": "HISTORY_GONE"}
        assert await change(socket) == whole("a", "b", "c")
        await server.add_card("d")
        assert await change(socket) == added(4, "d")


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_is_lost_or_repeated_whatever_the_timing(server: Server, seed: int) -> None:
    """Clients come, resume and miss facts while cards are added, and each sees every card exactly once, in order."""
    rng = random.Random(seed)
    cards = 60

    async def jitter() -> None:
        await asyncio.sleep(rng.random() * 0.01)

    server.board.before_read = jitter

    async def write() -> None:
        for number in range(1, cards + 1):
            await asyncio.sleep(rng.random() * 0.008)
            if rng.random() < 0.15:
                server.board.cards.append(f"card {number}")  # committed, but the bus loses it
                await asyncio.sleep(rng.random() * 0.004)
                server.hub.gap()
            else:
                await server.add_card(f"card {number}")
        await asyncio.sleep(0.05)
        server.hub.gap()

    async def read(delay_s: float) -> list[str]:
        await asyncio.sleep(delay_s)
        seen: list[str] = []
        cursor: str | None = None
        while len(seen) < cards:
            async with acknowledged(server) as socket:
                await subscribe(socket, "1", CARDS, variables={"after": cursor})
                for _ in range(rng.randint(1, 25)):
                    value = await change(socket)
                    if value["__typename"] == "BoardSnapshot":
                        assert cursor is None, "a snapshot for someone who resumes"
                        seen = [card["text"] for card in value["cards"]]
                    else:
                        assert value["__typename"] == "CardAdded"
                        seen.append(value["card"]["text"])
                    cursor = value["cursor"]
                    assert int(cursor) == len(seen)
                    if len(seen) == cards:
                        break
        return seen

    async with asyncio.timeout(30):
        *read_by_each, _ = await asyncio.gather(*(read(number * 0.03) for number in range(12)), write())
    assert all(seen == [f"card {number}" for number in range(1, cards + 1)] for seen in read_by_each)
    await nothing_left(server)


async def test_a_gap_is_closed_once_for_all(server: Server) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(acknowledged(server)) for _ in range(5)]
        for socket in sockets:
            await subscribe(socket, "1", CARDS)
            await change(socket)
        await server.add_card("heard")
        server.board.cards.append("lost")
        server.hub.gap()
        for socket in sockets:
            assert await change(socket) == added(1, "heard")
            assert await change(socket) == added(2, "lost")
        assert server.board.replays == 1
        await server.add_card("heard again")
        for socket in sockets:
            assert await change(socket) == added(3, "heard again")


async def test_a_gap_longer_than_history_starts_over(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", CARDS)
        await change(socket)
        server.board.cards.extend("abc")
        server.board.first_kept = 3
        server.hub.gap()
        assert await change(socket) == {"__typename": "Resync", "reason": "CONNECTION_GAP"}
        assert await change(socket) == whole("a", "b", "c")
        await server.add_card("d")
        assert await change(socket) == added(4, "d")


async def test_a_gap_in_a_state_stream_sends_the_state(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", SCORES)
        assert await change(socket) == {"__typename": "Scores", "scores": []}
        server.board.scores["a"] = (1, 10)
        server.hub.gap()
        assert await change(socket) == {"__typename": "Scores", "scores": [{"table": "a", "version": 1, "points": 10}]}
        await server.set_score("a", 20)
        assert (await change(socket))["points"] == 20


async def test_viewers_share_only_what_does_not_depend_on_them(server: Server, services: Services) -> None:
    mine = "subscription { cardChanges { ... on CardAdded { card { ...Mine } } } } fragment Mine on Card { isMine }"
    ada = {"accessToken": (await register(services.accounts, "ada")).tokens.access_token}
    bob = {"accessToken": (await register(services.accounts, "bob")).tokens.access_token}
    async with (
        acknowledged(server, ada) as first,
        acknowledged(server, ada) as second,
        acknowledged(server, bob) as third,
        acknowledged(server) as nobody,
    ):
        sockets = (first, second, third, nobody)
        unshared = counted("unshared", operation="adhoc", reason="Card.isMine")
        for socket in sockets:
            await subscribe(socket, "1", mine)
            await change(socket)
        assert server.fanout.groups == 3
        # Ada's, though two of her devices are in it, and Bob's.
        assert counted("unshared", operation="adhoc", reason="Card.isMine") - unshared == 3 - 1
        await server.add_card("x")
        assert [(await change(socket))["card"]["isMine"] for socket in sockets] == [True, True, True, False]


async def test_a_wrong_mark_shows_nobody_elses_view(server: Server, services: Services) -> None:
    leaky = "subscription { cardChanges { ... on CardAdded { card { viewerName } } } }"
    ada = {"accessToken": (await register(services.accounts, "ada")).tokens.access_token}
    async with acknowledged(server, ada) as signed_in, acknowledged(server) as nobody:
        for socket in (signed_in, nobody):
            await subscribe(socket, "1", leaky)
            await change(socket)
        assert server.fanout.groups == 1
        await server.add_card("x")
        for socket in (signed_in, nobody):
            assert await change(socket) == {"card": {"viewerName": None}}


async def test_a_stream_for_one_viewer_is_not_shared(server: Server, services: Services) -> None:
    mine = "subscription { myCards { ... on CardAdded { card { viewerName } } } }"
    people = [await register(services.accounts, name) for name in ("ada", "bob")]
    unshared = counted("unshared", operation="adhoc", reason="audience")
    async with AsyncExitStack() as stack:
        for person in people:
            payload = {"accessToken": person.tokens.access_token}
            socket = await stack.enter_async_context(acknowledged(server, payload))
            await subscribe(socket, "1", mine)
            await change(socket)
        assert server.fanout.groups == 2
        assert counted("unshared", operation="adhoc", reason="audience") - unshared == 2


async def test_errors_of_an_execution_reach_members_masked(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", "subscription { cardChanges { ... on CardAdded { card { broken } } } }")
        await change(socket)
        await server.add_card("x")
        message = await heard(socket)
        assert message["type"] == "next"
        assert message["payload"]["data"] is None
        assert message["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert "secret" not in str(message)


async def test_a_personal_part_that_fails_ends_the_subscription(server: Server) -> None:
    async with acknowledged(server) as socket:
        for refusal, code in ((Unavailable("Later."), "UNAVAILABLE"), (RuntimeError("secret"), "INTERNAL")):
            server.board.refuse = refusal
            await subscribe(socket, "1", CARDS)
            message = await heard(socket)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", code)
            assert "secret" not in str(message)
            assert (server.fanout.groups, server.hub.sinks) == (0, {})
        server.board.refuse = None
        await subscribe(socket, "1", CARDS)
        assert await change(socket) == whole()


async def test_a_database_that_is_away_for_a_while_loses_nothing(server: Server) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", CARDS)
        await change(socket)
        server.board.refuse = OSError("the database is away")
        for text in ("a", "b", "c"):
            await server.add_card(text)
        await asyncio.sleep(0.3)
        server.board.refuse = None
        for number, text in enumerate(("a", "b", "c"), 1):
            assert await change(socket) == added(number, text)


async def test_a_slow_client_is_told_and_made_whole_while_others_go_on(server: Server) -> None:
    padding = "x" * 4000
    async with acknowledged(server, max_queue=1) as slow, acknowledged(server) as quick:
        for socket in (slow, quick):
            await subscribe(socket, "1", CARDS.replace("cards { text }", ""))
            await change(socket)
        slow.transport.pause_reading()
        total = MAX_PENDING * 10
        for number in range(1, total + 1):
            await server.add_card(f"{number} {padding}")
            assert (await change(quick))["cursor"] == str(number)
        slow.transport.resume_reading()
        position, markers = 0, 0
        while position < total:
            value = await change(slow)
            if value["__typename"] == "Resync":
                assert value["reason"] == "SLOW_CLIENT"
                markers += 1
                value = await change(slow)
                assert value["__typename"] == "BoardSnapshot"
                position = int(value["cursor"])
                continue
            assert int(value["cursor"]) == position + 1, "a card is missing and nobody said so"
            position += 1
        assert markers == 1
        await server.add_card("the end")
        assert (await change(slow))["cursor"] == str(total + 1)


async def test_a_slow_client_of_a_state_stream_gets_the_newest(server: Server) -> None:
    async with acknowledged(server, max_queue=1) as slow:
        await subscribe(slow, "1", SCORES)
        await change(slow)
        slow.transport.pause_reading()
        for points in range(3000):
            await server.set_score(f"table {points % 3}", points)
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        slow.transport.resume_reading()
        seen: dict[str, int] = {}
        count = 0
        while sorted(seen.values()) != [1000, 1000, 1000]:
            value = await change(slow)
            assert value["version"] > seen.get(value["table"], 0)
            seen[value["table"]] = value["version"]
            count += 1
        assert count < 3000


async def test_nothing_older_than_its_snapshot_follows_it(server: Server) -> None:
    async def slowly() -> None:
        await asyncio.sleep(0.05)

    async with acknowledged(server) as first, acknowledged(server) as second:
        await subscribe(first, "1", SCORES)
        await change(first)
        server.board.before_read = slowly
        await server.set_score("a", 1)  # on its way to the group while the other joins
        await subscribe(second, "1", SCORES)
        assert await change(second) == {"__typename": "Scores", "scores": [{"table": "a", "version": 1, "points": 1}]}
        assert (await change(first))["version"] == 1
        await server.set_score("a", 2)
        assert (await change(first))["version"] == 2
        assert (await change(second))["version"] == 2


async def test_churn_leaves_nothing_behind(server: Server, services: Services) -> None:
    rng = random.Random(1)
    token = (await register(services.accounts, "ada")).tokens.access_token
    async with acknowledged(server, {"accessToken": token}):
        pass  # what is made once and kept, such as pooled connections, is made now
    await nothing_left(server)
    before = set(asyncio.all_tasks())

    async def visit() -> None:
        async with acknowledged(server, {"accessToken": token} if rng.random() < 0.3 else None) as socket:
            for number in range(rng.randint(0, 4)):
                await subscribe(socket, str(number), rng.choice((CARDS, SCORES, COUNTED, "{ slow(seconds: 0.05) }")))
            if rng.random() < 0.5:
                await asyncio.sleep(rng.random() * 0.05)
            if rng.random() < 0.3:
                await say(socket, type="complete", id="0")
            if rng.random() < 0.5:
                socket.transport.abort()

    async def write() -> None:
        for number in range(100):
            await asyncio.sleep(0.01)
            await server.add_card(str(number))
            await server.set_score(str(number % 5), number)

    writing = asyncio.create_task(write())
    for _ in range(10):
        await asyncio.gather(*(visit() for _ in range(30)))
    await writing
    await nothing_left(server)
    async with asyncio.timeout(20):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.02)


async def test_of_a_state_only_the_newest_of_what_waits_is_executed(server: Server) -> None:
    async with acknowledged(server) as scores, acknowledged(server) as cards:
        await subscribe(scores, "1", SCORES)
        await subscribe(cards, "1", COUNTED)
        assert (await change(scores))["__typename"] == "Scores"
        assert (await change(cards))["__typename"] == "BoardSnapshot"
        await server.set_score("a", 0)
        assert (await change(scores))["points"] == 0
        held = asyncio.Event()
        server.board.before_read = held.wait
        await server.set_score("a", 1)  # is being read while the others come
        await server.add_card("x")
        await asyncio.sleep(0)
        for points in range(2, 41):
            await server.set_score("a", points)
            await server.set_score("b", points)
            await server.add_card("x")
        executed, coalesced = counted("executions"), counted("coalesced")
        held.set()
        newest: dict[str, int] = {}
        while newest != {"a": 40, "b": 40}:
            score = await change(scores)
            newest[score["table"]] = score["points"]
        # Of events each is executed.
        for _ in range(40):
            assert (await change(cards))["__typename"] == "CardAdded"
        assert counted("executions") - executed <= 40 + 4
        assert counted("coalesced") - coalesced >= 74


async def test_what_leaves_waits_for_no_collector(server: Server) -> None:
    kinds = (Connection, Member, HTTPProtocol, WebSocketProtocol)

    def here() -> int:
        return sum(type(each) in kinds for each in gc.get_objects())

    gc.collect()
    before = here()
    gc.disable()
    try:
        for ends_well in (True, False):
            async with acknowledged(server) as socket:
                await subscribe(socket, "1", CARDS)
                await change(socket)
                await server.add_card("x")
                await change(socket)
                assert here() == before + 3  # the request has become a socket
                if not ends_well:
                    socket.transport.abort()
            await nothing_left(server)
            async with asyncio.timeout(20):
                while here() != before:
                    await asyncio.sleep(0.01)
    finally:
        gc.enable()
