"""Secrets of keys: how they are made, what is kept of them, what lists may show."""

from __future__ import annotations

import hashlib
import secrets

_RANDOM_BYTES = 32
_PREFIX_BYTES = 4


def new_secret() -> str:
    """A secret that nobody can guess: `mpk_`, eight hexadecimal digits that lists show, and 256 random bits."""
    return f"mpk_{secrets.token_hex(_PREFIX_BYTES)}_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def prefix_of(secret: str) -> str:
    """The part of a secret that tells keys apart and opens nothing."""
    return "_".join(secret.split("_", 2)[:2])


def hash_of(secret: str) -> str:
    """What is kept. A plain hash does, because 256 random bits cannot be guessed from it."""
    return hashlib.sha256(secret.encode()).hexdigest()
