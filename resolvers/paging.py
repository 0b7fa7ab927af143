"""Cursors: the sort key of a row as an opaque text."""

from __future__ import annotations

import base64

import orjson

from domain.kernel.errors import InvalidInput
from domain.kernel.paging import PageRequest

_MAX_CURSOR = 500


def encode_cursor(key: tuple[str, ...]) -> str:
    """The opaque text for a sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).rstrip(b"=").decode()


def page_request(first: int, after: str | None) -> PageRequest:
    """What a client asked for.

    Raises:
        InvalidInput: the size is out of bounds, or the cursor is not one of ours.
    """
    return PageRequest(size=first, after=None if after is None else _decoded(after))


def _decoded(text: str) -> tuple[str, ...]:
    try:
        if len(text) > _MAX_CURSOR:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        key = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
            raise ValueError("not a list of texts")
    except ValueError as error:
        raise InvalidInput("This is not a cursor of this server; use one from an earlier page.", "after") from error
    return tuple(key)
