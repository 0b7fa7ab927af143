"""JSON of clients: what is decoded, and what is refused before it can cost anything."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.server.decoding import MAX_DEPTH, MAX_VALUES, decoded
from schema.server.masking import Code, RequestRefused

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('[]{}"\\a', max_size=4), inner, max_size=4),
)


def depth(value: object) -> int:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


@given(JSON, st.integers(1, 4))
def test_the_depth_decides_and_nothing_else(value: Any, limit: int) -> None:
    text = orjson.dumps(value)
    for given_text in (text, text.decode()):
        if depth(value) <= limit:
            assert decoded(given_text, limit) == value
        else:
            with pytest.raises(RequestRefused, match=f"at most {limit} levels"):
                decoded(given_text, limit)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"]":', "}]"), ('{"[":[', "]}")])
def test_the_deepest_that_is_allowed_and_one_more(opening: str, closing: str) -> None:
    times = MAX_DEPTH // len(closing)
    deepest = opening * times + "1" + closing * times
    assert depth(decoded(deepest)) == MAX_DEPTH
    with pytest.raises(RequestRefused, match="nested at most 32 levels"):
        decoded(f"[{deepest}]")


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"x", b"{", b"[1", b"]", b"]" * 100, b'"', b'"\\', b"nul", b"NaN", b"{1:2}", b"[1,]", b"{} {}"),
        *(b"\xff", b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", '"\ud800"'),
        *(
            b"[" * 200_000,
            b'{"a":' * 50_000,
            b"[" * 200_000 + b"]" * 200_000,
            b'"' + b'\\"' * 100_000,
            b"[" * 40 + b'"\\' * 50_000,
        ),
    ],
)
def test_whatever_is_no_json_is_refused(text: bytes | str) -> None:
    with pytest.raises(RequestRefused) as refused:
        decoded(text)
    assert refused.value.code == Code.BAD_REQUEST


def test_brackets_in_strings_and_wide_values_are_no_depth() -> None:
    assert decoded('{"query":"' + "{a" * 1_000 + '\\"' + "}" * 1_000 + '"}') == {
        "query": "{a" * 1_000 + '"' + "}" * 1_000
    }
    assert decoded("[" + "[]," * 16_000 + "{}]") == [[]] * 16_000 + [{}]


def test_so_many_values_are_looked_at() -> None:
    assert decoded(b"[" + b"1," * (MAX_VALUES - 1) + b"1]") == [1] * MAX_VALUES
    for text in (b"[" + b"1," * MAX_VALUES + b"1]", b'{"a":[' + b"[],{}," * MAX_VALUES + b"1]}"):
        with pytest.raises(RequestRefused, match="16,384 values"):
            decoded(text)
    assert decoded(b'["' + b"," * 3 * MAX_VALUES + b'"]') == ["," * 3 * MAX_VALUES]
