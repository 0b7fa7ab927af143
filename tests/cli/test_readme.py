"""The tour in README, typed in as it stands there."""

from __future__ import annotations

import json
import re
import subprocess

from graphql import GraphQLSchema, build_schema, parse, validate

from tests.cli.recordings import Json
from tests.fixtures.processes import LIMIT_S, ROOT
from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

TOUR = re.search(r"## A tour by example\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.DOTALL)
assert TOUR is not None
COMMANDS = re.findall(r"^curl .*?^JSON$", TOUR[1], re.DOTALL | re.MULTILINE)
SUBSCRIPTIONS = re.findall(r"```graphql\n(.*?)```", TOUR[1], re.DOTALL)


def _schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema" / "schema.graphql").read_text())


async def test_a_reader_makes_and_publishes_an_event(server: RunningServer) -> None:
    known: dict[str, str] = {}

    def typed(number: int) -> Json:
        command = COMMANDS[number].replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(
            ["bash", "-c", command], env=known, capture_output=True, text=True, timeout=LIMIT_S, check=True
        )
        answer: dict[str, Json] = json.loads(done.stdout)["data"]
        return next(iter(answer.values()))

    known["TOKEN"] = typed(0)["tokens"]["accessToken"]
    created = typed(1)["tournament"]
    known["TOURNAMENT"] = created["id"]
    published = typed(2)["tournament"]

    assert len(COMMANDS) == 3
    assert (created["slug"], created["status"]) == ("friday-cup", "DRAFT")
    assert published == {"slug": "friday-cup", "status": "PUBLISHED"}


def test_the_subscription_fits_the_schema() -> None:
    assert [validate(_schema(), parse(text)) for text in SUBSCRIPTIONS] == [[]]
