"""Messages of graphql-transport-ws: their shapes, and what is said when a client breaks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from schema.server import decoding
from schema.server.masking import RequestRefused

MAX_MESSAGE = 64 * 1024
# What a close frame has room for (RFC 6455, 5.5).
MAX_REASON = 123
# What comes after the payload of a `next` message.
TAIL = "}"


# Goes out again with every message of the operation.
MAX_ID = 128


class Violation(Exception):
    """The client broke the protocol; the socket closes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def decoded(event: Mapping[str, Any]) -> dict[str, Any]:
    """The message of an ASGI event, with a `type` that is a text."""
    text = event.get("text")
    if text is None:
        raise Violation(4400, "Messages are text")
    if len(text) > MAX_MESSAGE or len(text.encode()) > MAX_MESSAGE:
        raise Violation(1009, f"Messages have at most {MAX_MESSAGE} bytes")
    try:
        message = decoding.decoded(text)
    except RequestRefused as refusal:
        raise Violation(4400, str(refusal)) from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Violation(4400, "Messages are objects with a type")
    return message


def operation_id(message: dict[str, Any]) -> str:
    """The id of the operation that a message is about."""
    key = message.get("id")
    if not isinstance(key, str) or not key:
        raise Violation(4400, "Operations have an id, which is a string that is not empty")
    if len(key) > MAX_ID:
        raise Violation(4400, f"The id of an operation has at most {MAX_ID} characters")
    return key


def payload_of(message: dict[str, Any]) -> dict[str, Any] | None:
    """The payload of a message that may have one."""
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Violation(4400, "A payload is an object")
    return payload


def pong(payload: dict[str, Any] | None) -> str:
    """The answer to a ping."""
    return '{"type":"pong"}' if payload is None else text_of({"type": "pong", "payload": payload})


def authorization_in(payload: dict[str, Any]) -> str | None:
    """What `connection_init` says about who connects, as the header would say it."""
    for name in ("Authorization", "authorization", "accessToken"):
        given = payload.get(name)
        if given is None:
            continue
        if not isinstance(given, str):
            raise Violation(4400, f"`{name}` is a string")
        return f"Bearer {given}" if name == "accessToken" else given
    return None


def api_key_in(payload: dict[str, Any]) -> str | None:
    """The API key that `connection_init` shows."""
    given = payload.get("apiKey")
    if given is not None and not isinstance(given, str):
        raise Violation(4400, "`apiKey` is a string")
    return given


def head_of(key: str) -> str:
    """All of a `next` message that comes before its payload."""
    return f'{{"id":{text_of(key)},"type":"next","payload":'


def text_of(value: object) -> str:
    """A value as JSON."""
    return orjson.dumps(value).decode()


def retry_in(seconds: float, why: str) -> str:
    """The reason of a close that says when to come back, for people and for clients that read it."""
    return f"{why}; retry in {round(seconds * 1000)} ms"


def short(reason: str) -> str:
    """The reason in the 123 bytes that a close frame has for it."""
    return reason.encode()[:MAX_REASON].decode(errors="ignore")
