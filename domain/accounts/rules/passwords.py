"""Which passwords an account may have."""

from __future__ import annotations

import unicodedata

from domain.accounts.errors import PasswordTooWeak
from domain.accounts.rules.text import composed
from domain.kernel.errors import InvalidInput

MIN_LENGTH = 10
MAX_LENGTH = 200
_MIN_DISTINCT = 4
# Guessed first at ten characters or more; NIST SP 800-63B, 5.1.1.2, asks to refuse such.
_COMMON = frozenset(
    {
        "0123456789", "0987654321", "1029384756", "11223344556", "12345678910", "123456789a", "123456789q",
        "1234567890", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "9876543210", "a123456789", "abc1234567",
        "abcd123456", "abcdefghij", "administrator", "asdfghjkl1", "asdfghjkl;", "basketball", "changeme123",
        "chocolate1", "football123", "iloveyou12", "iloveyou123", "leagueoflegends", "letmein123", "letmein1234",
        "liverpool1", "manchester", "matchpoint", "matchpoint1", "matchpoint123", "michelle123", "minecraft1",
        "minecraft123", "mypassword", "p@ssw0rd123", "passw0rd123", "password00", "password01", "password10",
        "password11", "password12", "password123", "password1234", "password12345", "passwordpassword", "pokemon123",
        "princess123", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazwsxedc1", "qazwsxedcrfv", "qwerty1234", "qwerty12345",
        "qwerty123456", "qwertyqwerty", "qwertyuiop", "qwertyuiop1", "qwertyuiop123", "qwertyuiop[]", "rocketleague",
        "secret1234", "starwars123", "sunshine123", "superman123", "test123456", "testtest123", "trustno1234",
        "valorant123", "welcome123", "welcome1234", "whatever123", "zaq12wsxcde", "zxcvbnm123", "zxcvbnm1234",
    }
)  # fmt: skip


def checked_password(password: str, field: str, *own: str) -> str:
    """The password in composed form (NFC), if it can protect an account.

    `own` is what others know of its owner: address and name.

    Raises:
        InvalidInput: too short, too long, or not text.
        PasswordTooWeak: among the first that anyone would guess.
    """
    text = composed(password, MAX_LENGTH)
    if text is None or len(text) < MIN_LENGTH:
        raise InvalidInput(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.", field)
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise InvalidInput("A password has no control characters.", field)
    plain = text.casefold()
    guesses = {name.casefold() for name in own} | {name.partition("@")[0].casefold() for name in own}
    if plain in _COMMON or plain in guesses or len(set(plain)) < _MIN_DISTINCT:
        raise PasswordTooWeak("This password is easy to guess; choose another.", field)
    return text
