"""Identifiers: time-ordered UUIDs inside, opaque Relay ids outside."""

from __future__ import annotations

import base64
import binascii
import os
import time
from uuid import UUID

from domain.kernel.errors import InvalidInput

_MAX_GLOBAL_ID = 200


def new_id() -> UUID:
    """A new UUID of version 7 (RFC 9562, 5.7): milliseconds first, so that rows stay in order of creation."""
    milliseconds = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | tail
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def global_id(type_name: str, key: UUID) -> str:
    """The opaque id under which clients know a row: base64url of `Type:hex`."""
    return base64.urlsafe_b64encode(f"{type_name}:{key.hex}".encode()).rstrip(b"=").decode()


def split_global_id(text: str, *path: str) -> tuple[str, UUID]:
    """The type name and key inside a global id.

    Raises:
        InvalidInput: the text is not an id that this server ever gave out.
    """
    try:
        if len(text) > _MAX_GLOBAL_ID:
            raise ValueError("too long")
        padded = text + "=" * (-len(text) % 4)
        type_name, _, key = (
            base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode().partition(":")
        )
        if not type_name or len(key) != 32:
            raise ValueError("not Type:hex")
        return type_name, UUID(hex=key)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput("This is not an id of this server; use an id from an earlier answer.", *path) from error


def key_of(text: str, type_name: str, *path: str) -> UUID:
    """The key inside a global id of the given type.

    Raises:
        InvalidInput: not an id, or the id of something else.
    """
    found, key = split_global_id(text, *path)
    if found != type_name:
        raise InvalidInput(f"This is the id of a {found}; a {type_name} is needed here.", *path)
    return key
