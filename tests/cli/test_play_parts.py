"""The parts of `matchpoint play` that need no server of ours."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from graphql import DocumentNode, validate

from cli.play import documents
from cli.play.client import Refused, Server, Unreachable
from cli.play.demo.cast import Cast
from cli.play.demo.script import Act, next_step
from cli.play.ledger import Ledger
from schema.root import build_schema
from tests.cli.recordings import Json


def test_every_document_fits_the_schema() -> None:
    schema = build_schema()._schema
    sent = {name: value for name, value in vars(documents).items() if isinstance(value, DocumentNode)}

    assert {name: validate(schema, document) for name, document in sent.items()} == {name: [] for name in sent}


def _message(cursor: int, key: str, version: int) -> Json:
    return {"__typename": "MatchChanged", "cursor": str(cursor), "match": {"id": key, "version": version}}


@pytest.mark.parametrize(
    ("changes", "end", "gaps"),
    [
        ([(8, "a", 2), (9, "b", 2), (10, "a", 3)], (10, {"a": 3, "b": 2, "c": 1}), 0),
        ([(8, "a", 2), (10, "a", 3)], (10, {"a": 3}), 1),
        ([(8, "a", 2), (9, "a", 4)], (9, {"a": 4}), 1),
        ([(8, "a", 2), (8, "a", 2)], (8, {"a": 2}), 2),
        ([(8, "a", 2)], (8, {"a": 3}), 1),
        ([(8, "a", 2)], (10, {"a": 2}), 2),
    ],
)
def test_a_ledger_counts_what_did_not_arrive_as_it_should(
    changes: list[tuple[int, str, int]], end: tuple[int, dict[str, int]], gaps: int
) -> None:
    ledger = Ledger()
    ledger.take({"__typename": "BracketSnapshot", "cursor": "7", "bracket": None})
    for change in changes:
        ledger.take(_message(*change))
    ledger.close(*end)

    assert (ledger.changes, ledger.gaps) == (len(changes), gaps)


def test_a_stream_that_starts_over_is_a_gap() -> None:
    ledger = Ledger()
    ledger.take({"__typename": "BracketSnapshot", "cursor": "7", "bracket": None})
    ledger.take({"__typename": "Resync", "reason": "HISTORY_GONE"})
    ledger.take({"__typename": "BracketSnapshot", "cursor": "7", "bracket": {"rounds": []}})

    assert ledger.gaps == 1


def test_the_cast_follows_from_the_secret() -> None:
    cast, again, other = (Cast(secret, 32, 3, seed=1) for secret in ("one" * 12, "one" * 12, "two" * 12))
    people = [person for team in cast.teams for person in team.members]

    assert cast.teams == again.teams
    assert len({team.name for team in cast.teams}) == len({team.slug for team in cast.teams}) == 32
    assert len({person.username.lower() for person in people}) == 96
    assert [person.display_name for person in people] == [p.display_name for t in other.teams for p in t.members]
    assert not {person.username for person in people} & {p.username for t in other.teams for p in t.members}
    assert cast.password(people[0]) == again.password(people[0])
    assert len({cast.password(person) for person in people} | {other.password(person) for person in people}) == 192


def test_a_match_of_the_demo_plays_itself_to_an_end() -> None:
    acts = []
    for number in range(200):
        played: Json = {
            "id": f"match-{number}",
            "status": "READY",
            "bestOf": 3,
            "slots": [{"score": None, "seed": 1}, {"score": None, "seed": 32}],
            "report": None,
        }
        while (step := next_step(played, seed=1)) is not None:
            acts.append(step.act)
            assert next_step(played, seed=1) == step
            _act(played, step.act, step.slot, step.scores)
        assert played["status"] == "FINISHED"
        assert max(slot["score"] for slot in played["slots"]) == 2
    assert set(acts) == set(Act)
    assert acts.count(Act.DISPUTE) == acts.count(Act.DECIDE) <= 20


def _act(match: Json, act: Act, slot: int | None, scores: tuple[int, int]) -> None:
    """What the server makes of an act."""
    match["status"] = {
        Act.START: "LIVE",
        Act.SCORE: "LIVE",
        Act.REPORT: "REPORTED",
        Act.CONFIRM: "FINISHED",
        Act.DISPUTE: "DISPUTED",
        Act.DECIDE: "FINISHED",
    }[act]
    if act is Act.REPORT:
        match["report"] = {"slot": slot, "scores": list(scores)}
    if act is Act.SCORE:
        for side, score in zip(match["slots"], scores, strict=True):
            side["score"] = score


async def test_who_is_not_there_is_told_after_a_while() -> None:
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        async with Server("127.0.0.1:9", patience_s=0.2) as nobody:
            await nobody.ask(documents.GAMES)
    with pytest.raises(Refused, match="is not the address of a server"):
        Server("ftp://127.0.0.1")


@pytest.mark.parametrize(
    ("status", "body", "failure", "problem"),
    [
        (HTTPStatus.OK, "<html>", Refused, "does not speak GraphQL; is this a Matchpoint server"),
        (HTTPStatus.NOT_FOUND, "{}", Refused, "answers with status 404; is this a Matchpoint server"),
        (HTTPStatus.BAD_GATEWAY, "<html>", Unreachable, "answers with status 502"),
        (HTTPStatus.OK, '{"errors": [{"message": "No.", "extensions": {"code": "BAD"}}]}', Refused, "No."),
        (
            HTTPStatus.SERVICE_UNAVAILABLE,
            '{"errors": [{"message": "No.", "extensions": {"code": "UNAVAILABLE"}}]}',
            Unreachable,
            "No.",
        ),
    ],
)
async def test_who_answers_strangely_is_told_apart(
    status: HTTPStatus, body: str, failure: type[Exception], problem: str
) -> None:
    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        Thread(target=stranger.serve_forever, daemon=True).start()
        try:
            with pytest.raises(failure, match=problem):
                async with Server(f"http://127.0.0.1:{stranger.server_port}", patience_s=0.2) as client:
                    await client.ask(documents.GAMES)
        finally:
            stranger.shutdown()
