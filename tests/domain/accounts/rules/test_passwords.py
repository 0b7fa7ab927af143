"""Which passwords an account may have."""

from __future__ import annotations

import pytest

from domain.accounts.errors import PasswordTooWeak
from domain.accounts.rules.passwords import checked_password
from domain.kernel.errors import InvalidInput


@pytest.mark.parametrize("password", ["ten signs!", "x" * 100 + "abc" + "y" * 97, "пароль, длинный"])
def test_a_password_is_kept_as_it_is(password: str) -> None:
    assert checked_password(password, "password", "zoe@example.org", "zoe") == password


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
