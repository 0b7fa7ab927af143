"""Servers that are compared answer the same, with the same fields in the same order."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import orjson
import pytest

from bench import peers
from bench.audience import audience
from bench.peer_fanout import SUBSCRIPTION, first_messages
from bench.peer_queries import QUERIES, answers
from bench.peers import GRAPHQL_WS, MERCURIUS, OURS, STOCK, YOGA, rows
from bench.server import environment_of
from domain.infra.settings import Settings

needs_npm = pytest.mark.skipif(not peers.are_installed(), reason="the servers come from npm, with `make bench`")


@pytest.fixture
def environment(settings: Settings) -> Mapping[str, str]:
    return environment_of(settings.database_url, settings.redis_url)


@pytest.mark.parametrize("names", [(OURS, STOCK), pytest.param((OURS, MERCURIUS, YOGA), marks=needs_npm)])
async def test_queries_are_answered_alike(names: tuple[str, ...], environment: Mapping[str, str]) -> None:
    with peers.started(names, environment) as servers:
        for body in QUERIES.values():
            # Twice, because some servers compile a document when it comes again.
            for _ in range(2):
                answered = await answers(body, servers)
                data = {orjson.dumps(orjson.loads(answer)["data"]) for answer in answered.values()}
                assert len(answered) == len(names) and len(data) == 1


async def test_what_is_served_is_the_data(environment: Mapping[str, str]) -> None:
    with peers.started((OURS,), environment) as servers:
        served = {name: orjson.loads((await answers(body, servers))[OURS])["data"] for name, body in QUERIES.items()}
    data = orjson.loads(msgspec.json.encode(rows.generate(peers.SEED)))
    assert served == {
        "hello": {"hello": data["hello"]},
        "list": {"items": data["items"]},
        "bracket_64": {"bracket": data["brackets"]["64"]},
        "bracket_256": {"bracket": data["brackets"]["256"]},
    }


@pytest.mark.parametrize("name", [OURS, pytest.param(GRAPHQL_WS, marks=needs_npm)])
async def test_subscribers_get_the_state_and_every_change(name: str, environment: Mapping[str, str]) -> None:
    items = msgspec.to_builtins(rows.generate(peers.SEED).items[:10])
    with peers.started((name,), environment) as servers:
        messages = await first_messages(servers[name], 3)
    assert messages == [
        {"changes": {"number": number, "items": [{**item, "score": item["score"] + number} for item in items]}}
        for number in range(3)
    ]


async def test_an_audience_counts_what_it_gets(environment: Mapping[str, str]) -> None:
    with peers.started((OURS,), environment) as servers:
        async with audience(servers[OURS].url, [SUBSCRIPTION], 3) as watching:
            await first_messages(servers[OURS], 2)
            # The acknowledgement, the state, and the change.
            arrived = await watching.arrivals(3)
            assert (len(arrived), (await watching.seen())[1]) == (3, [3, 3, 3])


def test_servers_that_answer_otherwise_are_not_compared() -> None:
    peers.require_equal("hello", {"a": {"hello": "world"}, "b": {"hello": "world"}})
    with pytest.raises(RuntimeError, match="b answers hello otherwise than a"):
        peers.require_equal("hello", {"a": {"hello": "world"}, "b": {"hello": "World"}})
