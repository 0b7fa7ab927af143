"""What counts as a link to evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.disputes.rules.messages import checked_links, checked_text
from domain.disputes.values import MAX_LINK, MAX_LINKS, MAX_TEXT
from domain.kernel.errors import InvalidInput

GOOD = ["https://clips.example/1", "https://clips.example", "https://[2001:db8::1]/x?y=1#z", "https://bücher.example/ü"]
BAD = [
    *("", "clips.example/1", "http://clips.example/1", "javascript:alert(1)", "https://", "https:///path"),
    *("//clips.example", "data:text/html,x", "https://you@evil.example", "https://a.example\\@evil.example"),
    *("https://clips.example/a b", "https://clips.example/\n", " https://clips.example", "https://[1", "https://x\x00"),
    "https://clips.example/" + "x" * MAX_LINK,
]


def test_links_are_kept_as_they_are() -> None:
    assert checked_links(GOOD) == tuple(GOOD)
    longest = "https://clips.example/".ljust(MAX_LINK, "x")
    assert checked_links([longest] * MAX_LINKS) == (longest,) * MAX_LINKS


@pytest.mark.parametrize("link", BAD)
def test_what_is_no_https_address_is_refused(link: str) -> None:
    with pytest.raises(InvalidInput):
        checked_links([GOOD[0], link])


def test_too_many_are_refused() -> None:
    with pytest.raises(InvalidInput):
        checked_links([GOOD[0]] * (MAX_LINKS + 1))


@given(st.text(max_size=60))
def test_whatever_is_taken_begins_with_https(text: str) -> None:
    try:
        (link,) = checked_links([text])
    except InvalidInput:
        return
    assert link.lower().startswith("https://") and link == text


def test_a_text_has_a_length() -> None:
    assert checked_text(f" {'x' * MAX_TEXT} ", "text") == "x" * MAX_TEXT
    for wrong in ("", "  \n", "x" * (MAX_TEXT + 1), "a\x00b"):
        with pytest.raises(InvalidInput):
            checked_text(wrong, "text")
