"""The tour in README, typed in as it stands there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from hashlib import sha256

from graphql import GraphQLSchema, build_schema, parse, validate

from tests.cli.recordings import Json
from tests.fixtures.processes import LIMIT_S, ROOT
from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

README = (ROOT / "README.md").read_text()
TOUR = re.search(r"## A tour by example\n(.*?)\n## ", README, re.DOTALL)
assert TOUR is not None
COMMANDS = re.findall(r"^curl .*?^JSON$", TOUR[1], re.DOTALL | re.MULTILINE)
SUBSCRIPTIONS = re.findall(r"```graphql\n(.*?)```", TOUR[1], re.DOTALL)

PARTNERS = re.search(r"## For partners\n(.*?)\n## ", README, re.DOTALL)
assert PARTNERS is not None
STEPS = re.findall(r"```sh\n(.*?)```", PARTNERS[1], re.DOTALL)


def _schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema" / "schema.graphql").read_text())


async def test_a_reader_makes_and_publishes_an_event_at_a_venue(server: RunningServer) -> None:
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
    known["VENUE"] = typed(3)["venue"]["id"]
    table = typed(4)["table"]
    known["TABLE"] = table["id"]
    queue = typed(5)["queue"]

    assert len(COMMANDS) == 6
    assert (table["number"], queue) == (1, {"waitingCount": 0})
    assert (created["slug"], created["status"]) == ("friday-cup", "DRAFT")
    assert published == {"slug": "friday-cup", "status": "PUBLISHED"}


async def test_a_partner_publishes_a_document_and_calls_it(server: RunningServer) -> None:
    """In the folder where `make run` has left the password of the administrator."""
    known = dict(server.environment)
    program = shlex.join(server.command())

    def typed(block: str) -> str:
        command = block.replace("http://127.0.0.1:8000", server.url).replace(".venv/bin/matchpoint", program)
        done = subprocess.run(
            ["bash", "-ec", command],
            env=known,
            cwd=server.logs,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=True,
        )
        return done.stdout

    def answered(block: str) -> Json:
        return next(iter(json.loads(typed(block))["data"].values()))

    typed(f"{program} seed")
    known["TOKEN"] = answered(COMMANDS[0])["tokens"]["accessToken"]
    steps = [re.sub(r"^\w+=…[^\n]*\n", "", step, flags=re.MULTILINE) for step in STEPS]
    log_in, create = steps[0].split("\n\n")
    known["ADMIN"] = answered(log_in)["tokens"]["accessToken"]
    known["PARTNER"] = answered(create)["partner"]["id"]
    known["KEY"] = answered(steps[1])["secret"]
    assert typed(steps[2]) == "Published 1 documents of acme as 1.0.0.\n"
    found = sha256((server.logs / "documents" / "Games.graphql").read_bytes()).hexdigest()[:12]
    call, usage = steps[3].split("\n\n")
    assert {"node": {"slug": "rocket-league-1v1", "name": "Rocket League 1v1"}} in answered(call)["edges"]
    assert [line.split()[:2] for line in typed(usage).splitlines()] == [["Document", "Operation"], [found, "Games"]]


def test_the_subscription_fits_the_schema() -> None:
    assert [validate(_schema(), parse(text)) for text in SUBSCRIPTIONS] == [[]]
