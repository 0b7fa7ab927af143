"""What names and addresses may look like."""

from __future__ import annotations

import time

import pytest

from domain.accounts.rules.identity import (
    checked_avatar_url,
    checked_display_name,
    checked_email,
    checked_username,
)
from domain.kernel.errors import InvalidInput


@pytest.mark.parametrize("name", ["abc", "A_b-9", "x" * 30, "---"])
def test_a_username_is_kept_as_it_is(name: str) -> None:
    assert checked_username(name) == name


@pytest.mark.parametrize("name", ["", "ab", "x" * 31, "a b c", "abc\n", "añb", "a@b", "abc\0", "\ud800ab", "ａｂｃ"])
def test_no_username(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_username(name)
    assert refusal.value.path == ("username",)


@pytest.mark.parametrize("email", ["a@b.co", "first.last+tag@sub.example.org", "x@xn--bcher-kva.example"])
def test_an_address_is_kept_without_spaces_around(email: str) -> None:
    assert checked_email(f" {email}\n") == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@b",
        "@b.co",
        "a@b@c.co",
        "a b@c.co",
        "a@b..co",
        "a@b.co\r\nBcc: all@example.org",
        "a@bücher.de",
        "a\0@b.co",
        f"{'x' * 65}@b.co",
        f"a@{'x' * 63}.{'y' * 63}.{'z' * 63}.{'w' * 63}.co",
    ],
)
def test_no_address(email: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_email(email)
    assert refusal.value.path == ("email",)


def test_a_display_name_is_composed_and_trimmed() -> None:
    assert checked_display_name("  Zoe\u0308 👩\u200d🚀 ") == "Zoë 👩\u200d🚀"


def test_the_length_of_a_display_name_is_that_of_its_composed_form() -> None:
    """However it was typed; the letter here is the one that is taken apart into the most signs."""
    assert checked_display_name("α\u0313\u0300\u0345" * 60) == "ᾂ" * 60
    # Each of these has no composed form and becomes two signs.
    with pytest.raises(InvalidInput):
        checked_display_name("\u0958" * 31)


def test_a_huge_display_name_is_refused_in_no_time() -> None:
    """Composing unsorted marks takes a time that grows with their square."""
    began = time.process_time()
    with pytest.raises(InvalidInput):
        checked_display_name("a" + "\u0301\u0316" * 60_000)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "a\0b", "\ud800", "a\u202eb", "a\u2028b", "\u200d \u200d"])
def test_no_display_name(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_display_name(name)
    assert refusal.value.path == ("displayName",)


def test_a_picture_is_at_an_https_address() -> None:
    assert checked_avatar_url("https://cdn.example.org/a.png?v=1") == "https://cdn.example.org/a.png?v=1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org/a.png",
        "javascript:alert(1)",
        "https://",
        "https://user@example.org/",
        "https://example.org:99999/",
        "https://example.org:22/",
        "https://[::1",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://example.org/ü",
        "https://example.org/" + "a" * 500,
    ],
)
def test_no_picture(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_avatar_url(url)
    assert refusal.value.path == ("avatarUrl",)
