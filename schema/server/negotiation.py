"""What a client accepts as an answer (RFC 9110, 12.5.1), among the forms that GraphQL has over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from schema.server.masking import Code, RequestRefused

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"

# What Apollo Client says when it wants the format of 2022, and when it wants subscriptions.
_OTHER_FORMATS = ("deferspec=", "subscriptionspec=")
_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The forms a client accepts. One of them at least is.

    Attributes:
        json: the better of the two media types for one whole answer; None when neither is accepted.
        events: whether `text/event-stream` is named. A wildcard does not ask for a stream.
        parts: whether `multipart/mixed` is named, and not for another format than ours.
    """

    json: str | None = JSON
    events: bool = False
    parts: bool = False


@lru_cache(maxsize=256)
def negotiated(header: str) -> Accepted:
    """What the `Accept` headers of a request say, joined by commas; JSON when there are none.

    Raises:
        RequestRefused: nothing that GraphQL is answered in.
    """
    if not header.strip():
        return Accepted()
    qualities: dict[str, float] = {}
    for entry in header.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        if name == MULTIPART and any(parameter.startswith(_OTHER_FORMATS) for parameter in parameters):
            continue
        qualities[name] = max(qualities.get(name, 0.0), _quality(parameters))
    accepted = Accepted(
        json=_better_json(qualities),
        events=qualities.get(EVENT_STREAM, 0.0) > 0,
        parts=qualities.get(MULTIPART, 0.0) > 0,
    )
    if not (accepted.json or accepted.events or accepted.parts):
        raise RequestRefused(
            Code.NOT_ACCEPTABLE, f"Answers are {RESPONSE_JSON} or {JSON}; those of subscriptions {EVENT_STREAM}."
        )
    return accepted


def _better_json(qualities: dict[str, float]) -> str | None:
    anything = qualities.get("application/*", qualities.get("*/*", 0.0))
    plain = qualities.get(JSON, anything)
    response = qualities.get(RESPONSE_JSON, anything)
    if max(plain, response) <= 0:
        return None
    # Who does not name the newer type may not know it.
    return RESPONSE_JSON if response > plain or (response == plain and RESPONSE_JSON in qualities) else JSON


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            found = _QUALITY.fullmatch(parameter)
            return float(found[1]) if found else 0.0
    return 1.0
