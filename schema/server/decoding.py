"""JSON as clients send it, decoded within bounds: the same rules for HTTP bodies and WebSocket messages."""

from __future__ import annotations

import re

import orjson

from schema.server.masking import Code, RequestRefused

MAX_DEPTH = 32
# Every value of a list or an object is looked at several times before it is known whether it fits.
MAX_VALUES = 16_384

# A string that does not end reaches to the end of the text, so that no text is looked at more than once.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def decoded(text: bytes | str, limit: int = MAX_DEPTH) -> object:
    """The value that a JSON text stands for.

    Raises:
        RequestRefused: it is not JSON in UTF-8, nested more than `limit` levels deep, or has too many values.
    """
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if _is_deeper(raw, limit):
        raise RequestRefused(Code.BAD_REQUEST, f"JSON of a request is nested at most {limit} levels deep.")
    if raw.count(b",") >= MAX_VALUES and _STRING.sub(b"", raw).count(b",") >= MAX_VALUES:
        raise RequestRefused(Code.BAD_REQUEST, f"JSON of a request has at most {MAX_VALUES:,} values.")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise RequestRefused(Code.BAD_REQUEST, "The request is not valid JSON in UTF-8.") from None


def _is_deeper(raw: bytes, limit: int) -> bool:
    """Whether brackets outside of strings are nested deeper. Each round takes the innermost level away.

    So many that open in a row say it at once; otherwise depth without end would take all rounds.
    """
    if raw.count(b"[") + raw.count(b"{") <= limit:
        return False
    brackets = _STRING.sub(b"", raw).translate(_AS_SQUARE, _NO_BRACKETS)
    too_many = b"[" * (limit + 1)
    for _ in range(limit):
        if too_many in brackets:
            return True
        brackets = brackets.replace(b"[]", b"")
    return b"[" in brackets
