"""What a name, an address and a picture may look like."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from domain.accounts.rules.text import composed
from domain.kernel.errors import InvalidInput

_USERNAME = re.compile(r"[A-Za-z0-9_-]{3,30}")
# A deliberately plain form: what counts is that a mail arrives, which only sending one can tell. ASCII, because the
# database compares addresses without case; a domain in another script is written in its `xn--` form. The lengths are
# those of RFC 5321, 4.5.3.1.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_MAX_EMAIL = 254
_MAX_DISPLAY_NAME = 60
_MAX_URL = 500
# Control characters, lone surrogates, line and paragraph separators.
_NOT_IN_NAMES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Marks that reverse the order of what follows (Unicode Standard Annex 9, 2): one name could look like another.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_username(text: str) -> bool:
    """Whether a user can be called this."""
    return _USERNAME.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether this has the form of an e-mail address."""
    return len(text) <= _MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def checked_username(text: str) -> str:
    """The username, if one can be called this.

    Raises:
        InvalidInput: it cannot be a username.
    """
    if not is_username(text):
        raise InvalidInput("A username has 3 to 30 characters: letters A to Z, digits, _ and -.", "username")
    return text


def checked_email(text: str) -> str:
    """The address without surrounding spaces.

    Raises:
        InvalidInput: it does not have the form of an address.
    """
    text = text.strip()
    if not is_email(text):
        raise InvalidInput("This is not an e-mail address.", "email")
    return text


def checked_display_name(text: str) -> str:
    """The name in composed form (NFC), without surrounding spaces.

    Raises:
        InvalidInput: it is empty, too long, or has characters that do not show.
    """
    name = composed(text.strip(), _MAX_DISPLAY_NAME)
    if not name:
        raise InvalidInput(f"A display name has 1 to {_MAX_DISPLAY_NAME} characters.", "displayName")
    if any(unicodedata.category(sign) in _NOT_IN_NAMES or sign in _DIRECTION_MARKS for sign in name):
        raise InvalidInput("A display name has no control characters.", "displayName")
    if all(unicodedata.category(sign) in ("Cf", "Zs") for sign in name):
        raise InvalidInput("A display name needs a character that shows.", "displayName")
    return name


def checked_avatar_url(text: str) -> str:
    """The address of a picture.

    Raises:
        InvalidInput: it is not an https address, or too long.
    """
    if len(text) > _MAX_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise InvalidInput(f"The address of a picture has at most {_MAX_URL} plain characters.", "avatarUrl")
    try:
        parts = urlsplit(text)
        is_plain = parts.scheme == "https" and parts.hostname and parts.username is None and parts.port in (None, 443)
    except ValueError:
        is_plain = False
    if not is_plain:
        raise InvalidInput("The address of a picture starts with https:// and names a host.", "avatarUrl")
    return text
