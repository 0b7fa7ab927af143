"""What partners, their keys and their releases may be called, and what a document is known by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from domain.kernel.errors import InvalidInput
from domain.partners.values import (
    MAX_CAPACITY,
    MAX_PER_S,
    MAX_PUBLISHED,
    MAX_SOURCE,
    PublishedDocument,
)

_SLUG = re.compile(r"[a-z0-9-]{3,40}")
_MAX_REASON = 500


def checked_slug(text: str) -> str:
    """The slug as it is.

    Raises:
        InvalidInput: it is not 3 to 40 of a-z, 0-9 and hyphen.
    """
    if not _SLUG.fullmatch(text):
        raise InvalidInput("A slug has 3 to 40 characters: a to z, 0 to 9 and hyphens.", "slug")
    return text


def checked_text(text: str, field: str, *, least: int = 1, most: int = 50) -> str:
    """A short text without surrounding spaces.

    Raises:
        InvalidInput: it is too short, too long, or has characters that cannot be printed.
    """
    found = text.strip()
    if not least <= len(found) <= most or not found.isprintable():
        raise InvalidInput(f"`{field}` has {least} to {most} printable characters.", field)
    return found


def checked_reason(text: str) -> str:
    """Why something was revoked.

    Raises:
        InvalidInput: it is empty or too long.
    """
    return checked_text(text, "reason", most=_MAX_REASON)


def checked_points(capacity: int, per_s: int) -> tuple[int, int]:
    """The size of a bucket and what flows into it a second.

    Raises:
        InvalidInput: one of them is out of range.
    """
    if not 1 <= capacity <= MAX_CAPACITY:
        raise InvalidInput(f"A bucket holds 1 to {MAX_CAPACITY} points.", "pointsCapacity")
    if not 1 <= per_s <= MAX_PER_S:
        raise InvalidInput(f"1 to {MAX_PER_S} points are restored a second.", "pointsPerSecond")
    return capacity, per_s


def checked_documents(documents: Sequence[PublishedDocument]) -> Sequence[PublishedDocument]:
    """Documents that one release may have.

    Raises:
        InvalidInput: there are none or too many, one is too long or is there twice, or a hash is not of its source.
    """
    if not 1 <= len(documents) <= MAX_PUBLISHED:
        raise InvalidInput(f"A release has 1 to {MAX_PUBLISHED} documents.", "documents")
    seen: set[str] = set()
    for place, document in enumerate(documents):
        path = ("documents", str(place))
        source = document.source.encode()
        if len(source) > MAX_SOURCE:
            raise InvalidInput(f"A document has at most {MAX_SOURCE} bytes.", *path)
        if document.hash != hashlib.sha256(source).hexdigest():
            raise InvalidInput("The id of this document is not the SHA-256 of its text.", *path)
        if document.hash in seen:
            raise InvalidInput("This document is there twice.", *path)
        seen.add(document.hash)
    return documents
