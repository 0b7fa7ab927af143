"""Frames no client should send: the socket lives or closes with a code, and nothing of it stays.

`FUZZ_EXAMPLES=10000` tries that many changed conversations in place of 300.
"""

from __future__ import annotations

import asyncio
import logging
import os
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.frames import Opcode

from tests.fixtures.frames import HELLO, changed_frames, frame, shaken, text
from tests.schema.server.small import Server
from tests.schema.server.test_websocket import CARDS, SCORES, acknowledged, heard, nothing_left, subscribe

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
OPERATIONS: list[dict[str, Any]] = [
    {"query": "query H($n: String) { hello(name: $n) }", "variables": {"n": "you"}, "operationName": "H"},
    {"query": 'mutation { addCard(input: {text: "x"}) { ... on AddCardPayload { card { number } } } }'},
    {"query": CARDS, "variables": {"after": "0"}, "extensions": {"a": {}}},
    {"query": SCORES},
    {"documentId": "sha256:" + "0" * 64},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
]


def port_of(server: Server) -> int:
    port = urlsplit(server.url).port
    assert port is not None
    return port


HOSTILE: dict[str, tuple[bytes, int | None]] = {
    "not masked": (b"\x81\x02{}", 1002),
    "a reserved bit": (b"\xc1" + text(b"{}")[1:], 1002),
    "a reserved opcode": (b"\x83" + text(b"{}")[1:], 1002),
    "a continuation of nothing": (frame(Opcode.CONT, b"{}"), 1002),
    "a text in a text": (frame(Opcode.TEXT, b"{", fin=False) + text(b"}"), 1002),
    "a ping in two": (frame(Opcode.PING, b"", fin=False), 1002),
    "a ping that is too long": (b"\x89\xfe" + (126).to_bytes(2) + b"mask" + b"x" * 126, 1002),
    "a length beyond all": (b"\x81\xff" + (2**63).to_bytes(8) + b"mask", 1009),
    "a length beyond ours": (b"\x81\xff" + (2**20).to_bytes(8) + b"mask", 1009),
    "fragments that are too long together": (
        frame(Opcode.TEXT, b"x" * 100_000, fin=False) + frame(Opcode.CONT, b"x" * 100_000),
        1009,
    ),
    "a ping between fragments": (
        frame(Opcode.TEXT, b'{"type":', fin=False) + frame(Opcode.PING, b"x") + frame(Opcode.CONT, b'"pong"}'),
        None,
    ),
    "a close with one byte": (frame(Opcode.CLOSE, b"x"), 1002),
    "a close with a code that nobody may send": (frame(Opcode.CLOSE, (1006).to_bytes(2)), 1002),
    "a close whose reason is not UTF-8": (frame(Opcode.CLOSE, (1000).to_bytes(2) + b"\xff"), 1007),
    "a close": (frame(Opcode.CLOSE, (1000).to_bytes(2) + b"bye"), 1000),
    "a close without a code": (frame(Opcode.CLOSE, b""), 1005),
    "a ping behind a close": (frame(Opcode.CLOSE, (1000).to_bytes(2)) + frame(Opcode.PING, b"") * 3, 1000),
    # What is closed while bytes of it are unread is reset, and a reset takes the close frame with it.
    "much behind a violation": (b"\x83" + text(b"{}")[1:] + bytes(1_000_000), 1002),
    "much behind a message that is no JSON": (text(b"junk") + text(b'{"type":"pong"}') * 50_000, 4400),
    "a UTF-8 that begins in one fragment and never ends": (
        frame(Opcode.TEXT, b'"\xc3', fin=False) + frame(Opcode.CONT, b'"'),
        1007,
    ),
    "two texts that are not UTF-8 in one write": (text(b"\xff") * 2, 1007),
    "what follows a violation": (text(b"junk") + text(b"\xff") + HELLO * 50, 1007),
    "nested 200,000 deep": (text(b"[" * 200_000), 1009),
    "nested 60,000 deep": (text(b"[" * 60_000), 4400),
    "a number without end": (text(b'{"type":"ping","payload":{"a":' + b"9" * 60_000 + b"}}"), 4400),
    "an id of 60,000 characters": (text(b'{"type":"complete","id":"' + b"x" * 60_000 + b'"}'), 4400),
    "sixty thousand names": (
        text(b'{"type":"ping","payload":{' + b",".join(b'"%d":1' % number for number in range(7_000)) + b"}}"),
        None,
    ),
    "one name again and again": (
        text(b'{"type":"ping","payload":{' + b",".join([b'"a":1'] * 10_000) + b"}}"),
        None,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_frame_has_its_answer(
    server: Server, name: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    sent, code = HOSTILE[name]
    for hello in (b"", HELLO):
        async with shaken(port_of(server)) as socket:
            socket.send(hello + sent)
            assert await socket.settled() == code
    await nothing_left(server)
    _nothing_unexpected(caplog, capsys)


# What the documents of hostile clients cost is measured with the limits; here they must leave the socket open.
DOCUMENTS = {
    "fragments spread twice, 25 levels": " ".join(
        ["{ ...F0 }", *(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(25))]
    )
    + " fragment F25 on Query { hello }",
    "one field 3,000 times": "{ " + "hello " * 3_000 + "}",
    "1,000 aliases": "{ " + " ".join(f"a{number}: hello" for number in range(1_000)) + " }",
    "400 conflicting arguments": "{ " + " ".join(f'hello(name: "{number}")' for number in range(400)) + " }",
    "3,000 unused variables": f"query ({' '.join(f'$v{number}: Int' for number in range(3_000))}) {{ hello }}",
    "2,000 directives": "{ hello " + "@skip(if: false) " * 2_000 + "}",
    "3,000 braces": "{ again " * 3_000 + "}" * 3_000,
    "a circle of fragments": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "an unknown fragment": "{ ...nope }",
    "a value nested deep": "{ hello(name: " + "[" * 5_000 + "]" * 5_000 + ") }",
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hostile_document_is_an_error_of_its_operation(server: Server, name: str) -> None:
    async with acknowledged(server) as socket:
        await subscribe(socket, "1", DOCUMENTS[name])
        message = await heard(socket)
        assert (message["id"], message["type"]) == ("1", "error")
        assert message["payload"][0]["extensions"]["code"] != "INTERNAL"
        await subscribe(socket, "1", "{ hello }")
        assert (await heard(socket))["payload"] == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize("headers", [["X: y"] * 300, ["X: " + "y" * 20_000]], ids=["many", "long"])
async def test_a_handshake_that_is_too_much_ends(server: Server, headers: list[str]) -> None:
    with pytest.raises(ConnectionRefusedError, match="431"):
        async with shaken(port_of(server), *headers):
            pass
    await nothing_left(server)


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_changed_frames_never_break_the_server(
    server: Server, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], random: Random
) -> None:
    async with shaken(port_of(server)) as socket:
        if random.random() < 0.9:
            socket.send(HELLO)
        for changed in changed_frames(random, OPERATIONS, random.randrange(1, 10)):
            socket.send(changed)
        assert await socket.settled() != 1006
    await nothing_left(server)
    async with asyncio.timeout(20):
        while server.socket.mutations or server.uvicorn.server_state.tasks:
            await asyncio.sleep(0.01)
    _nothing_unexpected(caplog, capsys)


def _nothing_unexpected(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    printed = "".join(capsys.readouterr())
    assert "Traceback" not in printed
    assert "unexpected error" not in printed
