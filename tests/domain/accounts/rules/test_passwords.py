"""Which passwords an account may have."""

from __future__ import annotations

import pytest

from domain.accounts.errors import PasswordTooWeak
from domain.accounts.rules.passwords import checked_password
from domain.kernel.errors import InvalidInput


@pytest.mark.parametrize("password", ["ten signs!", "x" * 100 + "abc" + "y" * 97, "пароль, длинный"])
def test_a_password_is_kept_as_it_is(password: str) -> None:
    assert checked_password(password, "password", "zoe@example.org", "zoe") == password


def test_the_length_of_a_password_is_that_of_its_composed_form() -> None:
    """Five letters do not become ten by typing their accents apart; two hundred do not become too many."""
    with pytest.raises(InvalidInput):
        checked_password("a\u0301e\u0301i\u0301o\u0301u\u0301", "password")
    letters = "e\u0301o\u0302a\u0300u\u0308"
    assert checked_password(letters * 50, "password") == "éôàü" * 50
    with pytest.raises(InvalidInput):
        checked_password(letters * 50 + "x", "password")


@pytest.mark.parametrize("password", ["nine sign", "abcd" * 50 + "e", "ten\0signs!", "ten signs\ud800"])
def test_no_password(password: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_password(password, "newPassword")
    assert type(refusal.value) is InvalidInput
    assert refusal.value.path == ("newPassword",)


@pytest.mark.parametrize(
    "password", ["Password123", "1234567890", "aaaaaaaaaaaa", "abababababab", "Zoe@Example.org", "zoe_the_great"]
)
def test_what_anyone_would_guess(password: str) -> None:
    with pytest.raises(PasswordTooWeak) as refusal:
        checked_password(password, "password", "zoe@example.org", "Zoe_The_Great")
    assert refusal.value.code == "PASSWORD_TOO_WEAK"
    assert refusal.value.path == ("password",)
