"""Secrets of keys: how they are made, what is kept of them, what lists may show."""

from __future__ import annotations

import hashlib
import re
import secrets

_RANDOM_BYTES = 32
_PREFIX_BYTES = 4
_FORM = re.compile(r"mpk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """A secret that nobody can guess: `mpk_`, eight hexadecimal digits that lists show, and 256 random bits."""
    return f"mpk_{secrets.token_hex(_PREFIX_BYTES)}_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def may_be_secret(text: str) -> bool:
    """Whether a text has the form of a secret. One that has not is no key's, and nobody needs to be asked."""
    return _FORM.fullmatch(text) is not None


def prefix_of(secret: str) -> str:
    """The part of a secret that tells keys apart and opens nothing."""
    return "_".join(secret.split("_", 2)[:2])


def hash_of(secret: str) -> str:
    """What is kept. A plain hash does, because 256 random bits cannot be guessed from it."""
    return hashlib.sha256(secret.encode()).hexdigest()
