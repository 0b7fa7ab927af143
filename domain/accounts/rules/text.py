"""Text as people type it."""

from __future__ import annotations

import unicodedata

# Of no character does Unicode make more by taking it apart (https://www.unicode.org/faq/normalization.html, on the
# maximum expansion factors), so nothing longer than this many times a length is composed into that length.
_MOST_PARTS = 4


def composed(text: str, longest: int) -> str | None:
    """The text in composed form (NFC, Unicode Standard Annex 15); None when that is longer than `longest`.

    Composing takes a time that grows with the square of the length, so what is far too long is not tried.
    """
    if len(text) > longest * _MOST_PARTS:
        return None
    text = unicodedata.normalize("NFC", text)
    return text if len(text) <= longest else None
